package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/store"
)

func jobDue(j *statistics.Job) any {
	if j.DueAt.IsZero() {
		return nil
	}
	return j.DueAt.UnixMilli()
}

// InsertJob implements statistics.Store.
func (s *Store) InsertJob(ctx context.Context, j statistics.Job) error {
	doc, err := encode(j)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.StatisticsTaken, "INSERT INTO statistics_jobs (id, version, due_at, doc) VALUES (?, ?, ?, ?)", j.Exam, j.Version, jobDue(&j), doc)
}

// UpdateJob implements statistics.Store.
func (s *Store) UpdateJob(ctx context.Context, j statistics.Job) error {
	read := j.Version
	j.Version++
	doc, err := encode(j)
	if err != nil {
		return err
	}
	return s.replace(ctx, "statistics_jobs", j.Exam, store.StatisticsMissing, store.StatisticsStale,
		"UPDATE statistics_jobs SET version = ?, due_at = ?, doc = ? WHERE id = ? AND version = ?", j.Version, jobDue(&j), doc, j.Exam, read)
}

// Job implements statistics.Store.
func (s *Store) Job(ctx context.Context, exam string) (statistics.Job, error) {
	return one[statistics.Job](ctx, s, store.StatisticsMissing, "SELECT doc FROM statistics_jobs WHERE id = ?", exam)
}

// JobsDue implements statistics.Store.
func (s *Store) JobsDue(ctx context.Context, now time.Time, limit int) ([]statistics.Job, error) {
	return many[statistics.Job](ctx, s, "SELECT doc FROM statistics_jobs WHERE due_at <= ? ORDER BY due_at, id LIMIT ?", now.UnixMilli(), limit)
}

// PutPart implements statistics.Store.
func (s *Store) PutPart(ctx context.Context, p statistics.Part) error {
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO statistics_parts (exam, name, run, data) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT DO UPDATE SET run = excluded.run, data = excluded.data WHERE statistics_parts.run <= ?3`, p.Exam, p.Name, p.Run, p.Data)
		return err
	})
}

// Part implements statistics.Store.
func (s *Store) Part(ctx context.Context, exam, name string) (statistics.Part, error) {
	p := statistics.Part{Exam: exam, Name: name}
	stmt, err := s.query(ctx, "SELECT run, data FROM statistics_parts WHERE exam = ? AND name = ?")
	if err != nil {
		return p, failed(ctx, err)
	}
	err = stmt.QueryRowContext(ctx, exam, name).Scan(&p.Run, &p.Data)
	if errors.Is(err, sql.ErrNoRows) {
		return p, store.StatisticsPartMissing
	}
	if err != nil {
		return p, failed(ctx, err)
	}
	return p, nil
}
