// Package translog is the transparency log: an append-only Merkle tree over
// everything that an issuer did, so that nobody, not even the issuer, can forge a
// certificate back in time or take one back unseen.
//
// # Vocabulary
//
// An Entry is one thing that happened: its type and the SHA-256 of the object that
// it is about. An entry says nothing of anybody: what it is about cannot be guessed
// from it. A Head is the state of the tree, changed by compare-and-set. A
// checkpoint is a head that the log has signed; a witness cosigns it when it has
// seen that the log only grew. A proof shows that a checkpoint includes an entry.
//
// # Invariants
//
//  1. An entry is in the log once, however often and by however many it is added.
//  2. A checkpoint of size n is consistent with every checkpoint before it.
//  3. What a checkpoint covers can be read: tiles and entries are stored before it
//     is signed.
//  4. A log whose tree is shorter than, or inconsistent with, a checkpoint that it
//     remembers signs nothing.
//  5. The process that dies in the middle of a batch leaves it to the next one,
//     which ends with the same tree.
//
// The formats are C2SP's: tlog-tiles, tlog-checkpoint, tlog-cosignature,
// tlog-proof; the tree is that of RFC 6962 section 2.1.
//
// # What does not live here
//
// The package does not know what a certificate is, nor HTTP. It has no clock.
package translog
