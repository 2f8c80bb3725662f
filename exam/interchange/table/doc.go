// Package table reads banks from tables, CSV and XLSX, and writes them. The first
// row names the columns, in any order; every other row is a question. columns.go
// lists them, docs/formats.md describes them.
//
// Texts are in the form of exam.Text: plain, with **emphasis**. A text column may
// name its language, as "stem:uk"; one that does not has the language that the
// caller says.
//
// XLSX is read by this package, not by a library: what a table needs of the format
// (ECMA-376, part 1, 18.3 and 18.4) is little, and the libraries hold a workbook
// whole and unpack large parts to disk, which importers here never do. It is written by
// excelize, row by row.
package table
