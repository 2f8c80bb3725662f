package sqlite

import (
	"context"
	"strings"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// InsertExam implements exam.ExamStore.
func (s *Store) InsertExam(ctx context.Context, e exam.Exam) error {
	doc, err := encode(e)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.ExamTaken, "INSERT INTO exams (id, version, doc) VALUES (?, ?, ?)", e.ID, e.Version, doc)
}

// UpdateExam implements exam.ExamStore.
func (s *Store) UpdateExam(ctx context.Context, e exam.Exam) error {
	read := e.Version
	e.Version++
	doc, err := encode(e)
	if err != nil {
		return err
	}
	return s.replace(ctx, "exams", e.ID, store.ExamMissing, store.ExamStale,
		"UPDATE exams SET version = ?, doc = ? WHERE id = ? AND version = ?", e.Version, doc, e.ID, read)
}

// Exam implements exam.ExamStore.
func (s *Store) Exam(ctx context.Context, id string) (exam.Exam, error) {
	return one[exam.Exam](ctx, s, store.ExamMissing, "SELECT doc FROM exams WHERE id = ?", id)
}

// Exams implements exam.ExamStore.
func (s *Store) Exams(ctx context.Context, after string, limit int) ([]exam.Exam, error) {
	return many[exam.Exam](ctx, s, "SELECT doc FROM exams WHERE id > ? ORDER BY id LIMIT ?", after, limit)
}

// InsertSitting implements exam.ExamStore.
func (s *Store) InsertSitting(ctx context.Context, st exam.Sitting) error {
	doc, err := encode(st)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.SittingTaken, "INSERT INTO sittings (id, version, closes, doc) VALUES (?, ?, ?, ?)", st.ID, st.Version, millis(st.Closes), doc)
}

// UpdateSitting implements exam.ExamStore.
func (s *Store) UpdateSitting(ctx context.Context, st exam.Sitting) error {
	read := st.Version
	st.Version++
	doc, err := encode(st)
	if err != nil {
		return err
	}
	return s.replace(ctx, "sittings", st.ID, store.SittingMissing, store.SittingStale,
		"UPDATE sittings SET version = ?, closes = ?, doc = ? WHERE id = ? AND version = ?", st.Version, millis(st.Closes), doc, st.ID, read)
}

// Sitting implements exam.ExamStore.
func (s *Store) Sitting(ctx context.Context, id string) (exam.Sitting, error) {
	return one[exam.Sitting](ctx, s, store.SittingMissing, "SELECT doc FROM sittings WHERE id = ?", id)
}

// Sittings implements exam.ExamStore.
func (s *Store) Sittings(ctx context.Context, f exam.SittingFilter, after string, limit int) ([]exam.Sitting, error) {
	where, args := []string{"id > ?"}, []any{after}
	for _, by := range []struct{ column, value string }{{"exam", f.Exam}, {"region", f.Region}, {"organisation", f.Organisation}, {"cohort", f.Cohort}} {
		if by.value != "" {
			where, args = append(where, by.column+" = ?"), append(args, by.value)
		}
	}
	if !f.ClosesAfter.IsZero() {
		where, args = append(where, "closes > ?"), append(args, millis(f.ClosesAfter))
	}
	return many[exam.Sitting](ctx, s, "SELECT doc FROM sittings WHERE "+strings.Join(where, " AND ")+" ORDER BY id LIMIT ?", append(args, limit)...)
}

// PutAccessKey implements exam.ExamStore.
func (s *Store) PutAccessKey(ctx context.Context, k exam.AccessKey) error {
	doc, err := encode(k)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO access_keys (sitting, doc) VALUES (?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc", k.Sitting, doc)
		return err
	})
}

// AccessKey implements exam.ExamStore.
func (s *Store) AccessKey(ctx context.Context, sitting string) (exam.AccessKey, error) {
	return one[exam.AccessKey](ctx, s, store.AccessKeyMissing, "SELECT doc FROM access_keys WHERE sitting = ?", sitting)
}

// PutEntitlement implements exam.ExamStore.
func (s *Store) PutEntitlement(ctx context.Context, en exam.Entitlement) error {
	doc, err := encode(en)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO entitlements (sitting, person, doc) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET doc = json_set(doc, '$.extra_time', ?)`, en.Sitting, en.Person, doc, en.ExtraTime)
		return err
	})
}

// TellEntitlement implements exam.ExamStore.
func (s *Store) TellEntitlement(ctx context.Context, sitting, person string, at time.Time) (bool, error) {
	told, err := encode(at)
	if err != nil {
		return false, err
	}
	var changed int64
	err = s.do(ctx, func(t *tx) (err error) {
		changed, err = t.exec(`UPDATE entitlements SET doc = json_set(doc, '$.told_at', json(?))
			WHERE sitting = ? AND person = ? AND doc ->> '$.told_at' IS NULL`, told, sitting, person)
		return err
	})
	return changed == 1, err
}

// UntellEntitlement implements exam.ExamStore.
func (s *Store) UntellEntitlement(ctx context.Context, sitting, person string) error {
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE entitlements SET doc = json_remove(doc, '$.told_at') WHERE sitting = ? AND person = ?", sitting, person)
		return err
	})
}

// Entitlement implements exam.ExamStore.
func (s *Store) Entitlement(ctx context.Context, sitting, person string) (exam.Entitlement, error) {
	return one[exam.Entitlement](ctx, s, store.EntitlementMissing, "SELECT doc FROM entitlements WHERE sitting = ? AND person = ?", sitting, person)
}

// EntitlementsOf implements exam.ExamStore.
func (s *Store) EntitlementsOf(ctx context.Context, person, after string, limit int) ([]exam.Entitlement, error) {
	return many[exam.Entitlement](ctx, s, "SELECT doc FROM entitlements WHERE person = ? AND sitting > ? ORDER BY sitting LIMIT ?", person, after, limit)
}

// EntitlementsIn implements exam.ExamStore.
func (s *Store) EntitlementsIn(ctx context.Context, sitting, after string, limit int) ([]exam.Entitlement, error) {
	return many[exam.Entitlement](ctx, s, "SELECT doc FROM entitlements WHERE sitting = ? AND person > ? ORDER BY person LIMIT ?", sitting, after, limit)
}

// NotBegun implements exam.ExamStore.
func (s *Store) NotBegun(ctx context.Context, sitting, after string, limit int) ([]exam.Entitlement, error) {
	return many[exam.Entitlement](ctx, s, "SELECT doc FROM entitlements WHERE sitting = ? AND person > ? AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.sitting = entitlements.sitting AND attempts.person = entitlements.person) ORDER BY person LIMIT ?", sitting, after, limit)
}

// Attendance implements exam.ExamStore. The index attempts_by_sitter has all that the
// second count reads.
func (s *Store) Attendance(ctx context.Context, sitting string) (a exam.Attendance, err error) {
	stmt, err := s.query(ctx, "SELECT COUNT(*), (SELECT COUNT(DISTINCT person) FROM attempts WHERE sitting = ?) FROM entitlements WHERE sitting = ?")
	if err != nil {
		return a, failed(ctx, err)
	}
	if err := stmt.QueryRowContext(ctx, sitting, sitting).Scan(&a.Entitled, &a.Begun); err != nil {
		return a, failed(ctx, err)
	}
	return a, nil
}
