package sqlite

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/lookup"
)

// TestAnOlderStoreIsSummedUp opens a file with schema 1 that holds a graded attempt: the
// migration fills the columns that sums are taken from.
func TestAnOlderStoreIsSummedUp(t *testing.T) {
	s := upgraded(t,
		`INSERT INTO attempts (id, version, exam, sitting, person, number, state, writer, accept_until, deadline, seq, seq_base, saved_at, leaves, doc)
		 VALUES ('a', 1, 'e', 's', 'p', 1, 'released', '', 0, 0, 0, 0, 0, '', '{"id":"a","result":{"score":7,"max":10,"passed":true}}'),
		        ('b', 1, 'e', 's', 'q', 1, 'running', '', 0, 0, 0, 0, 0, '', '{"id":"b"}')`)
	got, err := s.TallyAttempts(t.Context(), "s")
	if err != nil || got.Graded != 1 || got.Passed != 1 || got.Score != 7 || got.Max != 10 || got.States[exam.Running] != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestAnOlderStoreKnowsWhoSawWhat opens a file that holds forms from before sightings were
// taken down.
func TestAnOlderStoreKnowsWhoSawWhat(t *testing.T) {
	s := upgraded(t,
		`INSERT INTO attempts (id, version, exam, sitting, person, number, state, writer, accept_until, deadline, seq, seq_base, saved_at, leaves, doc)
		 VALUES ('a', 1, 'e', 's', 'p', 1, 'released', '', 0, 0, 0, 0, 0, '', '{"id":"a","started_at":"2026-03-01T09:00:00Z"}'),
		        ('b', 1, 'e', 's', 'q', 1, 'running', '', 0, 0, 0, 0, 0, '', '{"id":"b","started_at":"2026-03-01T09:00:00Z"}')`,
		`INSERT INTO forms (attempt, doc) VALUES ('a', '{"slots":[{"item":{"id":"x","revision":"r1"}},{"item":{"id":"y","revision":"r2"}}]}'), ('b', '{"slots":[{"item":{"id":"x","revision":"r1"}}]}')`)
	for revision, want := range map[string]int{"r1": 2, "r2": 1, "r3": 0} {
		if n, err := s.CountSightings(t.Context(), []string{revision}); err != nil || n != want {
			t.Errorf("%s was seen in %d attempts, %v; want %d", revision, n, err, want)
		}
	}
	if seen, err := s.Sightings(t.Context(), []string{"r1"}, "b", 9); err != nil || len(seen) != 1 || seen[0].Attempt != "a" || seen[0].StartedAt.IsZero() {
		t.Errorf("seen before b: %+v, %v", seen, err)
	}
}

// TestAnOlderStoreIsFoundByName opens a file that holds people from before they were found by
// name.
func TestAnOlderStoreIsFoundByName(t *testing.T) {
	s := upgraded(t,
		`INSERT INTO people (id, version, email, doc) VALUES ('a', 1, 'a', '{"id":"a","name":"Юлія ҐУДЗЬ"}'), ('b', 1, 'b', '{"id":"b","name":"Марко Їжак"}')`,
		`INSERT INTO certificates (id, version, attempt, person, status_list, status_index, doc) VALUES ('c', 1, 'x', 'a', 0, 0, '{"id":"c","state":"revoked","statement":{"name":"Юлія Ґудзь","exam":"e","expires_at":"2026-03-01T09:00:00Z"}}')`)
	if all, err := s.FindPeople(t.Context(), lookup.Name("гудзь"), "", 9); err != nil || len(all) != 1 || all[0].ID != "a" {
		t.Errorf("people: %v, %v", all, err)
	}
	if all, err := s.FindCertificates(t.Context(), certs.Filter{Words: lookup.Name("юлія")}, "", 9); err != nil || len(all) != 1 || all[0].ID != "c" {
		t.Errorf("certificates: %v, %v", all, err)
	}
	// Without words, through the indexes.
	for _, f := range []certs.Filter{{Exam: "e"}, {State: certs.Revoked}, {Exam: "e", State: certs.Revoked}, {EndedBy: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}} {
		if all, err := s.FindCertificates(t.Context(), f, "", 9); err != nil || len(all) != 1 || all[0].ID != "c" {
			t.Errorf("certificates by %+v: %v, %v", f, all, err)
		}
	}
}

// TestAnOlderStoreKeepsItsRevisions opens a file whose revisions lay in the order of their
// hashes, where each new one needed a page of its own.
func TestAnOlderStoreKeepsItsRevisions(t *testing.T) {
	s := upgraded(t, `INSERT INTO revisions (hash, doc) VALUES ('b', '{"hash":"b","item":{"id":"item-b","kind":"true_false","roles":[],"topic":"","level":"","difficulty":"","stem":{},"interaction":{"true":true}}}')`)
	all, err := s.Revisions(t.Context(), []string{"b"})
	if err != nil || len(all) != 1 || all[0].Item.ID != "item-b" {
		t.Errorf("%+v, %v", all, err)
	}
	if err := s.PutRevisions(t.Context(), all); err != nil {
		t.Error(err)
	}
}

// upgraded opens a file of the first schema in which the statements were run.
func upgraded(t *testing.T, statements ...string) *Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "proba.db")
	old, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range append([]string{migrations[0], "PRAGMA user_version = 1"}, statements...) {
		if _, err := old.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestAnOlderStoresAnswersHaveNoTime opens a file with answers from before devices told how
// long they took.
func TestAnOlderStoresAnswersHaveNoTime(t *testing.T) {
	s := upgraded(t,
		`INSERT INTO attempts (id, version, exam, sitting, person, number, state, writer, accept_until, deadline, seq, seq_base, saved_at, leaves, doc)
		 VALUES ('a', 1, 'e', 's', 'p', 1, 'running', 'w', 4000000000000, 4000000000000, 1, 0, 0, zeroblob(32), '{"id":"a","state":"running","writer":"w","started_at":"2026-03-01T09:00:00Z"}')`,
		`INSERT INTO forms (attempt, doc) VALUES ('a', '{"slots":[{"item":{"id":"x","revision":"r1"}}]}')`,
		`INSERT INTO responses (attempt, slot, seq, at, doc) VALUES ('a', 0, 1, 1772355660000, '{"text":"x"}')`)
	a, err := s.Attempt(t.Context(), "a")
	if err != nil || a.Responses[0].Response.Text != "x" || a.Responses[0].WorkedMS != 0 || len(a.Worked()) != 0 {
		t.Errorf("%+v, %v", a.Responses, err)
	}
	at := time.Date(2026, 3, 1, 9, 2, 0, 0, time.UTC)
	if _, err := s.SaveResponses(t.Context(), "a", exam.Save{Writer: "w", Seq: 2, Responses: []exam.SlotResponse{{Slot: 0, Response: exam.Response{Text: "y"}, WorkedMS: 40_000}}}, 1, at); err != nil {
		t.Fatal(err)
	}
	if a, err = s.Attempt(t.Context(), "a"); err != nil || a.Worked()[0] != 40*time.Second {
		t.Errorf("after another answer: %+v, %v", a.Responses, err)
	}
}
