package translog_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/certs/translog"
)

// copyOf is the log as files.
func copyOf(t testing.TB, l *translog.Log, size int64) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := translog.AllTiles(context.Background(), l.Store, size, func(tile translog.Tile) error {
		path := must(translog.TilePath(tile))(t)
		files[path] = &fstest.MapFile{Data: tile.Data}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestEntriesAreWrittenInOneWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		object := rapid.SliceOf(rapid.Byte()).Draw(t, "object")
		what := rapid.SampledFrom([]translog.Type{translog.Issue, translog.Revoke, translog.KeyRevoke, translog.StatusList}).Draw(t, "type")
		got, _, err := translog.ParseEntry(translog.EntryData(what, object))
		if err != nil || got != what {
			t.Fatalf("read as %q, %v", got, err)
		}
	})
	good := string(translog.EntryData(translog.Issue, []byte("x")))
	for name, bad := range map[string]string{
		"empty": "", "no end": strings.TrimSuffix(good, "\n"), "more": good + "x", "version": strings.Replace(good, "v1", "v2", 1),
		"type": strings.Replace(good, "issue", "gift", 1), "short hash": strings.Replace(good, "=\n", "\n", 1),
	} {
		if _, _, err := translog.ParseEntry([]byte(bad)); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

// sampleProof is a proof, its entry and whom to trust.
func sampleProof(t testing.TB) ([]byte, []byte, translog.Trust) {
	l := open(t, config(newStore(t), newKeys(t)))
	add(t, l, 0, 5)
	round(t, l)
	return must(l.Proof(context.Background(), entry(3).Key))(t).Format(), entry(3).Data, l.Trust()
}

func TestProofsAreRefused(t *testing.T) {
	proof, data, trust := sampleProof(t)
	_, other, stranger := sampleProof(t)
	check := func(proof []byte, data []byte, trust translog.Trust) error {
		p, err := translog.ParseProof(proof)
		if err == nil {
			_, err = p.Verify(data, trust)
		}
		return err
	}
	if err := check(proof, data, trust); err != nil {
		t.Fatal(err)
	}
	if err := check(bytes.Replace(proof, []byte("\nindex"), []byte("\nextra aGk=\nindex"), 1), data, trust); err != nil {
		t.Errorf("with extra data: %v", err)
	}
	replaced := func(old, new string) []byte { return []byte(strings.Replace(string(proof), old, new, 1)) }
	lines := strings.SplitAfter(string(proof), "\n")
	for name, row := range map[string]struct {
		proof, data []byte
		trust       translog.Trust
	}{
		"another log's key":   {proof, data, stranger},
		"nobody trusted":      {proof, data, translog.Trust{}},
		"another entry":       {proof, append([]byte("x"), data...), trust},
		"same entry, other":   {proof, entry(2).Data, trust},
		"another index":       {replaced("index 3", "index 2"), other, trust},
		"index with a zero":   {replaced("index 3", "index 03"), data, trust},
		"negative index":      {replaced("index 3", "index -3"), data, trust},
		"index outside":       {replaced("index 3", "index 5"), data, trust},
		"a hash too few":      {[]byte(strings.Join(append(append([]string{}, lines[:2]...), lines[3:]...), "")), data, trust},
		"a hash too many":     {[]byte(strings.Replace(string(proof), lines[2], lines[2]+lines[2], 1)), data, trust},
		"size changed":        {replaced("\n5\n", "\n6\n"), data, trust},
		"header changed":      {replaced("@v1", "@v2"), data, trust},
		"cut short":           {proof[:len(proof)-10], data, trust},
		"empty":               {nil, data, trust},
		"100 kB of nothing":   {bytes.Repeat([]byte("a"), 100_000), data, trust},
		"a thousand hashes":   {[]byte(strings.Replace(string(proof), lines[2], strings.Repeat(lines[2], 1000), 1)), data, trust},
		"no signature at all": {[]byte(strings.Join(lines[:len(lines)-3], "")), data, trust},
		"only the log's time": {[]byte(strings.Join(append(slices.Clone(lines[:len(lines)-3]), lines[len(lines)-2]), "")), data, trust},
	} {
		if err := check(row.proof, row.data, row.trust); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

func FuzzParseProof(f *testing.F) {
	proof, _, trust := sampleProof(f)
	f.Add(proof)
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 0\n\na\n1\nAAAA\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := translog.ParseProof(data)
		if err != nil {
			return
		}
		if again, err := translog.ParseProof(p.Format()); err != nil || !bytes.Equal(again.Format(), p.Format()) {
			t.Errorf("a proof that was read cannot be written and read again: %v", err)
		}
		if _, err := p.Verify([]byte("never logged"), trust); err == nil {
			t.Error("an entry that was never logged is proved")
		}
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	proof, _, trust := sampleProof(f)
	_, signed, _ := bytes.Cut(proof, []byte("\n\n"))
	f.Add(signed)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := trust.Open(data)
		if err == nil && !bytes.HasPrefix(data, signed[:bytes.Index(signed, []byte("\n\n"))]) {
			t.Errorf("a checkpoint that was never signed is read as %+v", c)
		}
	})
}

func FuzzTilePath(f *testing.F) {
	l := open(f, config(newStore(f), newKeys(f)))
	add(f, l, 0, 300)
	round(f, l)
	for _, path := range []string{"0/000", "0/001.p/44", "entries/000", "1/000.p/1", "0/x001/067.p/5"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if data, err := l.Tile(context.Background(), path); err == nil && len(data) == 0 {
			t.Errorf("%q is an empty tile", path)
		}
	})
}
