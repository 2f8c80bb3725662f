package browsertest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/servicetest"
)

// chart is a picture of stripes, of which one is dark.
func chart(t *testing.T, dark int) exam.Medium {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 320, 160))
	for y := range 160 {
		for x := range 320 {
			shade := uint8(120 + 20*(x/64))
			if x/64 == dark {
				shade = 20
			}
			m.SetGray(x, y, color.Gray{Y: shade})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return servicetest.Picture(t, b.Bytes())
}

// TestImagesComeBackWithoutALine: what an item shows is kept with the page, for who sits
// here and nobody else, and goes with it.
func TestImagesComeBackWithoutALine(t *testing.T) {
	w := newWorld(t)
	shown, hidden := chart(t, 1), chart(t, 3)
	w.Illustrate(t, "illustrated", shown, hidden)
	d := newReviewer(w.device(t), "uk")
	d.signIn(w.learner(t, "illustrated"))
	d.open("/my/sittings/illustrated?lang=uk")
	d.block("*://*:*/my/attempts/*/media/*") // as where people pay for each image
	d.click("input[value=uk]")
	d.click("form button")
	d.live()
	if !d.is("(() => { const i = document.querySelector('.item:not([hidden]) img'); return i.complete && !i.naturalWidth && i.alt === 'Схема'; })()") {
		t.Error("without images the page shows something else than the description")
	}
	d.click("#item-1 .choice, #item-1 select, #item-1 [name=text]")
	d.block()
	d.do(chromedp.Reload())
	d.live()
	at := value[string](d.device, "location.pathname")
	medium := at + "/media/" + shown.Name
	d.kept()
	d.until("the image is kept", "caches.match('"+medium+"', { cacheName: 'proba-exam' })")
	d.look("exam-image")
	w.line.cut()
	if _, err := chromedp.Call(d.ctx, network.ClearBrowserCache, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	d.reload()
	d.loaded()
	d.until("the page says that there is no line", "document.querySelector('#safety').dataset.line === 'waiting'")
	d.until("the image is shown", "document.querySelector('.item:not([hidden]) img').naturalWidth === 320")
	d.look("exam-image-kept")
	if d.is("caches.match('" + at + "/media/" + hidden.Name + "')") {
		t.Error("the image of a rationale is kept")
	}

	// Without the mark it is nobody's.
	const fetched = "fetch('%s', { cache: 'reload' }).then((r) => r.ok, () => false)"
	if !d.is(fmt.Sprintf(fetched, medium)) {
		t.Error("the image does not come for whom it was kept")
	}
	value[bool](d.device, "(document.cookie = 'proba-kept=another; Path=/', true)")
	if d.is(fmt.Sprintf(fetched, medium)) {
		t.Error("the image comes for another mark")
	}
	d.until("page and images are gone", "caches.has('proba-exam').then((has) => !has)")
}

// block keeps the browser from loading what matches.
func (d *device) block(urls ...string) {
	d.t.Helper()
	patterns := make([]*network.BlockPattern, 0, len(urls))
	for _, u := range urls {
		patterns = append(patterns, &network.BlockPattern{URLPattern: u, Block: true})
	}
	if _, err := chromedp.Call(d.ctx, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: patterns}); err != nil {
		d.t.Fatal(err)
	}
}
