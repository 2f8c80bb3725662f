package doctor_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/doctor"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

// altered is a store in which somebody changed or removed an entry.
type altered struct {
	*sqlite.Store
	change func(*audit.Entry)
	number int64
}

func (a altered) Entry(ctx context.Context, n int64) (audit.Entry, error) {
	e, err := a.Store.Entry(ctx, n)
	if n == a.number {
		if a.change == nil {
			return audit.Entry{}, fault.New(fault.NotFound, "audit.not_found", "gone")
		}
		a.change(&e)
	}
	return e, err
}

func TestTheAuditLogIsFollowed(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	log := audit.New(s, func() time.Time { return time.Unix(1_780_000_000, 0) })
	var newest audit.Entry
	for range 4 {
		if newest, err = log.Append(t.Context(), audit.Act{Actor: "a", Action: "voidAttempt", Object: "attempts/x"}); err != nil {
			t.Fatal(err)
		}
	}
	for name, row := range map[string]struct {
		store altered
		want  string // the entry found fault with
	}{
		"untouched": {altered{Store: s}, ""},
		"changed":   {altered{s, func(e *audit.Entry) { e.Actor = "b" }, 2}, "2"},
		"removed":   {altered{s, nil, 3}, "3"},
	} {
		r, err := doctor.Examine(t.Context(), row.store, doctor.Keys{})
		if err != nil {
			t.Fatal(err)
		}
		first := ""
		if len(r.Findings) > 0 {
			first = r.Findings[0].ID
		}
		if first != row.want || r.Audit.Number != 4 || r.Audit.Hash != newest.Hash {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
