package storetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

func calibrations(t *testing.T, s Store) {
	c := exam.Calibration{Schema: 1, Hash: id(), Items: map[string]exam.ItemCalibration{"item-1": {A: 1.25, B: -.5, C: .2, SEA: .1, SEB: .2, N: 300}, "item-2": {Rating: .7}}, CreatedAt: now, CreatedBy: "first"}
	must(t, s.PutCalibration(t.Context(), c))
	again := c
	again.CreatedBy = "second"
	must(t, s.PutCalibration(t.Context(), again))
	stored, err := s.Calibration(t.Context(), c.Hash)
	must(t, err)
	same(t, "calibration", stored, c)
	_, err = s.Calibration(t.Context(), "none")
	wantCode(t, "missing calibration", err, "calibration.not_found")
}

func exposure(t *testing.T, s Store) {
	ctx := t.Context()
	e := exam.Exposure{Schema: 1, Exam: id(), Version: 1, Forms: 2, Used: map[string]float64{"item-1": 1.998, "item-2": 0.001}}
	_, err := s.Exposure(ctx, e.Exam)
	wantCode(t, "no counts", err, "exposure.not_found")
	wantCode(t, "update of nothing", s.UpdateExposure(ctx, e), "exposure.not_found")
	must(t, s.InsertExposure(ctx, e))
	wantCode(t, "counts twice", s.InsertExposure(ctx, e), "exposure.exists")
	e.Forms, e.Used = 3, map[string]float64{"item-2": 4}
	must(t, s.UpdateExposure(ctx, e))
	wantCode(t, "old version", s.UpdateExposure(ctx, e), "exposure.stale")
	stored, err := s.Exposure(ctx, e.Exam)
	must(t, err)
	e.Version = 2
	same(t, "exposure", stored, e)
}

// exposureRaces: of many who add to the same counts, each that was told so is in
// them.
func exposureRaces(t *testing.T, s Store) {
	e := exam.Exposure{Schema: 1, Exam: id(), Version: 1}
	must(t, s.InsertExposure(t.Context(), e))
	var added atomic.Int64
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			for range 3 {
				read, err := s.Exposure(context.Background(), e.Exam)
				if err != nil {
					t.Error(err)
					return
				}
				read.Forms++
				if err := s.UpdateExposure(context.Background(), read); err == nil {
					added.Add(1)
				} else if fault.Code(err) != "exposure.stale" {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	stored, err := s.Exposure(t.Context(), e.Exam)
	must(t, err)
	if stored.Forms != added.Load() || stored.Version != 1+added.Load() || added.Load() == 0 {
		t.Errorf("%d forms in version %d, %d were added", stored.Forms, stored.Version, added.Load())
	}
}
