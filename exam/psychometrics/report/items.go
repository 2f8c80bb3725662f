package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// ItemMap shows every item by facility and discrimination. Items with a flag that
// asks for somebody to look are squares with their id.
func ItemMap(r ctt.Report) Figure {
	f := Figure{Title: "Facility and discrimination of the items", Header: []string{"item", "n", "facility", "discrimination", "flags"}}
	c := newChart(axis{"facility (share right)", 0, 1, shares}, axis{"correlation with the rest", -.4, .8, []float64{-.4, -.2, 0, .2, .4, .6, .8}})
	shown, flagged := 0, 0
	for _, it := range r.Items {
		var words []string
		look := false
		for _, flag := range it.Flags {
			words = append(words, string(flag))
			look = look || flag == ctt.Negative || flag == ctt.MisKey || flag == ctt.LuringDistractor
		}
		f.Rows = append(f.Rows, []string{it.ID, strconv.Itoa(it.N), number(it.Facility.Pointer()), number(it.Rest.Pointer()), strings.Join(words, " ")})
		if !it.Facility.Known() || !it.Rest.Known() {
			continue
		}
		shown++
		x, y := c.atX(it.Facility.Value), c.atY(min(max(it.Rest.Value, -.4), .8))
		if look {
			flagged++
			c.printf(`<rect x="%.1f" y="%.1f" width="10" height="10" fill="%s"/>`, x-5, y-5, red)
			c.text(x+8, y+4, "start", it.ID)
		} else {
			c.printf(`<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`, x, y, blue)
		}
	}
	f.Description = fmt.Sprintf("%d items as points: the further right, the easier; the higher, the better they tell people apart. %d that somebody should look at are squares with their names.", shown, flagged)
	return c.finish(f)
}

// Choices shows how often each option of an item is chosen by fifths of the people,
// those with the lowest score on the other items first.
func Choices(it ctt.Item) Figure {
	f := Figure{Title: "Choices of item " + it.ID, Header: []string{"option", "key", "n", "share", "correlation with the rest", "mean rest score", "1st fifth", "2nd fifth", "3rd fifth", "4th fifth", "5th fifth"},
		Description: "Each line is an option: the share of people who chose it, from the fifth with the lowest score on the other items to the fifth with the highest. The line of the key should rise, those of the distractors fall."}
	c := newChart(axis{"fifth of the people, by score on the other items", 1, 5, []float64{1, 2, 3, 4, 5}}, axis{"share who chose it", 0, 1, shares})
	var names []string
	for _, o := range it.Options {
		row := []string{o.Option, "", strconv.Itoa(o.N), fmt.Sprintf("%.3f", o.Share), number(o.Rest.Pointer()), number(o.MeanRest.Pointer())}
		name := "option " + o.Option
		if o.Key {
			row[1], name = "key", name+" (key)"
		}
		for _, share := range o.Trace {
			row = append(row, fmt.Sprintf("%.3f", share))
		}
		for len(row) < len(f.Header) {
			row = append(row, "")
		}
		f.Rows = append(f.Rows, row)
		if o.Trace != nil {
			c.line(len(names), []float64{1, 2, 3, 4, 5}, o.Trace)
		}
		names = append(names, name)
	}
	c.legend(names)
	return c.finish(f)
}

// abilities are where curves are computed, and the axis for them.
var abilityAxis = axis{"ability", -4, 4, []float64{-4, -3, -2, -1, 0, 1, 2, 3, 4}}

func along(curve func(theta float64) float64) (xs, ys []float64) {
	for n := -80; n <= 80; n++ {
		theta := float64(n) / 20
		xs, ys = append(xs, theta), append(ys, curve(theta))
	}
	return xs, ys
}

// ItemCurve shows an item's characteristic curve with the shares that were
// observed; the size of a point grows with its people.
func ItemCurve(it irt.ItemFit, observed []irt.Observed) Figure {
	f := Figure{Title: "Characteristic curve of item " + it.ID, Header: []string{"ability", "n", "observed share right", "expected"},
		Description: fmt.Sprintf("The line is the chance of a right answer by ability (slope %.2f, difficulty %.2f); the points are the shares of people who were right, by ability without this item.", it.A, it.B())}
	c := newChart(abilityAxis, axis{"share right", 0, 1, shares})
	xs, ys := along(it.P)
	c.line(0, xs, ys)
	for _, o := range observed {
		f.Rows = append(f.Rows, []string{fmt.Sprintf("%.3f", o.Theta), strconv.Itoa(o.N), fmt.Sprintf("%.3f", o.Share), fmt.Sprintf("%.3f", o.Expected)})
		c.printf(`<circle cx="%s" cy="%s" r="%.1f" fill="%s" fill-opacity=".75"/>`, c.px(min(max(o.Theta, -4), 4)), c.py(o.Share), 3+min(6, float64(o.N)/50), orange)
	}
	return c.finish(f)
}
