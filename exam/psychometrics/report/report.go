// Package report draws results of the statistics: each Figure is a picture in
// SVG, with a title and a description for who cannot see it, and the table of the
// numbers that it shows, also as CSV.
//
// Pictures use presentation attributes only: a strict content security policy
// allows them. Nothing is told by colour alone.
package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// Figure is one picture with its numbers.
type Figure struct {
	Title string
	// Description says in a sentence or two what the picture shows.
	Description string
	// SVG is a whole document, safe to embed in a page.
	SVG []byte
	// Header names the columns of Rows.
	Header []string
	Rows   [][]string
}

// CSV is the table. Cells that a spreadsheet would take for a formula get an
// apostrophe in front.
func (f *Figure) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(f.Header) // a buffer takes everything
	for _, row := range f.Rows {
		safe := make([]string, len(row))
		for n, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				cell = "'" + cell
			}
			safe[n] = cell
		}
		_ = w.Write(safe)
	}
	w.Flush()
	return b.Bytes()
}

// number prints a value for a table; "" for one that is not defined.
func number(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', 3, 64)
}

// The size of a picture and the room around its plot, in user units.
const (
	width, height            = 640, 420
	left, right, top, bottom = 64, 24, 24, 56
	// legendWidth is what a legend adds beside the plot, where it hides no line.
	legendWidth = 190
)

// Colours have a contrast of 4.5 to white at least.
const (
	ink    = "#1f2933"
	faint  = "#cbd2d9"
	blue   = "#1d5fa8"
	red    = "#b3261e"
	orange = "#8a5a00"
	green  = "#1b6e3c"
	purple = "#6b2fa0"
)

// lines are told apart by colour and by dashes.
var lines = []struct{ colour, dashes string }{{blue, ""}, {orange, "6 3"}, {green, "2 3"}, {purple, "8 3 2 3"}, {ink, "12 4"}, {red, "4 2"}}

// axis is a range with ticks.
type axis struct {
	label     string
	low, high float64
	ticks     []float64
}

// chart builds one picture.
type chart struct {
	body  bytes.Buffer
	x, y  axis
	width int
}

func newChart(x, y axis) *chart {
	c := &chart{x: x, y: y, width: width}
	for _, t := range x.ticks {
		c.printf(`<line x1="%[1]s" y1="%[2]d" x2="%[1]s" y2="%[3]d" stroke="%[4]s"/>`, c.px(t), top, height-bottom, faint)
		c.text(c.atX(t), height-bottom+18, "middle", format(t))
	}
	for _, t := range y.ticks {
		c.printf(`<line x1="%[1]d" y1="%[2]s" x2="%[3]d" y2="%[2]s" stroke="%[4]s"/>`, left, c.py(t), width-right, faint)
		c.text(left-8, c.atY(t)+4, "end", format(t))
	}
	c.printf(`<path d="M%d %d V%d H%d" fill="none" stroke="%s"/>`, left, top, height-bottom, width-right, ink)
	c.text(float64(left+width-right)/2, height-12, "middle", x.label)
	c.printf(`<text x="16" y="%[1]d" text-anchor="middle" transform="rotate(-90 16 %[1]d)">%[2]s</text>`, (top+height-bottom)/2, html.EscapeString(y.label))
	return c
}

func (c *chart) printf(f string, args ...any) { fmt.Fprintf(&c.body, f+"\n", args...) }

func format(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

func (c *chart) atX(v float64) float64 {
	return left + (v-c.x.low)/(c.x.high-c.x.low)*(width-left-right)
}

func (c *chart) atY(v float64) float64 {
	return height - bottom - (v-c.y.low)/(c.y.high-c.y.low)*(height-top-bottom)
}

func (c *chart) px(v float64) string { return strconv.FormatFloat(c.atX(v), 'f', 1, 64) }
func (c *chart) py(v float64) string { return strconv.FormatFloat(c.atY(v), 'f', 1, 64) }

func (c *chart) text(x, y float64, anchor, s string) {
	c.printf(`<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x, y, anchor, html.EscapeString(s))
}

// line draws points joined in order, in style n.
func (c *chart) line(n int, xs, ys []float64) {
	style := lines[n%len(lines)]
	var d strings.Builder
	for i := range xs {
		fmt.Fprintf(&d, "%c%s %s", "LM"[btoi(i == 0)], c.px(xs[i]), c.py(min(max(ys[i], c.y.low), c.y.high)))
	}
	c.printf(`<path d="%s" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>`, d.String(), style.colour, style.dashes)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// mark is an upright line with a word at its top.
func (c *chart) mark(x float64, word string) {
	if x < c.x.low || x > c.x.high {
		return
	}
	c.printf(`<line x1="%[1]s" y1="%[2]d" x2="%[1]s" y2="%[3]d" stroke="%[4]s" stroke-width="2" stroke-dasharray="5 4"/>`, c.px(x), top, height-bottom, red)
	c.text(c.atX(x)+5, top+12, "start", word)
}

// legend names the styles of lines, right of the plot.
func (c *chart) legend(names []string) {
	c.width = width + legendWidth
	for n, name := range names {
		style, y := lines[n%len(lines)], float64(top+14+18*n)
		c.printf(`<line x1="%[1]d" y1="%[2]g" x2="%[3]d" y2="%[2]g" stroke="%[4]s" stroke-width="2" stroke-dasharray="%[5]s"/>`, width, y-4, width+30, style.colour, style.dashes)
		c.text(width+36, y, "start", name)
	}
}

// finish is the whole document.
func (c *chart) finish(f Figure) Figure {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" font-family="sans-serif" font-size="13" fill="%s">`, c.width, height, ink)
	fmt.Fprintf(&b, "\n<title>%s</title>\n<desc>%s</desc>\n", html.EscapeString(f.Title), html.EscapeString(f.Description))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", c.width, height)
	b.Write(c.body.Bytes())
	b.WriteString("</svg>\n")
	f.SVG = b.Bytes()
	return f
}

// shares are the ticks of an axis of shares.
var shares = []float64{0, .2, .4, .6, .8, 1}

// upTo is an axis from 0 with about five ticks at round numbers.
func upTo(label string, highest float64) axis {
	if !(highest > 0) || math.IsInf(highest, 0) {
		highest = 1
	}
	step := math.Pow(10, math.Floor(math.Log10(highest)))
	for highest/step > 6 {
		step *= 2
	}
	for highest/step < 3 {
		step /= 2
	}
	a := axis{label: label}
	for t := 0.0; ; t += step {
		a.ticks = append(a.ticks, t)
		a.high = t
		if t >= highest {
			return a
		}
	}
}
