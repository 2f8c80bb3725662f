package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// PutCalibration implements exam.DrawStore.
func (s *Store) PutCalibration(ctx context.Context, c exam.Calibration) error {
	_, err := s.db.Collection(calibrations).InsertOne(ctx, keyed[exam.Calibration]{Key: c.Hash, Value: c})
	if err != nil && !mongo.IsDuplicateKeyError(err) {
		return failed(ctx, err)
	}
	return nil
}

// Calibration implements exam.DrawStore.
func (s *Store) Calibration(ctx context.Context, hash string) (exam.Calibration, error) {
	return one[exam.Calibration](ctx, s, calibrations, byKey(hash), store.CalibrationMissing)
}

// InsertExposure implements exam.DrawStore.
func (s *Store) InsertExposure(ctx context.Context, e exam.Exposure) error {
	return insert(ctx, s, exposures, e.Exam, e, store.ExposureTaken)
}

// UpdateExposure implements exam.DrawStore.
func (s *Store) UpdateExposure(ctx context.Context, e exam.Exposure) error {
	read := e.Version
	e.Version++
	return replace(ctx, s, exposures, e.Exam, read, e, store.ExposureMissing, store.ExposureStale, nil)
}

// Exposure implements exam.DrawStore.
func (s *Store) Exposure(ctx context.Context, id string) (exam.Exposure, error) {
	return one[exam.Exposure](ctx, s, exposures, byKey(id), store.ExposureMissing)
}
