// Package proctest has what tests of real processes share: a free address, and
// waiting for what another process does. It starts nothing itself.
package proctest

import (
	"net"
	"testing"
	"time"
)

// patience is how long WaitFor asks: far more than a slow machine with the race
// detector needs.
const patience = 5 * time.Minute

// FreeAddress is a loopback address at which nothing listens, for a process that
// has to come back at the same one.
func FreeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// WaitFor asks until it is so, and fails the test when it never is.
func WaitFor(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// WaitForListener waits until something listens at the address.
func WaitForListener(t testing.TB, what, address string) {
	t.Helper()
	WaitFor(t, what+" listens", func() bool {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
}
