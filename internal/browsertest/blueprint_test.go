package browsertest

import (
	"testing"

	"github.com/proba-exam/proba/auth"
)

// TestABlueprintIsComparedLive asks for more than the bank holds and sees at once which
// cell is short, in its row, in the matrix and said aloud.
func TestABlueprintIsComparedLive(t *testing.T) {
	w := newWorld(t)
	d := w.atDesk(t, auth.Administrator)
	d.open("/workbench/new-exam?lang=uk&from=" + sitting)
	count := func(n string) {
		d.is(`(() => { const f = document.querySelector("[name=cell0_count]"); f.value = "` + n + `"; return f.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	}
	count("290")
	d.until("the first cell is short", `document.querySelector("[data-cells] tbody tr").classList.contains("bad") && document.querySelector("[data-cells] [data-held] .short") && document.querySelector("[data-short]").textContent.endsWith(": 1") && document.querySelector("[data-matrix] .short")`)
	picture(d, "blueprint")
	count("1")
	d.until("it is not short", `!document.querySelector("[data-cells] tbody tr").classList.contains("bad") && document.querySelector("[data-short]").textContent.includes("досить")`)
}
