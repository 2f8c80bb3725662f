package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/fault"
)

func copies(t *testing.T, s Store) {
	ctx := t.Context()
	c := authoring.Copy{Schema: 1, Version: 1, ID: id(), Title: exam.Text{"uk": "Банк"}, Languages: []string{"uk"}, CreatedAt: now, CreatedBy: "a",
		Cases: []authoring.Case{{ID: "case", Text: exam.Text{"uk": "Справа"}, Author: "a", WrittenAt: now}}}
	must(t, s.InsertCopy(ctx, c))
	wantCode(t, "taken id", s.InsertCopy(ctx, c), "copy.exists")
	got, err := s.Copy(ctx, c.ID)
	must(t, err)
	same(t, "copy", got, c)
	c.Release, c.ReleasedAt, c.ReleasedBy = "hash", now, "b"
	must(t, s.UpdateCopy(ctx, c))
	wantCode(t, "old version", s.UpdateCopy(ctx, c), "copy.stale")
	got, err = s.Copy(ctx, c.ID)
	must(t, err)
	c.Version = 2
	same(t, "updated copy", got, c)
	listed, err := s.Copies(ctx, c.ID[:len(c.ID)-1], 1)
	must(t, err)
	if len(listed) != 1 || listed[0].Cases != nil {
		t.Errorf("a listing gives %+v", listed)
	}
	c.ID = "none"
	wantCode(t, "update of nothing", s.UpdateCopy(ctx, c), "copy.not_found")
	_, err = s.Copy(ctx, "none")
	wantCode(t, "missing copy", err, "copy.not_found")
}

// newEntry is an item of a copy with everything in it.
func newEntry(bank, id, stem string) authoring.Entry {
	key := true
	it := exam.Item{ID: id, Kind: exam.TrueFalse, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic, Stem: exam.Text{"uk": stem}, Interaction: &exam.TrueOrFalse{True: &key}}
	return authoring.Entry{Schema: 1, Version: 1, Bank: bank, ID: id, State: authoring.Draft, Place: 7, Revision: "r-" + id, Content: it, Author: "ann", WrittenAt: now, Languages: []string{"uk"},
		Events:   []authoring.Event{{At: now, By: "ann", What: authoring.Created, Revision: "r-" + id}},
		Comments: []authoring.Comment{{At: now, By: "bob", Text: "Чому?", Revision: "r-" + id}}}
}

