package api

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
)

// A passage with gaps on pages: the words as they are shown, and between them the gaps.

// flowPart is a stretch of a passage with the gap behind it, nil behind the last words.
type flowPart struct {
	Words template.HTML
	Gap   *gapView
}

// gapView is a gap with what was filled in.
type gapView struct {
	// Index counts from 0, as the field's name does; Number from 1, as people do.
	Index, Number int
	exam.GapView
	Given string
	// Said is Given for people: the text of the chosen option.
	Said string
}

// Chosen reports whether the option at the position is chosen.
func (g *gapView) Chosen(position int) bool { return g.Given == strconv.Itoa(position) }

// flow takes the passage of an item apart. Gaps that the item does not have, as in an
// unfinished one, stay as they were written.
func flow(v *exam.View, given []string) []flowPart {
	if len(v.Gaps) == 0 {
		return nil
	}
	var parts []flowPart
	for _, s := range exam.Stretches(string(prose(v.Passage))) {
		part := flowPart{Words: template.HTML(s.Words)}
		switch {
		case s.Gap >= len(v.Gaps):
			part.Words += template.HTML(fmt.Sprintf("[[%d]]", s.Gap+1))
		case s.Gap >= 0:
			part.Gap = gapOf(v, s.Gap, given)
		}
		parts = append(parts, part)
	}
	return parts
}

func gapOf(v *exam.View, n int, given []string) *gapView {
	g := &gapView{Index: n, Number: n + 1, GapView: v.Gaps[n]}
	if n < len(given) {
		g.Given = given[n]
	}
	g.Said = g.Given
	if len(g.Options) > 0 {
		g.Said = ""
		if at, err := strconv.Atoi(g.Given); err == nil && at >= 0 && at < len(g.Options) {
			g.Said = g.Options[at]
		}
	}
	return g
}

// gapsOf are the gaps of an item in their order.
func gapsOf(v *exam.View, given []string) []*gapView {
	all := make([]*gapView, len(v.Gaps))
	for n := range all {
		all[n] = gapOf(v, n, given)
	}
	return all
}

// filledGaps counts the gaps that hold something.
func filledGaps(r exam.Response) int {
	n := 0
	for _, s := range r.Gaps {
		if strings.TrimSpace(s) != "" {
			n++
		}
	}
	return n
}

// Flow is the passage of a cloze with what was filled in. Gaps are counted as they are
// read, which in each language may be another order.
func (it itemView) Flow() []flowPart {
	parts, n := flow(&it.View, it.Filled), 0
	for _, part := range parts {
		if part.Gap != nil {
			n++
			part.Gap.Number = n
		}
	}
	return parts
}

// Typed reports whether a number is typed somewhere, so that the page says how it is read.
func (it itemView) Typed() bool {
	return it.Kind == exam.Numeric || slices.ContainsFunc(it.Gaps, func(g exam.GapView) bool { return g.Numeric })
}

// formGaps reads the gaps from the form's fields.
func formGaps(c *fiber.Ctx, v exam.View) (exam.Response, error) {
	var r exam.Response
	for n, g := range v.Gaps {
		given := c.FormValue("gap" + strconv.Itoa(n))
		if g.Numeric && strings.TrimSpace(given) != "" {
			if _, err := exam.ReadNumber(given); err != nil {
				return r, err
			}
		}
		r.Gaps = append(r.Gaps, given)
	}
	return r, nil
}

// shownGap is a gap with its key, for staff: the options with the right one, or what is
// to be typed.
type shownGap struct {
	Number  int
	Options []shownOption
	Text    string
}

func shownGaps(v *exam.View, key []string) []shownGap {
	var all []shownGap
	for _, g := range gapsOf(v, key) {
		shown := shownGap{Number: g.Number, Text: g.Said}
		for i, text := range g.Options {
			shown.Options = append(shown.Options, shownOption{text, g.Chosen(i)})
		}
		all = append(all, shown)
	}
	return all
}

// gapLines says what was filled in, line by line.
func gapLines(v *exam.View, given []string) []string {
	var lines []string
	for _, g := range gapsOf(v, given) {
		if g.Said != "" {
			lines = append(lines, fmt.Sprintf("%d. %s", g.Number, g.Said))
		}
	}
	return lines
}
