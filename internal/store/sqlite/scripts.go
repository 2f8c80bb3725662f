package sqlite

import (
	"context"
	"strings"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// dueScript is the column of when a script's attempt has to be seen to: null for never.
func dueScript(c *exam.Script) any {
	if c.DueAt.IsZero() {
		return nil
	}
	return c.DueAt.UnixMilli()
}

// barred holds the people who are not given a script, each between line feeds, so that one
// can be looked for.
func barred(people []string) string { return "\n" + strings.Join(people, "\n") + "\n" }

// InsertScript implements exam.ScriptStore.
func (s *Store) InsertScript(ctx context.Context, c exam.Script) error {
	doc, err := encode(c)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.ScriptTaken, "INSERT INTO scripts (id, version, exam, attempt, slot, stage, holder, barred, due_at, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		c.ID, c.Version, c.Exam, c.Attempt, c.Slot, c.Stage, c.Holder, barred(c.Barred), dueScript(&c), doc)
}

// UpdateScript implements exam.ScriptStore.
func (s *Store) UpdateScript(ctx context.Context, c exam.Script) error {
	read := c.Version
	c.Version++
	doc, err := encode(c)
	if err != nil {
		return err
	}
	return s.replace(ctx, "scripts", c.ID, store.ScriptMissing, store.ScriptStale, "UPDATE scripts SET version = ?, stage = ?, holder = ?, barred = ?, due_at = ?, doc = ? WHERE id = ? AND version = ?",
		c.Version, c.Stage, c.Holder, barred(c.Barred), dueScript(&c), doc, c.ID, read)
}

// Script implements exam.ScriptStore.
func (s *Store) Script(ctx context.Context, id string) (exam.Script, error) {
	return one[exam.Script](ctx, s, store.ScriptMissing, "SELECT doc FROM scripts WHERE id = ?", id)
}

// Scripts implements exam.ScriptStore.
func (s *Store) Scripts(ctx context.Context, f exam.ScriptFilter, after string, limit int) ([]exam.Script, error) {
	where, args := []string{"id > ?"}, []any{after}
	for _, by := range []struct{ condition, value string }{{"exam = ?", f.Exam}, {"attempt = ?", f.Attempt}, {"stage = ?", string(f.Stage)}, {"holder = ?", f.Holder}} {
		if by.value != "" {
			where, args = append(where, by.condition), append(args, by.value)
		}
	}
	if f.NotBarred != "" {
		where, args = append(where, "instr(barred, ?) = 0"), append(args, barred([]string{f.NotBarred}))
	}
	return many[exam.Script](ctx, s, "SELECT doc FROM scripts WHERE "+strings.Join(where, " AND ")+" ORDER BY id LIMIT ?", append(args, limit)...)
}

// CountScripts implements exam.ScriptStore.
func (s *Store) CountScripts(ctx context.Context, exams []string, stages []exam.ScriptStage, notBarred string, limit int) (map[string]int, error) {
	of, err := encode(exams)
	if err != nil {
		return nil, err
	}
	in, err := encode(stages)
	if err != nil {
		return nil, err
	}
	query, args := "SELECT exam FROM scripts WHERE exam IN (SELECT value FROM json_each(?)) AND stage IN (SELECT value FROM json_each(?))", []any{of, in}
	if notBarred != "" {
		query, args = query+" AND instr(barred, ?) = 0", append(args, barred([]string{notBarred}))
	}
	stmt, err := s.query(ctx, query+" LIMIT ?")
	if err != nil {
		return nil, failed(ctx, err)
	}
	rows, err := stmt.QueryContext(ctx, append(args, limit)...)
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	counts := make(map[string]int)
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, failed(ctx, err)
		}
		counts[id]++
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, err)
	}
	return counts, nil
}

// ScriptsDue implements exam.ScriptStore.
func (s *Store) ScriptsDue(ctx context.Context, now time.Time, limit int) ([]exam.Script, error) {
	return many[exam.Script](ctx, s, "SELECT doc FROM scripts WHERE due_at <= ? ORDER BY due_at, id LIMIT ?", now.UnixMilli(), limit)
}
