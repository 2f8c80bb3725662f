package authoring_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

// overtaken is a store whose first entries are written after somebody else did something.
type overtaken struct {
	authoring.Store
	once sync.Once
	by   func()
}

func (o *overtaken) InsertItems(ctx context.Context, entries []authoring.Entry) ([]string, error) {
	o.once.Do(o.by)
	return o.Store.InsertItems(ctx, entries)
}

func service(s *sqlite.Store, over authoring.Store, exams *exam.Service, at time.Time) *authoring.Service {
	return authoring.NewService(authoring.Deps{Store: over, Revisions: s, Exams: exams, Now: func() time.Time { return at }})
}

// TestAnImportAppliedTwiceAtOnceLeavesNoParts: a copy of the service that applies what another
// has applied meanwhile tells how far it is after the parts were dropped.
func TestAnImportAppliedTwiceAtOnceLeavesNoParts(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if _, err := w.Create(ctx, "ann", authoring.Copy{ID: "large", Title: exam.Text{"uk": "Великий"}, Languages: []string{"uk"}}); err != nil {
		t.Fatal(err)
	}
	items := make([]exam.Item, 2001) // more parts than are taken in at once
	for i := range items {
		items[i] = question(fmt.Sprintf("item-%04d", i), "Що?")
	}
	i, err := w.CheckImport(ctx, "eve", "large", authoring.Source{File: "f.gift", Format: "gift", Found: len(items), Items: items})
	if err != nil {
		t.Fatal(err)
	}
	slow := &overtaken{Store: w.store, by: func() {
		if _, err := w.Apply(ctx, "eve", "large", i.ID); err != nil {
			t.Error(err)
		}
	}}
	a, err := service(w.store, slow, w.exams, now).Apply(ctx, "eve", "large", i.ID)
	if err != nil || a.Import.State != authoring.ImportApplied || len(a.Stale) > 0 {
		t.Fatalf("it is %s, stale %v, %v", a.Import.State, a.Stale, err)
	}
	if _, err := w.store.ImportPart(ctx, i.ID, "progress"); fault.Of(err) != fault.NotFound {
		t.Errorf("the progress of the slower copy stays: %v", err)
	}
}

// TestTidyingGoesOn: an import that cannot be tidied up does not keep the others.
func TestTidyingGoesOn(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if _, err := w.Open(ctx, "ann", w.sample(t).Hash); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := w.CheckImport(ctx, "eve", "sample", authoring.Source{Found: 1, Items: []exam.Item{question("item-n", "Нове?")}}); err != nil {
			t.Fatal(err)
		}
	}
	later := now.Add(25 * time.Hour)
	s := service(w.store, w.fails, w.exams, later)
	left := func() int {
		ids, err := w.store.ImportsDue(ctx, later, 9)
		if err != nil {
			t.Fatal(err)
		}
		return len(ids)
	}
	w.fails.at = 2 // the parts of the first
	if n, err := s.TidyImports(ctx); n != 1 || !errors.Is(err, errLost) || left() != 1 {
		t.Errorf("%d were tidied up, %d are left, %v", n, left(), err)
	}
	if n, err := s.TidyImports(ctx); n != 1 || err != nil || left() != 0 {
		t.Errorf("%d were tidied up after that, %d are left, %v", n, left(), err)
	}
}
