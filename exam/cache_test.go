package exam

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// TestOneLoadServesACrowd has a room ask at once for what is not loaded yet.
func TestOneLoadServesACrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := newCache[string](4)
		if err != nil {
			t.Fatal(err)
		}
		loads := 0
		load := func(ctx context.Context) (string, error) {
			loads++
			time.Sleep(20 * time.Second) // longer than anybody below waits
			return "the bank", ctx.Err()
		}
		var room sync.WaitGroup
		for range 100 {
			room.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				if _, err := c.get(ctx, "release", load); fault.Of(err) != fault.Unavailable {
					t.Errorf("who gives up is told %v", err)
				}
			})
		}
		room.Wait()
		got, err := c.get(t.Context(), "release", load)
		if got != "the bank" || err != nil || loads != 1 {
			t.Errorf("after %d loads: %q, %v; want the bank from one that went on", loads, got, err)
		}
	})
}

func TestAFailedLoadIsTriedAgain(t *testing.T) {
	c, err := newCache[string](4)
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the store is away")
	if _, err := c.get(t.Context(), "k", func(context.Context) (string, error) { return "", broken }); !errors.Is(err, broken) {
		t.Errorf("a failing load answers %v", err)
	}
	if got, err := c.get(t.Context(), "k", func(context.Context) (string, error) { return "v", nil }); got != "v" || err != nil {
		t.Errorf("the next load answers %q, %v", got, err)
	}
}
