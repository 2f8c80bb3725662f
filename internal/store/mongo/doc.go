// Package mongo is the store of a service of several copies: every Store
// interface of the domain packages on MongoDB.
//
// A collection holds one document for each aggregate, its fields named as in the
// JSON of the domain type. Attempts have a layout of their own, since saving an
// answer must not rewrite an attempt: what UpdateAttempt replaces is under
// "head"; form, responses and late stand beside it, and so do version, seq and
// saved_at, which saving changes too.
//
// Invariants:
//
//  1. Every change is one conditional write to one document. Nothing needs a
//     transaction, a TTL or partial index, or a pipeline, so that every server
//     that speaks the wire protocol will do.
//  2. A write is acknowledged by a majority that has journalled it, unless the
//     connection string says otherwise; every read is the primary's.
//  3. Saving an answer is one round trip, when it is newer than what is stored.
//  4. A zero time is stored as null, so that a comparison never finds it.
//
// What the documents mean is decided elsewhere; here they are kept.
package mongo
