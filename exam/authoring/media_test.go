package authoring_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/picture"
	"github.com/proba-exam/proba/internal/fault"
)

// meanwhile keeps images, and lets somebody else do something around one of the steps, once.
type meanwhile struct {
	exam.BankStore
	step string
	by   func()
}

func (m *meanwhile) at(step string) {
	if m.step == step {
		m.step = ""
		m.by()
	}
}

func (m *meanwhile) PutMedium(ctx context.Context, x exam.Medium) error {
	m.at("before it is stored")
	err := m.BankStore.PutMedium(ctx, x)
	m.at("after it was stored")
	return err
}

func (m *meanwhile) DropMedium(ctx context.Context, name string) error {
	m.at("before it is dropped")
	err := m.BankStore.DropMedium(ctx, name)
	m.at("after it was dropped")
	return err
}

// TestABankThatTakesAnImageMeanwhileHasIt: one bank drops an image and another takes the
// same one, at every step of either; the other bank lists it with its content afterwards.
func TestABankThatTakesAnImageMeanwhileHasIt(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	m, err := picture.Clean(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		step  string
		drops bool // the step is the dropping bank's
	}{{"before it is stored", false}, {"after it was stored", false}, {"before it is dropped", true}, {"after it was dropped", true}} {
		t.Run(row.step, func(t *testing.T) {
			w, ctx := newWorld(t), t.Context()
			for _, id := range []string{"drops", "takes"} {
				if _, err := w.Create(ctx, "ann", authoring.Copy{ID: id, Title: exam.Text{"uk": id}, Languages: []string{"uk"}}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := w.AddMedium(ctx, "ann", "drops", "a.png", m); err != nil {
				t.Fatal(err)
			}
			drop := func(s *authoring.Service) {
				if _, err := s.DropMedium(ctx, "drops", m.Name); err != nil {
					t.Error(err)
				}
			}
			take := func(s *authoring.Service) {
				if _, err := s.AddMedium(ctx, "eve", "takes", "b.png", m); err != nil {
					t.Error(err)
				}
			}
			first, second := take, drop
			if row.drops {
				first, second = drop, take
			}
			over := &meanwhile{BankStore: w.store, step: row.step, by: func() { second(w.Service) }}
			first(authoring.NewService(authoring.Deps{Store: w.store, Revisions: over, Exams: w.exams, Now: func() time.Time { return now }}))
			if over.step != "" {
				t.Fatal("nobody did anything meanwhile")
			}
			c, err := w.Copy(ctx, "takes")
			if err != nil || len(c.Media) != 1 {
				t.Fatalf("the bank lists %v, %v", c.Media, err)
			}
			if _, err := w.store.Medium(ctx, m.Name); err != nil {
				t.Errorf("the bank lists an image without its content: %v", err)
			}
			if _, err := w.DropMedium(ctx, "takes", m.Name); err != nil {
				t.Fatal(err)
			}
			if _, err := w.store.Medium(ctx, m.Name); fault.Code(err) != "media.not_found" {
				t.Errorf("no bank has it and its content stays: %v", err)
			}
		})
	}
}
