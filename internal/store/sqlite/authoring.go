package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/store"
)

// InsertCopy implements authoring.Store.
func (s *Store) InsertCopy(ctx context.Context, c authoring.Copy) error {
	doc, err := encode(c)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.CopyTaken, "INSERT INTO copies (id, version, doc) VALUES (?, ?, ?)", c.ID, c.Version, doc)
}

// UpdateCopy implements authoring.Store.
func (s *Store) UpdateCopy(ctx context.Context, c authoring.Copy) error {
	read := c.Version
	c.Version++
	doc, err := encode(c)
	if err != nil {
		return err
	}
	return s.replace(ctx, "copies", c.ID, store.CopyMissing, store.CopyStale,
		"UPDATE copies SET version = ?, doc = ? WHERE id = ? AND version = ?", c.Version, doc, c.ID, read)
}

// Copy implements authoring.Store.
func (s *Store) Copy(ctx context.Context, bank string) (authoring.Copy, error) {
	return one[authoring.Copy](ctx, s, store.CopyMissing, "SELECT doc FROM copies WHERE id = ?", bank)
}

// Copies implements authoring.Store.
func (s *Store) Copies(ctx context.Context, after string, limit int) ([]authoring.Copy, error) {
	return many[authoring.Copy](ctx, s, "SELECT json_remove(doc, '$.cases') FROM copies WHERE id > ? ORDER BY id LIMIT ?", after, limit)
}

// row is an entry as it lies in its table: what listings leave out stands apart.
type row struct {
	authoring.Entry
	doc, more string
	words     string
}

// beside is what listings leave out.
type beside struct {
	Events   []authoring.Event   `json:"events,omitempty"`
	Comments []authoring.Comment `json:"comments,omitempty"`
}

func newRow(e authoring.Entry) (row, error) {
	r := row{Entry: e, words: strings.Join(e.Words(), " ")}
	var err error
	if r.more, err = encode(beside{e.Events, e.Comments}); err != nil {
		return r, err
	}
	e.Events, e.Comments = nil, nil
	r.doc, err = encode(e)
	return r, err
}

// InsertItems implements authoring.Store, in one transaction.
func (s *Store) InsertItems(ctx context.Context, entries []authoring.Entry) (there []string, err error) {
	rows := make([]row, len(entries))
	for i, e := range entries {
		if rows[i], err = newRow(e); err != nil {
			return nil, err
		}
	}
	err = s.do(ctx, func(t *tx) error {
		there = nil // the writer may run this again
		for i := range rows {
			r := &rows[i]
			it := &r.Content
			row, added, err := t.add(`INSERT INTO entries (bank, id, version, state, topic, kind, stage, level, author, doc, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT DO NOTHING`, r.Bank, r.ID, r.Version, r.State, it.Topic, it.Kind, it.Stage, it.Level, r.Author, r.doc, r.more)
			if err != nil {
				return err
			}
			if !added {
				there = append(there, r.ID)
				continue
			}
			if err := r.index(t, row); err != nil {
				return err
			}
		}
		return nil
	})
	return there, err
}

