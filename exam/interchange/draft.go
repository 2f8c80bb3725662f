package interchange

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam"
)

// Import collects what is read from one source.
type Import struct {
	// Format names the format as the command line does, such as "gift".
	Format string
	// Going, where it is set, is told how many questions were found so far, again and
	// again, and says whether to read on. An import that is stopped has no bank.
	Going   func(found int) bool
	stopped bool
	// files are the files that questions were found in, two at most: rows about the
	// import as a whole name the file when there is one.
	files []string
	// found counts the questions of the source, also the refused ones.
	found    int
	drafts   []*Draft
	stimuli  []exam.Stimulus
	cases    map[string]exam.Text // the stimuli by id
	full     bool
	problems problems
	media    mediaKeeper
}

// Draft is a question on its way into a bank.
type Draft struct {
	File string
	Line int
	// Name is what the source calls it; the id is made of it.
	Name string
	// Category is the source's path, its parts separated by slashes; the last
	// part stands for the topic when no tag names one.
	Category string
	// Tags are the source's keywords; those of the form "key:value" that tags.go
	// lists carry metadata.
	Tags []string
	// Item is filled as far as the source goes. Texts that name no language are
	// under Unnamed.
	Item exam.Item
	// Media returns the file that an image of a text refers to, nil where the source has
	// none beside its texts.
	Media func(src string) ([]byte, error)

	im      *Import
	said    map[string]bool
	refused bool
	shown   int    // images of files, see maxShown
	part    string // of the question that is being read, for its rows; see Gap
	// late completes the item once the languages of the bank are known.
	late []func(langs []string)
}

// Unnamed is the key, in an exam.Text of a Draft, of a text whose language the
// source does not say. Finish replaces it.
const Unnamed = ""

// Draft begins a question and counts it. Line counts from 1.
func (im *Import) Draft(file string, line int, name string) *Draft {
	im.found++
	im.ask()
	if len(im.files) < 2 && !slices.Contains(im.files, file) {
		im.files = append(im.files, file)
	}
	return im.Aside(file, line, name)
}

// ask asks whether to read on.
func (im *Import) ask() {
	if im.Going != nil && !im.stopped {
		im.stopped = !im.Going(im.found)
	}
}

// Stopped reports whether reading is to end here. Readers ask it between questions.
func (im *Import) Stopped() bool { return im.stopped }

// Aside is for a text of the source that is no question, such as a case text: its
// rows are told, and it is not counted.
func (im *Import) Aside(file string, line int, name string) *Draft {
	// What is kept of the source must not keep the whole of it in memory.
	return &Draft{File: file, Line: line, Name: strings.Clone(strings.TrimSpace(name)), im: im}
}

// Add takes the question in, unless it was refused.
func (im *Import) Add(d *Draft) {
	d.Media = nil // its texts are read; it may hold the source's whole question in memory
	for i, tag := range d.Tags {
		d.Tags[i] = strings.Clone(tag)
	}
	switch {
	case d.refused:
	case len(im.drafts) < MaxQuestions:
		im.drafts = append(im.drafts, d)
	case !im.full:
		im.full = true
		im.Fail(d.File, d.Line, "file.too_many", "has more than %d questions, the most that a bank can hold; split it", MaxQuestions)
	}
}

// AddStimulus takes a case text in, whose id items name in Item.Stimulus. One that
// is there already gains the languages that it lacks.
func (im *Import) AddStimulus(id string, text exam.Text) {
	if im.cases == nil {
		im.cases = make(map[string]exam.Text)
	}
	if im.cases[id] == nil {
		im.cases[id] = maps.Clone(text)
		im.stimuli = append(im.stimuli, exam.Stimulus{ID: id, Text: im.cases[id]})
	}
	for lang, s := range text {
		if _, ok := im.cases[id][lang]; !ok {
			im.cases[id][lang] = s
		}
	}
}

// Fail refuses the file: its container is broken. Line 0 is the whole file.
func (im *Import) Fail(file string, line int, code, format string, args ...any) {
	im.problems.add(Problem{File: file, Line: line, Severity: Error, Code: code, Message: fmt.Sprintf(format, args...)})
}

