package exam

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/internal/fault"
)

// ClozeText is a passage with gaps, each of which is filled by choosing an option, typing
// words or typing a number. A gap is read and marked as an item of that kind would be.
type ClozeText struct {
	// Passage marks the gaps by their numbers from 1: [[1]]. Each language has all of them.
	Passage Text  `json:"passage"`
	Gaps    []Gap `json:"gaps"`
}

// Gap is one gap. One of Options, Accepted and Number is used.
type Gap struct {
	// Options are chosen from; one is the key.
	Options []Option `json:"options,omitempty"`
	// Accepted are the right words to type; see Words.
	Accepted []Text `json:"accepted,omitempty"`
	// Number is the right number to type. Its unit stands in the passage.
	Number *Number `json:"number,omitempty"`
	// Weight is how much the gap counts beside the others under PerGap; 0 stands for 1.
	Weight int `json:"weight,omitempty"`
}

// Limits of a passage with gaps.
const (
	// maxGaps bounds the gaps of one item: a screen full of them is no question any more.
	maxGaps = 20
	// maxWeight bounds the weight of one gap, so that no gap makes the others worthless.
	maxWeight = 10
	// maxGapOption is the longest option of a gap, in characters: it is read in a list
	// that a phone shows in one line.
	maxGapOption = 80
)

// part is the gap as an item of its own.
func (g *Gap) part() Interaction {
	switch {
	case g.Number != nil:
		return g.Number
	case len(g.Options) > 0:
		return &SingleChoice{Options: g.Options}
	}
	return &Words{Accepted: g.Accepted}
}

func (g *Gap) weight() int { return max(1, g.Weight) }

func (c *ClozeText) check(path string, langs []string) []fault.Field {
	var faults []fault.Field
	if n := len(c.Gaps); n < 1 || n > maxGaps {
		faults = append(faults, fault.Field{Path: path + "/gaps", Message: fmt.Sprintf("there are %d gaps; 1 to %d are allowed", n, maxGaps)})
	}
	faults = append(faults, c.Passage.check(path+"/passage", langs, maxStem)...)
	for _, lang := range langs {
		if s := c.Passage[lang]; strings.TrimSpace(s) != "" {
			faults = append(faults, checkGaps(path+"/passage/"+lang, s, len(c.Gaps))...)
		}
	}
	for i := range c.Gaps {
		faults = append(faults, c.Gaps[i].check(fmt.Sprintf("%s/gaps/%d", path, i), langs)...)
	}
	return faults
}

func (g *Gap) check(path string, langs []string) []fault.Field {
	var faults []fault.Field
	if g.Weight < 0 || g.Weight > maxWeight {
		faults = append(faults, fault.Field{Path: path + "/weight", Message: fmt.Sprintf("%d is not a weight from 1 to %d", g.Weight, maxWeight)})
	}
	used := 0
	for _, is := range []bool{len(g.Options) > 0, len(g.Accepted) > 0, g.Number != nil} {
		if is {
			used++
		}
	}
	if used != 1 {
		return append(faults, fault.Field{Path: path, Message: "a gap has options to choose from, accepted words or a number: one of them"})
	}
	if g.Number != nil {
		if len(g.Number.Unit) > 0 {
			faults = append(faults, fault.Field{Path: path + "/number/unit", Message: "the unit of a gap stands in the text behind it"})
		}
		return append(faults, g.Number.check(path+"/number", langs)...)
	}
	for i, o := range g.Options {
		for _, lang := range langs {
			at := fmt.Sprintf("%s/options/%d/text/%s", path, i, lang)
			if n := len([]rune(o.Text[lang])); n > maxGapOption {
				faults = append(faults, fault.Field{Path: at, Message: fmt.Sprintf("has %d characters, %d are allowed", n, maxGapOption)})
			}
			if len(Images(o.Text[lang])) > 0 {
				faults = append(faults, fault.Field{Path: at, Message: "an option of a gap cannot show an image"})
			}
		}
	}
	return append(faults, g.part().check(path, langs)...)
}

func (c *ClozeText) shape() shape {
	var s shape
	for i := range c.Gaps {
		part := optionShape(c.Gaps[i].Options)
		s.runs = append(s.runs, part.options)
		s.options += part.options
		if part.fixed != nil && s.fixed == nil {
			s.fixed = make([]bool, s.options-part.options, s.options)
		}
		if s.fixed != nil {
			s.fixed = append(s.fixed, part.fixed...)
			s.fixed = append(s.fixed, make([]bool, s.options-len(s.fixed))...)
		}
	}
	return s
}

// parts visits the gaps, each with its own part of the arrangement.
func (c *ClozeText) parts(a Arrangement, visit func(i int, part Interaction, local Arrangement)) {
	at := 0
	for i := range c.Gaps {
		local := Arrangement{}
		for _, authored := range a.Options[at : at+len(c.Gaps[i].Options)] {
			local.Options = append(local.Options, authored-at)
		}
		visit(i, c.Gaps[i].part(), local)
		at += len(c.Gaps[i].Options)
	}
}

