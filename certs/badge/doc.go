// Package badge makes and checks the standard form of a certificate: an Open Badges
// 3.0 credential (1EdTech), which is a Verifiable Credential (W3C, version 2.0).
//
// # Vocabulary
//
// A credential is signed in two ways: with an embedded proof of the suite
// eddsa-rdfc-2022 (W3C Data Integrity), and as a VC-JWT in ES256. A status list is a
// credential too: a Bitstring Status List, in which each certificate has one bit. A
// baked image carries a credential.
//
// # Invariants
//
//  1. What is signed is everything that is written: a member that no context
//     defines, or a type that is no address, is an error, never left out.
//  2. No context is loaded from anywhere but this package.
//  3. A key counts only because it is in the set that the verifier trusts, never
//     because a credential names it.
//  4. The same statement gives the same bytes.
//
// # What does not live here
//
// The package does not know certificates, stores or HTTP, and has no clock.
package badge
