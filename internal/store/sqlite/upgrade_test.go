package sqlite

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/proba-exam/proba/exam"
)

// TestAnOlderStoreIsSummedUp opens a file with schema 1 that holds a graded attempt: the
// migration fills the columns that sums are taken from.
func TestAnOlderStoreIsSummedUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "proba.db")
	old, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{migrations[0], "PRAGMA user_version = 1",
		`INSERT INTO attempts (id, version, exam, sitting, person, number, state, writer, accept_until, deadline, seq, seq_base, saved_at, leaves, doc)
		 VALUES ('a', 1, 'e', 's', 'p', 1, 'released', '', 0, 0, 0, 0, 0, '', '{"id":"a","result":{"score":7,"max":10,"passed":true}}'),
		        ('b', 1, 'e', 's', 'q', 1, 'running', '', 0, 0, 0, 0, 0, '', '{"id":"b"}')`} {
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
	defer s.Close()
	got, err := s.TallyAttempts(t.Context(), "s")
	if err != nil || got.Graded != 1 || got.Passed != 1 || got.Score != 7 || got.Max != 10 || got.States[exam.Running] != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
