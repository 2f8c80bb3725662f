package storetest

import (
	"cmp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/fault"
)

// The log is one for a store: its head, tiles and checkpoints are left as they
// were found, or made under names and sizes of the test's own.

func logEntries(t *testing.T, s Store) {
	ctx := t.Context()
	e := translog.NewEntry(translog.Issue, []byte(id()), now)
	later := translog.NewEntry(translog.Revoke, []byte(id()), now.Add(time.Second))
	for range 2 { // the second time changes nothing
		must(t, s.EnqueueEntries(ctx, []translog.Entry{later, e, later}))
	}
	waiting, err := s.WaitingEntries(ctx, 1000)
	must(t, err)
	at := slices.IndexFunc(waiting, func(w translog.Entry) bool { return w.Key == e.Key })
	if at < 0 || slices.IndexFunc(waiting, func(w translog.Entry) bool { return w.Key == later.Key }) < at {
		t.Fatalf("waiting entries are not in the order of time: %v", waiting)
	}
	same(t, "waiting entry", waiting[at], e)
	e.Index, later.Index = placeOf(e), placeOf(later)
	must(t, s.PlaceEntries(ctx, []translog.Entry{e, later}))
	must(t, s.PlaceEntries(ctx, nil))
	// What is there stays as it is, and what is new beside it is stored.
	beside := translog.NewEntry(translog.Issue, []byte(id()), now)
	must(t, s.EnqueueEntries(ctx, []translog.Entry{{Key: e.Key, Data: e.Data, QueuedAt: now, Index: translog.Waiting}, beside, later}))
	got, err := s.EntryByKey(ctx, e.Key)
	must(t, err)
	same(t, "placed entry", got, e)
	several, err := s.EntriesByKey(ctx, []string{later.Key, "none", beside.Key, e.Key})
	must(t, err)
	byTime := func(a, b translog.Entry) int {
		return cmp.Or(a.QueuedAt.Compare(b.QueuedAt), cmp.Compare(b.Index, a.Index))
	}
	slices.SortFunc(several, byTime)
	same(t, "entries by key", several, []translog.Entry{e, beside, later})
	beside.Index = placeOf(beside)
	must(t, s.PlaceEntries(ctx, []translog.Entry{beside}))
	waiting, err = s.WaitingEntries(ctx, 1000)
	must(t, err)
	if slices.ContainsFunc(waiting, func(w translog.Entry) bool { return w.Key == e.Key || w.Key == later.Key }) {
		t.Error("a placed entry waits")
	}
	_, err = s.EntryByKey(ctx, "none")
	wantCode(t, "missing entry", err, "log.entry_not_found")
}

// placeOf is an index that no other test takes.
func placeOf(e translog.Entry) int64 {
	n := int64(1)
	for _, b := range []byte(e.Key[:6]) {
		n = n<<8 | int64(b)
	}
	return n
}

func logTiles(t *testing.T, s Store) {
	ctx := t.Context()
	name := id()
	_, err := s.LogTile(ctx, name)
	wantCode(t, "missing tile", err, "log.tile_not_found")
	wide := translog.Tile{Name: name, Width: 3, Data: []byte{1, 2, 0xff}}
	for _, tile := range []translog.Tile{{Name: name, Width: 1, Data: []byte{1}}, wide, {Name: name, Width: 2, Data: []byte{1, 2}}, {Name: name, Width: 3, Data: []byte{9, 9, 9}}} {
		must(t, s.WidenTiles(ctx, []translog.Tile{tile}))
	}
	got, err := s.LogTile(ctx, name)
	must(t, err)
	same(t, "tile", got, wide)
	// Some are wider, some are not, some are new.
	wider, fresh := translog.Tile{Name: name, Width: 4, Data: []byte{1, 2, 0xff, 4}}, translog.Tile{Name: id(), Width: 2, Data: []byte{7, 7}}
	other := translog.Tile{Name: fresh.Name, Width: 1, Data: []byte{7}}
	must(t, s.WidenTiles(ctx, []translog.Tile{wide, fresh, wider}))
	must(t, s.WidenTiles(ctx, []translog.Tile{other, wide}))
	for _, want := range []translog.Tile{wider, fresh} {
		got, err = s.LogTile(ctx, want.Name)
		must(t, err)
		same(t, "one of several tiles", got, want)
	}

	raced := id()
	var done sync.WaitGroup
	for width := range racers {
		done.Go(func() {
			must(t, s.WidenTiles(ctx, []translog.Tile{{Name: raced, Width: width + 1, Data: make([]byte, width+1)}, {Name: id(), Width: 1, Data: []byte{1}}}))
		})
	}
	done.Wait()
	if got, err = s.LogTile(ctx, raced); err != nil || got.Width != racers || len(got.Data) != racers {
		t.Errorf("after a race the tile has width %d and %d bytes, %v; want %d", got.Width, len(got.Data), err, racers)
	}
}

