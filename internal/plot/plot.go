// Package plot draws pictures of statistics as SVG that stands in a page: its colours
// are classes of the page's style sheet, so that it follows dark mode and a strict
// content security policy, and its words are the caller's, in whatever language.
//
// Nothing is told by colour alone: lines differ by dashes, points by shape. A picture
// has a title and a description; the numbers belong in a table beside it.
package plot

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The size of a picture in user units. A telephone shows it at about two thirds, where
// the style sheet makes letters of 19 units: the margins have room for those.
const (
	width, height            = 480, 354
	left, right, top, bottom = 82, 28, 32, 60
	// row is the height of a line of the legend.
	row = 25
	// Styles is how many lines can be told apart.
	Styles = 6
	// perLetter is about how wide a letter of a marking word is.
	perLetter = 11
)

// Axis is a range with ticks.
type Axis struct {
	Label     string
	Low, High float64
	Ticks     []float64
	// Percent prints ticks as shares of a hundred.
	Percent bool
	// Comma prints decimals with a comma.
	Comma bool
	// Names are printed instead of the numbers of the ticks, where there are any.
	Names []string
}

// Shares is an axis from 0 to 1.
func Shares(label string) Axis {
	return Axis{Label: label, High: 1, Ticks: []float64{0, .2, .4, .6, .8, 1}, Percent: true}
}

// Ability is an axis of ability in logits.
func Ability(label string) Axis {
	return Axis{Label: label, Low: -4, High: 4, Ticks: []float64{-4, -3, -2, -1, 0, 1, 2, 3, 4}}
}

// mostSteps is how many steps an axis has at most, unless its ends are no round numbers.
const mostSteps = 6

// Between is an axis with about five ticks at round numbers, around low and high.
func Between(label string, low, high float64) Axis {
	if !(high > low) || math.IsInf(high-low, 0) {
		low, high = math.Floor(low), math.Floor(low)+1
	}
	base, step := math.Pow(10, math.Floor(math.Log10(high-low))-1), 0.0
	for _, times := range []float64{1, 2, 5, 10, 20} { // what people count in
		if step = base * times; (high-low)/step <= mostSteps {
			break
		}
	}
	a := Axis{Label: label, Low: math.Floor(low/step) * step}
	for n := 0; ; n++ {
		a.High = a.Low + float64(n)*step
		a.Ticks = append(a.Ticks, a.High)
		if a.High >= high-step*1e-9 {
			return a
		}
	}
}

// Chart is a picture being drawn.
type Chart struct {
	id, title, description string
	x, y                   Axis
	body                   strings.Builder
	legend                 []entry
}

type entry struct {
	style int
	name  string
}

// New begins a picture. id is unique in its page.
func New(id, title, description string, x, y Axis) *Chart {
	c := &Chart{id: id, title: title, description: description, x: x, y: y}
	for n, t := range x.Ticks {
		c.printf(`<line class="grid" x1="%[1]s" y1="%[2]d" x2="%[1]s" y2="%[3]d"/>`, c.px(t), top, height-bottom)
		c.text(c.atX(t), height-bottom+24, "middle", "tick", x.name(n))
	}
	for n, t := range y.Ticks {
		c.printf(`<line class="grid" x1="%[1]d" y1="%[2]s" x2="%[3]d" y2="%[2]s"/>`, left, c.py(t), width-right)
		c.text(left-7, c.atY(t)+5, "end", "tick", y.name(n))
	}
	c.printf(`<path class="axis" d="M%d %dV%dH%d"/>`, left, top, height-bottom, width-right)
	c.text(float64(left+width-right)/2, height-10, "middle", "label", x.Label)
	c.printf(`<text class="label" x="17" y="%[1]d" text-anchor="middle" transform="rotate(-90 17 %[1]d)">%[2]s</text>`, (top+height-bottom)/2, html.EscapeString(y.Label))
	return c
}

// name is what stands at a tick.
func (a *Axis) name(tick int) string {
	if tick < len(a.Names) {
		return a.Names[tick]
	}
	return a.print(a.Ticks[tick])
}

