package sqlite

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/audit"
)

// TestListsUseIndexes asks SQLite how it would answer what the lists and searches of the
// workbench ask: none may go through a whole table, nor sort more than it shows.
func TestListsUseIndexes(t *testing.T) {
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	crowd(t, s)
	for _, s.few = range []int{0, few} { // matches are met in an index, or sorted
		ask(t, s)
	}
	for text := range s.queries {
		if !strings.HasPrefix(text, "SELECT") {
			continue
		}
		narrowed := false
		for detail := range strings.Lines(planOf(t, s, text)) {
			if strings.HasPrefix(detail, "SCAN") && !strings.Contains(detail, "INDEX") && !strings.Contains(detail, "VIRTUAL TABLE") || strings.Contains(detail, "TEMP B-TREE FOR ORDER BY") {
				t.Errorf("%s\n\t%s", text, detail)
			}
			if strings.Contains(detail, "AND rowid=?") {
				t.Errorf("%s\n\tgoes through all that have the words for each row: %s", text, detail)
			}
			// A person has few certificates.
			if strings.HasPrefix(text, "SELECT id FROM") && !strings.Contains(detail, "COVERING") && !strings.Contains(text, "person = ?") {
				t.Errorf("%s\n\treads each row to tell whether it is looked for: %s", text, detail)
			}
			narrowed = narrowed || strings.Contains(detail, "=?") || strings.Contains(detail, "VIRTUAL TABLE")
		}
		// "id > ?" alone starts in the middle of a table and reads on to its end.
		if looksUp(text) && !narrowed {
			t.Errorf("%s\n\tuses no index for what it is narrowed by", text)
		}
	}
	if len(s.queries) < 20 {
		t.Errorf("only %d queries were seen", len(s.queries))
	}
}

// crowd stores a person, a certificate and items with the word that is looked for.
func crowd(t *testing.T, s *Store) {
	t.Helper()
	for _, statement := range []string{
		"INSERT INTO people (id, version, email, doc, words) VALUES ('p', 1, '', '{}', ' o')",
		"INSERT INTO people_words (rowid, words) VALUES (1, 'o')",
		"INSERT INTO certificates (id, version, attempt, person, status_list, status_index, doc, words) VALUES ('c', 1, '', '', 1, 1, '{}', ' o')",
		"INSERT INTO certificate_words (rowid, words) VALUES (1, 'o')",
		"INSERT INTO entry_text (rowid, words) VALUES (1, 'слово')",
		// More of them than are read before words are looked up.
		"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO entries (bank, id, version, state, topic, kind, stage, level, author, doc, more) SELECT 'b', i, 1, 'draft', 't', 'single', '', '', 'a', '{}', '{}' FROM n",
		"INSERT INTO entry_terms (bank, name, value, id) SELECT 'b', 'tag', 't', id FROM entries UNION ALL SELECT 'b', 'lang', 'uk', id FROM entries",
	} {
		if err := s.do(t.Context(), func(tx *tx) error { _, err := tx.exec(statement); return err }); err != nil {
			t.Fatal(err)
		}
	}
}

// looksUp reports whether something is to lead the query through an index: a plus says that
// a condition is not.
func looksUp(text string) bool {
	return slices.ContainsFunc(strings.Split(text, " AND "), func(condition string) bool {
		return strings.Contains(condition, " = ?") && !strings.HasPrefix(condition, "+")
	})
}