// UpdateItem implements authoring.Store.
func (s *Store) UpdateItem(ctx context.Context, e authoring.Entry) error {
	read := e.Version
	e.Version++
	r, err := newRow(e)
	if err != nil {
		return err
	}
	it := &r.Content
	return s.do(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE entries SET version = ?, state = ?, topic = ?, kind = ?, stage = ?, level = ?, author = ?, doc = ?, more = ? WHERE bank = ? AND id = ? AND version = ?`,
			r.Version, r.State, it.Topic, it.Kind, it.Stage, it.Level, r.Author, r.doc, r.more, r.Bank, r.ID, read)
		if err != nil {
			return err
		}
		if n == 0 {
			var one int
			err := t.row("SELECT 1 FROM entries WHERE bank = ? AND id = ?", []any{r.Bank, r.ID}, &one)
			if errors.Is(err, sql.ErrNoRows) {
				return store.ItemMissing
			}
			if err != nil {
				return err
			}
			return store.ItemStale
		}
		return r.reindex(t)
	})
}

// reindex makes a row that was found by other words be found by its own.
func (r *row) reindex(t *tx) error {
	var n int64
	if err := t.row("SELECT n FROM entries WHERE bank = ? AND id = ?", []any{r.Bank, r.ID}, &n); err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM entry_text WHERE rowid = ?", n); err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM entry_terms WHERE bank = ? AND id = ?", r.Bank, r.ID); err != nil {
		return err
	}
	return r.index(t, n)
}

// index makes the new row n be found by its words, tags and languages.
func (r *row) index(t *tx, n int64) error {
	if _, err := t.exec("INSERT INTO entry_text (rowid, words) VALUES (?, ?)", n, r.words); err != nil {
		return err
	}
	for name, values := range map[string][]string{tagTerm: r.Tags, languageTerm: r.Languages, flagTerm: r.Figures.Terms()} {
		for _, value := range values {
			if _, err := t.exec("INSERT INTO entry_terms (bank, name, value, id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", r.Bank, name, value, r.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// The names of terms that an entry has several of.
const (
	tagTerm      = "tag"
	languageTerm = "lang"
	flagTerm     = "flag"
)

// Item implements authoring.Store.
func (s *Store) Item(ctx context.Context, bank, id string) (authoring.Entry, error) {
	var e authoring.Entry
	stmt, err := s.query(ctx, "SELECT doc, more FROM entries WHERE bank = ? AND id = ?")
	if err != nil {
		return e, failed(ctx, err)
	}
	var doc, more []byte
	err = stmt.QueryRowContext(ctx, bank, id).Scan(&doc, &more)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return e, store.ItemMissing
	case err != nil:
		return e, failed(ctx, err)
	}
	var b beside
	if err := errors.Join(json.Unmarshal(doc, &e), json.Unmarshal(more, &b)); err != nil {
		return e, fmt.Errorf("stored entry %s: %w", id, err)
	}
	e.Events, e.Comments = b.Events, b.Comments
	return e, nil
}

// CountEverywhere implements authoring.Store. It asks the index entries_by_state once for
// each bank, of which there are dozens.
func (s *Store) CountEverywhere(ctx context.Context, state authoring.State) (n int, err error) {
	stmt, err := s.query(ctx, "SELECT COUNT(*) FROM copies CROSS JOIN entries ON entries.bank = copies.id WHERE entries.state = ?")
	if err != nil {
		return 0, failed(ctx, err)
	}
	if err := stmt.QueryRowContext(ctx, state).Scan(&n); err != nil {
		return 0, failed(ctx, err)
	}
	return n, nil
}

// CountItems implements authoring.Store.
func (s *Store) CountItems(ctx context.Context, bank string) (map[authoring.State]int, error) {
	stmt, err := s.query(ctx, "SELECT state, count(*) FROM entries WHERE bank = ? GROUP BY state")
	if err != nil {
		return nil, failed(ctx, err)
	}
	rows, err := stmt.QueryContext(ctx, bank)
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	counts := make(map[authoring.State]int)
	for rows.Next() {
		var state authoring.State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, failed(ctx, err)
		}
		counts[state] = n
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, err)
	}
	return counts, nil
}

// ItemTerms implements authoring.Store. Each value is one step through its index, so
// that a bank's size does not count.
func (s *Store) ItemTerms(ctx context.Context, bank string) (t authoring.Terms, err error) {
	values := func(name string) string {
		return `WITH RECURSIVE each (v) AS (SELECT min(` + name + `) FROM entries WHERE bank = ?1
			UNION ALL SELECT (SELECT min(` + name + `) FROM entries WHERE bank = ?1 AND ` + name + ` > each.v) FROM each WHERE each.v IS NOT NULL)
			SELECT v FROM each WHERE v IS NOT NULL AND v <> ''`
	}
	terms := func(name string) string {
		return `WITH RECURSIVE each (v) AS (SELECT min(value) FROM entry_terms WHERE bank = ?1 AND name = '` + name + `'
			UNION ALL SELECT (SELECT min(value) FROM entry_terms WHERE bank = ?1 AND name = '` + name + `' AND value > each.v) FROM each WHERE each.v IS NOT NULL)
			SELECT v FROM each WHERE v IS NOT NULL`
	}
	for _, of := range []struct {
		query string
		into  *[]string
	}{{values("topic"), &t.Topics}, {values("stage"), &t.Stages}, {values("author"), &t.Authors}, {terms(tagTerm), &t.Tags}, {terms(flagTerm), &t.Flags}} {
		if *of.into, err = column[string](ctx, s, of.query, bank); err != nil {
			return t, err
		}
	}
	t.Flags = slices.DeleteFunc(t.Flags, func(flag string) bool { return flag == authoring.AnyFlag })
	return t, nil
}

// column reads the one column of a query.
func column[T any](ctx context.Context, s *Store, query string, args ...any) ([]T, error) {
	stmt, err := s.query(ctx, query)
	if err != nil {
		return nil, failed(ctx, err)
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, failed(ctx, err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, err)
	}
	return all, nil
}
