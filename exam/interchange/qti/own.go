package qti

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// The keys of keywords that only packages of QTI have, for what its elements have no
// place for. The others are those of interchange.Tags.
const (
	ownWeights   = "gap-weights"      // the weights of gaps, 0 for none
	ownWords     = "essay-words"      // the lowest and highest number of words, 0 for none
	ownTolerance = "rubric-tolerance" // by how many points two markers may differ
)

// takeOwn takes the keywords that the package's own reader understands out of a draft's
// tags.
func takeOwn(d *interchange.Draft) map[string]string {
	own := make(map[string]string)
	var rest []string
	for _, tag := range d.Tags {
		key, value, _ := strings.Cut(tag, ":")
		switch key {
		case ownWeights, ownWords, ownTolerance:
			own[key] = strings.TrimSpace(value)
		default:
			rest = append(rest, tag)
		}
	}
	d.Tags = rest
	return own
}

// metadata are the keywords of an item. Of the kinds that are read here in their own way
// interchange.Tags must say nothing: their elements say it.
func metadata(it *exam.Item) []string {
	switch it.Interaction.(type) {
	case *exam.ClozeText, *exam.HotspotImage, *exam.Essay:
		bare := *it
		bare.Interaction = nil
		return append(interchange.Tags(&bare), ownTags(it)...)
	}
	return interchange.Tags(it)
}

// ownTags are the keywords of an item that takeOwn understands.
func ownTags(it *exam.Item) []string {
	var tags []string
	switch in := it.Interaction.(type) {
	case *exam.ClozeText:
		if slices.ContainsFunc(in.Gaps, func(g exam.Gap) bool { return g.Weight != 0 }) {
			weights := make([]string, len(in.Gaps))
			for i, g := range in.Gaps {
				weights[i] = strconv.Itoa(g.Weight)
			}
			tags = append(tags, ownWeights+":"+strings.Join(weights, " "))
		}
	case *exam.Essay:
		if in.MinWords > 0 || in.MaxWords > 0 {
			tags = append(tags, fmt.Sprintf("%s:%d-%d", ownWords, in.MinWords, in.MaxWords))
		}
		if in.Rubric.Tolerance > 0 {
			tags = append(tags, fmt.Sprintf("%s:%d", ownTolerance, in.Rubric.Tolerance))
		}
	}
	return tags
}
