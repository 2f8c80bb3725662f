package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/chromedp"
)

// heap is every string that the scripts of the page hold anywhere: in closures, in
// modules, in what is not collected yet. The profiler cuts strings after 1,024
// characters; what came over the line is read whole elsewhere.
func (d *device) heap() []string {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	var mu sync.Mutex
	var snapshot strings.Builder
	err := chromedp.Listen(ctx, func(ev any) {
		if chunk, ok := ev.(*heapprofiler.EventAddHeapSnapshotChunk); ok {
			mu.Lock()
			defer mu.Unlock()
			snapshot.WriteString(chunk.Chunk)
		}
	})
	if err == nil {
		_, err = chromedp.Call(ctx, heapprofiler.TakeHeapSnapshot, heapprofiler.TakeHeapSnapshotParams{})
	}
	if err != nil {
		d.t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	var read struct{ Strings []string }
	if err := json.Unmarshal([]byte(snapshot.String()), &read); err != nil {
		d.t.Fatalf("a snapshot of %d bytes: %v", snapshot.Len(), err)
	}
	return read.Strings
}

// TestTheMemoryOfThePageHoldsNoKeys searches the heap of a running exam, in which answers
// were given, saved and brought back, for keys, scores and rationales.
func TestTheMemoryOfThePageHoldsNoKeys(t *testing.T) {
	w := newWorld(t)
	held := w.medley(t)
	d := w.device(t)
	d.signIn(w.learner(t, held))
	d.open("/practice")
	own := d.heap() // of the browser, and of a page that has no exam
	d.open("/my/sittings/" + held + "?lang=uk")
	d.click("input[value=uk]")
	d.click("form button")
	d.live()
	id := attemptIn(value[string](d, "location.pathname"))
	for slot, key := range w.keys(t, id) {
		if key.Text == "" && slot < 4 { // what is typed here is here
			d.answer(slot, key)
		}
	}
	d.safe()
	d.do(chromedp.Reload())
	d.live()

	secrets := append(w.contentSecrets(t, id), acceptedWord)
	text := strings.Join(d.heap(), "\n")
	if !strings.Contains(text, id) || !strings.Contains(text, "Усі відповіді") {
		t.Errorf("the heap lacks what the page surely holds; %d bytes were looked at", len(text))
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("the heap holds %q before release", secret)
		}
	}
	for _, member := range []string{"rationale", "rationales", "marks", "score", "points", "accepted", "correct"} {
		if strings.Contains("\n"+text+"\n", "\n"+member+"\n") && !slices.Contains(own, member) {
			t.Errorf("the heap holds a member %q before release", member)
		}
	}
	// A key that one closure holds would be found. It comes backwards, so that it is not
	// in the text of the script.
	planted := secrets[0]
	value[bool](d, fmt.Sprintf("(() => { const leak = { rationale: [...%q].reverse().join('') }; window.peek = () => leak.rationale.length; return true; })()", reversed(planted)))
	text = strings.Join(d.heap(), "\n")
	if !strings.Contains(text, planted) || !strings.Contains(text, "\nrationale\n") {
		t.Error("a secret in a closure is not found")
	}
}

func reversed(s string) string {
	runes := []rune(s)
	slices.Reverse(runes)
	return string(runes)
}
