package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
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

// few is how many rows are looked at one by one: more, and a walk through all of them meets
// a page of matches sooner.
const few = 2500

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
		rows, err := conn.QueryContext(ctx, fmt.Sprintf("SELECT rowid, doc ->> '%s' FROM %s", n.name, n.table))
		if err != nil {
			return err
		}
		names := make(map[int64]string)
		for rows.Next() {
			var row int64
			var name sql.NullString
			if err := rows.Scan(&row, &name); err != nil {
				return err
			}
			names[row] = spaced(name.String)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for row, w := range names {
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

// findNamed lists documents by ascending id whose name has a word that begins with each of
// the words. conditions narrow it, each an expression over the table with one parameter.
func findNamed[T any](ctx context.Context, s *Store, n named, sought []string, conditions []string, args []any, after string, limit int) ([]T, error) {
	rest := ""
	for _, c := range conditions {
		rest += " AND " + c
	}
	if len(sought) == 0 {
		return many[T](ctx, s, "SELECT doc FROM "+n.table+" WHERE id > ?"+rest+" ORDER BY id LIMIT ?", slices.Concat([]any{after}, args, []any{limit})...)
	}
	rows, err := column[int64](ctx, s, "SELECT rowid FROM "+n.index+" WHERE "+n.index+" MATCH ? LIMIT ?", matching(sought), few+1)
	if err != nil {
		return nil, err
	}
	if len(rows) > few {
		for _, w := range sought {
			rest, args = rest+" AND instr(words, ?) > 0", append(args, " "+w)
		}
		return many[T](ctx, s, "SELECT doc FROM "+n.table+" WHERE id > ?"+rest+" ORDER BY id LIMIT ?", slices.Concat([]any{after}, args, []any{limit})...)
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("rows of %s: %w", n.table, err)
	}
	ids, err := column[string](ctx, s, "SELECT id FROM "+n.table+" WHERE rowid IN (SELECT value FROM json_each(?)) AND +id > ?"+unindexed(rest), slices.Concat([]any{string(list), after}, args)...)
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	if list, err = json.Marshal(ids[:min(limit, len(ids))]); err != nil {
		return nil, fmt.Errorf("ids of %s: %w", n.table, err)
	}
	return many[T](ctx, s, "SELECT doc FROM "+n.table+" WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", string(list))
}

// unindexed keeps conditions from leading through an index of their own: the rows are known.
func unindexed(conditions string) string { return strings.ReplaceAll(conditions, " AND ", " AND +") }
