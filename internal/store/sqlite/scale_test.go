package sqlite

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/audit"
)

// The size of a national service after some years.
const (
	scaleAttempts = 1_000_000
	scaleSittings = 2_000
	scaleItems    = 100_000
	scaleTopics   = 200
)

// scaleLimit is how long a list may take at the 99th percentile: a page of the workbench
// asks for two or three of them.
const scaleLimit = 100 * time.Millisecond

// TestListsAtScale measures every list and search of the workbench on a store of a
// million attempts and a hundred thousand items. It takes some minutes and two gigabytes,
// so it runs only when PROBA_SCALE says so.
func TestListsAtScale(t *testing.T) {
	if os.Getenv("PROBA_SCALE") == "" {
		t.Skip("set PROBA_SCALE=1")
	}
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	began := time.Now()
	fill(t, s)
	t.Logf("filled in %v", time.Since(began).Round(time.Second))
	ctx, r := t.Context(), rand.New(rand.NewPCG(1, 2))
	somewhere := func() string { return attemptID(r.IntN(scaleAttempts)) }
	sitting := func() string { return fmt.Sprintf("sitting-%04d", r.IntN(scaleSittings)) }
	for _, list := range []struct {
		name string
		ask  func() (int, error)
	}{
		{"attempts, from anywhere", func() (int, error) { return count(s.Attempts(ctx, exam.AttemptFilter{}, somewhere(), 50)) }},
		{"attempts of a sitting: its room", func() (int, error) { return count(s.Attempts(ctx, exam.AttemptFilter{Sitting: sitting()}, "", 200)) }},
		{"attempts of a sitting in one state", func() (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{Sitting: sitting(), State: exam.Released}, "", 200))
		}},
		{"attempts in a rare state", func() (int, error) { return count(s.Attempts(ctx, exam.AttemptFilter{State: exam.Running}, "", 50)) }},
		{"attempts of an exam", func() (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{Exam: "exam-3"}, somewhere(), 50))
		}},
		{"attempts of a person", func() (int, error) {
			return count(s.Attempts(ctx, exam.AttemptFilter{Person: fmt.Sprintf("person-%06d", r.IntN(scaleAttempts/2))}, "", 50))
		}},
		{"the sum of a sitting", func() (int, error) { sum, err := s.TallyAttempts(ctx, sitting()); return sum.All(), err }},
		{"what is due", func() (int, error) { return count(s.Due(ctx, time.Now(), 50)) }},
		{"sittings of an exam", func() (int, error) {
			return count(s.Sittings(ctx, exam.SittingFilter{Exam: fmt.Sprintf("exam-%d", r.IntN(8))}, sitting(), 50))
		}},
		{"sittings of a region", func() (int, error) {
			return count(s.Sittings(ctx, exam.SittingFilter{Region: fmt.Sprintf("region-%02d", r.IntN(25))}, "", 50))
		}},
		{"items of a bank, from anywhere", func() (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank"}, fmt.Sprintf("item-%06d", r.IntN(scaleItems)), 50))
		}},
		{"items of a topic", func() (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Topic: fmt.Sprintf("topic-%03d", r.IntN(scaleTopics))}, "", 50))
		}},
		{"items in a state of a topic", func() (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Topic: fmt.Sprintf("topic-%03d", r.IntN(scaleTopics)), State: authoring.Draft}, "", 50))
		}},
		{"items by a rare word", func() (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Words: []string{fmt.Sprintf("слово%d", r.IntN(1000))}}, "", 50))
		}},
		{"items by a word of all", func() (int, error) {
			return count(s.Items(ctx, authoring.Filter{Bank: "bank", Words: []string{"питання"}}, "", 50))
		}},
		{"the audit log of an object", func() (int, error) {
			_, err := s.Entries(ctx, audit.Filter{Object: "sittings/x"}, 1<<40, 50)
			return 1, err
		}},
	} {
		const times = 200
		took := make([]time.Duration, times)
		found := 0
		for i := range took {
			began := time.Now()
			n, err := list.ask()
			if err != nil {
				t.Fatalf("%s: %v", list.name, err)
			}
			took[i], found = time.Since(began), found+n
		}
		slices.Sort(took)
		p99 := took[times*99/100]
		t.Logf("%-36s median %8v  p99 %8v  rows %d", list.name, took[times/2].Round(10*time.Microsecond), p99.Round(10*time.Microsecond), found/times)
		if p99 > scaleLimit {
			t.Errorf("%s: p99 %v, limit %v", list.name, p99, scaleLimit)
		}
	}
}

