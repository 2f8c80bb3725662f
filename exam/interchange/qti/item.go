package qti

import (
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// reader reads one assessmentItem.
type reader struct {
	question
	pkg  *library
	file string
	item *interchange.Element
	p    *processing
	own  map[string]string // keywords by key, see own.go
	// scorers are the instructions for who marks that the item keeps.
	scorers []*interchange.Element
}

// item reads an assessmentItem into d. Tags and category are d's already.
func (l *library) item(d *interchange.Draft, file string, e *interchange.Element) {
	l.reader(d, file, e).read()
}

func (l *library) reader(d *interchange.Draft, file string, e *interchange.Element) *reader {
	r := &reader{pkg: l, file: file, item: e, p: readProcessing(e), own: takeOwn(d)}
	r.im, r.d, r.mark, r.lang = l.im, d, r.p.score, language(e)
	l.images(d, file)
	r.correct = make(map[string][]string)
	for id, decl := range r.p.declarations {
		r.correct[id] = decl.correct
	}
	r.ruled = slices.ContainsFunc(d.Tags, func(t string) bool { return strings.HasPrefix(t, "scoring:") })
	return r
}

func (r *reader) read() {
	if r.item.Attr("adaptive") == "true" {
		r.d.Refuse("qti.adaptive", "is adaptive: it changes with each try, which no kind of item here does")
		return
	}
	if r.item.Child("templateProcessing") != nil || r.item.Child("templateDeclaration") != nil {
		r.d.Refuse("qti.template", "makes its numbers by itself (template processing), which no kind of item here does")
		return
	}
	r.stimulus()
	r.body()
	r.endless(r.p.spent)
	r.feedback(r.item)
	if len(r.item.Find("stylesheet")) > 0 {
		r.d.Lose("qti.style", "its style sheet is left out")
	}
}

// language is the primary language that an element says, Unnamed when none.
func language(e *interchange.Element) string {
	lang, _, _ := strings.Cut(strings.ToLower(e.Attr("lang")), "-")
	return lang
}

// interactions are those of QTI 2.2 and 3.0, and whether they are read here.
var interactions = map[string]bool{
	"choiceInteraction": true, "inlineChoiceInteraction": true, "orderInteraction": true, "matchInteraction": true, "associateInteraction": true,
	"gapMatchInteraction": true, "textEntryInteraction": true, "extendedTextInteraction": true,
	"hotspotInteraction": true, "hottextInteraction": false, "graphicOrderInteraction": false, "graphicAssociateInteraction": false,
	"graphicGapMatchInteraction": false, "positionObjectInteraction": false, "selectPointInteraction": false, "sliderInteraction": false,
	"mediaInteraction": false, "drawingInteraction": false, "uploadInteraction": false, "customInteraction": false,
	"portableCustomInteraction": false, "endAttemptInteraction": false,
}

// gapMark stands for the place of an interaction until the text has been read.
const gapMark = "\ufdd8"

func (r *reader) body() {
	body := r.item.Child("itemBody")
	if body == nil {
		r.d.Refuse("qti.body", "has no itemBody")
		return
	}
	var found []*interchange.Element
	body.Walk(func(c *interchange.Element) bool {
		_, is := interactions[c.Name]
		if is {
			found = append(found, c)
		}
		return !is
	})
	switch {
	case len(found) == 0:
		r.d.Refuse("qti.no_interaction", "asks nothing: there is no interaction in it")
	case len(found) == 1 && found[0].Name == "selectPointInteraction":
		r.d.Refuse("kind.point", "asks to point at a place that is not marked; here areas are marked, and wrong ones among them")
	case !interactions[found[0].Name]:
		r.d.Unsupported(found[0].Name)
	case !slices.ContainsFunc(found, outOfLine) && (len(found) > 1 || classed(body, passageClass) != nil):
		r.cloze(body, found)
	case len(found) > 1:
		r.d.Refuse("kind.composite", "asks for %d things at once; split it into as many items", len(found))
	default:
		r.interaction(body, found[0])
	}
}

func inline(e *interchange.Element) bool {
	return e.Name == "textEntryInteraction" || e.Name == "inlineChoiceInteraction"
}

func outOfLine(e *interchange.Element) bool { return !inline(e) }

// stem reads the text around the interaction. An inline one leaves a gap unless it
// stands at the end, in a block of its own.
func (r *reader) stem(body, interaction *interchange.Element) exam.Text {
	text := r.in(r.d.HTML(body.HTML(func(c *interchange.Element) (string, bool) {
		switch {
		case c == interaction && inline(c):
			return gapMark, true
		case c == interaction:
			return "<div>" + c.Child("prompt").HTML(r.replace) + "</div>", true
		}
		return r.replace(c)
	})))
	for lang, s := range text {
		before, after, gap := strings.Cut(s, gapMark)
		if gap && strings.TrimSpace(after) == "" && (strings.HasSuffix(before, "\n") || before == "") {
			text[lang] = strings.TrimSpace(before)
		} else {
			text[lang] = strings.ReplaceAll(s, gapMark, "_____")
		}
	}
	return text
}

// replace handles what of a body is not HTML.
func (r *reader) replace(c *interchange.Element) (string, bool) {
	switch c.Name {
	case "feedbackInline", "feedbackBlock", "stylesheet", "catalogInfo":
		return "", true
	case "rubricBlock":
		if slices.Contains(r.scorers, c) {
			return "", true
		}
		if view := c.Attr("view"); view != "" && !strings.Contains(view, "candidate") {
			r.d.Lose("qti.rubric", "instructions for %s are left out", view)
			return "", true
		}
	case "printedVariable", "templateInline", "templateBlock":
		r.d.Refuse("qti.template", "shows values that it computes (%s), which no kind of item here does", c.Name)
		return "", true
	case "object", "include":
		if strings.HasPrefix(c.Attr("type"), "image/") { // its words stand for it
			return imageOf(c.Attr("data"), c.Content()), true
		}
		return r.pkg.shared(r, c)
	case "span":
		if strings.Contains(c.Attr("class"), unitClass) {
			return "", true
		}
	}
	return "", false
}

// imageOf is an image in HTML. An empty alt would say that it is decoration.
func imageOf(src, alt string) string {
	img := `<img src="` + escaped(src) + `"`
	if alt = strings.TrimSpace(alt); alt != "" {
		img += ` alt="` + escaped(alt) + `"`
	}
	return img + ">"
}

// html reads the content of an element.
func (r *reader) html(e *interchange.Element) exam.Text {
	return r.in(r.d.HTML(e.HTML(r.replace)))
}

// feedback adds the item's feedback to the rationale.
func (r *reader) feedback(item *interchange.Element) {
	for _, f := range item.All("modalFeedback") {
		r.d.Explain(nil, r.html(f))
	}
	item.Child("itemBody").Walk(func(c *interchange.Element) bool {
		switch c.Name {
		case "simpleChoice", "simpleAssociableChoice", "inlineChoice", "gapText":
			return false // its feedback is told with the choice
		case "feedbackBlock", "feedbackInline":
			r.d.Explain(nil, r.html(c))
			return false
		}
		return true
	})
}

// choices reads the choices of an interaction.
func (r *reader) choices(parent *interchange.Element, name string, shuffle bool) []choice {
	var all []choice
	for _, c := range parent.All(name) {
		one := choice{id: identifier(c.Attr("identifier")), text: r.html(c), fixed: !shuffle || c.Attr("fixed") == "true"}
		for _, f := range c.Find("feedbackInline", "feedbackBlock") {
			one.feedback = r.html(f)
		}
		all = append(all, one)
	}
	return all
}
