package api

import (
	"strconv"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/plot"
)

// ofItem are the figures of an item.
func (f figures) ofItem(it *statistics.ItemResult) (all []figureView) {
	if len(it.Options) > 0 {
		all = append(all, f.options(it))
	}
	if it.Curve.Status != psychometrics.NotDefined && it.Curve.Status != "" {
		all = append(all, f.curve(it))
	}
	if it.Drift != nil {
		all = append(all, f.drift(it))
	}
	if len(it.DIF) > 0 {
		all = append(all, f.differences(it))
	}
	return all
}

// options shows who chose which option of an item.
func (f figures) options(it *statistics.ItemResult) figureView {
	t := tableView{Header: f.header("wStOption", "wStKey", "wStChose", "wStShare", "wStRest", "wStMeanRest")}
	for n := range 5 {
		t.Header = append(t.Header, f.words("wStFifthN", n+1))
	}
	title, said := f.T["wStOptions"], f.T["wStOptionsSaid"]
	c := f.chart("options", title, said, plot.Axis{Label: f.T["wStFifth"], Low: 1, High: 5, Ticks: []float64{1, 2, 3, 4, 5}}, plot.Shares(f.T["wStChoseShare"]))
	traced, distractors := false, 0
	for _, o := range it.Options {
		key, name := "", o.Option
		if o.Key {
			key, name = f.T["wStYes"], name+" ("+f.T["wStKey"]+")"
		}
		line := []string{o.Option, key, strconv.Itoa(o.N), figure(f.Lang, o.Share, 3), f.known(o.Rest, 3), f.known(o.MeanRest, 3)}
		for part := range 5 {
			if part < len(o.Trace) {
				line = append(line, figure(f.Lang, o.Trace[part], 3))
			} else {
				line = append(line, "")
			}
		}
		t.Rows = append(t.Rows, line)
		if o.Trace != nil && it.N >= statistics.LeastPeople {
			traced = true
			style := 0 // an unbroken line for the key
			if !o.Key {
				distractors++
				style = distractors
			}
			c.Line(style, name, []float64{1, 2, 3, 4, 5}, o.Trace)
		}
	}
	if !traced {
		c, said = nil, f.words("wStNoDrawing", f.Why("fewer people than this statistic needs"))
	}
	return f.finish("options", title, said, c, t)
}

// curve shows an item's characteristic curve with what was observed.
func (f figures) curve(it *statistics.ItemResult) figureView {
	t := tableView{Header: f.header("wStAbility", "wStPeople", "wStObserved", "wStFromCurve")}
	title := f.T["wStCurve"]
	key := "wStCurveSaid"
	if len(it.Observed) == 0 {
		key = "wStCurveAlone"
	}
	said := f.words(key, figure(f.Lang, it.Curve.A, 2), figure(f.Lang, it.Curve.B(), 2))
	c := f.chart("curve", title, said, plot.Ability(f.T["wStAbility"]), plot.Shares(f.T["wStRight"]))
	var xs, ys []float64
	for n := -80; n <= 80; n++ {
		xs, ys = append(xs, float64(n)/20), append(ys, it.Curve.P(float64(n)/20))
	}
	c.Line(0, "", xs, ys)
	for _, o := range it.Observed {
		c.Circle(o.Theta, o.Share, o.N, 50)
		t.Rows = append(t.Rows, []string{figure(f.Lang, o.Theta, 2), strconv.Itoa(o.N), figure(f.Lang, o.Share, 3), figure(f.Lang, o.Expected, 3)})
	}
	for theta := -4; theta <= 4 && len(it.Observed) == 0; theta++ {
		t.Rows = append(t.Rows, []string{figure(f.Lang, float64(theta), 2), "", "", figure(f.Lang, it.Curve.P(float64(theta)), 3)})
	}
	return f.finish("curve", title, said, c, t)
}

// differences lists how an item behaves in groups of equal ability.
func (f figures) differences(it *statistics.ItemResult) figureView {
	t := tableView{Header: f.header("wStCompared", "wStFocalN", "wStReferenceN", "wStDelta", "wStError", "wStP", "wSbCrossing", "wStETS")}
	for _, d := range it.DIF {
		p, crossing := "", ""
		if d.Delta.Known() {
			p, crossing = chance(f.Lang, d.P), chance(f.Lang, d.Crossing)
		}
		class := string(d.ETS)
		if class == "" {
			class = f.Why(d.Delta.Reason)
		}
		t.Rows = append(t.Rows, []string{f.compared(d.Compared), strconv.Itoa(d.FocalN), strconv.Itoa(d.ReferenceN), f.known(d.Delta, 2), figure(f.Lang, d.Delta.SE, 2), p, crossing, class})
	}
	return f.finish("dif", f.T["wStDifferences"], f.T["wStDifferencesSaid"], nil, t)
}

func (f figures) compared(c statistics.Compared) string {
	if c.By == "language" {
		return f.term("language", c.Focal) + " / " + f.term("language", c.Reference)
	}
	return c.Focal + " / " + f.T["wStOtherRegions"]
}