func (a *Axis) print(v float64) string {
	s := ""
	if a.Percent {
		s = strconv.FormatFloat(math.Round(v*1000)/10, 'f', -1, 64) + "%"
	} else {
		s = strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)
	}
	s = strings.Replace(s, "-", "−", 1)
	if a.Comma {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

func (c *Chart) printf(f string, args ...any) { fmt.Fprintf(&c.body, f+"\n", args...) }

// within keeps a value on its axis, so that nothing is drawn outside of the picture.
func (a *Axis) within(v float64) float64 { return min(max(v, a.Low), a.High) }

func (c *Chart) atX(v float64) float64 {
	return left + (c.x.within(v)-c.x.Low)/(c.x.High-c.x.Low)*(width-left-right)
}

func (c *Chart) atY(v float64) float64 {
	return height - bottom - (c.y.within(v)-c.y.Low)/(c.y.High-c.y.Low)*(height-top-bottom)
}

func (c *Chart) px(v float64) string { return strconv.FormatFloat(c.atX(v), 'f', 1, 64) }
func (c *Chart) py(v float64) string { return strconv.FormatFloat(c.atY(v), 'f', 1, 64) }

func (c *Chart) text(x, y float64, anchor, class, s string) {
	c.printf(`<text class="%s" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, class, x, y, anchor, html.EscapeString(s))
}

// Dot is a point of a usual thing.
func (c *Chart) Dot(x, y float64) {
	c.printf(`<circle class="dot" cx="%s" cy="%s" r="3.5"/>`, c.px(x), c.py(y))
}

// Circle is a point whose size says how many it stands for: half is the number at which
// it has half of its largest size.
func (c *Chart) Circle(x, y float64, n, half int) {
	c.printf(`<circle class="seen" cx="%s" cy="%s" r="%.1f"/>`, c.px(x), c.py(y), 3+8*float64(n)/float64(n+half))
}

// Square is a point that somebody should look at.
func (c *Chart) Square(x, y float64) {
	c.printf(`<rect class="odd" x="%.1f" y="%.1f" width="9" height="9"/>`, c.atX(x)-4.5, c.atY(y)-4.5)
}

// Bar is one of a histogram, from the bottom.
func (c *Chart) Bar(low, high, value float64) {
	if value > 0 {
		c.printf(`<rect class="bar" x="%s" y="%s" width="%.1f" height="%.1f"/>`, c.px(low), c.py(value), max(.5, c.atX(high)-c.atX(low)-1), c.atY(c.y.Low)-c.atY(value))
	}
}

// Line joins points in their order. A name puts it into the legend.
func (c *Chart) Line(style int, name string, xs, ys []float64) {
	style %= Styles
	var d strings.Builder
	for i := range xs {
		d.WriteByte("LM"[btoi(i == 0)])
		d.WriteString(c.px(xs[i]) + " " + c.py(ys[i]))
	}
	c.printf(`<path class="line s%d" d="%s"/>`, style, d.String())
	if name != "" {
		c.legend = append(c.legend, entry{style, name})
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Mark is an upright line with a word above it, where the axis reaches it: above the
// picture, so that it lies over no curve.
func (c *Chart) Mark(x float64, word string) {
	if x < c.x.Low || x > c.x.High {
		return
	}
	c.printf(`<line class="mark" x1="%[1]s" y1="%[2]d" x2="%[1]s" y2="%[3]d"/>`, c.px(x), top, height-bottom)
	anchor := "middle"
	switch half := perLetter * float64(utf8.RuneCountInString(word)) / 2; {
	case c.atX(x) < half:
		anchor = "start"
	case c.atX(x) > width-half:
		anchor = "end"
	}
	c.text(c.atX(x), top-8, anchor, "marked", word)
}

// SVG is the whole picture.
func (c *Chart) SVG() string {
	var b strings.Builder
	tall := height + row*len(c.legend)
	fmt.Fprintf(&b, `<svg class="plot" viewBox="0 0 %d %d" role="img" aria-labelledby="%[3]s-title" aria-describedby="%[3]s-desc"><title id="%[3]s-title">%[4]s</title><desc id="%[3]s-desc">%[5]s</desc>`,
		width, tall, html.EscapeString(c.id), html.EscapeString(c.title), html.EscapeString(c.description))
	b.WriteString("\n" + c.body.String())
	for n, e := range c.legend {
		y := height + row*n + row/2
		fmt.Fprintf(&b, `<path class="line s%d" d="M%d %dH%d"/><text class="name" x="%d" y="%d">%s</text>`+"\n", e.style, left, y, left+36, left+44, y+5, html.EscapeString(e.name))
	}
	b.WriteString("</svg>")
	return b.String()
}
