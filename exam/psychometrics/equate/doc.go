// Package equate puts scores of different forms, and parameters of different
// calibrations, on one scale.
//
// Vocabulary: X is the new form, Y the old one that scores are reported on; V is
// the anchor, the items that both hold. A Line takes scores of X to Y. A Link takes
// abilities of a new calibration to those of the old.
//
// Where forms are drawn from a calibrated bank, every form's cut follows from its
// characteristic curve (package standard) and nothing needs equating but new
// calibrations, by Haebara or StockingLord. The classical methods are for fixed
// forms.
//
// # Invariants
//
//  1. A form equated to itself stays as it is.
//  2. Equating is symmetric: from X to Y and back is where it began. (Only
//     regression is not, and it is no equating.)
//  3. What cannot be equated has a reason and no numbers.
package equate