func count[T any](all []T, err error) (int, error) { return len(all), err }

func attemptID(n int) string { return fmt.Sprintf("attempt-%07d", n) }

// fill writes the store by the store's own methods where rows are few, and by its
// statements where they are many.
func fill(t *testing.T, s *Store) {
	t.Helper()
	ctx, now := t.Context(), time.Now().UTC().Truncate(time.Millisecond)
	for n := range scaleSittings {
		st := exam.Sitting{Schema: 1, ID: fmt.Sprintf("sitting-%04d", n), Version: 1, Exam: fmt.Sprintf("exam-%d", n%8), Title: exam.Text{"uk": "Сесія"}, Region: fmt.Sprintf("region-%02d", n%25), Opens: now, Closes: now.Add(time.Hour), CreatedAt: now}
		if err := s.InsertSitting(ctx, st); err != nil {
			t.Fatal(err)
		}
	}
	const batch = 2000
	for from := 0; from < scaleAttempts; from += batch {
		if err := s.do(ctx, func(tx *tx) error { return fillAttempts(tx, from, from+batch, now) }); err != nil {
			t.Fatal(err)
		}
	}
	for from := 0; from < scaleItems; from += batch {
		if err := s.do(ctx, func(tx *tx) error { return fillItems(tx, from, from+batch, now) }); err != nil {
			t.Fatal(err)
		}
	}
}

func fillAttempts(tx *tx, from, to int, now time.Time) error {
	for n := from; n < to; n++ {
		sitting := n % scaleSittings
		a := exam.Attempt{Schema: 1, ID: attemptID(n), Version: 9, Exam: fmt.Sprintf("exam-%d", sitting%8), Sitting: fmt.Sprintf("sitting-%04d", sitting), Person: fmt.Sprintf("person-%06d", n%(scaleAttempts/2)), Number: 1 + n/(scaleAttempts/2),
			State: exam.Released, Lang: "uk", Writer: "w", Seq: 60, CreatedAt: now, StartedAt: now, Deadline: now, AcceptUntil: now, FinishedAt: now, SavedAt: now,
			Result: &exam.Result{Score: exam.Points(n % 60_000), Max: 60_000, Passed: n%3 > 0, Sections: make([]exam.SectionResult, 4)}, Events: make([]exam.Event, 5)}
		if n%5000 == 0 {
			a.State, a.Result, a.DueAt = exam.Running, nil, now.Add(time.Hour)
		}
		doc, err := head(a)
		if err != nil {
			return err
		}
		passed, score, highest := marks(&a)
		if _, err := tx.exec(`INSERT INTO attempts (id, version, exam, sitting, person, number, state, writer, accept_until, deadline, seq, seq_base, saved_at, due_at, leaves, doc, passed, score, max)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			a.ID, a.Version, a.Exam, a.Sitting, a.Person, a.Number, a.State, a.Writer, millis(a.AcceptUntil), millis(a.Deadline), a.Seq, a.SeqBase, millis(a.SavedAt), due(&a), []byte{}, doc, passed, score, highest); err != nil {
			return err
		}
	}
	return nil
}

func fillItems(tx *tx, from, to int, now time.Time) error {
	for n := from; n < to; n++ {
		e := authoring.Entry{Schema: 1, Version: 1, Bank: "bank", ID: fmt.Sprintf("item-%06d", n), State: authoring.Approved, Place: int64(n), Author: fmt.Sprintf("author-%d", n%40), WrittenAt: now, Languages: []string{"uk", "en"},
			Content: exam.Item{ID: fmt.Sprintf("item-%06d", n), Kind: exam.Single, Topic: fmt.Sprintf("topic-%03d", n%scaleTopics), Stage: "pre-trial", Level: "apply", Stem: exam.Text{"uk": fmt.Sprintf("Питання про слово%d у справі", n%1000), "en": "A question about a word in a case"}}}
		if n%10 == 0 {
			e.State = authoring.Draft
		}
		r, err := newRow(e)
		if err != nil {
			return err
		}
		it := &r.Content
		if _, err := tx.exec(`INSERT INTO entries (bank, id, version, state, topic, kind, stage, level, author, doc, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			r.Bank, r.ID, r.Version, r.State, it.Topic, it.Kind, it.Stage, it.Level, r.Author, r.doc, r.more); err != nil {
			return err
		}
		if err := r.reindex(tx); err != nil {
			return err
		}
	}
	return nil
}
