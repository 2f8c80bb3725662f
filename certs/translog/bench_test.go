package translog_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

// The size at which append and proof are measured: a national service's first
// years.
const manyLeaves = 200_000

// grownLogs have manyLeaves entries each. They live as long as the process.
type grownLogs struct {
	sync.Once
	log *translog.Log
	// half is the checkpoint that was signed when half of them were there.
	half translog.Checkpoint
}

var inMemory, onDisk grownLogs

// grow fills the log, once.
func (g *grownLogs) grow(b *testing.B, open func() *translog.Log) *translog.Log {
	b.Helper()
	g.Do(func() {
		g.log = open()
		for i := 0; i < manyLeaves; i += 1000 {
			if i == manyLeaves/2 {
				g.half = must(g.log.Trust().Open(must(g.log.Checkpoint(context.Background()))(b)))(b)
			}
			some := make([]translog.Entry, 1000)
			for n := range some {
				some[n] = entry(i + n)
			}
			if err := g.log.Add(context.Background(), some...); err != nil {
				b.Fatal(err)
			}
			round(b, g.log)
		}
	})
	return g.log
}

func grownLog(b *testing.B) *translog.Log {
	b.Helper()
	return inMemory.grow(b, func() *translog.Log { return open(b, config(newMemory(), newKeys(b))) })
}

// grownOnDisk is the same in the embedded store, with all that a service has of it.
func grownOnDisk(b *testing.B) *translog.Log {
	b.Helper()
	return onDisk.grow(b, func() *translog.Log {
		folder := must(os.MkdirTemp("", "translog"))(b)
		kept.folder, kept.store = folder, must(sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(folder, "proba.db")}))(b)
		return open(b, config(kept.store, newKeys(b)))
	})
}

// kept is what grownOnDisk leaves to be cleaned up when all is measured.
var kept struct {
	folder string
	store  *sqlite.Store
}

func TestMain(m *testing.M) {
	code := m.Run()
	if kept.store != nil {
		if err := errors.Join(kept.store.Close(), os.RemoveAll(kept.folder)); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// BenchmarkAppend adds batches of 256 to a log of 200,000: in memory, which is the
// tree's own cost, and through the embedded store, where each batch is queued, placed,
// signed and synced to the disk.
func BenchmarkAppend(b *testing.B) {
	n := 10_000_000
	for name, grown := range map[string]func(*testing.B) *translog.Log{"memory": grownLog, "sqlite": grownOnDisk} {
		b.Run(name, func(b *testing.B) {
			l := grown(b)
			for b.Loop() {
				batch := make([]translog.Entry, 256)
				for i := range batch {
					n++
					batch[i] = translog.NewEntry(translog.Revoke, fmt.Append(nil, n), now)
				}
				if err := l.Add(b.Context(), batch...); err != nil {
					b.Fatal(err)
				}
				round(b, l)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*256), "µs/leaf")
		})
	}
}

// BenchmarkProof proves one of 200,000 from tiles, and 256 at once, as settling does.
func BenchmarkProof(b *testing.B) {
	for name, grown := range map[string]func(*testing.B) *translog.Log{"memory": grownLog, "sqlite": grownOnDisk} {
		b.Run(name, func(b *testing.B) {
			l, i := grown(b), 0
			for b.Loop() {
				i = (i + 7919) % manyLeaves
				if _, err := l.Proof(b.Context(), entry(i).Key); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/256 at once", func(b *testing.B) {
			l := grown(b)
			batch := make([]translog.Entry, 256)
			for i := range batch {
				batch[i] = entry(manyLeaves - 256 + i)
				batch[i].Index = int64(manyLeaves - 256 + i)
			}
			for b.Loop() {
				if all, err := l.Proofs(b.Context(), batch); err != nil || len(all) != 256 {
					b.Fatal(len(all), err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*256), "µs/proof")
		})
	}
}

// BenchmarkConsistency proves that the log of 200,000 is the one of 100,000 grown.
func BenchmarkConsistency(b *testing.B) {
	for name, g := range map[string]*grownLogs{"memory": &inMemory, "sqlite": &onDisk} {
		b.Run(name, func(b *testing.B) {
			l := map[string]func(*testing.B) *translog.Log{"memory": grownLog, "sqlite": grownOnDisk}[name](b)
			latest := must(l.Trust().Open(must(l.Checkpoint(b.Context()))(b)))(b)
			for b.Loop() {
				if err := translog.Consistent(b.Context(), g.half, latest, l.Store); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpen recomputes the root of 200,000, as every start does.
func BenchmarkOpen(b *testing.B) {
	l := grownLog(b)
	for b.Loop() {
		if again := open(b, l.Config); again.Refused() != nil {
			b.Fatal(again.Refused())
		}
	}
}

// BenchmarkAudit recomputes everything from the entries, as doctor does.
func BenchmarkAudit(b *testing.B) {
	l := grownLog(b)
	for b.Loop() {
		if _, findings, err := translog.Audit(b.Context(), l.Store, l.Trust(), func(int64, []byte) {}); err != nil || len(findings) > 0 {
			b.Fatal(findings, err)
		}
	}
}

// BenchmarkVerifyProof checks a proof out of 200,000.
func BenchmarkVerifyProof(b *testing.B) {
	l := grownLog(b)
	text := must(l.Proof(b.Context(), entry(7).Key))(b).Format()
	b.ReportMetric(float64(len(text)), "B/proof")
	for b.Loop() {
		p, err := translog.ParseProof(text)
		if err == nil {
			_, err = p.Verify(entry(7).Data, l.Trust())
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