// Warn says that something of the file was not kept.
func (im *Import) Warn(file string, line int, code, format string, args ...any) {
	im.problems.add(Problem{File: file, Line: line, Severity: Warning, Code: code, Message: fmt.Sprintf(format, args...)})
}

// Note says what was decided about the file.
func (im *Import) Note(file string, line int, code, format string, args ...any) {
	im.problems.add(Problem{File: file, Line: line, Severity: Note, Code: code, Message: fmt.Sprintf(format, args...)})
}

// Refuse keeps the question out of the bank.
func (d *Draft) Refuse(code, format string, args ...any) {
	d.refused = true
	d.say(Error, code, format, args...)
}

// Refused reports whether the question is kept out.
func (d *Draft) Refused() bool { return d.refused }

// Lose says that a part of the question is not kept.
func (d *Draft) Lose(code, format string, args ...any) { d.say(Warning, code, format, args...) }

// Remark says what was decided about the question.
func (d *Draft) Remark(code, format string, args ...any) { d.say(Note, code, format, args...) }

// say adds a row, once for each message.
func (d *Draft) say(severity Severity, code, format string, args ...any) {
	message := d.part + fmt.Sprintf(format, args...)
	if d.said[code+message] {
		return
	}
	if d.said == nil {
		d.said = make(map[string]bool)
	}
	d.said[code+message] = true
	d.im.problems.add(Problem{File: d.File, Line: d.Line, Item: d.title(), Severity: severity, Code: code, Message: message})
}

// title is the id, or what the source calls the question.
func (d *Draft) title() string {
	if d.Item.ID != "" {
		return d.Item.ID
	}
	return d.Name
}

// idPattern is that of ids of items.
var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$`)

// Identify takes the source's identifier as the item's id when it can be one, and
// else as its name.
func (d *Draft) Identify(id string) {
	if id = strings.TrimSpace(id); idPattern.MatchString(id) {
		d.Item.ID = strings.Clone(id)
	} else if id != "" {
		d.Name = strings.Clone(id)
	}
}

// HTML makes a text of a piece of HTML; what cannot be kept becomes rows.
func (d *Draft) HTML(source string) exam.Text {
	text, losses := fromHTML(d.unpack(source), d.image)
	return d.tell(text, losses)
}

// Markdown makes a text of a piece of Markdown.
func (d *Draft) Markdown(source string) exam.Text {
	text, losses := fromMarkdown(d.unpack(source), d.image)
	return d.tell(text, losses)
}

func (d *Draft) tell(text exam.Text, losses []Loss) exam.Text {
	for _, l := range losses {
		if l.Refuse {
			d.Refuse(l.Code, "%s", l.Message)
		} else {
			d.Lose(l.Code, "%s", l.Message)
		}
	}
	return text
}

// Plain makes a text of words without markup.
func (d *Draft) Plain(source string) exam.Text {
	if len(source) > MaxText {
		d.Refuse("text.too_long", "has a text of more than 256 kB; no learner reads that")
		return nil
	}
	s := tidy(source)
	if ambiguousStars(s) {
		d.Remark("text.asterisks", "has words between asterisks, which learners see as emphasis")
	}
	return exam.Text{Unnamed: s}
}

// Explain adds to the rationale, where the feedback of a source goes. About
// names what the feedback belongs to, an empty text when it is the whole item.
func (d *Draft) Explain(about, feedback exam.Text) {
	for lang, s := range feedback {
		if s == "" {
			continue
		}
		if a := inLang(about, lang); a != "" {
			s = a + " — " + s
		}
		if before := d.Item.Rationale[lang]; before != "" {
			s = before + "\n\n" + s
		}
		if len(s) > maxFeedback {
			d.Lose("feedback.too_long", "has more feedback than a rationale can hold; the rest is left out")
			continue
		}
		if d.Item.Rationale == nil {
			d.Item.Rationale = make(exam.Text)
		}
		d.Item.Rationale[lang] = s
	}
}

// inLang is the text in a language, or the one whose language is not said.
func inLang(t exam.Text, lang string) string {
	if s, ok := t[lang]; ok {
		return s
	}
	return t[Unnamed]
}

// Blank reports whether no language of t has words.
func Blank(t exam.Text) bool {
	for _, s := range t {
		if strings.TrimSpace(s) != "" {
			return false
		}
	}
	return true
}
