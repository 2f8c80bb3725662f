package exam

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/proba-exam/proba/internal/fault"
)

// Essay is answered in free text, which people mark with a rubric; see marking.go.
type Essay struct {
	// MaxCharacters is the longest answer that is taken, in characters.
	MaxCharacters int `json:"max_characters"`
	// MinWords and MaxWords are told to the learner and to who marks, and not enforced:
	// what is too short or too long is for the rubric to say. 0 is no limit.
	MinWords int    `json:"min_words,omitempty"`
	MaxWords int    `json:"max_words,omitempty"`
	Rubric   Rubric `json:"rubric"`
}

// Rubric says what an answer earns points for.
type Rubric struct {
	Criteria []Criterion `json:"criteria"`
	// Tolerance is by how many points two markers may differ so that their mean counts.
	// Where they differ by more, somebody else decides.
	Tolerance int `json:"tolerance"`
}

// Criterion is one thing that is looked at. Its levels stand from the lowest to the
// highest.
type Criterion struct {
	Title  Text          `json:"title"`
	Levels []RubricLevel `json:"levels"`
}

// RubricLevel says what an answer of this level is like, and what it earns.
type RubricLevel struct {
	Points int  `json:"points"`
	Text   Text `json:"text"`
}

// Bounds of essays and rubrics.
const (
	// maxEssay is the longest that MaxCharacters can be: some four pages.
	maxEssay = 8000
	// maxEssayBytes bounds an answer whose characters take four bytes each.
	maxEssayBytes = 4 * maxEssay
	// maxEssays is how many a form may hold: with MaxLate late saves of all of them an
	// attempt stays under the 16 MiB of a document.
	maxEssays = 8
	// maxCriteria and maxLevels are beyond what people can hold in mind and tell apart.
	maxCriteria = 8
	maxLevels   = 8
	maxLevel    = 100 // points
)

func (e *Essay) check(path string, langs []string) []fault.Field {
	var faults []fault.Field
	add := func(at, format string, args ...any) {
		faults = append(faults, fault.Field{Path: path + at, Message: fmt.Sprintf(format, args...)})
	}
	if e.MaxCharacters < 1 || e.MaxCharacters > maxEssay {
		add("/max_characters", "is %d; an answer may have 1 to %d characters", e.MaxCharacters, maxEssay)
	}
	if e.MinWords < 0 || e.MaxWords < 0 || e.MaxWords > 0 && e.MaxWords < e.MinWords {
		add("/max_words", "the lowest must be below the highest")
	}
	return append(faults, e.Rubric.check(path+"/rubric", langs)...)
}

func (r *Rubric) check(path string, langs []string) []fault.Field {
	var faults []fault.Field
	add := func(at, format string, args ...any) {
		faults = append(faults, fault.Field{Path: path + at, Message: fmt.Sprintf(format, args...)})
	}
	if n := len(r.Criteria); n < 1 || n > maxCriteria {
		add("/criteria", "there are %d criteria; 1 to %d are allowed", n, maxCriteria)
	}
	titles := make([]Text, len(r.Criteria))
	for i, c := range r.Criteria {
		at := fmt.Sprintf("/criteria/%d", i)
		titles[i] = c.Title
		if n := len(c.Levels); n < 2 || n > maxLevels {
			add(at+"/levels", "there are %d levels; 2 to %d are allowed", n, maxLevels)
		}
		for j, l := range c.Levels {
			level := fmt.Sprintf("%s/levels/%d", at, j)
			switch {
			case j == 0 && l.Points != 0:
				add(level+"/points", "the lowest level earns 0 points")
			case j > 0 && l.Points <= c.Levels[j-1].Points, l.Points > maxLevel:
				add(level+"/points", "levels stand from the lowest to the highest, with at most %d points", maxLevel)
			}
			faults = append(faults, l.Text.check(path+level+"/text", langs, maxOption)...)
		}
	}
	faults = append(faults, checkTexts(titles, path+"/criteria", "/title", langs)...)
	if len(Media(r.texts()...)) > 0 {
		add("/criteria", "a rubric has no images; put them into the question")
	}
	if r.Tolerance < 0 || r.Tolerance > 0 && r.Tolerance >= r.Max() {
		add("/tolerance", "must be at least 0 and less than the points of the rubric")
	}
	return faults
}

