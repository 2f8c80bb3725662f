package api

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// TestATurnstileTakesTurns fills it, has one more wait in vain, and lets it in once
// somebody has left.
func TestATurnstileTakesTurns(t *testing.T) {
	gate := newTurnstile(1)
	var leave func()
	for range runtime.GOMAXPROCS(0) {
		var err error
		if leave, err = gate.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := gate.enter(late); fault.Code(err) != "attempt.busy" || fault.Of(err) != fault.Unavailable {
		t.Errorf("who has no time left gets %v", err)
	}
	leave()
	soon, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := gate.enter(soon); err != nil {
		t.Errorf("after one has left: %v", err)
	}
}
