// Package moodlexml reads and writes Moodle XML, the format in which Moodle keeps
// questions whole (question/format/xml/format.php, described at
// https://docs.moodle.org/en/Moodle_XML_format).
//
// Case texts are descriptions with the tag "stimulus"; texts in several languages
// are spans of Moodle's multilang filter. cloze.go has the grammar of embedded answers,
// gaps.go what is made of it. A file is read a question at a time.
package moodlexml