// texts are all that the rubric says.
func (r *Rubric) texts() []Text {
	var all []Text
	for _, c := range r.Criteria {
		all = append(all, c.Title)
		for _, l := range c.Levels {
			all = append(all, l.Text)
		}
	}
	return all
}

// Max is what the rubric gives at most, in its own points.
func (r *Rubric) Max() int {
	sum := 0
	for _, c := range r.Criteria {
		if n := len(c.Levels); n > 0 {
			sum += c.Levels[n-1].Points
		}
	}
	return sum
}

// Total is what the levels earn, one for each criterion, in points of the rubric.
func (r *Rubric) Total(levels []int) int {
	sum := 0
	for i, l := range levels {
		sum += r.Criteria[i].Levels[l].Points
	}
	return sum
}

// Check reports why levels are no mark by the rubric.
func (r *Rubric) Check(levels []int) []fault.Field {
	if len(levels) != len(r.Criteria) {
		return []fault.Field{{Path: "/levels", Message: fmt.Sprintf("has %d entries for %d criteria", len(levels), len(r.Criteria))}}
	}
	var faults []fault.Field
	for i, l := range levels {
		if l < 0 || l >= len(r.Criteria[i].Levels) {
			faults = append(faults, fault.Field{Path: fmt.Sprintf("/levels/%d", i), Message: "choose a level for each criterion"})
		}
	}
	return faults
}

// credit is the mean of the marks that count over what the rubric can give, 0 for none.
func (e *Essay) credit(counted []RubricMark) Credit {
	if len(counted) == 0 {
		return 0
	}
	sum := 0
	for _, m := range counted {
		sum += e.Rubric.Total(m.Levels)
	}
	return portion(sum, len(counted)*e.Rubric.Max())
}

func (e *Essay) shape() shape { return shape{} }

func (e *Essay) present(v *View, _ Arrangement, _ string) {
	v.MaxCharacters, v.MinWords, v.MaxWords = e.MaxCharacters, e.MinWords, e.MaxWords
}

func (e *Essay) accept(r Response) *fault.Field {
	if f := r.only("text"); f != nil {
		return f
	}
	if len(r.Text) > maxEssayBytes || !utf8.ValidString(r.Text) {
		return &fault.Field{Path: "/text", Message: "is too long, or is not valid UTF-8"}
	}
	if n := utf8.RuneCountInString(r.Text); n > e.MaxCharacters {
		return &fault.Field{Path: "/text", Message: fmt.Sprintf("has %d characters, %d are allowed", n, e.MaxCharacters)}
	}
	if strings.ContainsFunc(r.Text, unprintable) {
		return &fault.Field{Path: "/text", Message: "holds control characters"}
	}
	return nil
}

// unprintable are the characters that no essay holds: lines end with a line feed.
func unprintable(c rune) bool {
	return unicode.IsControl(c) && c != '\n' && c != '\t' || c == '\u2028' || c == '\u2029'
}

// TidyEssay makes an answer of what a form sent: lines end with a line feed, and what
// word processors put between them becomes one.
func TidyEssay(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n").Replace(strings.ToValidUTF8(s, "\ufffd"))
	return strings.Map(func(c rune) rune {
		if unprintable(c) {
			return -1
		}
		return c
	}, s)
}

func (e *Essay) rules() []Rule { return []Rule{ByRubric} }

// mark is what no person has marked yet.
func (e *Essay) mark(Rule, Arrangement, Response) Credit { return 0 }

// key is none: what is right is what the rubric says.
func (e *Essay) key(Arrangement) Response { return Response{} }

// Essay is what people mark of the item, nil when it is marked by a key.
func (it *Item) Essay() *Essay {
	e, _ := it.Interaction.(*Essay)
	return e
}
