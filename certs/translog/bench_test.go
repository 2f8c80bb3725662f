package translog_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/proba-exam/proba/certs/translog"
)

// The size at which append and proof are measured: a national service's first
// years.
const manyLeaves = 200_000

var grown = struct {
	sync.Once
	log *translog.Log
}{}

// grownLog has manyLeaves entries. It lives as long as the process.
func grownLog(b *testing.B) *translog.Log {
	b.Helper()
	grown.Do(func() {
		l := open(b, config(newMemory(), newKeys(b)))
		for i := range manyLeaves {
			if err := l.Add(context.Background(), entry(i)); err != nil {
				b.Fatal(err)
			}
		}
		round(b, l)
		grown.log = l
	})
	return grown.log
}

// BenchmarkAppend adds batches of 256 to a log of 200,000, kept in memory: the
// tree's own cost.
func BenchmarkAppend(b *testing.B) {
	l := grownLog(b)
	n := 10_000_000
	for b.Loop() {
		for range 256 {
			n++
			if err := l.Add(b.Context(), translog.NewEntry(translog.Revoke, fmt.Append(nil, n), now)); err != nil {
				b.Fatal(err)
			}
		}
		round(b, l)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*256), "µs/leaf")
}

// BenchmarkProof proves one of 200,000 from tiles.
func BenchmarkProof(b *testing.B) {
	l := grownLog(b)
	i := 0
	for b.Loop() {
		i = (i + 7919) % manyLeaves
		if _, err := l.Proof(b.Context(), entry(i).Key); err != nil {
			b.Fatal(err)
		}
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
