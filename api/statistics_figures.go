package api

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/plot"
)

// figureView is a picture with the table of its numbers.
type figureView struct {
	Name, Title, Description string
	SVG                      template.HTML // of package plot, which escapes
	tableView
	// CSV is where the table can be had.
	CSV string
}

// tableView is numbers as they are shown and exported, in the way of the page's language.
type tableView struct {
	Header []string
	Rows   [][]string
}

// Numeric reports whether a column holds numbers, by what its cells hold.
func (t tableView) Numeric(column int) bool {
	some := false
	for _, row := range t.Rows {
		switch cell := strings.TrimPrefix(plain(row[column]), lessThan); {
		case cell == "":
		case !isNumber(cell):
			return false
		default:
			some = true
		}
	}
	return some
}

// figures draws for one page.
type figures struct {
	deskView
	// base is the address below which the tables are.
	base string
}

func (f figures) finish(name, title, description string, c *plot.Chart, t tableView) figureView {
	v := figureView{Name: name, Title: title, Description: description, tableView: t, CSV: f.base + "/tables/" + name}
	if c != nil {
		v.SVG = template.HTML(c.SVG())
	}
	return v
}

func (f figures) chart(name, title, description string, x, y plot.Axis) *plot.Chart {
	x.Comma, y.Comma = f.Lang == "uk", f.Lang == "uk"
	return plot.New("plot-"+name, title, description, x, y)
}

// minus is how a page prints the sign; programs get a hyphen, see plain.
const minus = "−"

// plain is a cell as programs read it.
func plain(cell string) string { return strings.Replace(cell, minus, "-", 1) }

// figure prints a number with so many decimals.
func figure(lang string, v float64, digits int) string {
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-") // no negative zero
	}
	if lang == "uk" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return strings.Replace(s, "-", minus, 1)
}

// lessThan stands before the smallest number that is printed.
const lessThan = "< "

// chance prints a probability with four decimals; one that is smaller is not nought.
func chance(lang string, p float64) string {
	if p < .0001 {
		return lessThan + figure(lang, .0001, 4)
	}
	return figure(lang, p, 4)
}

// known prints an estimate, "" when there is none.
func (f figures) known(e psychometrics.Estimate, digits int) string {
	if !e.Known() {
		return ""
	}
	return figure(f.Lang, e.Value, digits)
}

// words fills the numbered gaps of a sentence of the catalogue.
func (f figures) words(key string, with ...any) string {
	s := f.T[key]
	for n, w := range with {
		s = strings.ReplaceAll(s, fmt.Sprintf("{%d}", n+1), fmt.Sprint(w))
	}
	return s
}

func (f figures) header(keys ...string) []string {
	all := make([]string, len(keys))
	for n, key := range keys {
		all[n] = f.T[key]
	}
	return all
}

func (f figures) flags(all []ctt.Flag) string {
	said := make([]string, len(all))
	for n, flag := range f.Urgent(all) {
		said[n] = f.term("stflag", string(flag))
	}
	return strings.Join(said, ", ")
}

// itemMap shows every item by how easy it was and how well it told people apart.
func (f figures) itemMap(r *statistics.Result) figureView {
	t := tableView{Header: f.header("wStItem", "wStAnswers", "wStFacility", "wStRest", "wStFlags")}
	shown, odd := 0, 0
	for _, it := range r.Items {
		t.Rows = append(t.Rows, []string{it.Item, strconv.Itoa(it.N), f.known(it.Facility, 3), f.known(it.Rest, 3), f.flags(it.Flags)})
		if enough(it) {
			shown++
			if urgent(it.Flags) {
				odd++
			}
		}
	}
	title, said := f.T["wStMap"], f.words("wStMapSaid", shown, odd, len(r.Items))
	if shown == 0 {
		return f.finish("items", title, f.T["wStMapEmpty"], nil, t)
	}
	c := f.chart("items", title, said, plot.Shares(f.T["wStFacility"]), plot.Axis{Label: f.T["wStRest"], Low: -.4, High: .8, Ticks: []float64{-.4, -.2, 0, .2, .4, .6, .8}})
	for _, odd := range []bool{false, true} { // what is to be seen comes last, on top
		for _, it := range r.Items {
			if !enough(it) || urgent(it.Flags) != odd {
				continue
			}
			if odd {
				c.Square(it.Facility.Value, it.Rest.Value)
			} else {
				c.Dot(it.Facility.Value, it.Rest.Value)
			}
		}
	}
	return f.finish("items", title, said, c, t)
}

