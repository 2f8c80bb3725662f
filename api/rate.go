package api

import (
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/proba-exam/proba/internal/fault"
)

// pace is how often one client may call an operation.
type pace struct {
	perSecond rate.Limit
	burst     int
}

// The paces. A class of learners may sit behind one address: the bursts let 60
// of them sign in, or scan, within the same moment.
var (
	unlimited = pace{}
	guessing  = pace{perSecond: 1, burst: 60}   // whatever takes a secret
	asking    = pace{perSecond: 0.2, burst: 40} // whatever sends a letter
	looking   = pace{perSecond: 10, burst: 100} // public verification
	// presenting is for secrets of 256 bits, which nobody guesses: the pace only
	// spares the machine. A training centre of a thousand clients, which refresh
	// every five minutes and begin in the same one, may sit behind one address.
	presenting = pace{perSecond: 20, burst: 1000}
	batching   = pace{perSecond: 0.1, burst: 10} // of a hundred at once, as many as one by one
)

// knownClients bounds the memory of the limiter, some 100 bytes each.
const knownClients = 50_000

// limiters are the callers that were seen last, each with its allowance. Each copy
// of the service counts for itself.
type limiters struct {
	now   func() time.Time
	known *lru.Cache[string, *rate.Limiter]
}

func newLimiters(now func() time.Time, size int) (*limiters, error) {
	known, err := lru.New[string, *rate.Limiter](size)
	if err != nil {
		return nil, fmt.Errorf("rate limiter: %w", err)
	}
	return &limiters{now: now, known: known}, nil
}

// allow counts a call under the key and reports whether it is within the pace.
func (l *limiters) allow(key string, p pace) bool {
	limiter, known := l.known.Get(key)
	if !known {
		fresh := rate.NewLimiter(p.perSecond, p.burst)
		if limiter, known, _ = l.known.PeekOrAdd(key, fresh); !known {
			limiter = fresh
		}
	}
	return limiter.AllowN(l.now(), 1)
}

// allowCall counts a call of an operation by a client.
func (l *limiters) allowCall(operation, client string, p pace) error {
	if p == unlimited || l.allow(operation+" "+client, p) {
		return nil
	}
	return fault.New(fault.TooMany, "request.too_many", "Too many requests from your address; wait a moment.")
}
