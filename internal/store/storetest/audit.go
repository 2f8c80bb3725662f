package storetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/internal/audit"
)

// auditLog appends from many sides at once, as copies of the service do, and
// follows the chain.
func auditLog(t *testing.T, s Store) {
	ctx := t.Context()
	actor, other := id(), id()
	before, err := s.LastEntry(ctx)
	if err != nil {
		wantCode(t, "an empty log", err, "audit.not_found")
	}
	var wg sync.WaitGroup
	for n := range racers {
		wg.Go(func() {
			log := audit.New(s, func() time.Time { return now.Add(time.Duration(n) * time.Second) })
			if _, err := log.Append(context.Background(), audit.Act{Actor: actor, Action: "voidAttempt", Object: "attempts/" + id()}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	log := audit.New(s, func() time.Time { return now.Add(time.Hour) })
	act := audit.Act{Actor: other, Action: "extendAttempt", Object: "attempts/" + other, Note: "seconds=60", Failed: "attempt.late"}
	final, err := log.Append(ctx, act)
	must(t, err)
	got, err := s.Entry(ctx, final.Number)
	must(t, err)
	same(t, "entry", got, final)
	same(t, "act", got.Act, act)
	wantCode(t, "a taken number", s.AppendEntry(ctx, final), "audit.taken")
	_, err = s.Entry(ctx, final.Number+1)
	wantCode(t, "a number that is not given yet", err, "audit.not_found")
	if want := before.Number + racers + 1; final.Number != want {
		t.Errorf("the newest number is %d, want %d", final.Number, want)
	}
	for n := before.Number + 1; n <= final.Number; n++ {
		e, err := s.Entry(ctx, n)
		must(t, err)
		if err := audit.Check(before, e); err != nil {
			t.Errorf("entry %d: %v", n, err)
		}
		before = e
	}
	auditFilters(t, s, actor, final)
}

func auditFilters(t *testing.T, s Store, actor string, final audit.Entry) {
	count := func(f audit.Filter) int {
		n := 0
		for before := int64(0); ; {
			page, err := s.Entries(t.Context(), f, before, 5)
			must(t, err)
			for _, e := range page {
				if before != 0 && e.Number >= before {
					t.Errorf("entry %d comes after %d", e.Number, before)
				}
				before = e.Number
			}
			if n += len(page); len(page) < 5 {
				return n
			}
		}
	}
	for name, row := range map[string]struct {
		f    audit.Filter
		want int
	}{
		"actor":            {audit.Filter{Actor: actor}, racers},
		"actor and action": {audit.Filter{Actor: actor, Action: "extendAttempt"}, 0},
		"object":           {audit.Filter{Object: final.Object}, 1},
		"from its moment":  {audit.Filter{Object: final.Object, From: final.At}, 1},
		"after its moment": {audit.Filter{Object: final.Object, From: final.At.Add(time.Millisecond)}, 0},
		"until its moment": {audit.Filter{Object: final.Object, Until: final.At}, 0},
		"until just after": {audit.Filter{Object: final.Object, Until: final.At.Add(time.Millisecond)}, 1},
	} {
		if got := count(row.f); got != row.want {
			t.Errorf("by %s: %d entries, want %d", name, got, row.want)
		}
	}
}