// enough reports whether the item has both figures, of people enough.
func enough(it statistics.Line) bool {
	return it.Facility.Status == psychometrics.Fine && it.Rest.Status == psychometrics.Fine
}

// scores shows how scores are spread in each group. A line of few people would be noise:
// smaller groups stand in the table only, as do those beyond the lines that differ.
func (f figures) scores(name, title string, r *statistics.Result, groups []statistics.Group, named func(string) string, cut int) figureView {
	drawn := slices.DeleteFunc(slices.Clone(groups), func(g statistics.Group) bool { return g.N < statistics.LeastPeople })
	drawn = first(drawn, plot.Styles)
	said := f.words("wStScoresSaid", decimal(f.Lang, float64(cut)/100))
	if more := len(groups) - len(drawn); more > 0 {
		said += " " + f.words("wStScoresMore", statistics.LeastPeople, more)
	}
	highest := slices.Max(binShares(&r.All))
	for n := range drawn {
		highest = max(highest, slices.Max(binShares(&drawn[n])))
	}
	y := plot.Between(f.T["wStShareOfPeople"], 0, highest)
	y.Percent = true
	c := f.chart(name, title, said, plot.Shares(f.T["wStScore"]), y)
	w := 1 / float64(len(r.All.Bins))
	var middles []float64
	for b, share := range binShares(&r.All) {
		c.Bar(float64(b)*w, float64(b+1)*w, share)
		middles = append(middles, (float64(b)+.5)*w)
	}
	for n := range drawn {
		c.Line(n, fmt.Sprintf("%s (%d)", named(drawn[n].Name), drawn[n].N), middles, binShares(&drawn[n]))
	}
	c.Mark(float64(cut)/10_000, f.T["wStCut"])
	return f.finish(name, title, said, c, f.scoreTable(r, groups, named))
}

// binShares are the shares of a group's people at each score.
func binShares(g *statistics.Group) []float64 {
	all := make([]float64, len(g.Bins))
	for b, count := range g.Bins {
		all[b] = float64(count) / float64(max(1, g.N))
	}
	return all
}

// scoreTable has everybody and then each group, with how many people are at each score.
func (f figures) scoreTable(r *statistics.Result, groups []statistics.Group, named func(string) string) tableView {
	t := tableView{Header: f.header("wStGroup", "wStPeople", "wStMean", "wStSD", "wStPassed")}
	for b := range r.All.Bins {
		t.Header = append(t.Header, strconv.Itoa(b*100/len(r.All.Bins))+"–"+strconv.Itoa((b+1)*100/len(r.All.Bins))+" %")
	}
	add := func(label string, g *statistics.Group) {
		line := []string{label, strconv.Itoa(g.N), f.known(g.Mean, 3), f.known(g.SD, 3), f.known(g.Pass, 3)}
		for _, count := range g.Bins {
			line = append(line, strconv.Itoa(count))
		}
		t.Rows = append(t.Rows, line)
	}
	add(f.T["wStEverybody"], &r.All)
	for n := range groups {
		add(named(groups[n].Name), &groups[n])
	}
	return t
}

func first[T any](all []T, n int) []T { return all[:min(len(all), n)] }

// leastInformation is what a form tells at least where it tells most, to be drawn: with a
// tenth, the standard error is more than three logits, and people differ by less.
const leastInformation = .1

