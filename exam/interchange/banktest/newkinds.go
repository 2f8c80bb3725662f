package banktest

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam"
)

// brief draws a word in each language, which says its number.
func (d Drawer) brief(t *rapid.T, label string, n int) exam.Text {
	out := make(exam.Text)
	for _, l := range d.Langs {
		out[l] = fmt.Sprintf("%s %s%d", rapid.SampledFrom(words).Draw(t, label), l, n)
	}
	return out
}

// typed draws words to type into a gap.
func (d Drawer) typed(t *rapid.T, n int) exam.Text {
	if !d.OneText {
		return d.brief(t, "accepted", n)
	}
	return d.same(fmt.Sprintf("%s %d", rapid.SampledFrom(accepted).Draw(t, "accepted"), n))
}

// passage draws a text with n gaps, which stand in another order in each language unless
// they may not.
func (d Drawer) passage(t *rapid.T, n int) exam.Text {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i + 1
	}
	out := make(exam.Text)
	numbers = rapid.Permutation(numbers).Draw(t, "gaps")
	for _, l := range d.Langs {
		var b strings.Builder
		if !d.OneText {
			numbers = rapid.Permutation(numbers).Draw(t, "gaps")
		}
		for _, i := range numbers {
			around := rapid.SampledFrom([]string{"%s [[%d]] ", "%s\n\n[[%d]], ", "**%s [[%d]]** ", "(%s—[[%d]]) "}).Draw(t, "around")
			fmt.Fprintf(&b, around, rapid.SampledFrom([]string{"свідок", "a<b", "&amp;", "[x]", "n"}).Draw(t, "word"), i)
		}
		out[l] = b.String() + text(t, "passage "+l, true)
	}
	return out
}

func (d Drawer) cloze(t *rapid.T) *exam.ClozeText {
	most := 4
	if d.OneGap {
		most = 1
	}
	in := &exam.ClozeText{Gaps: make([]exam.Gap, rapid.IntRange(1, most).Draw(t, "gaps"))}
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
				g.Accepted = append(g.Accepted, d.typed(t, j))
			}
		default:
			g.Number = &exam.Number{Value: rapid.SampledFrom([]string{"0", "-1", "37.5", "123456789012345"}).Draw(t, "value"), Tolerance: rapid.SampledFrom([]string{"", "0.5", "10"}).Draw(t, "tolerance")}
			g.Number.Integer = !strings.Contains(g.Number.Value, ".") && rapid.Bool().Draw(t, "integer")
		}
		if !d.OneGap {
			g.Weight = rapid.SampledFrom([]int{0, 0, 1, 2, 7}).Draw(t, "weight")
		}
	}
	in.Passage = d.passage(t, len(in.Gaps))
	return in
}

// hotspot draws areas of the smaller of the two pictures, which is 3 by 2.
func (d Drawer) hotspot(t *rapid.T) *exam.HotspotImage {
	in := &exam.HotspotImage{Image: make(exam.Text)}
	for _, l := range d.Langs {
		in.Image[l] = exam.Image{Alt: rapid.SampledFrom([]string{"схема", "a \"map\" & <b>"}).Draw(t, "alt"), Name: pictures()[0].Name}.String()
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

func (d Drawer) essay(t *rapid.T) *exam.Essay {
	in := &exam.Essay{MaxCharacters: rapid.SampledFrom([]int{1, 300, 8000}).Draw(t, "characters"), MinWords: rapid.SampledFrom([]int{0, 25}).Draw(t, "least")}
	in.MaxWords = rapid.SampledFrom([]int{0, 25, 300}).Draw(t, "most")
	if d.PlainRubrics {
		in.Rubric.Criteria = d.plainRubric()
		return in
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "criteria") {
		c := exam.Criterion{Title: d.text(t, "criterion", true, fmt.Sprint(i))}
		points := 0
		for j := range rapid.IntRange(2, 4).Draw(t, "levels") {
			if j > 0 {
				points += rapid.IntRange(1, 9).Draw(t, "points")
			}
			c.Levels = append(c.Levels, exam.RubricLevel{Points: points, Text: d.text(t, "level", true, "")})
		}
		in.Rubric.Criteria = append(in.Rubric.Criteria, c)
	}
	in.Rubric.Tolerance = rapid.IntRange(0, in.Rubric.Max()-1).Draw(t, "tolerance")
	return in
}

// plainRubric is what is put in where a format has no rubric.
func (d Drawer) plainRubric() []exam.Criterion {
	said := func(english, ukrainian string) exam.Text {
		out := make(exam.Text)
		for _, l := range d.Langs {
			if out[l] = english; l == "uk" {
				out[l] = ukrainian
			}
		}
		return out
	}
	return []exam.Criterion{{Title: said("The answer as a whole", "Відповідь загалом"), Levels: []exam.RubricLevel{
		{Points: 0, Text: said("Does not answer the question.", "Не відповідає на запитання.")},
		{Points: 1, Text: said("Answers it in part.", "Відповідає частково.")},
		{Points: 2, Text: said("Answers it in full.", "Відповідає повністю.")},
	}}}
}
