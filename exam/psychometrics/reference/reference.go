// Package reference holds the data sets whose results other programs have
// published or computed, for tests and for the documents. Nothing of the service
// imports it.
//
// LSAT6 and LSAT7 are sections of the Law School Admission Test (Bock and
// Lieberman 1970), the examples of nearly every text on item response theory. The
// synthetic sets are Proba's own: 500 people with 20 multiple-choice questions (a
// mis-keyed question, two with built-in DIF, one person who copied), and 600
// people who each answered a third of 60 questions.
package reference

import (
	"embed"
	"encoding/csv"
	"fmt"
	"strconv"

	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

//go:embed data/*.csv
var data embed.FS

// LSAT6 is complete: 1,000 people, 5 items, as 30 patterns.
func LSAT6() *responses.Matrix { return marks("lsat6_patterns.csv") }

// LSAT7 is complete: 1,000 people, 5 items, as 32 patterns.
func LSAT7() *responses.Matrix { return marks("lsat7_patterns.csv") }

// Sparse has 600 people and 60 items, 20 for each person.
func Sparse() *responses.Matrix { return marks("synth_sparse_600x60.csv") }

// Choices has 500 people in two groups and 20 items with options. column is the
// key to use: "key", as it would be published, with question 16 mis-keyed, or
// "true_key".
func Choices(column string) *responses.Matrix {
	keys := make(map[string]string)
	rows := table("synth_mc_key.csv")
	for n, name := range rows[0] {
		if name != column {
			continue
		}
		for _, row := range rows[1:] {
			keys[row[0]] = row[n]
		}
	}
	return matrix("synth_mc_500x20.csv", responses.Options{Key: keys, Group: "group"})
}

// Parameters are slopes and difficulties by item.
type Parameters struct{ A, B float64 }

// ChoicesParameters are those of Choices("true_key") by the 2PL model, as mirt
// estimates them.
func ChoicesParameters() map[string]Parameters { return parameters("synth_mc_2pl.csv") }

// SparseParameters are those of Sparse by the 2PL model, as mirt estimates them.
func SparseParameters() map[string]Parameters { return parameters("synth_sparse_2pl.csv") }

func marks(name string) *responses.Matrix { return matrix(name, responses.Options{}) }

func matrix(name string, o responses.Options) *responses.Matrix {
	file, err := data.Open("data/" + name)
	if err != nil {
		panic(fmt.Sprintf("reference data %s: %v", name, err))
	}
	defer file.Close()
	m, problems, err := responses.ReadCSV(file, o)
	if err != nil || len(problems) > 0 {
		panic(fmt.Sprintf("reference data %s: %v %v", name, problems, err))
	}
	return m
}

func parameters(name string) map[string]Parameters {
	all := make(map[string]Parameters)
	for _, row := range table(name)[1:] {
		a, errA := strconv.ParseFloat(row[1], 64)
		b, errB := strconv.ParseFloat(row[2], 64)
		if errA != nil || errB != nil {
			panic(fmt.Sprintf("reference data %s: %v", name, row))
		}
		all[row[0]] = Parameters{a, b}
	}
	return all
}

func table(name string) [][]string {
	file, err := data.Open("data/" + name)
	if err != nil {
		panic(fmt.Sprintf("reference data %s: %v", name, err))
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("reference data %s: %v", name, err))
	}
	return rows
}
