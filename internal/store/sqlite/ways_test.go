package sqlite

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/lookup"
)

// TestEveryWayFindsTheSame searches page by page for what was stored at random, with each
// way of searching taken, and compares with looking at everything.
func TestEveryWayFindsTheSame(t *testing.T) {
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := rand.New(rand.NewPCG(3, 4))
	w := newWorld(t, s, r)
	for range 60 {
		s.few = []int{0, 5, few}[r.IntN(3)] // matches that are sorted, or else met in an index
		limit, now := 1+r.IntN(7), w.began.Add(time.Hour)
		words := slices.DeleteFunc([]string{[]string{"", "аль", "альфа", "бе", "гамма"}[r.IntN(5)], []string{"", "", "дельта", "ома"}[r.IntN(4)]}, func(s string) bool { return s == "" })
		either := func(v string) string { return []string{"", v}[r.IntN(2)] }

		f := authoring.Filter{Bank: "b", Words: words, Tag: either("t0"), Language: either("en"), Topic: either("o1"), State: authoring.State(either("draft"))}
		same(t, fmt.Sprintf("%d of items, few %d: %+v", limit, s.few, f), pages(t, limit, func(after string) ([]authoring.Entry, error) { return s.Items(t.Context(), f, after, limit) }, func(e authoring.Entry) string { return e.ID }),
			ids(w.items, func(e authoring.Entry) (string, bool) {
				return e.ID, beginning(e.Words(), words) && (f.Tag == "" || slices.Contains(e.Tags, f.Tag)) && (f.Language == "" || slices.Contains(e.Languages, f.Language)) && (f.Topic == "" || e.Content.Topic == f.Topic) && (f.State == "" || e.State == f.State)
			}))

		same(t, fmt.Sprintf("%d of people, few %d: %v", limit, s.few, words), pages(t, limit, func(after string) ([]auth.Person, error) { return s.FindPeople(t.Context(), words, after, limit) }, func(p auth.Person) string { return p.ID }),
			ids(w.people, func(p auth.Person) (string, bool) { return p.ID, beginning(lookup.Name(p.Name), words) }))

		c := certs.Filter{Words: words, Exam: either("e1"), Person: either("p3")}
		state := []certs.State{"", certs.Valid, certs.Expired, certs.Revoked}[r.IntN(4)]
		if state != "" {
			c = c.In(state, now)
		}
		same(t, fmt.Sprintf("%d of certificates, few %d: %+v", limit, s.few, c), pages(t, limit, func(after string) ([]certs.Certificate, error) {
			return s.FindCertificates(t.Context(), c, certs.ID(after), limit)
		}, func(c certs.Certificate) string { return string(c.ID) }),
			ids(w.certificates, func(x certs.Certificate) (string, bool) {
				return string(x.ID), beginning(lookup.Name(x.Statement.Name), words) && (c.Exam == "" || x.Statement.Exam == c.Exam) && (c.Person == "" || x.Person == c.Person) && (state == "" || x.StateAt(now) == state)
			}))
	}
}

// world is what is stored.
type world struct {
	began        time.Time
	items        []authoring.Entry
	people       []auth.Person
	certificates []certs.Certificate
}

func newWorld(t *testing.T, s *Store, r *rand.Rand) world {
	t.Helper()
	w := world{began: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for n := range 80 {
		text := "Альфа"
		for _, word := range []string{" Альбом", " бета", " гамма", " Дельта", " омана"} {
			if r.IntN(3) == 0 {
				text += word
			}
		}
		id := fmt.Sprintf("%03d-%d", r.IntN(1000), n)
		e := authoring.Entry{Schema: 1, Version: 1, Bank: "b", ID: id, State: []authoring.State{authoring.Draft, authoring.Approved}[r.IntN(2)], Tags: []string{fmt.Sprintf("t%d", r.IntN(3))}, Languages: []string{"uk", "en"}[:1+r.IntN(2)],
			Content: exam.Item{ID: id, Kind: exam.TrueFalse, Topic: fmt.Sprintf("o%d", r.IntN(3)), Stem: exam.Text{"uk": text}, Interaction: &exam.TrueOrFalse{}}}
		p := auth.Person{ID: id, Schema: 1, Version: 1, EmailKey: id, Name: text}
		c := certs.Certificate{Schema: 2, ID: certs.ID(id), Version: 1, Attempt: id, Person: fmt.Sprintf("p%d", r.IntN(5)), StatusIndex: n, State: []certs.State{certs.Valid, certs.Valid, certs.Revoked}[r.IntN(3)],
			Statement: certs.Statement{Name: text, Exam: fmt.Sprintf("e%d", r.IntN(2)), ExpiresAt: []time.Time{{}, w.began, w.began.Add(2 * time.Hour)}[r.IntN(3)]}}
		w.items, w.people, w.certificates = append(w.items, e), append(w.people, p), append(w.certificates, c)
	}
	_, err := s.InsertItems(t.Context(), w.items)
	must(err)
	var stored errgroup.Group // their commits are shared
	for n := range w.people {
		stored.Go(func() error {
			return errors.Join(s.InsertPerson(t.Context(), w.people[n]), s.InsertCertificate(t.Context(), w.certificates[n]))
		})
	}
	must(stored.Wait())
	return w
}

// pages reads a listing to its end.
func pages[T any](t *testing.T, limit int, page func(after string) ([]T, error), id func(T) string) (all []string) {
	t.Helper()
	for after := ""; ; {
		part, err := page(after)
		if err != nil {
			t.Fatal(err)
		}
		if len(part) > limit {
			t.Fatalf("a page of %d, limit %d", len(part), limit)
		}
		for _, v := range part {
			after = id(v)
			all = append(all, after)
		}
		if len(part) < limit {
			return all
		}
	}
}

// ids are those of what is wanted, in order.
func ids[T any](all []T, wanted func(T) (string, bool)) (list []string) {
	for _, v := range all {
		if id, ok := wanted(v); ok {
			list = append(list, id)
		}
	}
	slices.Sort(list)
	return list
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}
