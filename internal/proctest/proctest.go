// Package proctest has what tests of real processes share: an address of one's
// own, a process that ends with its test, and waiting for what another process
// does.
package proctest

import (
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// patience is how long WaitFor asks: far more than a slow machine with the race
// detector needs.
const patience = 5 * time.Minute

// FreeAddress is a loopback address at which nothing listens, for a process that
// has to come back at the same one. Where all of 127.0.0.0/8 is loopback, its host
// is drawn at random, so that no other test takes the port while the process is
// down.
func FreeAddress(t testing.TB) string {
	t.Helper()
	host := net.IPv4(127, byte(1+rand.IntN(254)), byte(rand.IntN(256)), byte(1+rand.IntN(254))).String()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	defer l.Close()
	return l.Addr().String()
}

// Process is a running process. It is killed when its test ends.
type Process struct {
	command *exec.Cmd
	ended   chan struct{}
	kill    sync.Once
}

// Start starts the command.
func Start(t testing.TB, command *exec.Cmd) *Process {
	t.Helper()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	p := &Process{command: command, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		_ = command.Wait() // being killed is how it ends
	}()
	t.Cleanup(func() { p.Kill(t) })
	return p
}

// Kill ends the process as a power cut would. Killing twice changes nothing; a
// process that ended by itself fails the test.
func (p *Process) Kill(t testing.TB) {
	t.Helper()
	p.kill.Do(func() {
		select {
		case <-p.ended:
			t.Errorf("%s ended by itself: %s", p.command.Path, p.command.ProcessState)
			return
		default:
		}
		if err := p.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
	})
	<-p.ended
}

// WaitForListener waits until the process listens at the address.
func (p *Process) WaitForListener(t testing.TB, address string) {
	t.Helper()
	WaitFor(t, p.command.Path+" listens", func() bool {
		select {
		case <-p.ended:
			t.Fatalf("%s ended before it listened: %s", p.command.Path, p.command.ProcessState)
		default:
		}
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
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
