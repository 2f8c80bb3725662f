package sqlite

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// The size of a national service after some years.
const (
	scaleAttempts = 1_000_000
	scaleSittings = 2_000
	scaleItems    = 100_000
	scaleTopics   = 200
	scalePeople   = 500_000
	// scaleCertificates is how many of the attempts led to one.
	scaleCertificates = 600_000
)

// scaleLimit is how long a list may take at the 99th percentile: a page of the workbench
// asks for two or three of them.
const scaleLimit = 100 * time.Millisecond

// TestListsAtScale measures every list and search of the workbench on a store of a
// million attempts and a hundred thousand items. Filling takes some minutes and five gigabytes,
// so it runs only when PROBA_SCALE says so, and fills the folder that PROBA_SCALE_STORE names
// once.
func TestListsAtScale(t *testing.T) {
	if os.Getenv("PROBA_SCALE") == "" {
		t.Skip("set PROBA_SCALE=1")
	}
	folder := os.Getenv("PROBA_SCALE_STORE")
	if folder == "" {
		folder = t.TempDir()
	}
	s := openFilled(t, folder, 1)
	defer s.Close()
	r := rand.New(rand.NewPCG(1, 2))
	for _, list := range scaleLists(r) {
		t.Run(list.name, func(t *testing.T) { // to be asked for one by one
			warm := newSpent(200)
			for range cap(warm.took) {
				warm.ask(t, s, list)
			}
			cold := newSpent(20)
			for range cap(cold.took) {
				again := reopened(t, folder)
				cold.ask(t, again, list)
				if err := again.Close(); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("%-40s rows %3d | warm %v | reopened %v", list.name, warm.rows/len(warm.took), warm, cold)
			if p99 := warm.worst(); p99 > scaleLimit {
				t.Errorf("%s: p99 %v, limit %v", list.name, p99, scaleLimit)
			}
		})
	}
}

// reopened is the store with none of its pages held, but for the schema.
func reopened(t *testing.T, folder string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Path: filepath.Join(folder, "proba.db"), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Exams(t.Context(), "", 1); err != nil {
		t.Fatal(err)
	}
	return s
}

// spent is what asking a list cost, each time: by the clock, of the processor (all of this
// process), and in bytes read beyond the pages that SQLite holds.
type spent struct {
	took, cpu []time.Duration
	read      []int
	rows      int
}

func newSpent(times int) *spent {
	return &spent{took: make([]time.Duration, 0, times), cpu: make([]time.Duration, 0, times), read: make([]int, 0, times)}
}

func (c *spent) ask(t *testing.T, s *Store, list scaleList) {
	t.Helper()
	read, cpu, began := bytesRead(t), processor(t), time.Now()
	n, err := list.ask(t.Context(), s)
	c.took, c.cpu, c.read = append(c.took, time.Since(began)), append(c.cpu, processor(t)-cpu), append(c.read, bytesRead(t)-read)
	if err != nil {
		t.Fatalf("%s: %v", list.name, err)
	}
	c.rows += n
}

// worst is the 99th percentile by the clock.
func (c *spent) worst() time.Duration { return quantile(c.took, 99) }

func (c *spent) String() string {
	const page = 4096
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return fmt.Sprintf("median %5.1f ms, p99 %5.1f; processor %5.1f, %5.1f; pages %4d, %4d", ms(quantile(c.took, 50)), ms(c.worst()), ms(quantile(c.cpu, 50)), ms(quantile(c.cpu, 99)), quantile(c.read, 50)/page, quantile(c.read, 99)/page)
}

func quantile[T cmp.Ordered](all []T, percent int) T {
	return slices.Sorted(slices.Values(all))[len(all)*percent/100]
}

// processor is what this process has used so far.
func processor(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// bytesRead is what this process has read from files so far, 0 where the system does not say.
func bytesRead(t *testing.T) (n int) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	if _, err := fmt.Sscanf(string(text), "rchar: %d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// openFilled opens the store of one part in share of that size in the folder, and fills it
// first when it is empty.
func openFilled(t testing.TB, folder string, share int) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Path: filepath.Join(folder, "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	there, err := s.Exams(t.Context(), "", 1) // stored last, when the store is full
	if err != nil {
		t.Fatal(err)
	}
	if len(there) > 0 {
		return s
	}
	began := time.Now()
	fill(t, s, share)
	t.Logf("filled in %v", time.Since(began).Round(time.Second))
	return s
}
