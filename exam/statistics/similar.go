package statistics

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/forensic"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

const (
	similarPart = "similar"
	// pairsCompared bounds the work and the memory of comparing answers: some seconds and
	// tens of megabytes where everybody had the same items.
	pairsCompared = 100_000
)

// Similar is pairs of people whose answers are more alike than their abilities explain.
// It is a reason to look at seats, times and papers, and proves nothing. It names
// attempts, and is therefore shown to who may see results, apart from the statistics.
type Similar struct {
	Schema     int       `json:"schema"`
	Run        int       `json:"run"`
	Exam       string    `json:"exam"`
	ComputedAt time.Time `json:"computed_at"`
	// Least is how many items two people must share to be compared.
	Least int `json:"least"`
	// Tested pairs within sittings, and those Refused since they share too few items.
	Tested  int `json:"tested"`
	Refused int `json:"refused"`
	// TooLarge are sittings that were left out since everybody with everybody is too much.
	TooLarge int `json:"too_large"`
	// Status and Reason say why there are no pairs.
	Status psychometrics.Status `json:"status"`
	Reason string               `json:"reason,omitempty"`
	// Pairs are the most alike, by falling omega.
	Pairs []Alike `json:"pairs"`
}

// Alike is two attempts. Each pair can stand twice, once with either as the suspect.
type Alike struct {
	Sitting string `json:"sitting"`
	// Suspect is whose answers are held against those of Other.
	Suspect string `json:"suspect"`
	Other   string `json:"other"`
	Shared  int    `json:"shared"`
	Matches int    `json:"matches"`
	// Expected matches, and Omega (Wollack 1997) with P adjusted for all pairs; GBT is
	// adjusted too (van der Linden and Sotaridona 2006).
	Expected float64 `json:"expected"`
	Omega    float64 `json:"omega"`
	P        float64 `json:"p"`
	GBT      float64 `json:"gbt"`
}

// Sure reports whether chance alone would hardly make any pair so alike.
func (a Alike) Sure() bool { return a.P < sureOf && a.GBT < sureOf }

// Similar returns what was found last. "statistics.part_not_found".
func (s *Service) Similar(ctx context.Context, exam string) (Similar, error) {
	return load[Similar](ctx, s.store, exam, similarPart)
}

// alike compares answers within each sitting. fit is the model of m.
func (s *sample) alike(m *responses.Matrix, fit *irt.Fit) Similar {
	rooms := make(map[string][]int)
	var names []string
	for p, name := range s.sitting {
		if rooms[name] == nil {
			names = append(names, name)
		}
		rooms[name] = append(rooms[name], p)
	}
	slices.SortFunc(names, func(a, b string) int { // small ones first, so that most are compared
		if d := len(rooms[a]) - len(rooms[b]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	out, pairs := Similar{Schema: 1, Least: forensic.LeastShared}, 0
	var compared [][]int
	for _, name := range names {
		n := len(rooms[name])
		if pairs += n * (n - 1) / 2; pairs > pairsCompared {
			out.TooLarge++
			continue
		}
		compared = append(compared, rooms[name])
	}
	found := forensic.CompareWithin(m, fit, compared)
	out.Tested, out.Refused, out.Status, out.Reason = found.Tested, found.Refused, found.Status, found.Reason
	for _, p := range found.Pairs {
		out.Pairs = append(out.Pairs, Alike{s.sitting[p.Suspect], s.attempt[p.Suspect], s.attempt[p.Other], p.Shared, p.Matches, p.Expected, p.Omega, p.OmegaAdjusted, p.GBTAdjusted})
	}
	return out
}
