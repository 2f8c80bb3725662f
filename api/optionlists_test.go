package api

import (
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam"
)

// TestOptionListsAreMarkup of options that look like markup themselves.
func TestOptionListsAreMarkup(t *testing.T) {
	view := exam.View{Kind: exam.Multiple, Options: []string{`<b>"a"</b> & b`, "**strong** words that are longer than thirty letters"}}
	it := itemView{View: view, Number: 7, Chosen: []bool{false, true}}
	const first, second = "&lt;b&gt;&#34;a&#34;&lt;/b&gt; &amp; b", "<strong>strong</strong> words that are longer than thirty letters"
	ticks := "\n" + `<div role="group" aria-labelledby="stem-7"><label class="choice"><input type="checkbox" name="choice" value="0"> <span>` + first + `</span></label>` +
		`<label class="choice"><input type="checkbox" name="choice" value="1" checked> <span>` + second + `</span></label></div>`
	if got := string(it.Choices(nil, "uk")); got != ticks {
		t.Errorf("to tick:\n%s\nwant\n%s", got, ticks)
	}
	lettered := `<ul class="lettered"><li><b>А</b> <span data-step>` + first + `</span></li><li><b>Б</b> <span data-step>` + second + `</span></li></ul>`
	if got := string(it.Lettered("uk")); got != lettered {
		t.Errorf("in full:\n%s\nwant\n%s", got, lettered)
	}
	letters := `<option value="-1">Choose &amp; go</option><option value="0" selected>A. ` + first + `</option><option value="1">B. strong words that are longer…</option>`
	if got := string(it.Letters("Choose & go", "en", 0)); got != letters {
		t.Errorf("in a list:\n%s\nwant\n%s", got, letters)
	}
	if got := string(it.Letters("none", "en", -1)); strings.Contains(got, "selected") {
		t.Errorf("nothing is chosen: %s", got)
	}
	it.Choose = 2
	if got := string(it.Choices(map[string]string{"hintChoose": "Choose & tick"}, "en")); !strings.HasPrefix(got, `<p class="note">Choose &amp; tick 2.</p>`) {
		t.Errorf("how many to tick: %s", got)
	}
	it.Kind, it.Areas = exam.Hotspot, make([]exam.Shape, 2)
	it.Choose = 1
	if got := string(it.Choices(nil, "en")); !strings.Contains(got, `type="radio"`) || !strings.Contains(got, "<b>B</b> <span>") {
		t.Errorf("areas to tick: %s", got)
	}
}

// TestTheHeadOfAnItem of a case, which is not shown first.
func TestTheHeadOfAnItem(t *testing.T) {
	it := itemView{View: exam.View{Kind: exam.Single, Slot: 6, Stem: "Is 1 < 2?", Stimulus: `a"b`}, Number: 7, Base: 12}
	const want = `<section class="item card" id="item-7" data-stimulus="case-a&#34;b" hidden>
<form method="post" id="form-7" autocomplete="off" data-kind="single" data-choose="0">
<input type="hidden" name="slot" value="6"><input type="hidden" name="base" value="12">
<h1 class="stem" id="stem-7" tabindex="-1">Is 1 &lt; 2?</h1>`
	if got := string(it.Head(1)); got != want {
		t.Errorf("the head:\n%s\nwant\n%s", got, want)
	}
	if got := string(it.Head(7)); strings.Contains(got, "hidden>") {
		t.Errorf("the first is hidden: %s", got)
	}
}