func logHead(t *testing.T, s Store) {
	ctx := t.Context()
	head, err := s.LogHead(ctx)
	if err != nil && fault.Of(err) != fault.NotFound {
		t.Fatal(err)
	}
	next := translog.Head{Version: head.Version + 1, First: 5, FirstRoot: make([]byte, 32), Size: 6, Root: make([]byte, 32), Batch: []translog.Entry{translog.NewEntry(translog.KeyAdd, []byte("k"), now)}}
	var won sync.Map
	var done sync.WaitGroup
	for i := range racers {
		done.Go(func() {
			mine := next
			mine.Size = int64(100 + i)
			switch err := s.AdvanceLog(ctx, mine); {
			case err == nil:
				won.Store(i, mine)
			case fault.Code(err) != "log.stale":
				t.Error(err)
			}
		})
	}
	done.Wait()
	stored, err := s.LogHead(ctx)
	must(t, err)
	count := 0
	won.Range(func(_, mine any) bool {
		count++
		same(t, "head", stored, mine)
		return true
	})
	if count != 1 {
		t.Errorf("%d of %d racers advanced the log, want one", count, racers)
	}
	wantCode(t, "an old version", s.AdvanceLog(ctx, next), "log.stale")
	next.Version += 5
	wantCode(t, "a version ahead", s.AdvanceLog(ctx, next), "log.stale")
}

func logCheckpoints(t *testing.T, s Store) {
	ctx := t.Context()
	latest, err := s.LatestCheckpoint(ctx)
	if err != nil {
		wantCode(t, "no checkpoint", err, "log.checkpoint_not_found")
	}
	c := translog.Signed{Size: latest.Size + 1_000_000, Version: 1, Note: "note\n", SignedAt: now}
	must(t, s.InsertCheckpoint(ctx, c))
	other := c
	other.Note = "another\n"
	must(t, s.InsertCheckpoint(ctx, other)) // the first stays
	got, err := s.CheckpointOf(ctx, c.Size)
	must(t, err)
	same(t, "checkpoint", got, c)
	c.Cosignatures = []string{"— witness abc\n"}
	must(t, s.UpdateCheckpoint(ctx, c))
	wantCode(t, "old version", s.UpdateCheckpoint(ctx, c), "log.checkpoint_stale")
	c.Version = 2
	if got, err = s.LatestCheckpoint(ctx); err != nil {
		t.Fatal(err)
	}
	same(t, "latest checkpoint", got, c)
	_, err = s.CheckpointOf(ctx, c.Size-1)
	wantCode(t, "missing", err, "log.checkpoint_not_found")
}

func statusLists(t *testing.T, s Store) {
	ctx := t.Context()
	serial, err := s.NextStatusSerial(ctx) // a number of the test's own
	must(t, err)
	l := certs.StatusList{Version: 1, List: 1_000_000 + int(serial), Purpose: badge.Revocation, Credential: []byte(`{"a":"ї"}`), Bits: []byte{0, 255}, PublishedAt: now}
	_, err = s.StatusList(ctx, l.ID())
	wantCode(t, "missing", err, "status_list.not_found")
	must(t, s.PutStatusList(ctx, l))
	wantCode(t, "made twice", s.PutStatusList(ctx, l), "status_list.stale")
	l.Version, l.Bits = 2, []byte{1, 1}
	must(t, s.PutStatusList(ctx, l))
	wantCode(t, "old version", s.PutStatusList(ctx, l), "status_list.stale")
	got, err := s.StatusList(ctx, l.ID())
	must(t, err)
	same(t, "status list", got, l)
	all, err := s.StatusLists(ctx, "", 1000)
	must(t, err)
	if !slices.ContainsFunc(all, func(o certs.StatusList) bool { return o.ID() == l.ID() }) {
		t.Errorf("%s is not among %d lists", l.ID(), len(all))
	}
}
