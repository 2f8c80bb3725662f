package exam

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/internal/fault"
)

// Words is answered by typing one or a few words.
type Words struct {
	// Accepted are the right answers. An answer in any language counts in every
	// language: a learner who knows the term in the other one knows it.
	Accepted []Text `json:"accepted"`
}

// maxAccepted bounds the answers of one item; who needs more wants another kind.
const maxAccepted = 20

func (w *Words) check(path string, langs []string) []fault.Field {
	var faults []fault.Field
	if n := len(w.Accepted); n < 1 || n > maxAccepted {
		faults = append(faults, fault.Field{Path: path + "/accepted", Message: fmt.Sprintf("there are %d accepted answers; 1 to %d are allowed", n, maxAccepted)})
	}
	for i, text := range w.Accepted {
		faults = append(faults, text.check(fmt.Sprintf("%s/accepted/%d", path, i), langs, maxResponseText/4)...)
		for lang, s := range text {
			if strings.TrimSpace(s) != "" && normalise(s) == "" {
				faults = append(faults, fault.Field{Path: fmt.Sprintf("%s/accepted/%d/%s", path, i, lang), Message: "has no letter or digit"})
			}
		}
	}
	return faults
}

func (w *Words) shape() shape { return shape{} }

func (w *Words) present(*View, Arrangement, string) {}

func (w *Words) accept(r Response) *fault.Field { return acceptTyped(r) }

func (w *Words) rules() []Rule { return []Rule{AllOrNothing} }

func (w *Words) mark(_ Rule, _ Arrangement, r Response) Credit {
	given := normalise(r.Text)
	if given == "" {
		return 0
	}
	for _, text := range w.Accepted {
		for _, s := range text {
			if normalise(s) == given {
				return OnePoint
			}
		}
	}
	return 0
}

func (w *Words) key(Arrangement) Response {
	return Response{Text: w.Accepted[0].In("")}
}

// normalise makes two spellings equal that a reader would call the same: case,
// runs of white space, hyphens and dashes, quotation marks and punctuation at
// the ends, and the apostrophe, which Ukrainian keyboards type in five ways and
// often leave out.
func normalise(s string) string {
	// Before NFKC, which takes U+00B4 apart into a space and an accent, and after
	// it, which makes apostrophes of other signs.
	s = withoutApostrophes(cases.Fold().String(norm.NFKC.String(withoutApostrophes(s))))
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Dash, r), unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsNumber(r), unicode.IsSymbol(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func withoutApostrophes(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("'’ʼ`´ʹ‘", r) {
			return -1
		}
		return r
	}, s)
}

// acceptTyped reports why r is not a line of text.
func acceptTyped(r Response) *fault.Field {
	if f := r.only("text"); f != nil {
		return f
	}
	if len(r.Text) > maxResponseText {
		return &fault.Field{Path: "/text", Message: fmt.Sprintf("has %d bytes, %d are allowed", len(r.Text), maxResponseText)}
	}
	if !utf8.ValidString(r.Text) {
		return &fault.Field{Path: "/text", Message: "is not valid UTF-8"}
	}
	if strings.ContainsFunc(r.Text, func(c rune) bool { return unicode.IsControl(c) || c == '\u2028' || c == '\u2029' }) {
		return &fault.Field{Path: "/text", Message: "holds control characters or line breaks"}
	}
	return nil
}
