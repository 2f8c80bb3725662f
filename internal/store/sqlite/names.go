package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/proba-exam/proba/internal/lookup"
)

// named is a table whose rows are found by the words of a name: in their column words, and
// in an index of full text beside it.
type named struct{ table, index, name string }

var (
	namedPeople       = named{"people", "people_words", "$.name"}
	namedCertificates = named{"certificates", "certificate_words", "$.statement.name"}
)

// nameStep makes people and certificates be found by name.
const nameStep = `
ALTER TABLE people       ADD COLUMN words TEXT NOT NULL DEFAULT '';
ALTER TABLE certificates ADD COLUMN words TEXT NOT NULL DEFAULT '';
CREATE VIRTUAL TABLE people_words      USING fts5 (words, content='', contentless_delete=1, detail=none, prefix='1 2 3', tokenize="unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE certificate_words USING fts5 (words, content='', contentless_delete=1, detail=none, prefix='1 2 3', tokenize="unicode61 remove_diacritics 0");
ALTER TABLE certificates ADD COLUMN exam TEXT GENERATED ALWAYS AS (doc ->> '$.statement.exam') VIRTUAL;
CREATE INDEX certificates_by_exam  ON certificates (exam, id);
CREATE INDEX certificates_in_state ON certificates (state, id) WHERE state <> 'valid';
`

// What the document of a certificate says. Columns that SQLite computes are not taken from an
// index that holds them (the row is read for each), but the same expression is.
const (
	certificateState = "doc ->> 'state'"
	certificateExam  = "doc ->> '$.statement.exam'"
	certificateEnds  = "doc ->> '$.statement.expires_at'"
)

// walkStep keeps what people and certificates are looked for by in the indexes that have the
// order of the listings, so that their documents are read only when they are shown.
const walkStep = `
CREATE INDEX people_walk ON people (id, words);
DROP INDEX certificates_by_exam;
DROP INDEX certificates_in_state;
CREATE INDEX certificates_walk     ON certificates (id, words, ` + certificateState + `, ` + certificateEnds + `);
CREATE INDEX certificates_of_exam  ON certificates (` + certificateExam + `, id, words, ` + certificateState + `, ` + certificateEnds + `);
CREATE INDEX certificates_in_state ON certificates (` + certificateState + `, id, words, ` + certificateExam + `, ` + certificateEnds + `) WHERE ` + certificateState + ` <> 'valid';
CREATE INDEX certificates_by_end   ON certificates (` + certificateEnds + `);
`

// few is how many rows are looked at one by one, each on a page of its own: more, and a walk
// through all of them meets a page of matches sooner. It can be in an index, where a page
// holds dozens.
const few = 1000

// spaced are the words of a name as they stand in the column: each begins with a space.
func spaced(name string) string {
	var b strings.Builder
	for _, w := range lookup.Name(name) {
		b.WriteString(" " + w)
	}
	return b.String()
}

