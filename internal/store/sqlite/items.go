package sqlite

import (
	"context"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam/authoring"
)

// sample is how many items are read for each that is asked for, before words are looked up.
const sample = 2

// Items implements authoring.Store. A search by words takes the way that reads least: when
// most of the next items have the words, a page of them is there after reading two; when few
// items of all have them, those are sorted; and otherwise an index is gone through until it
// has met a page of them.
func (s *Store) Items(ctx context.Context, f authoring.Filter, after string, limit int) ([]authoring.Entry, error) {
	q := itemsOf(f, after, leadingTerm(f))
	if len(f.Words) == 0 {
		return q.read(ctx, s, limit)
	}
	next, err := q.read(ctx, s, sample*limit)
	if err != nil {
		return nil, err
	}
	last := len(next) < sample*limit
	next = slices.DeleteFunc(next, func(e authoring.Entry) bool { return !beginning(e.Words(), f.Words) })
	if len(next) >= limit || last {
		return next[:min(limit, len(next))], nil
	}
	rows, err := s.matches(ctx, "entry_text", f.Words)
	if err != nil {
		return nil, err
	}
	if len(rows) <= s.few {
		return s.itemsAmong(ctx, rows, f, after, limit)
	}
	lead := leadingTerm(f)
	if lead == languageTerm { // which nearly all items have, and each would cost a look-up
		lead = ""
	}
	q = itemsOf(f, after, lead)
	q.where("+e.n IN (SELECT rowid FROM entry_text WHERE entry_text MATCH ?)", matching(f.Words))
	return q.read(ctx, s, limit)
}

// beginning reports whether each of the sought words begins one of the words.
func beginning(words, sought []string) bool {
	for _, w := range sought {
		if !slices.ContainsFunc(words, func(has string) bool { return strings.HasPrefix(has, w) }) {
			return false
		}
	}
	return true
}

// itemsAmong lists those of the rows that the filter lets through, whatever their words.
func (s *Store) itemsAmong(ctx context.Context, rows []int64, f authoring.Filter, after string, limit int) ([]authoring.Entry, error) {
	numbers, err := encode(rows)
	if err != nil {
		return nil, err
	}
	q := itemsOf(f, after, "")
	ids, err := column[string](ctx, s, "SELECT e.id FROM json_each(?) AS j CROSS JOIN entries AS e ON e.n = j.value WHERE "+strings.Join(q.conditions, " AND "), append([]any{numbers}, q.args...)...)
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	page, err := encode(ids[:min(limit, len(ids))])
	if err != nil {
		return nil, err
	}
	return many[authoring.Entry](ctx, s, "SELECT doc FROM entries WHERE bank = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY id", f.Bank, page)
}

// itemQuery selects rows of the table e by ascending id.
type itemQuery struct {
	from, id   string
	conditions []string
	args       []any
}

// leadingTerm is the term of the filter whose index has the order of the listing: fewer items
// have a flag than a tag, and than a language.
func leadingTerm(f authoring.Filter) string {
	switch {
	case f.Flag != "":
		return flagTerm
	case f.Tag != "":
		return tagTerm
	case f.Language != "":
		return languageTerm
	}
	return ""
}

// itemsOf narrows to what the filter says, but for its words. lead is the term whose index
// is gone through, if any.
func itemsOf(f authoring.Filter, after, lead string) *itemQuery {
	q := &itemQuery{from: "entries AS e", id: "e.id"}
	if lead == "" {
		q.where("e.bank = ?", f.Bank)
	} else {
		q.from, q.id = "entry_terms AS t CROSS JOIN entries AS e ON e.bank = t.bank AND e.id = t.id", "t.id"
		q.where("t.bank = ?", f.Bank)
	}
	q.where(q.id+" > ?", after)
	for _, by := range [][2]string{{flagTerm, f.Flag}, {tagTerm, f.Tag}, {languageTerm, f.Language}} {
		switch {
		case by[1] == "":
		case by[0] == lead:
			q.where("t.name = ?", by[0])
			q.where("t.value = ?", by[1])
		default:
			q.where("EXISTS (SELECT 1 FROM entry_terms AS o WHERE o.bank = e.bank AND o.id = e.id AND o.value = ? AND o.name = '"+by[0]+"')", by[1])
		}
	}
	for _, by := range [][2]string{{"state", string(f.State)}, {"topic", f.Topic}, {"kind", f.Kind}, {"stage", f.Stage}, {"level", f.Level}, {"author", f.Author}} {
		if by[1] != "" {
			q.where("e."+by[0]+" = ?", by[1])
		}
	}
	return q
}

func (q *itemQuery) where(condition string, value any) {
	q.conditions, q.args = append(q.conditions, condition), append(q.args, value)
}

// read reads a page.
func (q *itemQuery) read(ctx context.Context, s *Store, limit int) ([]authoring.Entry, error) {
	return many[authoring.Entry](ctx, s, "SELECT e.doc FROM "+q.from+" WHERE "+strings.Join(q.conditions, " AND ")+" ORDER BY "+q.id+" LIMIT ?", append(q.args, limit)...)
}
