// Package exam examines people: banks of items, blueprints, forms, attempts,
// the saving of responses, scoring and results.
//
// # Vocabulary
//
// An item is a question with its key; a Revision is its content under a hash; a
// Bank is a Release (a manifest of revisions, named by its hash) with content. A
// Blueprint says what a form is made of, a Plan is a blueprint compiled over a
// bank, and a Form is what one learner gets. An Exam is a published blueprint
// with its policy; a Sitting is a group of people entitled to it in a window. An
// Attempt is one person's go at it; a Response is an answer to one Slot. A Receipt
// proves what was handed in; Feedback is what a learner says of an attempt. A Regrade
// is a key change: Corrections of items that were faulty, a Keying is what counts as
// right after them, a RegradeChange what that means for one attempt.
//
// A Script is one response that people mark with a Rubric, beside its attempt.
//
// # State machine of an attempt
//
//	ready → running → submitted → (marking) → graded → released
//	            └───→ expired ──┘
//	any of them → voided (by an administrator, final)
//
// Handing in, grading and releasing at once is one write. A key change puts another
// result in the place of one that is graded or released, and leaves the state.
//
// # Invariants
//
// The property tests name them by number.
//
//  1. A revision's and a release's hash depend on content only; the same hash
//     is always the same content.
//  2. Drawing is deterministic: the same plan, seed, seen counts and exposure
//     levels give the same form, in any process at any time.
//  3. A form holds exactly the blueprint's count for every cell, of items that are
//     tried out and of testlets, no item twice, never two enemies; a testlet is whole,
//     contiguous and in the bank's order.
//  4. An arrangement is a permutation that leaves fixed options in place, and an
//     ordering item is never presented solved.
//  5. A FormView does not depend on keys, rationales, references or ids of
//     items: two banks that differ only there give equal views.
//  6. Credit is between 0 and one point; the key earns one point, no answer
//     earns none, and ticking every option earns less than one point.
//  7. Saves are idempotent and commute: any order, with any repeats, leaves for
//     each slot the response with the highest sequence number.
//  8. A response admitted is scored; one refused changes nothing that is scored.
//  9. Grading is a function of form, responses and bank; section maxima add up
//     to the form's, and passing needs the cut and every gate.
//  10. An attempt only moves along the state machine, keeps its history, and its
//     deadline never moves backwards. In a pause no time passes: what was left at its
//     begin is left at its end.
//  11. A form's certificate is that of its items: the expected scores are sums
//     over them, and the deviations are from what all forms of the plan share.
//
// # What does not live here
//
// The package knows no HTTP, no database and no clock: time and randomness come
// in as parameters. It does not know certificates: a passed attempt states that
// one is due, and somebody else issues it. It does not know who may do what: the
// caller has checked permissions, and methods that take a person check only that
// the attempt is theirs.
package exam