// planOf is how SQLite would answer the query, a step a line.
func planOf(t *testing.T, s *Store, text string) string {
	t.Helper()
	args := make([]any, strings.Count(text, "?"))
	for i := range args {
		args[i] = 1
	}
	rows, err := s.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(detail + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}

// TestTheNarrowestLeads: of what attempts are narrowed by, the index that holds the fewest is
// gone through. An exam's held all that were ever begun at it, and each offer of it to a
// person went through them.
func TestTheNarrowestLeads(t *testing.T) {
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for f, index := range map[exam.AttemptFilter]string{
		{Exam: "e", Sitting: "s", Person: "p", State: exam.Running}: "attempts_by_person (",
		{Exam: "e", Person: "p"}:                                    "attempts_by_person (",
		{Exam: "e", Sitting: "s", State: exam.Released}:             "attempts_by_sitting (",
		{Exam: "e", State: exam.Running}:                            "attempts_by_state (",
		{Exam: "e", State: exam.Released}:                           "attempts_by_exam (",
	} {
		clear(s.queries)
		if _, err := s.Attempts(t.Context(), f, "", 50); err != nil {
			t.Fatal(err)
		}
		for text := range s.queries {
			if plan := planOf(t, s, text); !strings.Contains(plan, index) {
				t.Errorf("%+v: %s", f, plan)
			}
		}
	}
}

// TestWhatOnePersonDidOfOneKind: the log is looked for by both at once, since who signs in
// every day did few other things.
func TestWhatOnePersonDidOfOneKind(t *testing.T) {
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Entries(t.Context(), audit.Filter{Actor: "a", Action: "b"}, 0, 50); err != nil {
		t.Fatal(err)
	}
	for text := range s.queries {
		if plan := planOf(t, s, text); !strings.Contains(plan, "actor=? AND action=?") {
			t.Errorf("%s\n\t%s", text, plan)
		}
	}
}

// ask runs every list with every combination of what it may be narrowed by.
func ask(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []exam.AttemptFilter{{}, {Exam: "e"}, {Sitting: "s"}, {Person: "p"}, {State: exam.Running}, {Sitting: "s", State: exam.Running}, {Exam: "e", State: exam.Running}, {Exam: "e", Person: "p"}, {Exam: "e", Sitting: "s"}} {
		_, err := s.Attempts(ctx, f, "a", 50)
		must(err)
	}
	for _, f := range []exam.SittingFilter{{}, {Exam: "e"}, {Region: "r"}, {Organisation: "o"}, {Cohort: "c"}, {Exam: "e", Region: "r"}, {ClosesAfter: time.Unix(1, 0)}} {
		_, err := s.Sittings(ctx, f, "a", 50)
		must(err)
	}
	for _, f := range []exam.ScriptFilter{{Exam: "e"}, {Attempt: "a"}, {Exam: "e", Holder: "h"}, {Exam: "e", Stage: exam.ScriptFirst, NotBarred: "m"}, {Exam: "e", Stage: exam.ScriptThird}} {
		_, err := s.Scripts(ctx, f, "a", 50)
		must(err)
	}
	for _, marker := range []string{"", "m"} {
		_, err := s.CountScripts(ctx, []string{"e"}, []exam.ScriptStage{exam.ScriptFirst}, marker, 50)
		must(err)
	}
	_, err := s.CountEverywhere(ctx, authoring.InReview)
	must(err)
	_, err = s.ScriptsDue(ctx, time.Now(), 10)
	must(err)
	_, err = s.TallyAttempts(ctx, "s")
	must(err)
	_, err = s.TallySittings(ctx, []string{"s"})
	must(err)
	_, err = s.Due(ctx, time.Now(), 10)
	must(err)
	_, err = s.People(ctx, "p", 50)
	must(err)
	for _, words := range [][]string{{}, {"o"}} {
		_, err = s.FindPeople(ctx, words, "p", 50)
		must(err)
		for _, f := range []certs.Filter{{}, {Exam: "e"}, {State: certs.Revoked}, {State: certs.Valid}, {Person: "p"}, {Exam: "e", State: certs.Revoked}, {EndedBy: time.Unix(1, 0)}, {LastsBeyond: time.Unix(1, 0)}} {
			f.Words = words
			_, err = s.FindCertificates(ctx, f, "c", 50)
			must(err)
		}
	}
	_, err = s.EntitlementsIn(ctx, "s", "p", 50)
	must(err)
	_, err = s.NotBegun(ctx, "s", "p", 50)
	must(err)
	_, err = s.Attendance(ctx, "s")
	must(err)
	_, err = s.EntitlementsOf(ctx, "p", "s", 50)
	must(err)
	_, err = s.Exams(ctx, "e", 50)
	must(err)
	for _, f := range []audit.Filter{{}, {Actor: "a"}, {Action: "a"}, {Object: "o"}, {Actor: "a", Action: "b"}} {
		_, err = s.Entries(ctx, f, 100, 50)
		must(err)
	}
	for _, f := range []authoring.Filter{{}, {Words: []string{"слов"}}, {Words: []string{"слов"}, Tag: "t"}, {Words: []string{"слов"}, Language: "uk"}, {Language: "uk"}, {Topic: "t"}, {State: "draft"}, {Kind: "single"}, {Author: "a"}, {Tag: "t"}, {Flag: "any"}, {Topic: "t", State: "draft"}} {
		f.Bank = "b"
		_, err = s.Items(ctx, f, "", 50)
		must(err)
	}
}
