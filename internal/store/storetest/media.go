package storetest

import (
	"strings"
	"sync"
	"testing"

	"github.com/proba-exam/proba/exam"
)

func media(t *testing.T, s Store) {
	ctx := t.Context()
	name := func() string {
		return (strings.ReplaceAll(id(), "-", "") + strings.Repeat("0", 64))[:64] + "-2x1.png"
	}
	kept, spare := exam.Medium{Name: name(), Data: []byte{0, 1, 0xff, 0}}, exam.Medium{Name: name(), Data: []byte("x")}
	for range 2 { // putting the same again changes nothing
		must(t, s.PutMedium(ctx, kept))
		must(t, s.PutMedium(ctx, spare))
	}
	must(t, s.PutMedium(ctx, exam.Medium{Name: kept.Name, Data: []byte("another")}))
	got, err := s.Medium(ctx, kept.Name)
	must(t, err)
	same(t, "image", got, kept)
	_, err = s.Medium(ctx, name())
	wantCode(t, "missing image", err, "media.not_found")

	wantCode(t, "pinning what is missing", s.PinMedia(ctx, []string{kept.Name, name()}), "media.not_found")
	must(t, s.PinMedia(ctx, []string{kept.Name}))
	must(t, s.PinMedia(ctx, []string{kept.Name}))
	must(t, s.PutMedium(ctx, kept)) // does not unpin
	wantCode(t, "dropping what is shown", s.DropMedium(ctx, kept.Name), "media.pinned")
	must(t, s.DropMedium(ctx, spare.Name))
	must(t, s.DropMedium(ctx, spare.Name))
	_, err = s.Medium(ctx, spare.Name)
	wantCode(t, "dropped image", err, "media.not_found")
}

// mediaRaces pins and drops at once: an image that was pinned is there.
func mediaRaces(t *testing.T, s Store) {
	ctx := t.Context()
	for range 4 {
		m := exam.Medium{Name: (strings.ReplaceAll(id(), "-", "") + strings.Repeat("1", 64))[:64] + "-1x1.png", Data: []byte("y")}
		must(t, s.PutMedium(ctx, m))
		var pinned error
		var wait sync.WaitGroup
		wait.Go(func() { pinned = s.PinMedia(ctx, []string{m.Name}) })
		wait.Go(func() { _ = s.DropMedium(ctx, m.Name) })
		wait.Wait()
		if _, err := s.Medium(ctx, m.Name); (pinned == nil) != (err == nil) {
			t.Fatalf("pinned: %v, and reading says %v", pinned, err)
		}
	}
}
