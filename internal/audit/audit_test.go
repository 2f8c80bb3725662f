package audit_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/store/sqlite"
	"github.com/proba-exam/proba/internal/store/storetest"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func open(t *testing.T) *storetest.Flaky {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &storetest.Flaky{Store: s}
}

// chain returns n entries that follow each other.
func chain(t *testing.T, log *audit.Log, n int) []audit.Entry {
	t.Helper()
	all := make([]audit.Entry, n)
	for i := range all {
		var err error
		if all[i], err = log.Append(t.Context(), audit.Act{Actor: "a", Action: "void", Object: fmt.Sprintf("attempts/%d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// check follows the entries and returns the first that does not fit, -1 for none.
func check(all []audit.Entry) int {
	var last audit.Entry
	for i, e := range all {
		if audit.Check(last, e) != nil {
			return i
		}
		last = e
	}
	return -1
}

// Invariant 2: whatever is changed in an entry, or taken out, is seen.
func TestEveryChangeOfThePastIsSeen(t *testing.T) {
	all := chain(t, audit.New(open(t), func() time.Time { return start }), 5)
	if at := check(all); at != -1 {
		t.Fatalf("the chain breaks at %d by itself", at)
	}
	rehash := func(e *audit.Entry) { e.Hash, _ = e.Sum() }
	for name, change := range map[string]func([]audit.Entry) []audit.Entry{
		"actor":             func(a []audit.Entry) []audit.Entry { a[2].Actor = "b"; return a },
		"object":            func(a []audit.Entry) []audit.Entry { a[2].Object = "attempts/9"; return a },
		"action":            func(a []audit.Entry) []audit.Entry { a[2].Action = "extend"; return a },
		"note":              func(a []audit.Entry) []audit.Entry { a[2].Note = "x"; return a },
		"failure":           func(a []audit.Entry) []audit.Entry { a[2].Failed = "x"; return a },
		"time":              func(a []audit.Entry) []audit.Entry { a[2].At = start.Add(time.Hour); return a },
		"content with hash": func(a []audit.Entry) []audit.Entry { a[2].Actor = "b"; rehash(&a[2]); return a },
		"removed":           func(a []audit.Entry) []audit.Entry { return append(a[:2], a[3:]...) },
		"first removed":     func(a []audit.Entry) []audit.Entry { return a[1:] },
		"swapped":           func(a []audit.Entry) []audit.Entry { a[2], a[3] = a[3], a[2]; return a },
	} {
		if check(change(append([]audit.Entry(nil), all...))) < 0 {
			t.Errorf("%s: nobody notices", name)
		}
	}
}

// Invariant 3: times do not go back, whatever the clock does.
func TestTimesDoNotGoBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		now := start
		log := audit.New(open(t), func() time.Time { return now })
		last := time.Time{}
		for range rapid.IntRange(1, 6).Draw(r, "entries") {
			now = now.Add(time.Duration(rapid.Int64Range(-5000, 5000).Draw(r, "ms")) * time.Millisecond)
			e, err := log.Append(t.Context(), audit.Act{Actor: "a", Action: "b"})
			if err != nil {
				r.Fatal(err)
			}
			if e.At.Before(last) {
				r.Fatalf("%v comes after %v", e.At, last)
			}
			last = e.At
		}
	})
}

// Invariants 1 and 4: an append that fails leaves nothing; one whose answer is lost
// is in the log once, and is told to be.
func TestAFailingStore(t *testing.T) {
	s := open(t)
	log := audit.New(s, func() time.Time { return start })
	chain(t, log, 2)
	act := audit.Act{Actor: "a", Action: "void", Object: "attempts/x"}
	s.Fail("AppendEntry", false)
	if _, err := log.Append(t.Context(), act); err == nil {
		t.Error("an entry that is not stored was acknowledged")
	}
	s.Fail("AppendEntry", true)
	e, err := log.Append(t.Context(), act)
	if err != nil || e.Number != 3 {
		t.Errorf("the answer was lost: entry %d, %v", e.Number, err)
	}
	stored, err := log.Entries(t.Context(), audit.Filter{Object: act.Object}, 0, 10)
	if err != nil || len(stored) != 1 {
		t.Errorf("%d entries, %v", len(stored), err)
	}
}
