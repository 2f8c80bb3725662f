// Package verifier is who checks a certificate without asking anybody: it takes
// the evidence out of a PDF, an image, a credential or the text of a QR code, and
// answers four questions apart from each other: is the signature genuine, is it in
// date, is it still in force, and is it in the log.
//
// # Vocabulary
//
// Evidence is what an input holds. Trust is what the verifier brings: the issuer's
// keys, and maybe status lists, a checkpoint and tiles of the log, all saved at some
// time. A Finding is the answer to one question.
//
// # Invariants
//
//  1. The verdict is "valid" only when all four answers are yes. What was not
//     checked, or cannot be told, never counts as good.
//  2. Two pieces of evidence in one input that say different things are not valid,
//     or are refused.
//  3. No input makes it ask a network, write a file, or hold more than a bounded
//     multiple of the input's size.
//
// # What does not live here
//
// The formats of credentials, payloads and the log are those of the packages that
// write them.
package verifier
