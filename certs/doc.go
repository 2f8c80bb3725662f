// Package certs issues certificates, keeps their states and verifies their codes.
//
// # Vocabulary
//
// A Certificate is the issuer's record: what was stated about the holder at the
// time of issuing, and what became of it since. Its Payload is the signed
// statement that the QR code carries; a verifier needs nothing else but the
// issuer's public keys. An Award is what a certificate is issued for. Settling
// brings the transparency log and the published status lists up to what happened.
//
// # Invariants
//
//  1. One award, identified by its attempt, has at most one certificate,
//     however often and from however many places it is issued.
//  2. What is printed on the PDF, shown on the page and signed in the payload is
//     one and the same statement; it never changes after issuing.
//  3. A certificate is never deleted; its state changes by appended events with
//     date, reason and author, and revocation is final.
//  4. Any change of a payload, by one character, makes it invalid.
//  5. Ids are 80 random bits: they cannot be guessed or counted.
//  6. A certificate whose name cannot be printed is not issued.
//  7. The write that changes a state marks the certificate as unlogged; the mark
//     goes when log and status lists have the change, whatever crashes between.
//  8. No QR code is denser than version 13.
//
// The formats follow RFC 9052 (COSE), RFC 8392 (CWT), RFC 4648 (base32) and
// ISO/IEC 18004 (QR).
//
// # What does not live here
//
// The package does not know exams, attempts or banks, nor HTTP, nor who may
// revoke. Keys come from package keyring, credentials are made by package badge, the
// log is package translog, and files of others are read by package verifier.
package certs
