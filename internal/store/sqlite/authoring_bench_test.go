package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
)

// BenchmarkListingItems shows a page of 50 items of a bank of 100,000 by every way that
// the workbench offers, words that every item has among them.
func BenchmarkListingItems(b *testing.B) {
	const all = 100_000
	s := open(b, filepath.Join(b.TempDir(), "proba.db"))
	rng := rand.New(rand.NewPCG(1, 2))
	vocabulary := make([]string, 20_000)
	for i := range vocabulary {
		letters := []rune("абвгдежзиклмнопрстух")
		var w strings.Builder
		for range 4 + rng.IntN(7) {
			w.WriteRune(letters[rng.IntN(len(letters))])
		}
		vocabulary[i] = w.String()
	}
	began := time.Now()
	for at := 0; at < all; at += 500 {
		entries := make([]authoring.Entry, 500)
		for i := range entries {
			n := at + i
			var stem strings.Builder
			stem.WriteString("слідчий ")
			for range 30 {
				// Words of a language are far from equally frequent.
				stem.WriteString(vocabulary[int(float64(len(vocabulary))*rng.Float64()*rng.Float64()*rng.Float64())] + " ")
			}
			it := exam.Item{ID: fmt.Sprintf("item-%06d", n), Kind: exam.Single, Topic: fmt.Sprintf("topic-%02d", n%40), Stage: "pre-trial", Level: "apply", Difficulty: exam.Basic, Roles: []string{"judge"},
				Stem: exam.Text{"uk": stem.String()}, Interaction: &exam.SingleChoice{Options: make([]exam.Option, 4)}}
			entries[i] = authoring.Entry{Schema: 1, Version: 1, Bank: "bank", ID: it.ID, State: authoring.States()[min(n%50, 2)], Content: it, Revision: it.ID, Author: fmt.Sprintf("author-%d", n%20), Languages: []string{"uk"}}
			if n%1000 == 7 {
				entries[i].Tags = []string{"rare"}
			}
		}
		if _, err := s.InsertItems(b.Context(), entries); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%d items written in %s", all, time.Since(began).Round(time.Millisecond))
	for _, way := range []struct {
		name, after string
		f           authoring.Filter
	}{
		{"all/first", "", authoring.Filter{}},
		{"all/middle", "item-050000", authoring.Filter{}},
		{"state/rare", "", authoring.Filter{State: authoring.InReview}},
		{"topic", "item-050000", authoring.Filter{Topic: "topic-07"}},
		{"kind/every", "item-050000", authoring.Filter{Kind: "single"}},
		{"kind/none", "", authoring.Filter{Kind: "matching"}},
		{"author", "", authoring.Filter{Author: "author-3"}},
		{"language/every", "item-050000", authoring.Filter{Language: "uk"}},
		{"language/none", "", authoring.Filter{Language: "en"}},
		{"tag/rare", "", authoring.Filter{Tag: "rare"}},
		{"word/rare", "", authoring.Filter{Words: []string{vocabulary[15_000]}}},
		{"word/every", "", authoring.Filter{Words: []string{"слідчий"}}},
		{"word/beginning", "", authoring.Filter{Words: []string{"аб"}}},
		{"words/two", "", authoring.Filter{Words: []string{"слідчий", vocabulary[100]}}},
		{"word and topic", "", authoring.Filter{Words: []string{"слідчий"}, Topic: "topic-07"}},
	} {
		b.Run(way.name, func(b *testing.B) {
			way.f.Bank = "bank"
			for b.Loop() {
				if _, err := s.Items(b.Context(), way.f, way.after, 50); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.CountItems(b.Context(), "bank"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("terms", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.ItemTerms(b.Context(), "bank"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
