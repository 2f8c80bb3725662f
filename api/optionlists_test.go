package api

import (
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam"
)

// TestOptionListsAreMarkup of options that look like markup themselves.
func TestOptionListsAreMarkup(t *testing.T) {
	view := exam.View{Kind: exam.Multiple, Options: []string{`<b>"a"</b> & b`, "**strong** words that are longer than thirty letters"}}
	it := itemView{View: view, Chosen: []bool{false, true}}
	const first, second = "&lt;b&gt;&#34;a&#34;&lt;/b&gt; &amp; b", "<strong>strong</strong> words that are longer than thirty letters"
	ticks := `<label class="choice"><input type="checkbox" name="choice" value="0"> <span>` + first + `</span></label>` +
		`<label class="choice"><input type="checkbox" name="choice" value="1" checked> <span>` + second + `</span></label>`
	if got := string(it.Ticks("uk")); got != ticks {
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
	it.Kind, it.Areas = exam.Hotspot, make([]exam.Shape, 2)
	it.Choose = 1
	if got := string(it.Ticks("en")); !strings.Contains(got, `type="radio"`) || !strings.Contains(got, "<b>B</b> <span>") {
		t.Errorf("areas to tick: %s", got)
	}
}
