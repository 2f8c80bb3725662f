// Package interchange is what the importers and exporters of foreign formats
// share. Each format is a subpackage; package formats knows them all.
//
// # Vocabulary
//
// An Import collects what was read from one source: a Draft for each question,
// its stimuli, and Problems. A Draft is an exam.Item that may still lack what the
// format has no place for; Finish completes it from tags, categories and the
// caller's Options and builds the bank. A Problem is one row for the person who
// imports: an error refuses a question, a warning says what was lost of one that
// is kept, a note says what was decided for them.
//
// # Invariants
//
//  1. Nothing is dropped silently: every question of the source is either an item
//     of the bank or refused by an error, and every part of it that Proba does not
//     keep is a row.
//  2. What Finish accepts can be put before a learner: it passed exam.Item.Check.
//  3. No markup of the source survives: texts are exam.Text, plain but for
//     emphasis. HTML is read by golang.org/x/net/html and written anew.
//  4. Memory is bounded by the limits of limits.go, whatever a source declares.
//
// # What does not live here
//
// Nothing is written to disk and nothing is fetched: a reference to another place
// is a row, never a request. The native format is package bankfile's. Which file
// to read and where the bank goes is the caller's business.
package interchange
