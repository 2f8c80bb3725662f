package qti

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange/banktest"
)

// drawer draws items of the kinds that not every format has, on the first image of a bank.
type drawer struct {
	langs []string
	image exam.Medium // 3 by 2 pixels
}

// DrawBank draws a bank as d does, in which some items are texts with gaps, areas of an
// image or essays.
func DrawBank(d banktest.Drawer) func(*rapid.T) *exam.Bank {
	return func(t *rapid.T) *exam.Bank {
		d.Images = true
		drawn := d.Bank(t)
		own := drawer{d.Langs, drawn.Brought()[0]}
		items := make([]exam.Item, drawn.Items())
		for i := range items {
			items[i] = drawn.Revision(i).Item
			own.replace(t, &items[i])
		}
		r := drawn.Release
		bank, err := exam.NewBank(r.Bank, r.Title, r.Languages, r.Stimuli, items)
		if err != nil {
			t.Fatalf("NewBank: %v", err)
		}
		bank.Bring(drawn.Brought())
		return bank
	}
}

// replace gives every other item one of the kinds.
func (d drawer) replace(t *rapid.T, it *exam.Item) {
	switch kind := rapid.SampledFrom([]exam.Kind{it.Kind, it.Kind, it.Kind, exam.Cloze, exam.Hotspot, exam.ExtendedText}).Draw(t, "kind of its own"); kind {
	case exam.Cloze:
		it.Kind, it.Interaction = kind, d.cloze(t)
		it.Scoring = rapid.SampledFrom([]exam.Rule{"", exam.PerGap, exam.AllOrNothing}).Draw(t, "rule of gaps")
	case exam.Hotspot:
		in := d.hotspot(t)
		it.Kind, it.Interaction, it.Scoring = kind, in, ""
		if in.Choose != 1 {
			it.Scoring = rapid.SampledFrom([]exam.Rule{"", exam.PerOption, exam.AllOrNothing, exam.RightMinusWrong}).Draw(t, "rule of areas")
		}
	case exam.ExtendedText:
		it.Kind, it.Interaction, it.Scoring = kind, d.essay(t), ""
	}
}

// signs mean something in HTML, in texts of a bank, or in rules.
var signs = []string{"свідок", "**three**", "*one*", "<b>", "&amp;", "a<b", "]]>", "\"quoted\"", "it's", "1.5", "ї\u00a0є", "[x]"}

// text draws some words, in lines and paragraphs.
func (d drawer) text(t *rapid.T, label, suffix string) exam.Text {
	out := make(exam.Text)
	for _, l := range d.langs {
		var b strings.Builder
		for range rapid.IntRange(1, 4).Draw(t, label+" words") {
			b.WriteString(rapid.SampledFrom(signs).Draw(t, label) + rapid.SampledFrom([]string{" ", "\n", "\n\n"}).Draw(t, "separator"))
		}
		out[l] = b.String() + "end" + suffix
	}
	return out
}

// brief draws a word in each language, which says its number.
func (d drawer) brief(t *rapid.T, label string, n int) exam.Text {
	out := make(exam.Text)
	for _, l := range d.langs {
		out[l] = fmt.Sprintf("%s %s%d", rapid.SampledFrom(signs).Draw(t, label), l, n)
	}
	return out
}

// passage draws a text with n gaps, which stand in another order in each language.
func (d drawer) passage(t *rapid.T, n int) exam.Text {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i + 1
	}
	out := make(exam.Text)
	for _, l := range d.langs {
		var b strings.Builder
		for _, i := range rapid.Permutation(numbers).Draw(t, "gaps") {
			around := rapid.SampledFrom([]string{"%s [[%d]] ", "%s\n\n[[%d]], ", "**%s [[%d]]** ", "(%s—[[%d]]) "}).Draw(t, "around")
			fmt.Fprintf(&b, around, rapid.SampledFrom([]string{"свідок", "a<b", "&amp;", "[x]", "n"}).Draw(t, "word"), i)
		}
		out[l] = b.String() + rapid.SampledFrom(signs).Draw(t, "passage")
	}
	return out
}

