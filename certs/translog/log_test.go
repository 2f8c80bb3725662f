package translog_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"filippo.io/torchwood"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/fault"
)

// TestOthersCheckTheLog has two other implementations compute roots and check
// proofs, at sizes around the edges of tiles.
func TestOthersCheckTheLog(t *testing.T) {
	l := open(t, config(newStore(t), newKeys(t)))
	before := 0
	for _, size := range []int{1, 2, 3, 255, 256, 257, 300, 512, 600} {
		add(t, l, before, size)
		before = size
		round(t, l)
		c, _ := checkpoint(t, l)
		all := leaves(t, l)
		if c.N != int64(size) || !bytes.Equal(c.Hash[:], merkleRoot(t, all)) {
			t.Fatalf("at %d entries: checkpoint of %d with root %s, want %x", size, c.N, c.Hash, merkleRoot(t, all))
		}
		for _, i := range []int{0, size / 2, size - 1} {
			p := must(l.Proof(t.Context(), entry(i).Key))(t)
			if !bytes.Equal(all[p.Index], entry(i).Data) {
				t.Fatalf("entry %d of %d: the proof says index %d, where another entry stands", i, size, p.Index)
			}
			if err := torchwood.VerifyProof(policy(t, l), tlog.RecordHash(entry(i).Data), p.Format()); err != nil {
				t.Errorf("entry %d of %d: torchwood: %v", i, size, err)
			}
			hashes := make([][]byte, len(p.Hashes))
			for j, h := range p.Hashes {
				hashes[j] = h[:]
			}
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(p.Index), uint64(size), rfc6962.DefaultHasher.HashLeaf(entry(i).Data), hashes, c.Hash[:]); err != nil {
				t.Errorf("entry %d of %d: merkle: %v", i, size, err)
			}
		}
	}
}

// served gives torchwood's client the tiles as they are served.
type served struct{ l *translog.Log }

