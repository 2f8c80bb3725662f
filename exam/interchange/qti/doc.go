// Package qti reads items and packages of IMS/1EdTech QTI 1.2, 2.1, 2.2 and 3.0
// (https://www.imsglobal.org/question/index.html) and writes packages of 2.2 and
// 3.0.
//
// QTI 3.0 is 2.2 with other names: qti-simple-choice for simpleChoice, max-choices
// for maxChoices. Names are brought into the form of 2.2 first, and one reader
// serves all versions from 2.1 on; 1.2 is another format and has its own files, v1….
//
// How an item is marked is found by marking: the response processing, template or
// explicit rules, is run on chosen responses, and what it scores tells key, weights
// and rule (marker.go). So the many ways of writing the same rules read alike.
//
// A package is read from memory. Nothing that lies outside of it is fetched.
package qti
