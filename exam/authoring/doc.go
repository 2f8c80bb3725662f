// Package authoring is how banks are written: items are drafted, reviewed by somebody
// else, approved and released.
//
// # Vocabulary
//
// A Copy is the working copy of a bank: its title, languages and case texts. An Entry
// is an item of it; its Content is the newest revision, an exam.Item under its hash. A
// Case is a case text that the items of a testlet share. An Import is a file that was
// read and checked, and not taken in yet. A release is cut from a copy and is from then
// on exam's; a release can also be opened as a copy.
//
// # Life of an entry
//
//	draft → in_review → approved → retired
//	  ↑        │            │          │
//	  └────────┴────────────┴──────────┘   back to draft, with a reason
//
// Writing makes a new revision and a draft of the entry, whatever it was before. The
// approved revision stays approved beside the draft: a release takes it until another
// one is approved or the entry is retired.
//
// # Invariants
//
// The property tests name them by number.
//
//  1. Revision is the hash of Content. A revision never changes, and every one that an
//     entry ever had can be read.
//  2. Whoever wrote a revision never approves it. A revision is complete in every
//     language that its bank has when it is approved.
//  3. An entry moves along the arrows above only; a move back has a reason. Every move
//     adds one event, and no event is ever taken away.
//  4. Who edits, submits, returns or approves names the revision that they saw; when the
//     entry has another, nothing changes.
//  5. A release holds exactly the approved revisions of the entries that are not
//     retired. Opening a release and releasing the copy unchanged gives the same hash.
//  6. Applying an import twice leaves what applying it once does, also when the first
//     time broke off anywhere.
//
// # What does not live here
//
// Who may do what is the caller's to check, but for invariant 2, which no permission
// lifts. Files and formats are interchange's: an Import is given items that were read.
package authoring
