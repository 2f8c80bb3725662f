package exam

import (
	"context"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/agreement"
)

// MarkingProgress says how far the marking of an exam is, and how well its markers agree.
type MarkingProgress struct {
	Exam Exam
	// Stages counts the scripts by stage.
	Stages map[ScriptStage]int
	// Markers are those of the exam and whoever else has marked, with how many marks each
	// has given.
	Markers []MarkerCount
	// Items are those that were marked, by ascending id.
	Items []ItemAgreement
}

// MarkerCount is how many marks somebody has given.
type MarkerCount struct {
	Marker string
	Marks  int
}

// ItemAgreement is how far the first two marks of an item agree, in points of its rubric.
type ItemAgreement struct {
	Item  ItemRef
	Pairs int
	// Max is what the rubric gives at most, and Tolerance by how much two may differ.
	Max, Tolerance int
	// Exact is the share of scripts with the same points, Within that of those which nobody
	// had to decide about, Kappa the quadratically weighted kappa.
	Exact, Within, Kappa psychometrics.Estimate
}

// MarkingProgress goes through the scripts of an exam. "exam.not_found".
func (s *Service) MarkingProgress(ctx context.Context, id string) (MarkingProgress, error) {
	e, err := s.store.Exam(ctx, id)
	if err != nil {
		return MarkingProgress{}, err
	}
	bank, err := s.Bank(ctx, e.Release)
	if err != nil {
		return MarkingProgress{}, err
	}
	p := MarkingProgress{Exam: e, Stages: make(map[ScriptStage]int)}
	given := make(map[string]int)
	for _, m := range e.Markers {
		given[m] = 0
	}
	pairs := make(map[ItemRef][]agreement.Pair)
	for after := ""; ; {
		page, err := s.store.Scripts(ctx, ScriptFilter{Exam: id}, after, scriptPage)
		if err != nil {
			return MarkingProgress{}, err
		}
		for _, c := range page {
			after = c.ID
			p.Stages[c.Stage]++
			for _, m := range c.Entries {
				given[m.Marker]++
			}
			rev, err := bank.find(c.Item)
			if err != nil {
				return MarkingProgress{}, err
			}
			if essay := rev.Item.Essay(); essay != nil && len(c.Entries) > 1 {
				pairs[c.Item] = append(pairs[c.Item], agreement.Pair{First: essay.Rubric.Total(c.Entries[0].Levels), Second: essay.Rubric.Total(c.Entries[1].Levels)})
			}
		}
		if len(page) < scriptPage {
			break
		}
	}
	for marker, n := range given {
		p.Markers = append(p.Markers, MarkerCount{marker, n})
	}
	slices.SortFunc(p.Markers, func(a, b MarkerCount) int { return strings.Compare(a.Marker, b.Marker) })
	for item, twice := range pairs {
		p.Items = append(p.Items, agreed(item, &bank.items[bank.byID[item.ID]].Item.Essay().Rubric, twice))
	}
	slices.SortFunc(p.Items, func(a, b ItemAgreement) int { return strings.Compare(a.Item.ID, b.Item.ID) })
	return p, nil
}

func agreed(item ItemRef, r *Rubric, pairs []agreement.Pair) ItemAgreement {
	within := 0
	for _, p := range pairs {
		if d := p.First - p.Second; max(d, -d) <= r.Tolerance {
			within++
		}
	}
	n := len(pairs)
	return ItemAgreement{Item: item, Pairs: n, Max: r.Max(), Tolerance: r.Tolerance, Exact: agreement.Exact(pairs), Kappa: agreement.Kappa(pairs, agreement.Squared),
		Within: psychometrics.Of(float64(within)/float64(n), n, agreement.LeastPairs)}
}
