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
	looking   = pace{perSecond: 10, burst: 100} // public verification
	batching  = pace{perSecond: 0.1, burst: 10} // of a hundred at once, as many as one by one
)

// knownClients bounds the memory of the limiter, some 100 bytes each.
const knownClients = 50_000

// rates counts calls by client. Each copy of the service counts for itself.
type rates struct {
	now     func() time.Time
	clients *lru.Cache[string, *rate.Limiter]
}

func newRates(now func() time.Time) (*rates, error) {
	clients, err := lru.New[string, *rate.Limiter](knownClients)
	if err != nil {
		return nil, fmt.Errorf("rate limiter: %w", err)
	}
	return &rates{now: now, clients: clients}, nil
}

func (r *rates) allow(operation, client string, p pace) error {
	if p == unlimited {
		return nil
	}
	key := operation + " " + client
	fresh := rate.NewLimiter(p.perSecond, p.burst)
	limiter, known, _ := r.clients.PeekOrAdd(key, fresh)
	if !known {
		limiter = fresh
	}
	if !limiter.AllowN(r.now(), 1) {
		return fault.New(fault.TooMany, "request.too_many", "Too many requests from your address; wait a moment.")
	}
	return nil
}
