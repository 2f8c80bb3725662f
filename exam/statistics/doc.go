// Package statistics is the analysis of the attempts that are stored: it reads the
// responses to an exam, has exam/psychometrics compute, and keeps what was found, so
// that a report opens at once.
//
// # Vocabulary
//
// A Job is the standing order to analyse one exam: one document, which says who works at
// it and how far it is. A run is one computation; runs are numbered. A Part is something
// that a run stores: an extract (what a page of attempts holds for statistics), the
// statistics of an item, or the Result, which is stored last.
//
// # What counts
//
// An attempt counts when it is graded or released and the person's first at the exam:
// who sits again knows some items. Voided and unfinished attempts do not count, and
// practice is never stored. Responses are marked by the keys that count now. Items that
// are tried out have statistics, and count in no score.
//
// # Invariants
//
//  1. The same attempts give the same result, whoever computes it, in however many
//     steps. The fingerprint says which attempts, keys and regions those were.
//  2. An attempt is read again when it has changed, and only then. Where none has, none
//     has come and no sitting is in another region, extracts are not opened either.
//  3. Of several copies of the service one works at a job. One that lost its lease
//     stores no result over a later run's.
//  4. Below LeastPeople people nothing is said of items or of the exam. No group of
//     fewer than LeastGroup people is named.
//  5. What is stored holds no id of a person and no name. Attempts are named by the
//     extracts, which never leave this package, and by what compares answers (Similar)
//     and says who answered too fast (Effort), which are for who may see results.
package statistics
