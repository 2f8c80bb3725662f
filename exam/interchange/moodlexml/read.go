package moodlexml

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// Read takes in the questions of a Moodle XML file in UTF-8.
func Read(im *interchange.Import, file string, data []byte) {
	x := interchange.NewXML(data)
	category := ""
	for {
		q, err := x.Next(func(name string, path []*interchange.Element) bool {
			return name == "question" && len(path) == 1 && path[0].Name == "quiz"
		})
		if err == io.EOF || im.Stopped() {
			return
		}
		if err != nil {
			im.Fail(file, x.Line(), "xml.broken", "%s", err)
			return
		}
		switch kind := q.Attr("type"); kind {
		case "category":
			category = strings.TrimSpace(q.Child("category").Child("text").Content())
			if strings.TrimSpace(q.Child("info").Child("text").Content()) != "" {
				im.Warn(file, q.Line, "moodle.category", "the description of the category %q is left out", category)
			}
		case "description":
			description(im, file, q)
		default:
			d := im.Draft(file, q.Line, text(q.Child("name")))
			d.Identify(q.Child("idnumber").Content())
			d.Category, d.Tags = category, tags(q)
			(&reader{d: d, q: q}).question(kind)
			im.Add(d)
		}
	}
}

// text is the content of a <text> within e, without its format.
func text(e *interchange.Element) string {
	return strings.TrimSpace(e.Child("text").Content())
}

func tags(q *interchange.Element) []string {
	var tags []string
	for _, group := range []string{"tags", "coursetags"} {
		for _, tag := range q.Child(group).All("tag") {
			tags = append(tags, text(tag))
		}
	}
	return tags
}

// description is a text without a question: a case text when it is tagged as one.
func description(im *interchange.Import, file string, q *interchange.Element) {
	id := strings.TrimSpace(q.Child("idnumber").Content())
	if !slices.Contains(tags(q), "stimulus") || id == "" || interchange.Slug(id) != id {
		im.Warn(file, q.Line, "moodle.description", "the text %q, which asks nothing, is left out", text(q.Child("name")))
		return
	}
	d := im.Aside(file, q.Line, id)
	r := reader{d: d, q: q}
	if t := r.text(q.Child("questiontext"), "html"); !d.Refused() {
		im.AddStimulus(id, t)
	}
}

// reader reads one question.
type reader struct {
	d      *interchange.Draft
	q      *interchange.Element
	format string // of the question's text, which the others share
	used   int    // files that an image of a text refers to
}

// known are the elements of a question that are read, or that say nothing about
// what is asked and how it is marked here.
var known = []string{"name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber", "single", "shuffleanswers",
	"answernumbering", "showstandardinstruction", "answer", "subquestion", "tags", "coursetags", "usecase", "units", "unitgradingtype", "unitpenalty",
	"showunits", "unitsleft", "hint", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "shownumcorrect",
	"layouttype", "selecttype", "selectcount", "gradingtype", "showgrading", "numberingstyle", "instructions", "questionid",
	"selectoption", "dragbox", "responseformat", "responserequired", "responsefieldlines", "minwordlimit", "maxwordlimit",
	"attachments", "attachmentsrequired", "maxbytes", "filetypeslist", "graderinfo", "responsetemplate"}

func (r *reader) question(kind string) {
	r.format = formatOf(r.q.Child("questiontext"), "html")
	stem := r.q.Child("questiontext")
	if !gapped(kind) {
		r.d.Item.Stem = r.text(stem, "html")
	}
	if general := r.text(r.q.Child("generalfeedback"), r.format); !interchange.Blank(general) {
		r.d.Explain(nil, general)
	}
	switch kind {
	case "multichoice":
		r.choices()
	case "truefalse":
		r.trueFalse()
	case "shortanswer":
		r.words()
	case "numerical":
		r.numeric()
	case "matching", "match":
		r.matching()
	case "ordering":
		r.ordering()
	case "cloze", "multianswer":
		r.cloze(stem)
	case "essay":
		r.essay()
	case "gapselect":
		r.missingWords(stem, "selectoption", r.shown)
	case "ddwtos":
		r.missingWords(stem, "dragbox", r.d.HTML)
	case "ddmarker":
		r.d.Refuse("moodle.markers", "drags markers onto places of an image; here places that have names are pointed at, right ones among wrong ones. Make it an item with areas of an image, and name them")
	case "ddimageortext":
		r.d.Refuse("moodle.labels", "drags labels onto places of an image, which no kind of item here does. Make it a matching of labels and descriptions, or an item with areas of an image for each label")
	default:
		r.d.Unsupported(kind)
	}
	r.losses(gapped(kind))
}

// gapped reports whether a type has its answers within its text.
func gapped(kind string) bool {
	return slices.Contains([]string{"cloze", "multianswer", "gapselect", "ddwtos"}, kind)
}

