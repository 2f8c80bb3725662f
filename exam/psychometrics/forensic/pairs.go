package forensic

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Compared is the outcome of comparing everybody with everybody.
type Compared struct {
	// Pairs are the most alike, by falling omega; each pair of people counts
	// twice, once with either as the suspect.
	Pairs []PairOf
	// Tested pairs, and those Refused since they share too few items.
	Tested, Refused int
	Status          psychometrics.Status
	Reason          string
}

// PairOf are two people by their place in the matrix, Suspect after Other's
// answers.
type PairOf struct {
	Suspect, Other int
	Similarity
	// M4 is not adjusted: it takes too long to be computed of all pairs.
	M4 float64
}

const (
	// mostCompared bounds the work: 1,000 people are a million comparisons.
	mostCompared = 1000
	// kept is how many pairs are reported.
	kept = 10
)

// CompareAll compares all pairs of people of a fitted model and corrects for their
// number. m is the matrix that the model was estimated from.
func CompareAll(m *responses.Matrix, f *irt.Fit) Compared {
	n := len(m.People())
	if n > mostCompared && f.Status != psychometrics.NotDefined {
		return Compared{Status: psychometrics.NotDefined, Reason: fmt.Sprintf("compares at most %d people: look at one room or sitting", mostCompared)}
	}
	everybody := make([]int, n)
	for p := range everybody {
		everybody[p] = p
	}
	return CompareWithin(m, f, [][]int{everybody})
}

// CompareWithin compares the pairs within each room, people being named by their place in
// the matrix, and corrects for the number of all pairs.
func CompareWithin(m *responses.Matrix, f *irt.Fit, rooms [][]int) Compared {
	if f.Status == psychometrics.NotDefined {
		return Compared{Status: psychometrics.NotDefined, Reason: f.Reason}
	}
	out := Compared{Status: psychometrics.Fine}
	abilities := f.Abilities()
	var all []PairOf
	for _, room := range rooms {
		for n, i := range room {
			for _, j := range room[:n] {
				there, back := sharedBy(m, f, i, j)
				if len(there) < LeastShared {
					out.Refused++
					continue
				}
				all = append(all, PairOf{Suspect: i, Other: j, Similarity: Compare(abilities[i].Theta, abilities[j].Theta, there)}, PairOf{Suspect: j, Other: i, Similarity: Compare(abilities[j].Theta, abilities[i].Theta, back)})
			}
		}
	}
	similar := make([]Similarity, len(all))
	for k := range all {
		similar[k] = all[k].Similarity
	}
	Adjust(similar)
	for k := range all {
		all[k].Similarity = similar[k]
	}
	all = slices.DeleteFunc(all, func(p PairOf) bool { return p.Status == psychometrics.NotDefined })
	out.Tested = len(all) / 2
	slices.SortStableFunc(all, func(a, b PairOf) int {
		return cmp.Compare(psychometrics.Snap(b.Omega), psychometrics.Snap(a.Omega))
	})
	out.Pairs = slices.Clip(all[:min(kept, len(all))])
	for k := range out.Pairs {
		p := &out.Pairs[k]
		there, _ := sharedBy(m, f, p.Suspect, p.Other)
		p.M4 = M4(abilities[p.Suspect].Theta, abilities[p.Other].Theta, there)
	}
	if out.Tested == 0 {
		out.Status, out.Reason = psychometrics.NotDefined, fmt.Sprintf("no two people share %d items", LeastShared)
	}
	return out
}

// sharedBy are the items that two people both answered, with either as the
// suspect.
func sharedBy(m *responses.Matrix, f *irt.Fit, i, j int) (there, back []Shared) {
	a, b := m.Of(i), m.Of(j)
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].Item < b[0].Item:
			a = a[1:]
		case a[0].Item > b[0].Item:
			b = b[1:]
		default:
			if it := &f.Items[a[0].Item]; it.Status != psychometrics.NotDefined {
				x, y := a[0].Mark > 0, b[0].Mark > 0
				there, back = append(there, Shared{it.Item, x, y}), append(back, Shared{it.Item, y, x})
			}
			a, b = a[1:], b[1:]
		}
	}
	return there, back
}
