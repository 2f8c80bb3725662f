package translog_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/torchwood"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/keyring"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

var now = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

const origin = "log.proba.test/log"

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newStore(t testing.TB) *sqlite.Store {
	t.Helper()
	s := must(sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(t.TempDir(), "proba.db")}))(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newKeys(t testing.TB) *keyring.Ring {
	t.Helper()
	return must((*keyring.Ring)(nil).Generate(rand.Reader, now, "test"))(t)
}

func config(s translog.Store, keys *keyring.Ring) translog.Config {
	return translog.Config{Store: s, Origin: origin, Keys: keys, Now: func() time.Time { return now }}
}

func open(t testing.TB, c translog.Config) *translog.Log {
	t.Helper()
	return must(translog.Open(context.Background(), c))(t)
}

func entry(i int) translog.Entry {
	return translog.NewEntry(translog.Issue, fmt.Appendf(nil, "object %d", i), now.Add(time.Duration(i)*time.Millisecond))
}

// add queues the entries from and up to to, at once, so that the store commits them
// together.
func add(t testing.TB, l *translog.Log, from, to int) {
	t.Helper()
	var adding sync.WaitGroup
	for i := from; i < to; i++ {
		adding.Go(func() {
			if err := l.Add(context.Background(), entry(i)); err != nil {
				t.Error(err)
			}
		})
	}
	adding.Wait()
}

func round(t testing.TB, l *translog.Log) {
	t.Helper()
	if _, err := l.Round(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// checkpoint is the latest one, opened by torchwood.
func checkpoint(t testing.TB, l *translog.Log) (torchwood.Checkpoint, []byte) {
	t.Helper()
	signed := must(l.Checkpoint(context.Background()))(t)
	c, _, err := torchwood.VerifyCheckpoint(signed, policy(t, l))
	if err != nil {
		t.Fatalf("torchwood: %v\n%s", err, signed)
	}
	return c, signed
}

// policy trusts the log's own key.
func policy(t testing.TB, l *translog.Log) torchwood.Policy {
	t.Helper()
	v := must(note.NewVerifier(l.VerifierKeys()[0]))(t)
	return torchwood.ThresholdPolicy(2, torchwood.OriginPolicy(l.Origin), torchwood.SingleVerifierPolicy(v))
}

// merkleRoot is the root as transparency-dev/merkle computes it.
func merkleRoot(t testing.TB, leaves [][]byte) []byte {
	t.Helper()
	r := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for _, leaf := range leaves {
		if err := r.Append(rfc6962.DefaultHasher.HashLeaf(leaf), nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(leaves) == 0 {
		return rfc6962.DefaultHasher.EmptyRoot()
	}
	return must(r.GetRootHash(nil))(t)
}

// leaves are the entries in the order of the log, as Audit reads them; the log must
// have no findings.
func leaves(t testing.TB, l *translog.Log) [][]byte {
	t.Helper()
	var all [][]byte
	_, findings, err := translog.Audit(context.Background(), l.Store, l.Trust(), func(_ int64, data []byte) { all = append(all, data) })
	if err != nil || len(findings) > 0 {
		t.Fatalf("audit: %v, %v", findings, err)
	}
	return all
}

var errLost = errors.New("the connection was lost")

// flaky fails one writing call, before or after it took effect.
type flaky struct {
	translog.Store
	mu    sync.Mutex
	left  int // calls until the failure
	after bool
}

func (f *flaky) arm(left int, after bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left, f.after = left, after
}

func (f *flaky) call(write func() error) error {
	f.mu.Lock()
	f.left--
	due, after := f.left == 0, f.after
	f.mu.Unlock()
	if due && !after {
		return errLost
	}
	if err := write(); err != nil {
		return err
	}
	if due {
		return errLost
	}
	return nil
}

func (f *flaky) EnqueueEntries(ctx context.Context, all []translog.Entry) error {
	return f.call(func() error { return f.Store.EnqueueEntries(ctx, all) })
}

func (f *flaky) PlaceEntries(ctx context.Context, e []translog.Entry) error {
	return f.call(func() error { return f.Store.PlaceEntries(ctx, e) })
}

func (f *flaky) AdvanceLog(ctx context.Context, h translog.Head) error {
	return f.call(func() error { return f.Store.AdvanceLog(ctx, h) })
}

func (f *flaky) WidenTiles(ctx context.Context, all []translog.Tile) error {
	return f.call(func() error { return f.Store.WidenTiles(ctx, all) })
}

func (f *flaky) InsertCheckpoint(ctx context.Context, s translog.Signed) error {
	return f.call(func() error { return f.Store.InsertCheckpoint(ctx, s) })
}

func contains(err error, part string) bool { return err != nil && strings.Contains(err.Error(), part) }