func (d drawer) cloze(t *rapid.T) *exam.ClozeText {
	in := &exam.ClozeText{Gaps: make([]exam.Gap, rapid.IntRange(1, 4).Draw(t, "gaps"))}
	for i := range in.Gaps {
		g := &in.Gaps[i]
		switch rapid.SampledFrom([]string{"choice", "words", "number"}).Draw(t, "gap") {
		case "choice":
			n := rapid.IntRange(2, 4).Draw(t, "options")
			key := rapid.IntRange(0, n-1).Draw(t, "key")
			for j := range n {
				g.Options = append(g.Options, exam.Option{Text: d.brief(t, "option", j), Key: j == key, Fixed: rapid.IntRange(0, 4).Draw(t, "fixed") == 0})
			}
		case "words":
			for j := range rapid.IntRange(1, 3).Draw(t, "accepted") {
				g.Accepted = append(g.Accepted, d.brief(t, "accepted", j))
			}
		default:
			g.Number = &exam.Number{Value: rapid.SampledFrom([]string{"0", "-1", "37.5", "123456789012345"}).Draw(t, "value"), Tolerance: rapid.SampledFrom([]string{"", "0.5", "10"}).Draw(t, "tolerance")}
			g.Number.Integer = !strings.Contains(g.Number.Value, ".") && rapid.Bool().Draw(t, "integer")
		}
		g.Weight = rapid.SampledFrom([]int{0, 0, 1, 2, 7}).Draw(t, "weight")
	}
	in.Passage = d.passage(t, len(in.Gaps))
	return in
}

// hotspot draws areas of the image.
func (d drawer) hotspot(t *rapid.T) *exam.HotspotImage {
	in := &exam.HotspotImage{Image: make(exam.Text)}
	for _, l := range d.langs {
		in.Image[l] = exam.Image{Alt: rapid.SampledFrom([]string{"схема", "a \"map\" & <b>"}).Draw(t, "alt"), Name: d.image.Name}.String()
	}
	shapes := rapid.Permutation([]exam.Shape{{Outline: exam.Circle, Coords: []int{1, 1, 1}}, {Outline: exam.Rectangle, Coords: []int{0, 0, 1, 2}},
		{Outline: exam.Polygon, Coords: []int{0, 0, 3, 0, 3, 2}}, {Outline: exam.Rectangle, Coords: []int{1, 0, 3, 2}}}).Draw(t, "shapes")
	n := rapid.IntRange(2, len(shapes)).Draw(t, "areas")
	keys := rapid.IntRange(1, n-1).Draw(t, "keys")
	first := rapid.IntRange(0, n-1).Draw(t, "first key")
	for i := range n {
		in.Areas = append(in.Areas, exam.Area{Name: d.brief(t, "area", i), Shape: shapes[i], Key: (i+first)%n < keys})
	}
	if rapid.Bool().Draw(t, "choose") {
		in.Choose = keys
	}
	return in
}

func (d drawer) essay(t *rapid.T) *exam.Essay {
	in := &exam.Essay{MaxCharacters: rapid.SampledFrom([]int{1, 300, 8000}).Draw(t, "characters"), MinWords: rapid.SampledFrom([]int{0, 25}).Draw(t, "least")}
	in.MaxWords = rapid.SampledFrom([]int{0, 25, 300}).Draw(t, "most")
	for i := range rapid.IntRange(1, 3).Draw(t, "criteria") {
		c := exam.Criterion{Title: d.text(t, "criterion", fmt.Sprint(i))}
		points := 0
		for j := range rapid.IntRange(2, 4).Draw(t, "levels") {
			if j > 0 {
				points += rapid.IntRange(1, 9).Draw(t, "points")
			}
			c.Levels = append(c.Levels, exam.RubricLevel{Points: points, Text: d.text(t, "level", "")})
		}
		in.Rubric.Criteria = append(in.Rubric.Criteria, c)
	}
	in.Rubric.Tolerance = rapid.IntRange(0, in.Rubric.Max()-1).Draw(t, "tolerance")
	return in
}
