// Package forensic looks for what should not be in response data: items that got
// easier over time, answers given faster than anybody reads, pairs of people whose
// answers are more alike than ability explains.
//
// Nothing here proves misconduct. A figure is a reason to look, after correction
// for how many were looked at (Holm 1979), and none is given where people share
// too few items to tell.
package forensic
