package qti

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// version1 reads the items of a QTI 1.2 file, one at a time. Sections and
// assessments around them name their topics.
func (l *library) version1(name string, text []byte) {
	x := interchange.NewXML(text)
	for {
		e, err := x.Next(func(name string, _ []*interchange.Element) bool {
			return name == "item" || name == "selection_ordering" || name == "itemref" || name == "sectionref"
		})
		if err == io.EOF || l.im.Stopped() {
			return
		}
		if err != nil {
			l.im.Fail(l.place(name), x.Line(), "xml.broken", "%s", err)
			return
		}
		switch e.Name {
		case "selection_ordering":
			l.drawn1(name, e, x.Path)
			continue
		case "itemref", "sectionref":
			l.im.Warn(l.place(name), e.Line, "qti.external", "the reference to %q in another file is left out", e.Attr("linkrefid"))
			continue
		}
		r := &v1{item: e}
		if r.meta("question_type") == "text_only_question" {
			l.im.Warn(l.place(name), e.Line, "qti.text_only", "the text %q, which asks nothing, is left out", e.Attr("title"))
			continue
		}
		d := l.im.Draft(l.place(name), e.Line, e.Attr("title"))
		if id := e.Attr("ident"); d.Name == "" || interchange.Slug(id) == id {
			d.Identify(id)
		}
		for _, around := range x.Path {
			if title := strings.ReplaceAll(around.Attr("title"), "/", " "); title != "" && around.Name == "section" {
				d.Category += "/" + title
			}
		}
		l.images(d, name)
		r.im, r.d, r.mark, r.correct = l.im, d, r.score, make(map[string][]string)
		r.read()
		l.im.Add(d)
	}
}

// drawn1 tells what a selection_ordering means here.
func (l *library) drawn1(name string, e *interchange.Element, around []*interchange.Element) {
	title, category := "", ""
	for _, a := range around {
		if t := strings.ReplaceAll(a.Attr("title"), "/", " "); a.Name == "section" && t != "" {
			title, category = t, category+"/"+t
		}
	}
	for _, n := range e.Find("selection_number") {
		l.im.Warn(l.place(name), e.Line, "qti.selection", "%s", drawn(title, category, strings.TrimSpace(n.Content())))
	}
	if order := e.Child("order"); order != nil && strings.EqualFold(order.Attr("order_type"), "Random") {
		l.im.Note(l.place(name), e.Line, "qti.ordering", "the section %q is shuffled; so are all forms here", title)
	}
	for _, other := range e.Find("or_selection", "and_selection", "not_selection", "selection_metadata", "sourcebank_ref") {
		l.im.Warn(l.place(name), e.Line, "qti.selection", "which items the section %q draws (%s) is left out; the bank keeps all of them", title, other.Name)
		break
	}
}

// v1 reads one item of QTI 1.2 (ASI information model 1.2.1).
type v1 struct {
	question
	item  *interchange.Element
	spent int // steps of marking
	// grouped are the responses whose values are pairs, and spots the areas of an image
	// by the identifiers that stand for pointing at them. Wanted are those of conditions,
	// which are asked for each answer that is tried.
	grouped map[string]bool
	spots   map[string]spot
	wanted  map[*interchange.Element]spot
}

// meta is an entry of the item's metadata.
func (r *v1) meta(label string) string {
	for _, f := range r.item.Find("qtimetadatafield") {
		if strings.TrimSpace(f.Child("fieldlabel").Content()) == label {
			return strings.TrimSpace(f.Child("fieldentry").Content())
		}
	}
	return ""
}

func (r *v1) read() {
	presentation := r.item.Child("presentation")
	if presentation == nil {
		r.d.Refuse("qti.body", "has no presentation")
		return
	}
	if points, err := strconv.ParseFloat(r.meta("points_possible"), 64); err == nil && points != 1 {
		r.d.Lose("points", "it is worth %v points there; here every item is worth one", points)
	}
	var responses []*interchange.Element
	presentation.Walk(func(c *interchange.Element) bool {
		if strings.HasPrefix(c.Name, "response_") && c.Name != "response_label" {
			responses = append(responses, c)
			return false
		}
		return true
	})
	kind := r.meta("question_type")
	named := kind == "fill_in_multiple_blanks_question" || kind == "multiple_dropdowns_question"
	r.d.Item.Stem = r.stem(presentation, responses, named || len(responses) > 1)
	r.rubric()
	switch {
	case (kind == "essay_question" || kind == "essay") && len(responses) == 1:
		r.essay(responses[0])
	case slices.Contains([]string{"calculated_question", "file_upload_question", "file_upload"}, kind):
		r.d.Unsupported(kind)
	case len(responses) == 0:
		r.d.Refuse("qti.no_interaction", "asks nothing: there is no response in it")
	case named:
		r.named(responses, kind == "multiple_dropdowns_question")
	case len(responses) > 1:
		r.several(presentation, responses)
	default:
		r.one(presentation, responses[0])
	}
	r.endless(r.spent)
	for _, f := range r.item.All("itemfeedback") {
		if !r.d.Refused() {
			r.d.Explain(nil, r.material(f))
		}
	}
}

