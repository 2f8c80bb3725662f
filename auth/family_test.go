package auth

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/internal/fault"
)

// Invariant 3 under any grace: tokens are presented in any order at any time,
// and after every step exactly the tokens that the model says are good.
func TestRotateSpendsEveryTokenOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grace := time.Duration(rapid.IntRange(0, 60).Draw(t, "grace")) * time.Second
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		f := newFamily("f", Person{ID: "p", Epoch: 1}, "0", now)

		// The model: the token in force, the one before it with the time of its
		// first use, and nothing else.
		inForce, before, beforeUsed := "0", "", now
		issued := []string{"0"}
		for i := range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "wait")) * time.Second)
			presented := rapid.SampledFrom(issued).Draw(t, "presented")
			next := strconv.Itoa(i + 1)
			got, err := f.rotate(presented, next, grace, now)

			switch {
			case presented == inForce:
				before, beforeUsed, inForce = inForce, now, next
			case presented == before && now.Sub(beforeUsed) < grace:
				inForce = next
			default:
				if fault.Code(err) != "refresh.reused" || got.RevokedAt != now {
					t.Fatalf("a spent token: %v, revoked at %v", err, got.RevokedAt)
				}
				return // the family is over
			}
			if err != nil || got.Hash != inForce || got.PreviousHash != before || !got.RevokedAt.IsZero() || got.UsedAt != now {
				t.Fatalf("got %+v, %v; want %s in force after %s", got, err, inForce, before)
			}
			issued = append(issued, next)
			f = got
		}
	})
}

func TestAliveBoundaries(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := Person{ID: "p", Epoch: 3}
	fresh := newFamily("f", p, "h", now)
	rows := []struct {
		name string
		edit func(*Family)
		at   time.Duration
		want string
	}{
		{"at once", func(f *Family) {}, 0, ""},
		{"just before idle", func(f *Family) {}, FamilyIdle - 1, ""},
		{"idle", func(f *Family) {}, FamilyIdle, "refresh.expired"},
		{"used late, just before the end", func(f *Family) { f.UsedAt = now.Add(FamilyLife - 1) }, FamilyLife - 1, ""},
		{"used late, at the end", func(f *Family) { f.UsedAt = now.Add(FamilyLife - 1) }, FamilyLife, "refresh.expired"},
		{"revoked", func(f *Family) { f.RevokedAt = now }, 0, "refresh.revoked"},
		{"older epoch", func(f *Family) { f.Epoch = 2 }, 0, "refresh.revoked"},
		{"somebody else's", func(f *Family) { f.Person = "q" }, 0, "refresh.revoked"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			f := fresh
			row.edit(&f)
			if got := fault.Code(f.alive(p, now.Add(row.at))); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
