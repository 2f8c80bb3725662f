package plot_test

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/proba-exam/proba/internal/plot"
)

// A picture is well-formed whatever it is called and whatever it shows, holds nothing
// that a strict policy forbids, and draws nothing outside of itself.
func TestPicturesStandInAPage(t *testing.T) {
	const name = `<script>"&'`
	c := plot.New("x", name, name, plot.Ability(name), plot.Shares(name))
	c.Dot(100, -5)
	c.Circle(0, .5, 10, 50)
	c.Square(-100, 5)
	c.Bar(0, 1, .5)
	c.Line(7, name, []float64{-9, 9}, []float64{0, 2})
	c.Mark(3, name)
	c.Mark(30, "outside")
	svg := c.SVG()
	for _, never := range []string{"<script", "NaN", "Inf", "style=", "fill=", "stroke=", "outside"} {
		if strings.Contains(svg, never) {
			t.Errorf("the picture holds %q:\n%s", never, svg)
		}
	}
	for _, always := range []string{"<title", "<desc", `role="img"`, "line s1", `V294H452`, `class="axis" d="M82 32`, `y="24.0" text-anchor="middle">&lt;`} {
		if !strings.Contains(svg, always) {
			t.Errorf("the picture lacks %q", always)
		}
	}
	for decoder := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// Nobody counts in steps of two and a half: 12.5 % is a tick that takes the room of two.
func TestTicksAreRoundNumbers(t *testing.T) {
	for _, row := range []struct{ high, step float64 }{{.14, .05}, {.19, .05}, {.08, .02}, {9.7, 2}, {1, .2}, {61, 20}} {
		if a := plot.Between("", 0, row.high); math.Abs(a.Ticks[1]-row.step) > 1e-12 {
			t.Errorf("up to %v the first tick is at %v, want %v", row.high, a.Ticks[1], row.step)
		}
	}
}

// A tick says its name, or its number in full: nobody reads 7.5e-05 off an axis.
func TestTicksAreRead(t *testing.T) {
	x := plot.Axis{Low: 0, High: 2, Ticks: []float64{0, 1}, Names: []string{"08.2026"}}
	svg := plot.New("x", "", "", x, plot.Axis{High: .0001, Ticks: []float64{.000075}}).SVG()
	for _, want := range []string{">08.2026<", ">1<", ">0.000075<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture lacks %q:\n%s", want, svg)
		}
	}
}

func TestAxesReachWhatTheyShow(t *testing.T) {
	for _, row := range [][2]float64{{0, 0}, {0, .003}, {.571, .649}, {-3, 14}, {5, 5}, {0, 1e9}, {0, math.Inf(1)}} {
		a := plot.Between("", row[0], row[1])
		if math.IsInf(row[1], 0) {
			row[1] = 1
		}
		if a.Low > row[0] || a.High < row[1] || len(a.Ticks) < 2 || len(a.Ticks) > 10 {
			t.Errorf("an axis for %v is %+v", row, a)
		}
	}
}
