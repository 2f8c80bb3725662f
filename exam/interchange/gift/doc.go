// Package gift reads and writes GIFT, Moodle's text format of questions.
//
// There is no grammar; Moodle's importer is the definition
// (question/format/gift/format.php, described at
// https://docs.moodle.org/en/GIFT_format). Read follows it: an empty line ends a
// question, // begins a comment, which may hold [id:…] and [tag:…], ::name:: comes
// first, and of all braces the first pair holds the answers.
//
// Case texts are descriptions with the tag "stimulus"; texts in several languages
// are spans of Moodle's multilang filter.
package gift
