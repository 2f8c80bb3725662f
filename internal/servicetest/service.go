// Package servicetest runs services for the tests of interface and pages: over a copy of
// what a first run leaves, since publishing the exams that ship is most of a test's time
// otherwise, with a clock that the test moves and a log that it reads.
package servicetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/server"
)

// Clock is the machine's, moved forward by the test.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
}

// Now is the time of the service.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

// Forward lets the time go by.
func (c *Clock) Forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// Log is what the service has logged.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends to the log.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is the log so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Service is a running service.
type Service struct {
	*server.Server
	Address string // host and port
	Clock   *Clock
	Log     *Log
}

// Start runs a service until the test ends, without demo accounts. options are those
// of the command line, beside addresses and folders.
func Start(t testing.TB, options ...string) *Service {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	if err := restore(data, options); err != nil {
		t.Fatal(err)
	}
	s := &Service{Clock: new(Clock), Log: new(Log)}
	ctx := context.Background()
	var err error
	if s.Server, err = open(ctx, data, options, s.Clock.Now, s.Log); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	if s.Address, err = s.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func open(ctx context.Context, data string, options []string, now func() time.Time, log io.Writer) (*server.Server, error) {
	all := append([]string{"-addr", "127.0.0.1:0", "-ops-addr", "off", "-data", data, "-demo=false"}, options...)
	c, err := config.Load(all, func(string) string { return "" }, io.Discard)
	if err != nil {
		return nil, err
	}
	return server.Open(ctx, c, now, slog.New(slog.NewTextHandler(log, nil)))
}

// prepared are the files of a service after its first run, by its options.
var prepared = struct {
	sync.Mutex
	files map[string]map[string][]byte
}{files: make(map[string]map[string][]byte)}

// restore writes the files of a first run into the folder.
func restore(data string, options []string) error {
	prepared.Lock()
	defer prepared.Unlock()
	key := strings.Join(options, "\x00")
	if prepared.files[key] == nil {
		files, err := firstRun(options)
		if err != nil {
			return fmt.Errorf("first run: %w", err)
		}
		prepared.files[key] = files
	}
	for name, content := range prepared.files[key] {
		path := filepath.Join(data, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// firstRun runs a service for the first time, and returns what it leaves.
func firstRun(options []string) (map[string][]byte, error) {
	data, err := os.MkdirTemp("", "proba-first-run")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(data)
	s, err := open(context.Background(), data, options, time.Now, io.Discard)
	if err != nil {
		return nil, err
	}
	_, err = s.Prepare(context.Background())
	if err := errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	root := os.DirFS(data)
	return files, fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	})
}
