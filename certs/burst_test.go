package certs_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/store/storetest"
)

// watched is a store that notes when certificates get their proofs.
type watched struct {
	*storetest.Flaky
	mu     sync.Mutex
	proved map[certs.ID]time.Time
}

func (w *watched) UpdateCertificates(ctx context.Context, all []certs.Certificate) error {
	err := w.Flaky.UpdateCertificates(ctx, all)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range all {
		if c.Proof != nil && err == nil {
			w.proved[c.ID] = time.Now()
		}
	}
	return err
}

func (w *watched) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.proved)
}

// BenchmarkBurst issues 500 certificates at once, settles meanwhile as often as the
// reconciler does, and reports how long the slowest waited for its proof. The limit is
// two seconds after its issue.
func BenchmarkBurst(b *testing.B) {
	const burst = 500
	var slowest time.Duration
	for b.Loop() {
		f := newService(b)
		store := &watched{Flaky: f.store, proved: make(map[certs.ID]time.Time)}
		f.Service.Store = store
		settled := make(chan struct{})
		stop, end := context.WithTimeout(b.Context(), time.Minute)
		go func() {
			defer close(settled)
			for store.count() < burst && stop.Err() == nil {
				if err := f.Settle(context.Background()); err != nil {
					b.Error(err)
				}
				time.Sleep(certs.Gathering)
			}
		}()
		issued := make([]time.Time, burst)
		ids := make([]certs.ID, burst)
		var all errgroup.Group
		all.SetLimit(32)
		for n := range burst {
			all.Go(func() error {
				c, err := f.Issue(context.Background(), award(fmt.Sprint(n)))
				ids[n], issued[n] = c.ID, time.Now()
				return err
			})
		}
		if err := all.Wait(); err != nil {
			b.Fatal(err)
		}
		<-settled
		end()
		if missing := burst - store.count(); missing > 0 {
			b.Errorf("after a minute %d certificates are without proof", missing)
		}
		for n, id := range ids {
			slowest = max(slowest, store.proved[id].Sub(issued[n]))
		}
	}
	b.ReportMetric(slowest.Seconds(), "s-to-proof")
}