// stem reads the material outside the labels; a typed answer in the middle leaves a
// gap. What stands within a response is the stem's unless each has its own.
func (r *v1) stem(presentation *interchange.Element, responses []*interchange.Element, own bool) exam.Text {
	marks := make(map[*interchange.Element]string)
	for _, e := range responses {
		if own {
			marks[e] = ""
		}
		if fib := e.Child("render_fib"); fib != nil {
			marks[blanks(fib)[0]] = gapMark
		}
	}
	text := r.d.HTML(r.shown(presentation, marks))
	if s, ok := text[interchange.Unnamed]; ok {
		before, after, gap := strings.Cut(s, gapMark)
		if gap && strings.TrimSpace(after) == "" {
			text[interchange.Unnamed] = strings.TrimSpace(before)
		} else {
			text[interchange.Unnamed] = strings.ReplaceAll(s, gapMark, "_____")
		}
	}
	return text
}

// blanks are the elements that stand where something is typed.
func blanks(fib *interchange.Element) []*interchange.Element {
	if labels := fib.Find("response_label"); len(labels) > 0 {
		return labels
	}
	return []*interchange.Element{fib}
}

// shown writes the material within e as HTML, with marks instead of some elements and
// without what is chosen from.
func (r *v1) shown(e *interchange.Element, marks map[*interchange.Element]string) string {
	return r.materialHTML(e, func(c *interchange.Element) (string, bool) {
		if s, ok := marks[c]; ok {
			return s, true
		}
		return "", slices.Contains([]string{"render_choice", "render_hotspot", "render_slider", "render_extension", "response_label"}, c.Name)
	})
}

func (r *v1) one(presentation, e *interchange.Element) {
	id := e.Attr("ident")
	var labels []choice
	shuffle := e.Child("render_choice").Attr("shuffle") == "Yes"
	for _, label := range e.Find("response_label") {
		labels = append(labels, choice{id: label.Attr("ident"), text: r.material(label), fixed: label.Attr("rshuffle") == "No" && shuffle})
	}
	switch {
	case e.Child("render_hotspot") != nil:
		r.hotspot(e)
	case e.Child("render_slider") != nil || e.Name == "response_xy":
		r.d.Unsupported(e.Name)
	case e.Name == "response_grp":
		r.group(id, e, labels)
	case e.Child("render_choice") != nil, e.Attr("rcardinality") == "Ordered" && e.Child("render_extension") != nil:
		r.guess(id, labels, e.Attr("rcardinality"))
		if e.Attr("rcardinality") == "Ordered" {
			r.order(id, labels)
			return
		}
		r.choose(id, labels, e.Attr("rcardinality") == "Multiple", 0)
	case e.Child("render_fib") != nil && e.Attr("rcardinality") == "Ordered" && len(labels) > 1:
		r.ordered(presentation, e)
	case e.Child("render_fib") != nil:
		r.typed(id, e)
	case e.Name == "response_str" && len(e.Find("response_label")) == 0:
		r.essay(e)
	default:
		r.d.Unsupported(e.Name)
	}
}

// typed reads a typed answer: a number or words.
func (r *v1) typed(id string, e *interchange.Element) {
	var values []string
	for _, v := range r.item.Child("resprocessing").Find("varequal", "vargte", "varlte", "vargt", "varlt", "varsubset") {
		values = append(values, strings.TrimSpace(v.Content()))
	}
	switch {
	case len(values) == 0:
		r.essay(e)
	case r.numeric(e):
		r.number(id, values, nil)
	default:
		r.words(id, values)
	}
}

// numeric reports whether numbers are typed.
func (r *v1) numeric(e *interchange.Element) bool {
	return e.Name == "response_num" || slices.Contains([]string{"Integer", "Decimal", "Scientific"}, e.Child("render_fib").Attr("fibtype")) || r.meta("question_type") == "numerical_question"
}

