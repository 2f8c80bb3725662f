package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// head is the attempt's document: what the tables forms, responses and late hold
// is left out.
func head(a exam.Attempt) (string, error) {
	a.Responses, a.Late, a.HeardAt = nil, nil, time.Time{}
	a.Form = exam.Form{}
	return encode(a)
}

func due(a *exam.Attempt) any {
	if a.DueAt.IsZero() {
		return nil
	}
	return a.DueAt.UnixMilli()
}

// marks are the columns of a result, for sums: null without one.
func marks(a *exam.Attempt) (passed, score, highest any) {
	if a.Result == nil {
		return nil, nil, nil
	}
	return a.Result.Passed, int64(a.Result.Score), int64(a.Result.Max)
}

// InsertAttempt implements exam.AttemptStore.
func (s *Store) InsertAttempt(ctx context.Context, a exam.Attempt) error {
	doc, err := head(a)
	if err != nil {
		return err
	}
	form, err := encode(a.Form)
	if err != nil {
		return err
	}
	passed, score, highest := marks(&a)
	leaves := make([]byte, len(exam.Leaf{})*len(a.Form.Slots))
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO attempts (id, version, exam, sitting, person, number, state, writer, accept_until, deadline, seq, seq_base, saved_at, due_at, leaves, doc, passed, score, max, paused_at, heard_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			a.ID, a.Version, a.Exam, a.Sitting, a.Person, a.Number, a.State, a.Writer, millis(a.AcceptUntil), millis(a.Deadline), a.Seq, a.SeqBase, millis(a.SavedAt), due(&a), leaves, doc, passed, score, highest, millis(a.PausedAt()), millis(a.HeardAt))
		if taken(err) {
			return store.AttemptTaken
		}
		if err != nil {
			return err
		}
		if _, err = t.exec("INSERT INTO forms (attempt, doc) VALUES (?, ?)", a.ID, form); err != nil {
			return err
		}
		return sight(t, &a)
	})
}

// UpdateAttempt implements exam.AttemptStore.
func (s *Store) UpdateAttempt(ctx context.Context, a exam.Attempt) error {
	read := a.Version
	a.Version++
	doc, err := head(a)
	if err != nil {
		return err
	}
	passed, score, highest := marks(&a)
	return s.replace(ctx, "attempts", a.ID, store.AttemptMissing, store.AttemptStale,
		`UPDATE attempts SET version = ?, state = ?, writer = ?, accept_until = ?, deadline = ?, seq = ?, seq_base = ?, saved_at = ?, due_at = ?, doc = ?, passed = ?, score = ?, max = ?, paused_at = ? WHERE id = ? AND version = ?`,
		a.Version, a.State, a.Writer, millis(a.AcceptUntil), millis(a.Deadline), a.Seq, a.SeqBase, millis(a.SavedAt), due(&a), doc, passed, score, highest, millis(a.PausedAt()), a.ID, read)
}

// columns that saving writes without the document, and the document.
const headColumns = "version, seq, saved_at, heard_at, doc"

type scanner interface{ Scan(...any) error }

func scanHead(row scanner) (exam.Attempt, error) {
	var a exam.Attempt
	var version, seq, savedAt, heardAt int64
	var doc []byte
	if err := row.Scan(&version, &seq, &savedAt, &heardAt, &doc); err != nil {
		return a, err
	}
	if err := json.Unmarshal(doc, &a); err != nil {
		return a, fmt.Errorf("stored attempt: %w", err)
	}
	a.Version, a.Seq, a.SavedAt, a.HeardAt = version, seq, instant(savedAt), instant(heardAt)
	return a, nil
}

