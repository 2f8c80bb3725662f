package sqlite

import (
	"context"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// PutCalibration implements exam.DrawStore.
func (s *Store) PutCalibration(ctx context.Context, c exam.Calibration) error {
	doc, err := encode(c)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO calibrations (hash, doc) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING", c.Hash, doc)
		return err
	})
}

// Calibration implements exam.DrawStore.
func (s *Store) Calibration(ctx context.Context, hash string) (exam.Calibration, error) {
	return one[exam.Calibration](ctx, s, store.CalibrationMissing, "SELECT doc FROM calibrations WHERE hash = ?", hash)
}

// InsertExposure implements exam.DrawStore.
func (s *Store) InsertExposure(ctx context.Context, e exam.Exposure) error {
	doc, err := encode(e)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.ExposureTaken, "INSERT INTO exposures (id, version, doc) VALUES (?, ?, ?)", e.Exam, e.Version, doc)
}

// UpdateExposure implements exam.DrawStore.
func (s *Store) UpdateExposure(ctx context.Context, e exam.Exposure) error {
	read := e.Version
	e.Version++
	doc, err := encode(e)
	if err != nil {
		return err
	}
	return s.replace(ctx, "exposures", e.Exam, store.ExposureMissing, store.ExposureStale,
		"UPDATE exposures SET version = ?, doc = ? WHERE id = ? AND version = ?", e.Version, doc, e.Exam, read)
}

// Exposure implements exam.DrawStore.
func (s *Store) Exposure(ctx context.Context, id string) (exam.Exposure, error) {
	return one[exam.Exposure](ctx, s, store.ExposureMissing, "SELECT doc FROM exposures WHERE id = ?", id)
}