// several reads an item with several responses: a matching when each is a choice
// among the same labels, else a text with gaps.
func (r *v1) several(presentation *interchange.Element, responses []*interchange.Element) {
	if r.d.TooMany(len(responses)) {
		return
	}
	gaps := !slices.ContainsFunc(responses, func(e *interchange.Element) bool { return !r.gapLike(e) })
	if gaps && !r.joinable(responses) {
		r.gapsInFlow(presentation, responses)
		return
	}
	var rows, choices []choice
	seen := make(map[string]bool)
	var pairs []string
	for _, e := range responses {
		if e.Child("render_choice") == nil || e.Name != "response_grp" && (e.Name != "response_lid" || e.Attr("rcardinality") == "Multiple") {
			r.d.Refuse("kind.composite", "asks for %d things at once; split it into as many items", len(responses))
			return
		}
		id := e.Attr("ident")
		rows = append(rows, choice{id: id, text: r.material(e.Child("material"))})
		for _, label := range e.Find("response_label") {
			c := choice{id: label.Attr("ident"), text: r.material(label)}
			if !seen[c.id] {
				seen[c.id] = true
				choices = append(choices, c)
			}
			if len(choices) > maxChoices {
				r.d.Refuse("qti.choices", "has more than %d choices", maxChoices)
				return
			}
			if r.try(id, c.id) > 0 {
				pairs = append(pairs, id+" "+c.id)
			}
		}
	}
	if gaps && shared(pairs) { // which a matching cannot hold
		r.gapsInFlow(presentation, responses)
		return
	}
	for _, e := range responses {
		if len(e.Find("response_label")) < len(choices) {
			r.d.Lose("qti.choices_joined", "each gap has choices of its own in its source; here all gaps share them")
		}
	}
	// The pairs are one response here and several variables there.
	inner := r.mark
	r.mark = func(one map[string][]string) (float64, error) {
		split := make(map[string][]string)
		for _, pair := range one[""] {
			row, choice, _ := strings.Cut(pair, " ")
			split[row] = append(split[row], choice)
		}
		return inner(split)
	}
	r.correct[""] = pairs
	r.pairs("", rows, choices)
}

// shared reports whether a choice belongs to several rows.
func shared(pairs []string) bool {
	seen := make(map[string]bool)
	for _, pair := range pairs {
		_, choice, _ := strings.Cut(pair, " ")
		if seen[choice] {
			return true
		}
		seen[choice] = true
	}
	return false
}

// material reads all material within e.
func (r *v1) material(e *interchange.Element) exam.Text {
	if e == nil {
		return nil
	}
	return r.d.HTML(r.materialHTML(e, func(*interchange.Element) (string, bool) { return "", false }))
}

// materialHTML writes the material within e as HTML. Replace may give another text for
// an element.
func (r *v1) materialHTML(e *interchange.Element, replace func(*interchange.Element) (string, bool)) string {
	var b strings.Builder
	e.Walk(func(c *interchange.Element) bool {
		if s, ok := replace(c); ok {
			b.WriteString(s)
			return false
		}
		switch c.Name {
		case "mattext", "matemtext":
			text := c.Content()
			if t := c.Attr("texttype"); t != "text/html" && t != "text/xhtml" && t != "text/rtf" {
				text = escapes.Replace(text)
			}
			if c.Name == "matemtext" {
				text = "<em>" + text + "</em>"
			}
			b.WriteString(text)
		case "matbreak":
			b.WriteString("<br>")
		case "matimage":
			alt := c.Attr("label")
			if alt == "" {
				alt = strings.TrimSpace(c.Content())
			}
			src := c.Attr("uri")
			if kind := c.Attr("imagtype"); src == "" && c.Attr("embedded") == "base64" && strings.HasPrefix(kind, "image/") {
				src, alt = "data:"+kind+";base64,"+strings.TrimSpace(c.Content()), c.Attr("label")
			}
			b.WriteString(imageOf(src, alt))
			return false
		case "mataudio", "matvideo", "matapplet", "matapplication":
			r.d.Refuse("media."+strings.TrimPrefix(c.Name, "mat"), "shows or plays a file (%s), which items cannot carry", c.Name)
		case "mat_extension", "material_ref", "matref":
			r.d.Refuse("qti.external", "a part of its text is elsewhere (%s)", c.Name)
		case "material":
			b.WriteString(" ")
		}
		return c.Name != "mattext" && c.Name != "matemtext"
	})
	return b.String()
}