func items(t *testing.T, s Store) {
	ctx, bank := t.Context(), id()
	stems := []string{"Об'єкт злочину", "Суб'єкт злочину", "Об’єктивна сторона", "Evidence of a crime", "Строк слідства"}
	var all []authoring.Entry
	for i, stem := range stems {
		e := newEntry(bank, fmt.Sprintf("item-%d", i), stem)
		if i == 1 {
			e.State, e.Content.Topic, e.Tags, e.Content.Stage = authoring.Approved, "procedure", []string{"hard", "новий"}, "pre-trial"
		}
		if i == 3 {
			e.Author, e.Languages, e.Content.Kind, e.Content.Level, e.Tags = "eve", []string{"en", "uk"}, exam.TrueFalse, "remember", []string{"hard"}
		}
		if i == 2 || i == 3 {
			e.Figures = &authoring.Figures{Exam: "exam", PublishedAt: now, ComputedAt: now, Revision: "r", N: 40, Flags: []string{"too_hard", "dif"}[:i-1]}
		}
		if i == 0 {
			e.Figures = &authoring.Figures{Exam: "exam", PublishedAt: now, ComputedAt: now, Revision: "r", N: 40}
		}
		all = append(all, e)
	}
	there, err := s.InsertItems(ctx, all[:3])
	must(t, err)
	same(t, "taken ids", there, []string(nil))
	foreign := newEntry(id(), "item-0", "Злочин в іншому банку")
	if _, err := s.InsertItems(ctx, []authoring.Entry{foreign}); err != nil {
		t.Fatal(err)
	}
	changed := all[1]
	changed.Author = "nobody"
	there, err = s.InsertItems(ctx, append([]authoring.Entry{changed}, all[3:]...))
	must(t, err)
	same(t, "taken ids", there, []string{"item-1"})
	got, err := s.Item(ctx, bank, "item-1")
	must(t, err)
	same(t, "item", got, all[1])
	_, err = s.Item(ctx, bank, "none")
	wantCode(t, "missing item", err, "item.not_found")

	for _, row := range []struct {
		name string
		f    authoring.Filter
		want string
	}{
		{"all", authoring.Filter{}, "0 1 2 3 4"},
		{"state", authoring.Filter{State: authoring.Approved}, "1"},
		{"topic", authoring.Filter{Topic: "law"}, "0 2 3 4"},
		{"kind", authoring.Filter{Kind: "true_false"}, "0 1 2 3 4"},
		{"another kind", authoring.Filter{Kind: "single"}, ""},
		{"stage", authoring.Filter{Stage: "pre-trial"}, "1"},
		{"level", authoring.Filter{Level: "remember"}, "3"},
		{"author", authoring.Filter{Author: "eve"}, "3"},
		{"language", authoring.Filter{Language: "en"}, "3"},
		{"tag", authoring.Filter{Tag: "hard"}, "1 3"},
		{"tag and language", authoring.Filter{Tag: "hard", Language: "en"}, "3"},
		{"tag and topic", authoring.Filter{Tag: "hard", Topic: "procedure"}, "1"},
		{"flag", authoring.Filter{Flag: "too_hard"}, "2 3"},
		{"another flag", authoring.Filter{Flag: "dif"}, "3"},
		{"any flag", authoring.Filter{Flag: authoring.AnyFlag}, "2 3"},
		{"flag, tag and language", authoring.Filter{Flag: "dif", Tag: "hard", Language: "en"}, "3"},
		{"flag of no item with the tag", authoring.Filter{Flag: "too_hard", Tag: "новий"}, ""},
		{"word and flag", authoring.Filter{Words: authoring.Query("об'єкт"), Flag: authoring.AnyFlag}, "2"},
		{"word", authoring.Filter{Words: authoring.Query("ЗЛОЧИН")}, "0 1"},
		{"beginning, another apostrophe", authoring.Filter{Words: authoring.Query("об`єкт")}, "0 2"},
		{"two words", authoring.Filter{Words: authoring.Query("злочину суб")}, "1"},
		{"two words of which one is not there", authoring.Filter{Words: authoring.Query("злочину слідства")}, ""},
		{"word and tag", authoring.Filter{Words: authoring.Query("crim"), Tag: "hard"}, "3"},
		{"id", authoring.Filter{Words: authoring.Query("item-4")}, "4"},
		{"tag as a word", authoring.Filter{Words: authoring.Query("нов")}, "1"},
		{"quotes and stars", authoring.Filter{Words: authoring.Query(`"злоч*" -x .*`)}, ""},
	} {
		row.f.Bank = bank
		var found []string
		for after := ""; ; { // a page is two
			part, err := s.Items(ctx, row.f, after, 2)
			must(t, err)
			if len(part) == 0 {
				break
			}
			for _, e := range part {
				if e.Events != nil || e.Comments != nil || e.Bank != bank {
					t.Errorf("%s: a listing holds %+v", row.name, e)
				}
				found, after = append(found, strings.TrimPrefix(e.ID, "item-")), e.ID
			}
		}
		if got := strings.Join(found, " "); got != row.want {
			t.Errorf("by %s: items %q, want %q", row.name, got, row.want)
		}
	}
	counts, err := s.CountItems(ctx, bank)
	must(t, err)
	same(t, "counts", counts, map[authoring.State]int{authoring.Draft: 4, authoring.Approved: 1})
	terms, err := s.ItemTerms(ctx, bank)
	must(t, err)
	same(t, "terms", terms, authoring.Terms{Topics: []string{"law", "procedure"}, Stages: []string{"pre-trial"}, Authors: []string{"ann", "eve"}, Tags: []string{"hard", "новий"}, Flags: []string{"dif", "too_hard"}})

	// What is written over is found by the new words only.
	e := all[4]
	e.Content.Stem, e.Tags, e.State = exam.Text{"uk": "Запобіжний захід"}, []string{"змінено"}, authoring.InReview
	must(t, s.UpdateItem(ctx, e))
	wantCode(t, "old version", s.UpdateItem(ctx, e), "item.stale")
	e.Version++
	got, err = s.Item(ctx, bank, e.ID)
	must(t, err)
	same(t, "updated item", got, e)
	for words, want := range map[string]int{"строк": 0, "запобіж": 1, "змін": 1} {
		found, err := s.Items(ctx, authoring.Filter{Bank: bank, Words: authoring.Query(words)}, "", 10)
		must(t, err)
		if len(found) != want {
			t.Errorf("after an edit %q finds %d items, want %d", words, len(found), want)
		}
	}
	// So are figures.
	e = all[3]
	e.Figures = &authoring.Figures{Exam: "later", PublishedAt: now, ComputedAt: now, Revision: "r", N: 50, Flags: []string{"too_easy"}}
	must(t, s.UpdateItem(ctx, e))
	for flag, want := range map[string]int{"dif": 0, "too_hard": 1, "too_easy": 1, authoring.AnyFlag: 2} {
		found, err := s.Items(ctx, authoring.Filter{Bank: bank, Flag: flag}, "", 10)
		must(t, err)
		if len(found) != want {
			t.Errorf("after new figures %q finds %d items, want %d", flag, len(found), want)
		}
	}
	e.ID = "none"
	wantCode(t, "update of nothing", s.UpdateItem(ctx, e), "item.not_found")
}

