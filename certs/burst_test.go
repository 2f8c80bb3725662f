package certs_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/certs"
)

// BenchmarkBurst issues 500 certificates at once, settles as the reconciler does
// meanwhile, and reports how long the slowest waited for its proof. The limit is two
// seconds after its issue.
func BenchmarkBurst(b *testing.B) {
	const burst = 500
	var slowest time.Duration
	for b.Loop() {
		f := newService(b)
		start := time.Now()
		issued := make([]time.Duration, burst)
		ids := make([]certs.ID, burst)
		var all errgroup.Group
		all.SetLimit(32)
		settled := make(chan struct{})
		stop, end := context.WithCancel(b.Context())
		proved := make(map[certs.ID]time.Duration)
		go func() {
			defer close(settled)
			for len(proved) < burst && stop.Err() == nil {
				if err := f.Settle(context.Background()); err != nil {
					b.Error(err)
				}
				certificates, err := f.store.Certificates(context.Background(), "", burst)
				if err != nil {
					b.Error(err)
				}
				for _, c := range certificates {
					if _, seen := proved[c.ID]; !seen && c.Proof != nil {
						proved[c.ID] = time.Since(start)
					}
				}
			}
		}()
		for n := range burst {
			all.Go(func() error {
				c, err := f.Issue(context.Background(), award(fmt.Sprint(n)))
				ids[n], issued[n] = c.ID, time.Since(start)
				return err
			})
		}
		if err := all.Wait(); err != nil {
			b.Fatal(err)
		}
		select {
		case <-settled:
		case <-time.After(time.Minute):
			b.Error("after a minute there are certificates without proof")
		}
		end()
		<-settled
		for n, id := range ids {
			slowest = max(slowest, proved[id]-issued[n])
		}
	}
	b.ReportMetric(slowest.Seconds(), "s-to-proof")
}
