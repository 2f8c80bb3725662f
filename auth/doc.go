// Package auth knows who somebody is and what they may do: people and their
// roles, passwords, sessions of API clients and one-time links.
//
// # Vocabulary
//
// A person is an account. A role is what a person is to the service (learner,
// author, …); a role grants permissions, by the one table in permission.go, and
// every route names the one permission that it needs. A principal is a person
// as proved by one request. An access token is a signed statement, good for
// minutes, that its bearer is a person with some roles. A refresh token is an
// opaque secret that buys the next access token, once; the tokens that descend
// from one sign-in by such purchases are a family. Pages keep a refresh token as a
// cookie and present it without spending it. A link is a secret, sent by
// a channel that is the person's own, that lets its holder set the person's
// password, once. A person's epoch counts the events after which nothing issued
// before them may be used again.
//
// # Invariants
//
//  1. No two people have e-mails that differ only in letter case or in Unicode
//     composition.
//  2. A secret (password, refresh token, link) is never stored: only argon2id of
//     a password and SHA-256 of a 256-bit random secret are.
//  3. A refresh token buys at most one successor. The second presentation of a
//     token ends its family, except that of the newest spent token within the
//     configured grace, which replaces the successor. At any time at most one
//     token of a family is good for more than the grace.
//  4. A family lives at most FamilyLife and dies FamilyIdle after its last use.
//  5. A link sets a password at most once, and only before its expiry.
//  6. Setting a password, and disabling a person, void every refresh token and
//     every link that were issued before, by the same single write: each
//     carries the epoch of its issue, and that write raises the person's.
//  7. A sign-in does the same work and gives the same answer for an unknown
//     e-mail, a person without a password, a disabled one and a wrong password.
//  8. An access token is accepted only when signed with EdDSA by the key that
//     its kid names, for this issuer and audience, within its time.
//  9. A list of people is registered only when every row is in order, and
//     sending the same list again changes nothing.
//
// # What is not here
//
// HTTP, cookies and rate limits (api), sending mail (the caller gets the link's
// token and sends it), keeping keys (the caller brings them), and whether a
// permitted person may touch this very attempt or certificate: ownership and
// region are checked by the package that owns the thing.
package auth
