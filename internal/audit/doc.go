// Package audit keeps the log of what staff ordered: who, what, on which object,
// when.
//
// # Vocabulary
//
// An act is one order of a member of staff, such as voiding an attempt. An entry
// is an act in the log: it has the next number, and the hash of the entry before
// it. An act that came to nothing gets a second entry that says why.
//
// # Invariants
//
//  1. Numbers count from 1 without gaps, and no number is given twice, also not by
//     several copies of the service.
//  2. Every entry holds the hash of the one before it: who changes or takes out an
//     entry has to rewrite all that follow, and the newest hash changes.
//  3. The times of entries do not go back.
//  4. An act is in the log before it is done: a failure of the log is a failure of
//     the act.
//
// Cutting off the newest entries cannot be seen in what is left. Who needs to see
// it keeps the newest number and hash elsewhere; "proba doctor" prints both.
//
// # What is not here
//
// Names, addresses, answers and reasons in free text: of people an entry holds ids
// only, so that erasing a person leaves the chain whole. Reasons stand on the
// objects themselves. Who may read the log is decided in auth.
package audit