// Attempt implements exam.AttemptStore. It reads in one transaction, so that
// responses and version belong together.
func (s *Store) Attempt(ctx context.Context, id string) (exam.Attempt, error) {
	// Before the transaction: preparing takes a connection too, and waiting for
	// one while holding another is how a pool locks up.
	var stmts [4]*sql.Stmt
	for i, text := range [...]string{
		"SELECT " + headColumns + " FROM attempts WHERE id = ?",
		"SELECT doc FROM forms WHERE attempt = ?",
		"SELECT slot, seq, at, worked, doc FROM responses WHERE attempt = ?",
		"SELECT doc FROM late WHERE attempt = ? ORDER BY at, writer, seq",
	} {
		stmt, err := s.query(ctx, text)
		if err != nil {
			return exam.Attempt{}, failed(ctx, err)
		}
		stmts[i] = stmt
	}
	t, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return exam.Attempt{}, failed(ctx, err)
	}
	defer t.Rollback() // ends a transaction that only read
	for i := range stmts {
		stmts[i] = t.StmtContext(ctx, stmts[i])
	}
	a, err := scanHead(stmts[0].QueryRowContext(ctx, id))
	if errors.Is(err, sql.ErrNoRows) {
		return exam.Attempt{}, store.AttemptMissing
	}
	if err != nil {
		return exam.Attempt{}, failed(ctx, err)
	}
	var form []byte
	if err := stmts[1].QueryRowContext(ctx, id).Scan(&form); err != nil {
		return exam.Attempt{}, failed(ctx, err)
	}
	if err := json.Unmarshal(form, &a.Form); err != nil {
		return exam.Attempt{}, fmt.Errorf("stored form: %w", err)
	}
	if a.Responses, err = responses(ctx, stmts[2], id); err != nil {
		return exam.Attempt{}, failed(ctx, err)
	}
	if a.Late, err = late(ctx, stmts[3], id); err != nil {
		return exam.Attempt{}, failed(ctx, err)
	}
	return a, nil
}

func responses(ctx context.Context, stmt *sql.Stmt, id string) (map[int]exam.Stored, error) {
	rows, err := stmt.QueryContext(ctx, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all map[int]exam.Stored
	for rows.Next() {
		var slot int
		var at int64
		var doc []byte
		var stored exam.Stored
		if err := rows.Scan(&slot, &stored.Seq, &at, &stored.WorkedMS, &doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &stored.Response); err != nil {
			return nil, fmt.Errorf("stored response: %w", err)
		}
		stored.At = instant(at)
		if all == nil {
			all = make(map[int]exam.Stored)
		}
		all[slot] = stored
	}
	return all, rows.Err()
}

func late(ctx context.Context, stmt *sql.Stmt, id string) ([]exam.LateSave, error) {
	rows, err := stmt.QueryContext(ctx, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []exam.LateSave
	for rows.Next() {
		var doc []byte
		var l exam.LateSave
		if err := rows.Scan(&doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &l); err != nil {
			return nil, fmt.Errorf("stored late save: %w", err)
		}
		all = append(all, l)
	}
	return all, rows.Err()
}

// Attempts implements exam.AttemptStore. Of several indexes it says which one leads, since
// to SQLite a person with three attempts and an exam with a million look the same.
func (s *Store) Attempts(ctx context.Context, f exam.AttemptFilter, after string, limit int) ([]exam.Attempt, error) {
	where, args := []string{"id > ?"}, []any{after}
	led := false
	narrow := func(column, value string) {
		if value == "" {
			return
		}
		if led {
			column = "+" + column // is not looked for in an index
		}
		led = true
		where, args = append(where, column+" = ?"), append(args, value)
	}
	narrow("person", f.Person)
	narrow("sitting", f.Sitting)
	if f.State == exam.Released { // nearly all
		narrow("exam", f.Exam)
	}
	narrow("state", string(f.State))
	if f.State != exam.Released {
		narrow("exam", f.Exam)
	}
	return s.heads(ctx, "SELECT "+headColumns+" FROM attempts WHERE "+strings.Join(where, " AND ")+" ORDER BY id LIMIT ?", append(args, limit)...)
}

// Due implements exam.AttemptStore.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]exam.Attempt, error) {
	return s.heads(ctx, "SELECT "+headColumns+" FROM attempts WHERE due_at <= ? ORDER BY due_at, id LIMIT ?", now.UnixMilli(), limit)
}

func (s *Store) heads(ctx context.Context, query string, args ...any) ([]exam.Attempt, error) {
	stmt, err := s.query(ctx, query)
	if err != nil {
		return nil, failed(ctx, err)
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	var all []exam.Attempt
	for rows.Next() {
		a, err := scanHead(rows)
		if err != nil {
			return nil, failed(ctx, err)
		}
		all = append(all, a)
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, err)
	}
	return all, nil
}
