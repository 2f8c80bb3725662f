package qti

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
)

// TestWhatIsWrittenMarksAlike runs the response processing of written items on
// drawn responses: it scores what package exam does, and its elements stand where the
// schemas let them. Partial order is the one rule
// that QTI cannot express.
func TestWhatIsWrittenMarksAlike(t *testing.T) {
	for name, v := range map[string]Version{"2.2": V22, "3.0": V30} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				bank := banktest.Drawer{Langs: []string{"en"}, Rules: true, Images: true, Kinds: []exam.Kind{exam.Cloze, exam.Hotspot, exam.ExtendedText}}.Bank(t)
				x, err := interchange.NewExport(bank, nil)
				if err != nil {
					t.Fatal(err)
				}
				var b bytes.Buffer
				if err := Write(&b, x, v); err != nil {
					t.Fatal(err)
				}
				for i := range bank.Items() {
					it := &bank.Revision(i).Item
					p := written(t, b.Bytes(), it.ID)
					if it.Rule() == exam.PartialOrder || it.Essay() != nil { // which people mark
						continue
					}
					r, members := drawResponses(t, it)
					want := float64(examMark(t, bank, i, r)) / float64(exam.OnePoint)
					got, err := p.score(members)
					if err != nil || math.Abs(got-want) > 1e-4 {
						t.Errorf("%s with %s marks %v as %v, %v; exam says %v", it.Kind, it.Rule(), members, got, err, want)
					}
				}
			})
		})
	}
}

// written reads an item's processing out of the package, and holds the item to the
// schema.
func written(t *rapid.T, data []byte, id string) *processing {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("items/" + id + ".xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	root, err := interchange.NewXML(text).Root()
	if err != nil {
		t.Fatal(err)
	}
	fits(t, older(root))
	return readProcessing(root)
}

// drawResponses draws a response in the authored order, and the variables that QTI has
// it in.
func drawResponses(t *rapid.T, it *exam.Item) (exam.Response, map[string][]string) {
	in, ok := it.Interaction.(*exam.ClozeText)
	if !ok {
		r, members := drawResponse(t, it)
		return r, map[string][]string{response: members}
	}
	var r exam.Response
	variables := make(map[string][]string)
	for i := range in.Gaps {
		g := &in.Gaps[i]
		var part exam.Interaction = &exam.Words{Accepted: g.Accepted}
		if len(g.Options) > 0 {
			part = &exam.SingleChoice{Options: g.Options}
		} else if g.Number != nil {
			part = g.Number
		}
		answer, members := drawResponse(t, &exam.Item{Interaction: part})
		given := answer.Text
		switch {
		case rapid.IntRange(0, 4).Draw(t, "left out") == 0:
			given, members = "", nil
		case len(g.Options) > 0:
			if rapid.Bool().Draw(t, "right") { // a draw alone is seldom right everywhere
				answer.Choices[0] = slices.IndexFunc(g.Options, func(o exam.Option) bool { return o.Key })
				members = []string{optionID(answer.Choices[0])}
			}
			given = strconv.Itoa(answer.Choices[0])
		case g.Number != nil && rapid.Bool().Draw(t, "right"):
			given, members = g.Number.Value, []string{g.Number.Value}
		}
		r.Gaps = append(r.Gaps, given)
		variables[fmt.Sprintf("%s%d", response, i+1)] = members
	}
	return r, variables
}

// drawResponse draws a response that QTI has in one variable.
func drawResponse(t *rapid.T, it *exam.Item) (r exam.Response, members []string) {
	switch in := it.Interaction.(type) {
	case *exam.SingleChoice:
		r.Choices = []int{rapid.IntRange(0, len(in.Options)-1).Draw(t, "choice")}
	case *exam.MultipleChoice:
		for i := range in.Options {
			if rapid.Bool().Draw(t, "ticked") {
				r.Choices = append(r.Choices, i)
			}
		}
	case *exam.HotspotImage:
		if in.Choose == 1 {
			r.Choices = []int{rapid.IntRange(0, len(in.Areas)-1).Draw(t, "area")}
			break
		}
		for i := range in.Areas {
			if rapid.Bool().Draw(t, "pointed at") {
				r.Choices = append(r.Choices, i)
			}
		}
	case *exam.TrueOrFalse:
		n := rapid.IntRange(0, 1).Draw(t, "choice")
		return exam.Response{Choices: []int{n}}, []string{[]string{"true", "false"}[n]}
	case *exam.Match:
		choices := rapid.Permutation(numbers(len(in.Rows)+len(in.Distractors))).Draw(t, "pairs")
		for row := range in.Rows {
			if rapid.IntRange(0, 2).Draw(t, "right") > 0 { // a draw alone is hardly ever right
				choices = swapped(choices, row)
			}
		}
		r.Pairs = choices[:len(in.Rows)]
		for row, choice := range r.Pairs {
			members = append(members, fmt.Sprintf("R%d M%d", row+1, choice+1))
		}
		return r, members
	case *exam.Order:
		r.Order = rapid.SampledFrom([][]int{numbers(len(in.Steps)), rapid.Permutation(numbers(len(in.Steps))).Draw(t, "order")}).Draw(t, "which")
		for _, i := range r.Order {
			members = append(members, optionID(i))
		}
		return r, members
	case *exam.Number:
		r.Text = rapid.SampledFrom([]string{"0", "0.5", "-0.5", "0.51", "-1", "37", "37.5", "38.1", "9", "123456789012345", "123456789012346"}).Draw(t, "typed")
		return r, []string{r.Text}
	case *exam.Words:
		r.Text = rapid.SampledFrom([]string{in.Accepted[0]["en"], strings.ToUpper(in.Accepted[len(in.Accepted)-1]["en"]), "none of them"}).Draw(t, "typed")
		return r, []string{r.Text}
	}
	for _, i := range r.Choices {
		members = append(members, optionID(i))
	}
	return r, members
}

func numbers(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// swapped puts n in its own place.
func swapped(all []int, n int) []int {
	for i := range all {
		if all[i] == n {
			all[i], all[n] = all[n], n
		}
	}
	return all
}

// examMark is what package exam gives for a response to item i, presented as
// authored.
func examMark(t *rapid.T, bank *exam.Bank, i int, r exam.Response) exam.Points {
	straight := numbers(20)
	form := exam.Form{Slots: []exam.Slot{{Item: bank.Release.Items[i], Arrangement: exam.Arrangement{Options: straight, Rows: straight}}}}
	blueprint := &exam.Blueprint{Sections: []exam.Section{{ID: "all"}}, Cells: []exam.Cell{{Section: "all", Count: 1}}}
	result, err := bank.Grade(blueprint, form, map[int]exam.Stored{0: {Seq: 1, Response: r}}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return result.Marks[0]
}