func itemRaces(t *testing.T, s Store) {
	ctx, e := t.Context(), newEntry(id(), "item", "Хто перший?")
	_, err := s.InsertItems(ctx, []authoring.Entry{e})
	must(t, err)
	won := make([]bool, racers)
	var running sync.WaitGroup
	for n := range racers {
		running.Go(func() {
			mine := e
			mine.Author = fmt.Sprint(n)
			err := s.UpdateItem(ctx, mine)
			won[n] = err == nil
			if err != nil && fault.Code(err) != "item.stale" {
				t.Errorf("racer %d: %v", n, err)
			}
		})
	}
	running.Wait()
	first := slices.Index(won, true)
	if first < 0 || slices.Contains(won[first+1:], true) {
		t.Fatalf("who won: %v", won)
	}
	got, err := s.Item(ctx, e.Bank, e.ID)
	must(t, err)
	if got.Author != fmt.Sprint(first) || got.Version != 2 {
		t.Errorf("stored %q at version %d, want %d at 2", got.Author, got.Version, first)
	}
}

func imports(t *testing.T, s Store) {
	ctx := t.Context()
	i := authoring.Import{Schema: 1, Version: 1, ID: id(), Bank: "bank", By: "ann", At: now, File: "a.gift", Format: "gift", Found: 2, Refused: 1,
		Items:    []authoring.Incoming{{ItemRef: exam.ItemRef{ID: "item", Revision: "r"}, Seen: "s"}},
		Cases:    []exam.Stimulus{{ID: "case", Text: exam.Text{"uk": "Справа"}}},
		Problems: []authoring.Problem{{File: "a.gift", Line: 3, Item: "x", Severity: "error", Code: "c", Message: "m"}}}
	must(t, s.InsertImport(ctx, i))
	wantCode(t, "taken id", s.InsertImport(ctx, i), "import.exists")
	got, err := s.Import(ctx, i.ID)
	must(t, err)
	same(t, "import", got, i)
	i.AppliedAt = now
	must(t, s.UpdateImport(ctx, i))
	wantCode(t, "old version", s.UpdateImport(ctx, i), "import.stale")
	_, err = s.Import(ctx, "none")
	wantCode(t, "missing import", err, "import.not_found")
}

func sightings(t *testing.T, s Store) {
	ctx := t.Context()
	first, second, other := id(), id(), id()
	var newest []authoring.Sighting
	base := id()
	for n := range 5 {
		a := newAttempt()
		a.ID = fmt.Sprintf("%s-%d", base, n) // ids grow with time
		a.StartedAt = now.Add(time.Duration(n) * time.Minute)
		revision := []string{first, second, other, first, second}[n]
		a.Form.Slots = append(slices.Clone(a.Form.Slots), exam.Slot{Item: exam.ItemRef{ID: "seen", Revision: revision}}, exam.Slot{Item: exam.ItemRef{ID: "also", Revision: id()}})
		must(t, s.InsertAttempt(ctx, a))
		if n != 2 {
			newest = append(newest, authoring.Sighting{Attempt: a.ID, Exam: a.Exam, Sitting: a.Sitting, Person: a.Person, State: a.State, StartedAt: a.StartedAt})
		}
	}
	slices.Reverse(newest)
	wanted := []string{first, second}
	n, err := s.CountSightings(ctx, wanted)
	must(t, err)
	if n != 4 {
		t.Errorf("%d attempts hold the item, want 4", n)
	}
	var seen []authoring.Sighting
	for before := ""; ; {
		part, err := s.Sightings(ctx, wanted, before, 3)
		must(t, err)
		if len(part) == 0 {
			break
		}
		seen, before = append(seen, part...), part[len(part)-1].Attempt
	}
	same(t, "sightings", seen, newest)
	n, err = s.CountSightings(ctx, []string{id()})
	must(t, err)
	if none, err := s.Sightings(ctx, nil, "", 3); n != 0 || len(none) != 0 || err != nil {
		t.Errorf("of nothing: %d, %v, %v", n, none, err)
	}
}

// reviews: what waits for a reviewer is counted over all banks that there are.
func reviews(t *testing.T, s Store) {
	ctx := t.Context()
	before, err := s.CountEverywhere(ctx, authoring.InReview)
	must(t, err)
	for n := range 3 {
		bank := id()
		must(t, s.InsertCopy(ctx, authoring.Copy{Schema: 1, Version: 1, ID: bank, Title: exam.Text{"uk": "Банк"}, Languages: []string{"uk"}, CreatedAt: now}))
		entries := []authoring.Entry{newEntry(bank, "item-0", "Перше"), newEntry(bank, "item-1", "Друге"), newEntry(bank, "item-2", "Третє")}
		for i := range n { // none, one and two of them
			entries[i].State = authoring.InReview
		}
		_, err := s.InsertItems(ctx, entries)
		must(t, err)
	}
	after, err := s.CountEverywhere(ctx, authoring.InReview)
	must(t, err)
	if after-before != 3 {
		t.Errorf("%d more wait for review, want 3", after-before)
	}
}
