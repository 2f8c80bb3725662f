package exam

import (
	"context"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"github.com/proba-exam/proba/internal/fault"
)

// loadTimeout bounds one load. The largest bank takes some seconds from a busy
// database, and what a request has left of its time may be less.
const loadTimeout = time.Minute

// cache keeps what was loaded from the store and never changes. When many ask at
// once for what is not there, one load serves them all, and it goes on when those
// who wait give up: a room that presses Start after a restart would otherwise read
// the same bank a thousand times, nobody in time.
type cache[V any] struct {
	kept    *lru.Cache[string, V]
	loading singleflight.Group
}

func newCache[V any](size int) (*cache[V], error) {
	kept, err := lru.New[string, V](size)
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	return &cache[V]{kept: kept}, nil
}

// get returns what is kept under the key, or loads it. A load that fails is not
// kept: the next one who asks tries again.
func (c *cache[V]) get(ctx context.Context, key string, load func(context.Context) (V, error)) (V, error) {
	if v, ok := c.kept.Get(key); ok {
		return v, nil
	}
	var v V
	loaded := c.loading.DoChan(key, func() (any, error) {
		if v, ok := c.kept.Get(key); ok { // the load before this one ended meanwhile
			return v, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTimeout)
		defer cancel()
		v, err := load(ctx)
		if err == nil {
			c.kept.Add(key, v)
		}
		return v, err
	})
	select {
	case r := <-loaded:
		if r.Err != nil {
			return v, r.Err
		}
		return r.Val.(V), nil
	case <-ctx.Done():
		return v, fault.New(fault.Unavailable, "bank.loading", "The questions are still being loaded; try again in a moment.").Wrap(ctx.Err())
	}
}
