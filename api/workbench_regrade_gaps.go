package api

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
)

// A new key of a cloze: every gap has fields of its own, which begin with what is right
// until now, since mostly one gap of several was wrong.

// gapParts is what the key of one gap is chosen from.
type gapParts struct {
	Index, Number int
	keyParts
}

// partsOfGaps are the gaps of the item, in the language of the view.
func partsOfGaps(v *exam.View, in *exam.ClozeText, langs []string) []gapParts {
	var all []gapParts
	for n := range in.Gaps {
		p := gapParts{n, n + 1, keyParts{How: "words", Options: v.Gaps[n].Options, Langs: langs}}
		if len(p.Options) > 0 {
			p.How = "one"
		} else if v.Gaps[n].Numeric {
			p.How = "number"
		}
		all = append(all, p)
	}
	return all
}

// clozeOf is the item as it was asked, nil when it is no cloze.
func clozeOf(k *exam.ItemKey) *exam.ClozeText {
	in, _ := k.Bank.Revision(k.Number).Item.Interaction.(*exam.ClozeText)
	return in
}

// keysOfGaps are the keys that count until now.
func keysOfGaps(k *exam.ItemKey) ([]givenKey, error) {
	in := clozeOf(k)
	if in == nil {
		return nil, nil
	}
	asked := k.Bank.Revision(k.Number)
	newest := *asked
	if len(k.Keys) > 0 {
		newest = k.Keys[len(k.Keys)-1]
	}
	right, err := exam.KeysAmong(asked, []exam.Revision{newest})
	if err != nil {
		return nil, err
	}
	now := newest.Item.Interaction.(*exam.ClozeText) // KeysAmong has found it to be the same question
	all := make([]givenKey, len(in.Gaps))
	for n := range in.Gaps {
		g := &now.Gaps[n]
		all[n].Accepted = make(map[string]string)
		switch {
		case g.Number != nil:
			all[n].Value, all[n].Tolerance = g.Number.Value, g.Number.Tolerance
		case len(g.Options) > 0:
			if at, err := strconv.Atoi(right[0].Gaps[n]); err == nil {
				all[n].Choices = []int{at}
			}
		default:
			for _, t := range g.Accepted {
				for lang, s := range t {
					all[n].Accepted[lang] += s + "\n"
				}
			}
		}
	}
	return all, nil
}

// readGapKeys reads the fields of each gap.
func readGapKeys(c *fiber.Ctx, parts []gapParts) []givenKey {
	var all []givenKey
	for _, p := range parts {
		of := func(name string) string { return c.FormValue(fmt.Sprintf("gap%d_%s", p.Index, name)) }
		g := givenKey{Value: strings.TrimSpace(of("value")), Tolerance: strings.TrimSpace(of("tolerance")), Accepted: make(map[string]string)}
		if n, err := strconv.Atoi(of("choice")); err == nil {
			g.Choices = []int{n}
		}
		for _, lang := range p.Langs {
			g.Accepted[lang] = of("accepted_" + lang)
		}
		all = append(all, g)
	}
	return all
}

// gapKeys are the keys that were sent, for the service to judge.
func (g givenKey) gapKeys(parts []gapParts) []exam.Key {
	var all []exam.Key
	for n, p := range parts {
		all = append(all, *g.Gaps[n].key(p.keyParts))
	}
	return all
}