func (s served) ReadTiles(ctx context.Context, tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	for i, tile := range tiles {
		var err error
		if all[i], err = s.l.Tile(ctx, strings.TrimPrefix(torchwood.TilePath(tile), "tile/")); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (served) SaveTiles([]tlog.Tile, [][]byte) {}

func (served) ReadEndpoint(context.Context, string) ([]byte, error) { return nil, errors.New("unused") }

// TestAClientReadsTheLog reads every entry through the served tiles, checked by
// torchwood's client against the signed root.
func TestAClientReadsTheLog(t *testing.T) {
	l := open(t, config(newStore(t), newKeys(t)))
	add(t, l, 0, 600)
	round(t, l)
	c, _ := checkpoint(t, l)
	client := must(torchwood.NewClient(served{l}))(t)
	n := 0
	for i, data := range client.AllEntries(t.Context(), c.Tree, 0) {
		if i != int64(n) || !bytes.Equal(data, entry(n).Data) {
			t.Fatalf("entry %d is read as %d: %q", n, i, data)
		}
		n++
	}
	if err := client.Err(); err != nil || n != 600 {
		t.Fatalf("%d entries, %v", n, err)
	}
	for _, path := range []string{"", "0", "0/0", "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/999", "64/000", "-1/000", "data/000", "entries/0000", "0/../0", "entries/002.p/200"} {
		if _, err := l.Tile(t.Context(), path); fault.Code(err) != "log.tile_not_found" {
			t.Errorf("%q: %v, want log.tile_not_found", path, err)
		}
	}
}

// Invariant 1.
func TestAnEntryIsThereOnce(t *testing.T) {
	store, keys := newStore(t), newKeys(t)
	const copies = 4
	var done sync.WaitGroup
	for range copies {
		l := open(t, config(store, keys))
		done.Go(func() {
			for i := range 40 {
				if err := l.Add(context.Background(), entry(i)); err != nil {
					t.Error(err)
				}
				if _, err := l.Round(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done.Wait()
	all := leaves(t, open(t, config(store, keys)))
	slices.SortFunc(all, bytes.Compare)
	if len(all) != 40 || len(slices.CompactFunc(all, bytes.Equal)) != 40 {
		t.Errorf("%d entries of 40, some twice", len(all))
	}
}

// Invariants 2, 3 and 5: whatever write fails, before or after it took effect, and
// whichever copy goes on, every checkpoint that was ever signed stays consistent
// with the newest one, and everything that it covers can be read.
func TestInvariantsUnderFaults(t *testing.T) {
	keys := newKeys(t)
	rapid.Check(t, func(r *rapid.T) {
		store := &flaky{Store: newStore(t)}
		copies := []*translog.Log{open(t, config(store, keys)), open(t, config(store, keys))}
		var signed []torchwood.Checkpoint
		added := 0
		for range rapid.IntRange(1, 8).Draw(r, "steps") {
			l := copies[rapid.IntRange(0, 1).Draw(r, "copy")]
			n := rapid.SampledFrom([]int{0, 1, 2, 7, 255}).Draw(r, "entries")
			add(t, l, added, added+n)
			added += n
			store.arm(rapid.IntRange(0, 9).Draw(r, "write"), rapid.Bool().Draw(r, "after"))
			_, err := l.Round(context.Background())
			if err != nil && !errors.Is(err, errLost) {
				r.Fatal(err)
			}
			store.arm(0, false)
			if rapid.Bool().Draw(r, "restart") {
				copies[0] = open(t, config(store, keys))
			}
			if _, err := l.Checkpoint(context.Background()); err != nil {
				continue // nothing is signed yet
			}
			c, _ := checkpoint(t, l)
			signed = append(signed, c)
		}
		l := open(t, config(store, keys))
		if err := l.Refused(); err != nil {
			r.Fatal(err)
		}
		round(t, l)
		all := leaves(t, l)
		if len(all) != added {
			r.Fatalf("%d entries, %d were added", len(all), added)
		}
		for _, c := range signed {
			if !bytes.Equal(c.Hash[:], merkleRoot(t, all[:c.N])) {
				r.Fatalf("the checkpoint of %d entries is no prefix of the log of %d", c.N, len(all))
			}
		}
		for i := 0; i < added; i += 1 + added/5 {
			p := must(l.Proof(context.Background(), entry(i).Key))(t)
			if _, err := p.Verify(entry(i).Data, l.Trust()); err != nil {
				r.Fatal(err)
			}
		}
	})
}

// rewritten is a store that shows another log than the one that was signed.
type rewritten struct {
	translog.Store
	head translog.Head
}

func (s rewritten) LogHead(context.Context) (translog.Head, error) { return s.head, nil }

// Invariant 4.
func TestALogThatContradictsItselfSignsNothing(t *testing.T) {
	store, keys := newStore(t), newKeys(t)
	l := open(t, config(store, keys))
	add(t, l, 0, 5)
	round(t, l)
	_, old := checkpoint(t, l)
	earlier := must(store.LogHead(t.Context()))(t)
	add(t, l, 5, 300)
	round(t, l)
	_, remembered := checkpoint(t, l)

	other := newStore(t)
	forged := open(t, config(other, keys))
	add(t, forged, 1000, 1300)
	round(t, forged)

	empty := newStore(t)
	shuffled := must(store.LogHead(t.Context()))(t)
	shuffled.Root = bytes.Repeat([]byte{7}, 32)
	for name, row := range map[string]struct {
		store      translog.Store
		remembered []byte
		refused    string
	}{
		"as it was":                 {store, remembered, ""},
		"an older checkpoint":       {store, old, ""},
		"head put back":             {rewritten{store, earlier}, nil, "the log has 5 entries and signed 300 before"},
		"store put back":            {empty, remembered, "the log has 0 entries and signed 300 before"},
		"another log of equal size": {other, remembered, "contradict each other"},
		"root of the head changed":  {rewritten{store, shuffled}, nil, "the head says"},
	} {
		c := config(row.store, keys)
		c.Remembered = row.remembered
		again := open(t, c)
		_, roundErr := again.Round(t.Context())
		if row.refused == "" {
			if again.Refused() != nil || roundErr != nil {
				t.Errorf("%s: %v, %v", name, again.Refused(), roundErr)
			}
			continue
		}
		if !contains(errors.Unwrap(again.Refused()), row.refused) || fault.Code(roundErr) != "log.refused" {
			t.Errorf("%s: refused for %v, round says %v; want %q", name, errors.Unwrap(again.Refused()), roundErr, row.refused)
		}
		if _, err := again.Checkpoint(t.Context()); fault.Code(err) != "log.refused" {
			t.Errorf("%s: a checkpoint is served: %v", name, err)
		}
	}
}

// A store that is put back while the service runs is noticed too.
func TestRollbackUnderARunningLog(t *testing.T) {
	keys := newKeys(t)
	before, after := newStore(t), newStore(t)
	l := open(t, config(after, keys))
	add(t, l, 0, 10)
	round(t, l)
	l.Store = before
	add(t, l, 20, 25)
	if _, err := l.Round(t.Context()); !contains(err, "log.refused") {
		t.Errorf("round over a store that was put back: %v", err)
	}
	if l.Refused() == nil {
		t.Error("the log goes on")
	}
}

// The trees that a dishonest issuer could show: each is caught by a checkpoint that
// somebody kept.
func TestRewrittenHistoryIsProved(t *testing.T) {
	keys := newKeys(t)
	honest := open(t, config(newStore(t), keys))
	add(t, honest, 0, 20)
	round(t, honest)
	_, kept := checkpoint(t, honest)
	mine := must(honest.Trust().Open(kept))(t)
	for name, order := range map[string][]int{
		"grown":       {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21},
		"dropped":     {0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21},
		"reordered":   {1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21},
		"back-dated":  {0, 1, 2, 3, 99, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21},
		"replaced":    {0, 1, 2, 3, 4, 99, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19},
		"cut shorter": {0, 1, 2, 3, 4, 6, 7, 8},
	} {
		shown := open(t, config(newStore(t), keys))
		for _, i := range order {
			add(t, shown, i, i+1)
			round(t, shown)
		}
		_, signed := checkpoint(t, shown)
		theirs := must(shown.Trust().Open(signed))(t)
		tiles := shown.Store
		if theirs.Size < mine.Size {
			tiles = honest.Store
		}
		err := translog.Consistent(t.Context(), mine, theirs, tiles)
		if want := name != "grown"; errors.Is(err, translog.ErrInconsistent) != want {
			t.Errorf("%s: %v", name, err)
		}
		if theirs.Size != mine.Size {
			if err := translog.Consistent(t.Context(), mine, theirs, nil); err == nil || errors.Is(err, translog.ErrInconsistent) {
				t.Errorf("%s without tiles: %v, want that it cannot be told", name, err)
			}
		}
	}
}

// TestWitness has torchwood's signer be the second party.
func TestWitness(t *testing.T) {
	keys := newKeys(t)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer := must(torchwood.NewCosignatureSigner("witness.test", private))(t)
	_, strangerKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	stranger := must(torchwood.NewCosignatureSigner("stranger.test", strangerKey))(t)
	c := config(newStore(t), keys)
	c.Witnesses = []string{signer.Verifier().String()}
	l := open(t, c)
	add(t, l, 0, 3)
	round(t, l)
	_, signed := checkpoint(t, l)
	cosign := func(signed []byte, by note.Signer) []byte {
		opened := must(note.Open(signed, note.VerifierList(must(note.NewVerifier(l.VerifierKeys()[0]))(t))))(t)
		return must(note.Sign(opened, by))(t)
	}
	if err := l.Cosign(t.Context(), cosign(signed, stranger)); fault.Code(err) != "log.unknown_witness" {
		t.Errorf("a stranger's cosignature: %v", err)
	}
	if err := l.Cosign(t.Context(), signed); fault.Code(err) != "log.unknown_witness" {
		t.Errorf("no cosignature: %v", err)
	}
	cosigned := cosign(signed, signer)
	if err := l.Cosign(t.Context(), bytes.Replace(cosigned, []byte("\n3\n"), []byte("\n4\n"), 1)); fault.Code(err) != "log.cosignature" {
		t.Errorf("a changed checkpoint: %v", err)
	}
	for range 2 { // the second time changes nothing
		if err := l.Cosign(t.Context(), cosigned); err != nil {
			t.Fatal(err)
		}
	}
	p := must(l.Proof(t.Context(), entry(1).Key))(t)
	seen, err := p.Verify(entry(1).Data, l.Trust())
	if err != nil || len(seen.Cosigned) != 1 || seen.Cosigned[0].Witness != "witness.test" || seen.Cosigned[0].At.Year() < 2024 {
		t.Errorf("the proof is cosigned by %v, %v", seen.Cosigned, err)
	}
	if !seen.At.Equal(now) {
		t.Errorf("the log signed at %v, want %v", seen.At, now)
	}
	for i, key := range l.VerifierKeys() { // the time is a cosignature that others read too
		if v, err := torchwood.NewCosignatureVerifier(key); i == 1 {
			if err != nil {
				t.Fatal(err)
			}
			must(note.Open(signed, note.VerifierList(v)))(t)
		}
	}
	both := torchwood.ThresholdPolicy(2, policy(t, l), torchwood.SingleVerifierPolicy(signer.Verifier()))
	if err := torchwood.VerifyProof(both, tlog.RecordHash(entry(1).Data), p.Format()); err != nil {
		t.Errorf("torchwood wants both signatures: %v", err)
	}
}

// A log key that was rotated still verifies what it signed; the log keeps its name
// when the service moves.
func TestKeyRotationAndMoving(t *testing.T) {
	store, keys := newStore(t), newKeys(t)
	l := open(t, config(store, keys))
	add(t, l, 0, 2)
	round(t, l)
	old := must(l.Proof(t.Context(), entry(0).Key))(t)
	rotated := must(keys.Generate(rand.Reader, now, "test"))(t)
	c := config(store, rotated)
	c.Origin = "elsewhere.test/log"
	l = open(t, c)
	if err := l.Refused(); err != nil || l.Origin != origin {
		t.Fatalf("after rotation: %v, origin %s", err, l.Origin)
	}
	add(t, l, 2, 3)
	round(t, l)
	for i, p := range []translog.Proof{old, must(l.Proof(t.Context(), entry(2).Key))(t)} {
		if _, err := p.Verify(entry(2*i).Data, l.Trust()); err != nil {
			t.Errorf("proof %d: %v", i, err)
		}
	}
	revoked := must(rotated.Revoke(rotated.Keys()[0].ID, now))(t)
	l = open(t, config(store, revoked))
	if _, err := old.Verify(entry(0).Data, l.Trust()); err == nil {
		t.Error("a checkpoint by a revoked log key counts")
	}
}

func TestDirIsACopy(t *testing.T) {
	l := open(t, config(newStore(t), newKeys(t)))
	add(t, l, 0, 300)
	round(t, l)
	_, early := checkpoint(t, l)
	first := must(l.Trust().Open(early))(t)
	add(t, l, 300, 700)
	round(t, l)
	_, signed := checkpoint(t, l)
	last := must(l.Trust().Open(signed))(t)
	files := copyOf(t, l, last.Size)
	dir := translog.Dir{FS: files}
	if err := translog.Consistent(t.Context(), first, last, dir); err != nil {
		t.Error(err)
	}
	if i, err := translog.Find(t.Context(), dir, last, entry(512).Data); err != nil || i != 512 {
		t.Errorf("entry 512 is found at %d, %v", i, err)
	}
	if i, err := translog.Find(t.Context(), dir, last, entry(9999).Data); err != nil || i != -1 {
		t.Errorf("an entry that is not there is found at %d, %v", i, err)
	}
	// A copy into which somebody slipped an entry.
	bundle := files["tile/entries/002.p/188"]
	bundle.Data = bytes.Replace(bundle.Data, entry(600).Data, entry(9999).Data, 1)
	if _, err := translog.Find(t.Context(), dir, last, entry(9999).Data); err == nil {
		t.Error("a forged entry of a copy is believed")
	}
	delete(files, "tile/0/001")
	if err := translog.Consistent(t.Context(), first, last, dir); err == nil || errors.Is(err, translog.ErrInconsistent) {
		t.Errorf("with a tile missing: %v, want that it cannot be told", err)
	}
}