// information shows how well a form measures at each ability.
func (f figures) information(r *statistics.Result) figureView {
	t := tableView{Header: f.header("wStAbility", "wStInformation", "wStError", "wStExpected")}
	var xs, ys []float64
	best := 0
	for n, p := range r.Curve {
		xs, ys = append(xs, p.Theta), append(ys, p.Information)
		if p.Information > r.Curve[best].Information {
			best = n
		}
		if math.Abs(math.Mod(p.Theta*2, 1)) > 1e-9 {
			continue
		}
		wrong := ""
		if p.Information > 0 {
			wrong = figure(f.Lang, 1/math.Sqrt(p.Information), 3)
		}
		t.Rows = append(t.Rows, []string{figure(f.Lang, p.Theta, 1), figure(f.Lang, p.Information, 3), wrong, figure(f.Lang, p.Expected, 3)})
	}
	title, said := f.T["wStTestInformation"], f.words("wStInformationSaid", figure(f.Lang, r.Curve[best].Theta, 1))
	if ys[best] < leastInformation {
		return f.finish("information", title, f.T["wStInformationNone"], nil, t)
	}
	if r.Cut.Known() {
		said += " " + f.words("wStInformationCut", figure(f.Lang, r.Cut.Value, 2), figure(f.Lang, r.Cut.SE, 2))
	}
	c := f.chart("information", title, said, plot.Ability(f.T["wStAbility"]), plot.Between(f.T["wStInformation"], 0, slices.Max(ys)))
	c.Line(0, "", xs, ys)
	if r.Cut.Known() {
		c.Mark(r.Cut.Value, f.T["wStCut"])
	}
	return f.finish("information", title, said, c, t)
}

// formBins is how many bars the spread of forms has.
const formBins = 20

// spread shows how equal forms were, as they were drawn and as the answers say.
func (f figures) spread(r *statistics.Result) figureView {
	t := tableView{Header: f.header("wStKnownBy", "wStForms", "wStMean", "wStSD", "wStLeast", "wStMost")}
	low, high := math.Inf(1), math.Inf(-1)
	kinds := []struct {
		word string
		s    statistics.Spread
	}{{"wStAsDrawn", r.Drawn}, {"wStAsAnswered", r.Estimated}}
	for _, k := range kinds {
		if k.s.N == 0 {
			continue
		}
		low, high = min(low, k.s.Min), max(high, k.s.Max)
		t.Rows = append(t.Rows, []string{f.T[k.word], strconv.Itoa(k.s.N), figure(f.Lang, k.s.Mean, 4), f.known(k.s.SD, 4), figure(f.Lang, k.s.Min, 4), figure(f.Lang, k.s.Max, 4)})
	}
	title, said := f.T["wStFormSpread"], f.T["wStFormSpreadSaid"]
	if r.Drawn.SD.Known() && r.Estimated.SD.Known() {
		said += " " + f.words("wStFormSpreadSD", f.Percent(r.Drawn.SD.Value), f.Percent(r.Estimated.SD.Value))
	}
	if len(t.Rows) == 0 {
		return f.finish("forms", title, f.words("wStNoDrawing", f.Why("no form says how hard it is")), nil, t)
	}
	low, high = math.Floor(low*100)/100, math.Ceil(high*100)/100
	if high-low < .04 {
		low, high = low-.02, high+.02
	}
	highest := 0.0
	var xs []float64
	var lines [][]float64
	for _, k := range kinds {
		counts := make([]float64, formBins)
		for _, v := range k.s.Values {
			counts[min(formBins-1, int((v-low)/(high-low)*formBins))] += 1 / float64(len(k.s.Values))
		}
		highest = max(highest, slices.Max(counts))
		lines = append(lines, counts)
	}
	for b := range formBins {
		xs = append(xs, low+(float64(b)+.5)*(high-low)/formBins)
	}
	x, y := plot.Between(f.T["wStExpectedAtCut"], low, high), plot.Between(f.T["wStShareOfForms"], 0, highest)
	x.Percent, y.Percent = true, true
	c := f.chart("forms", title, said, x, y)
	for n, counts := range lines {
		if kinds[n].s.N > 0 {
			c.Line(n, f.T[kinds[n].word], xs, counts)
		}
	}
	return f.finish("forms", title, said, c, t)
}

// region names a group of regions.
func (f figures) region(name string) string {
	if name == "" {
		return f.T["wStOthers"]
	}
	return name
}

func (f figures) language(name string) string {
	if name == "" {
		return f.T["wStOthers"]
	}
	return f.term("language", name)
}

// ofExam are the figures of an exam that has enough people.
func (f figures) ofExam(e *exam.Exam, r *statistics.Result) []figureView {
	all := []figureView{f.itemMap(r)}
	all = append(all, f.scores("regions", f.T["wStByRegion"], r, r.Regions, f.region, e.Blueprint.Cut),
		f.scores("languages", f.T["wStByLanguage"], r, r.Languages, f.language, e.Blueprint.Cut))
	if len(r.Curve) > 0 {
		all = append(all, f.information(r))
	}
	return append(all, f.spread(r))
}