func (c *ClozeText) present(v *View, a Arrangement, lang string) {
	v.Passage, v.Gaps = c.Passage.In(lang), make([]GapView, len(c.Gaps))
	c.parts(a, func(i int, part Interaction, local Arrangement) {
		switch in := part.(type) {
		case *SingleChoice:
			v.Gaps[i].Options = presentOptions(in.Options, local, lang)
		case *Number:
			v.Gaps[i].Numeric = true
		}
	})
}

// response is what was answered in one gap, as an answer to its part: a chosen option is
// the decimal number of its position. ok is false when it is no position.
func gapResponse(part Interaction, given string) (r Response, ok bool) {
	if _, choice := part.(*SingleChoice); !choice || given == "" {
		return Response{Text: given}, true
	}
	n, err := strconv.Atoi(given)
	if err != nil || strconv.Itoa(n) != given {
		return Response{}, false
	}
	return Response{Choices: []int{n}}, true
}

// gapAnswer is the reverse of gapResponse.
func gapAnswer(r Response) string {
	if len(r.Choices) > 0 {
		return strconv.Itoa(r.Choices[0])
	}
	return r.Text
}

func (c *ClozeText) accept(r Response) *fault.Field {
	if f := r.only("gaps"); f != nil {
		return f
	}
	if n := len(r.Gaps); n != 0 && n != len(c.Gaps) {
		return &fault.Field{Path: "/gaps", Message: fmt.Sprintf("has %d entries for %d gaps; use \"\" for a gap without an answer", n, len(c.Gaps))}
	}
	for i, given := range r.Gaps {
		part, path := c.Gaps[i].part(), fmt.Sprintf("/gaps/%d", i)
		answer, ok := gapResponse(part, given)
		if !ok {
			return &fault.Field{Path: path, Message: "is not the position of an option, in decimal"}
		}
		if f := part.accept(answer); f != nil {
			return &fault.Field{Path: path, Message: f.Message}
		}
	}
	return nil
}

func (c *ClozeText) rules() []Rule { return []Rule{PerGap, AllOrNothing} }

func (c *ClozeText) mark(rule Rule, a Arrangement, r Response) Credit {
	if r.Empty() {
		return 0
	}
	right, all := 0, 0
	c.parts(a, func(i int, part Interaction, local Arrangement) {
		all += c.Gaps[i].weight()
		if answer, ok := gapResponse(part, r.Gaps[i]); ok && !answer.Empty() && part.mark(AllOrNothing, local, answer) == OnePoint {
			right += c.Gaps[i].weight()
		}
	})
	return rule.weighed(right, all)
}

func (c *ClozeText) key(a Arrangement) Response {
	gaps := make([]string, len(c.Gaps))
	c.parts(a, func(i int, part Interaction, local Arrangement) { gaps[i] = gapAnswer(part.key(local)) })
	return Response{Gaps: gaps}
}

// texts are what the item adds to its stem, for who looks for words in it.
func (c *ClozeText) texts() []Text {
	all := []Text{c.Passage}
	for i := range c.Gaps {
		all = append(all, written(c.Gaps[i].part())...)
	}
	return all
}

// places finds each option in another revision of the item; ok is false when somebody who
// filled one passage did not fill the other.
func (c *ClozeText) places(other *ClozeText) (options []int, ok bool) {
	if !sameText(c.Passage, other.Passage) || len(c.Gaps) != len(other.Gaps) {
		return nil, false
	}
	from := 0
	for i := range c.Gaps {
		a, b := &c.Gaps[i], &other.Gaps[i]
		at, same := places(optionTexts(a.Options), optionTexts(b.Options))
		if !same || (a.Number == nil) != (b.Number == nil) || (len(a.Accepted) == 0) != (len(b.Accepted) == 0) {
			return nil, false
		}
		for _, n := range at {
			options = append(options, from+n)
		}
		from += len(a.Options)
	}
	return options, true
}

// rekeyed gives each gap another key.
func (c *ClozeText) rekeyed(k Key) (*ClozeText, []fault.Field) {
	if len(k.Gaps) != len(c.Gaps) {
		return nil, []fault.Field{{Path: "/gaps", Message: fmt.Sprintf("has %d keys for %d gaps", len(k.Gaps), len(c.Gaps))}}
	}
	out := &ClozeText{Passage: c.Passage, Gaps: slices.Clone(c.Gaps)}
	for i, key := range k.Gaps {
		g := &out.Gaps[i]
		switch {
		case g.Number != nil:
			next := *g.Number
			next.Value, next.Tolerance = key.Value, key.Tolerance
			g.Number = &next
		case len(g.Options) > 0:
			if f := positions("choices", key.Choices, len(g.Options)); f != nil {
				return nil, []fault.Field{{Path: fmt.Sprintf("/gaps/%d%s", i, f.Path), Message: f.Message}}
			}
			g.Options = chosen(g.Options, key.Choices)
		default:
			g.Accepted = key.Accepted
		}
	}
	return out, nil
}
