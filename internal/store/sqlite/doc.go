// Package sqlite is the embedded store: every Store interface of the domain
// packages on one SQLite file.
//
// Reads run on a pool of connections and never wait. Writes go through one
// goroutine, which takes whatever requests have queued up, runs them in one
// transaction and commits once (group commit, synchronous=FULL): when a writing
// method returns nil, the change is on disk.
//
// A collection is one table: its key, a version, the document as JSON text, and
// columns for what is looked up. Attempts are the exception, since saving an
// answer must not rewrite a whole attempt: the form and the responses have
// tables of their own. Operators may read the file with the sqlite3 program at
// any time.
//
// Invariants:
//
//  1. One process writes: a lock file refuses a second one.
//  2. A request that answers with a conflict has written nothing.
//  3. What a column and a document both hold is written by the same statement;
//     where only the column is written (version, seq, saved_at of an attempt),
//     reading takes the column.
//
// What the documents mean is decided elsewhere; here they are kept.
package sqlite