// fillWords completes nameStep for what is stored already: SQLite folds Latin letters only.
func fillWords(ctx context.Context, conn *sql.Conn) error {
	for _, n := range []named{namedPeople, namedCertificates} {
		found, err := n.spelled(ctx, conn)
		if err != nil {
			return err
		}
		for row, w := range found {
			if _, err := conn.ExecContext(ctx, fmt.Sprintf("UPDATE %s SET words = ? WHERE rowid = ?", n.table), w, row); err != nil {
				return err
			}
			if _, err := conn.ExecContext(ctx, fmt.Sprintf("INSERT INTO %s (rowid, words) VALUES (?, ?)", n.index), row, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// spelled are the words of all names, by row.
func (n named) spelled(ctx context.Context, conn *sql.Conn) (map[int64]string, error) {
	rows, err := conn.QueryContext(ctx, fmt.Sprintf("SELECT rowid, doc ->> '%s' FROM %s", n.name, n.table))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make(map[int64]string)
	for rows.Next() {
		var row int64
		var name sql.NullString
		if err := rows.Scan(&row, &name); err != nil {
			return nil, err
		}
		found[row] = spaced(name.String)
	}
	return found, rows.Err()
}

// added makes the row that was just stored be found by its words.
func (n named) added(t *tx, id string) error {
	_, err := t.exec("INSERT INTO "+n.index+" (rowid, words) SELECT rowid, words FROM "+n.table+" WHERE id = ?", id)
	return err
}

// changed makes the stored row be found by the words, when they are others than before.
func (n named) changed(t *tx, id, words string) error {
	var row int64
	var before string
	if err := t.row("SELECT rowid, words FROM "+n.table+" WHERE id = ?", []any{id}, &row, &before); err != nil || before == words {
		return err
	}
	if _, err := t.exec("UPDATE "+n.table+" SET words = ? WHERE rowid = ?", words, row); err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM "+n.index+" WHERE rowid = ?", row); err != nil {
		return err
	}
	_, err := t.exec("INSERT INTO "+n.index+" (rowid, words) VALUES (?, ?)", row, words)
	return err
}

// search is what named rows are narrowed by.
type search struct {
	words      []string // each begins a word of the name
	conditions []string // over the table, each with a parameter of args at most
	args       []any
	// rare, when it is not empty, is the one of the conditions that may leave few of all.
	rare  string
	bound any
}

// findNamed lists documents by ascending id. Who they are is told by what an index holds, in
// the order of the listing.
func findNamed[T any](ctx context.Context, s *Store, n named, by search, after string, limit int) ([]T, error) {
	if len(by.words) > 0 {
		if rows, err := s.matches(ctx, n.index, by.words); err != nil || len(rows) <= s.few {
			return amongRows[T](ctx, s, n, rows, by, after, limit, err)
		}
	}
	if by.rare != "" {
		rows, err := column[int64](ctx, s, "SELECT rowid FROM "+n.table+" WHERE "+by.rare+" LIMIT ?", by.bound, s.few+1)
		if err != nil || len(rows) <= s.few {
			return amongRows[T](ctx, s, n, rows, by, after, limit, err)
		}
	}
	where, args := slices.Concat([]string{"id > ?"}, by.conditions), slices.Concat([]any{after}, by.args)
	for _, w := range by.words {
		where, args = append(where, "instr(words, ?) > 0"), append(args, " "+w)
	}
	ids, err := column[string](ctx, s, "SELECT id FROM "+n.table+" WHERE "+strings.Join(where, " AND ")+" ORDER BY id LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, err
	}
	return withIDs[T](ctx, s, n.table, ids)
}

// amongRows lists those of the rows that the conditions let through, whatever their words;
// found is why there are no rows.
func amongRows[T any](ctx context.Context, s *Store, n named, rows []int64, by search, after string, limit int, found error) ([]T, error) {
	if found != nil || len(rows) == 0 {
		return nil, found
	}
	numbers, err := encode(rows)
	if err != nil {
		return nil, err
	}
	where := strings.Join(slices.Concat([]string{"t.id > ?"}, by.conditions), " AND ")
	ids, err := column[string](ctx, s, "SELECT t.id FROM json_each(?) AS j CROSS JOIN "+n.table+" AS t ON t.rowid = j.value WHERE "+where, slices.Concat([]any{numbers, after}, by.args)...)
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	return withIDs[T](ctx, s, n.table, ids[:min(limit, len(ids))])
}

// withIDs reads the documents with the ids by ascending id.
func withIDs[T any](ctx context.Context, s *Store, table string, ids []string) ([]T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := encode(ids)
	if err != nil {
		return nil, err
	}
	return many[T](ctx, s, "SELECT doc FROM "+table+" WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", list)
}

// matches are the rows that an index of full text finds by the beginnings of words: one more
// than few when there are more.
func (s *Store) matches(ctx context.Context, index string, sought []string) ([]int64, error) {
	return column[int64](ctx, s, "SELECT rowid FROM "+index+" WHERE "+index+" MATCH ? LIMIT ?", matching(sought), s.few+1)
}

// matching is a query of FTS5 for beginnings of words, which hold letters and digits only.
func matching(words []string) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = `"` + w + `"*`
	}
	return strings.Join(parts, " AND ")
}
