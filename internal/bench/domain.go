package bench

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/keyring"
	"github.com/proba-exam/proba/internal/server"
)

// assemble draws forms from banks of several sizes.
func assemble(_ context.Context, _ string, effort time.Duration) ([]Figure, error) {
	var figures []Figure
	for _, of := range []struct {
		size, length int
		limit        float64 // µs
	}{{1000, 40, 200}, {1000, 60, 50}, {10_000, 100, 100}} {
		plan, err := samplePlan(of.size, of.length)
		if err != nil {
			return nil, err
		}
		used := plan.Exposure(exam.Exposure{})
		took, err := median(effort, func(n int) error {
			_, err := plan.Draw(seed(n), nil, used)
			return err
		})
		if err != nil {
			return nil, err
		}
		figures = append(figures, Figure{Name: fmt.Sprintf("assemble a form of %d from %d items", of.length, of.size), Value: micros(took), Unit: "µs", Limit: of.limit})
	}
	return figures, nil
}

// grade marks attempts of 60 items.
func grade(_ context.Context, _ string, effort time.Duration) ([]Figure, error) {
	plan, err := samplePlan(1000, 60)
	if err != nil {
		return nil, err
	}
	form, err := plan.Assemble(seed(1), nil)
	if err != nil {
		return nil, err
	}
	keys, err := plan.Bank().Keys(form)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	responses := make(map[int]exam.Stored)
	for slot, key := range keys {
		responses[slot] = exam.Stored{Seq: 1, At: now, Response: key}
	}
	blueprint := plan.Blueprint()
	took, err := each(effort, func(int) error {
		_, err := plan.Bank().Grade(&blueprint, form, responses, now)
		return err
	})
	return []Figure{{Name: "grade an attempt of 60 items", Value: micros(took), Unit: "µs", Limit: 1000}}, err
}

// settleEvery is how many certificates there are in a second at the limit.
const settleEvery = 30

// certify issues certificates with everything and checks one payload.
func certify(ctx context.Context, dir string, effort time.Duration) ([]Figure, error) {
	store, err := server.OpenStore(ctx, "", dir, false)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	keys, err := new(keyring.Ring).Generate(rand.Reader, time.Now(), config.Development)
	if err != nil {
		return nil, err
	}
	if keys, err = keys.GenerateES256(rand.Reader, time.Now(), config.Development); err != nil {
		return nil, err
	}
	log, err := translog.Open(ctx, translog.Config{Store: store, Origin: "exams.example.org/log", Keys: keys, Now: time.Now})
	if err != nil {
		return nil, err
	}
	service, err := certs.NewService(certs.Deps{Store: store, Keys: keys, Log: log, Now: time.Now, PublicURL: "https://exams.example.org", Zone: time.UTC,
		Issuer: map[string]string{"uk": "Навчальний центр", "en": "Training Centre"}})
	if err != nil {
		return nil, err
	}
	var last certs.Certificate
	issued, err := each(effort, func(n int) error {
		c, err := service.Issue(ctx, certs.Award{Attempt: fmt.Sprint(n), Person: "p", Name: "Олена Ґалаґан", Title: "Судовий розгляд справ про торгівлю людьми", Language: "uk", Role: "judge", ValidDays: 1095})
		if err != nil {
			return err
		}
		last = c
		if n%settleEvery == 0 { // the reconciler does it every second
			if err := service.Settle(ctx); err != nil {
				return err
			}
		}
		_, err = service.PDF(ctx, &c)
		return err
	})
	if err != nil {
		return nil, err
	}
	payload := certs.EncodePayload(last.Payload)
	checked, err := each(effort, func(int) error {
		r, err := certs.Verify(payload, keys, last.Statement.IssuedAt)
		if err == nil && !r.Good() {
			return fmt.Errorf("a sound certificate does not verify: %+v", r)
		}
		return err
	})
	return []Figure{
		{Name: "issue a certificate with credential, log entry and PDF", Value: 1 / issued.Seconds(), Unit: "1/s", Limit: 30, AtLeast: true},
		{Name: "verify a QR payload offline", Value: micros(checked), Unit: "µs", Limit: 200},
	}, err
}
