// Package irt estimates and uses item response models for items marked 0 or 1.
//
// The model is the three-parameter logistic in slope-intercept form, with the
// logistic metric (D = 1):
//
//	P(θ) = c + (1 − c) / (1 + exp(−(a·θ + d))),  b = −d/a
//
// 2PL has c = 0; 1PL has one slope for all items, which is the Rasch model with
// ability of free variance a². Ability is normal with mean 0 and variance 1.
//
// Estimation is marginal maximum likelihood by EM (Bock and Aitkin 1981), run
// over the responses that are there, so that people may answer different items;
// SQUAREM (Varadhan and Roland 2008) shortens it. Rasch models are estimated by
// conditional maximum likelihood too (Andersen 1972).
//
// # Invariants
//
//  1. A result is the same for any number of processors: sums are taken in a
//     fixed order.
//  2. Scoring by EAP is defined for every pattern, also all right and all wrong;
//     maximum likelihood says plainly when there is none.
//  3. One more right answer never lowers an EAP.
//  4. An item that everybody, or nobody, answered has no parameters.
package irt
