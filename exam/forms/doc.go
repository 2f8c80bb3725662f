// Package forms draws forms of equal difficulty from a pool of items.
//
// Drawing at random within the cells of a blueprint is not fair at the cut: over
// 10,000 forms of 60 from 1,000 items, the chance to pass of a candidate who
// stands exactly at the cut runs from .06 to .96. Here the items of each cell are
// put in order of the chance of such a candidate and cut into as many strata as
// items are needed; from each stratum two are drawn and the less used one is
// taken; then single items are exchanged for neighbours until four sums (the
// expected score at the cut and one logit below and above it, and the information
// at the cut) are the same as in every other form.
//
// # Vocabulary
//
// A Unit is what is drawn as a whole: one item, or the items of a testlet. A
// Group holds units that can take each other's place. A Quota says how many
// testlets a form has. Exposure counts how often units were used.
//
// # Invariants
//
//  1. A draw is a function of the random stream and the request.
//  2. A form has exactly the count of every cell, no unit twice, no two enemies.
//  3. Of units that the candidate has seen before, none is drawn while one that
//     was seen less can take its place.
//  4. The certificate's sums are those of the form's units.
//
// The package knows no items' content, no attempts and no store: exam compiles
// a bank into a pool, and the command line reads one from a file.
package forms