// losses tells what of the question is not kept. The points of a text with gaps are
// those of its gaps together.
func (r *reader) losses(gapped bool) {
	d, q := r.d, r.q
	if d.Refused() {
		return
	}
	if g, err := strconv.ParseFloat(strings.TrimSpace(q.Child("defaultgrade").Content()), 64); err == nil && g != 1 && !gapped {
		d.Lose("points", "it is worth %v points there; here every item is worth one", g)
	}
	if len(q.All("hint")) > 0 {
		d.Lose("moodle.hint", "hints after a wrong try are left out; an exam gives none")
	}
	if q.Child("hidden").Content() == "1" {
		d.Remark("moodle.hidden", "is hidden in its source and read all the same")
	}
	if q.Child("usecase").Content() == "1" {
		d.Lose("answer.case", "small and capital letters count in its source and do not here")
	}
	for _, name := range []string{"correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"} {
		s := text(q.Child(name))
		if s != "" && !strings.Contains(s, "Your answer is ") { // Moodle's own default
			d.Lose("moodle.combined_feedback", "the feedback for right, partly right and wrong answers as a whole is left out")
		}
	}
	if len(q.Find("file")) > r.used {
		d.Lose("media.file", "files that come with it are left out")
	}
	for _, c := range q.Children {
		if c.Name != "" && !slices.Contains(known, c.Name) && strings.TrimSpace(c.Content()) != "" {
			d.Lose("moodle.element", "the element <%s> is left out", c.Name)
		}
	}
}

func formatOf(e *interchange.Element, otherwise string) string {
	if e == nil || e.Attr("format") == "" {
		return otherwise
	}
	return e.Attr("format")
}

// text reads the words of e in e's format, else in the given one.
func (r *reader) text(e *interchange.Element, format string) exam.Text {
	if e == nil {
		return nil
	}
	body := e.Child("text").Content()
	if strings.TrimSpace(body) == "" {
		return nil
	}
	r.files(e)
	return r.formatted(formatOf(e, format), body)
}

// formatted makes a text of words in one of Moodle's formats.
func (r *reader) formatted(format, body string) exam.Text {
	switch format {
	case "plain_text":
		return r.d.Plain(body)
	case "markdown":
		return r.d.Markdown(body)
	case "moodle_auto_format", "wiki_like":
		body = strings.ReplaceAll(strings.TrimSpace(body), "\n", "<br>")
	}
	return r.d.HTML(body)
}

// shown reads words that Moodle shows as they are, but for its filters.
func (r *reader) shown(body string) exam.Text {
	if strings.Contains(body, "multilang") {
		return r.d.HTML(body)
	}
	return r.d.Plain(body)
}

func fraction(e *interchange.Element) float64 {
	f, err := strconv.ParseFloat(strings.TrimSpace(e.Attr("fraction")), 64)
	if err != nil {
		return 0
	}
	return f / 100
}

// said is a switch of Moodle's: "true" and "1" are on.
func said(e *interchange.Element, otherwise bool) bool {
	if e == nil {
		return otherwise
	}
	s := strings.TrimSpace(e.Content())
	return s == "true" || s == "1"
}

func (r *reader) choices() {
	fixed := !said(r.q.Child("shuffleanswers"), true)
	var answers []interchange.Answer
	for _, a := range r.q.All("answer") {
		answers = append(answers, interchange.Answer{Text: r.text(a, r.format), Fraction: fraction(a), Feedback: r.text(a.Child("feedback"), r.format), Fixed: fixed})
	}
	if said(r.q.Child("single"), true) {
		r.d.SingleChoice(answers)
	} else {
		r.d.MultipleChoice(answers)
	}
}

// trueFalse finds the answer by its text; old files have it in another language,
// with "true" first.
func (r *reader) trueFalse() {
	answers := r.q.All("answer")
	if len(answers) != 2 {
		r.d.Refuse("moodle.answers", "has %d answers; true and false make two", len(answers))
		return
	}
	names := []string{strings.ToLower(text(answers[0])), strings.ToLower(text(answers[1]))}
	if !slices.Contains(names, "true") || !slices.Contains(names, "false") {
		r.d.Remark("moodle.true_false", "its answers are called %q and %q; the first was taken for \"true\"", names[0], names[1])
		names = []string{"true", "false"}
	}
	right := slices.IndexFunc(answers, func(a *interchange.Element) bool { return fraction(a) == 1 })
	if right < 0 || fraction(answers[1-right]) == 1 {
		r.d.Refuse("key.missing", "not exactly one of true and false is right")
		return
	}
	for _, a := range answers {
		r.d.Explain(nil, r.text(a.Child("feedback"), r.format))
	}
	r.d.TrueFalse(names[right] == "true")
}

func (r *reader) words() {
	var answers []interchange.Answer
	for _, a := range r.q.All("answer") {
		answers = append(answers, interchange.Answer{Text: r.d.Plain(text(a)), Fraction: fraction(a), Feedback: r.text(a.Child("feedback"), r.format)})
	}
	r.d.Words(answers, true)
}

func (r *reader) matching() {
	var rows []exam.Row
	for _, s := range r.q.All("subquestion") {
		rows = append(rows, exam.Row{Prompt: r.text(s, r.format), Match: r.shown(text(s.Child("answer")))})
	}
	r.d.Match(rows)
}

// ordering reads the steps; the fraction of each is its place.
func (r *reader) ordering() {
	answers := r.q.All("answer")
	slices.SortStableFunc(answers, func(a, b *interchange.Element) int { return cmp.Compare(fraction(a), fraction(b)) })
	var steps []exam.Text
	for _, a := range answers {
		steps = append(steps, r.text(a, r.format))
	}
	if s := strings.TrimSpace(r.q.Child("selecttype").Content()); s != "" && s != "ALL" && s != "0" {
		r.d.Lose("moodle.ordering", "shows only some of its steps in its source, and all here")
	}
	r.d.Order(steps)
}
