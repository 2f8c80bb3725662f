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
	item *interchange.Element
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
	r.d.Item.Stem = r.stem(presentation, responses)
	switch kind := r.meta("question_type"); {
	case kind == "essay_question" || len(responses) == 1 && slices.Contains([]string{"essay", "file_upload"}, strings.TrimSuffix(kind, "_question")):
		r.d.Essay()
	case slices.Contains([]string{"calculated_question", "file_upload_question"}, kind):
		r.d.Unsupported(kind)
	case len(responses) == 0:
		r.d.Refuse("qti.no_interaction", "asks nothing: there is no response in it")
	case len(responses) > 1 && kind == "fill_in_multiple_blanks_question":
		r.d.Refuse("kind.cloze", "has %d gaps; no kind of item here can carry more than one", len(responses))
	case len(responses) > 1:
		r.several(responses)
	case kind == "fill_in_multiple_blanks_question":
		r.blank(responses[0])
	default:
		r.one(responses[0])
	}
	for _, f := range r.item.All("itemfeedback") {
		if !r.d.Refused() {
			r.d.Explain(nil, r.material(f))
		}
	}
}

// stem reads the material outside the responses; a typed answer in the middle
// leaves a gap.
func (r *v1) stem(presentation *interchange.Element, responses []*interchange.Element) exam.Text {
	text := r.d.HTML(r.materialHTML(presentation, responses))
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

func (r *v1) one(e *interchange.Element) {
	id := e.Attr("ident")
	var labels []choice
	shuffle := e.Child("render_choice").Attr("shuffle") == "Yes"
	for _, label := range e.Find("response_label") {
		labels = append(labels, choice{id: label.Attr("ident"), text: r.material(label), fixed: label.Attr("rshuffle") == "No" && shuffle})
	}
	switch {
	case e.Child("render_hotspot") != nil || e.Child("render_slider") != nil || e.Name == "response_xy" || e.Name == "response_grp":
		r.d.Unsupported(e.Name)
	case e.Child("render_choice") != nil:
		r.guess(id, labels, e.Attr("rcardinality"))
		if e.Attr("rcardinality") == "Ordered" {
			r.order(id, labels)
			return
		}
		r.choose(id, labels, e.Attr("rcardinality") == "Multiple", 0)
	case e.Child("render_fib") != nil:
		r.typed(id, e)
	case e.Name == "response_str" && len(e.Find("response_label")) == 0:
		r.d.Essay()
	default:
		r.d.Unsupported(e.Name)
	}
}

// blank reads Canvas's typed answer, whose labels are the accepted ones.
func (r *v1) blank(e *interchange.Element) {
	var answers []interchange.Answer
	for _, label := range e.Find("response_label") {
		answers = append(answers, interchange.Answer{Text: r.material(label), Fraction: 1})
	}
	r.d.Words(answers, false)
}

// typed reads a typed answer: a number or words.
func (r *v1) typed(id string, e *interchange.Element) {
	fib := e.Child("render_fib")
	var values []string
	numeric := e.Name == "response_num" || slices.Contains([]string{"Integer", "Decimal", "Scientific"}, fib.Attr("fibtype")) || r.meta("question_type") == "numerical_question"
	for _, v := range r.item.Child("resprocessing").Find("varequal", "vargte", "varlte", "vargt", "varlt", "varsubset") {
		values = append(values, strings.TrimSpace(v.Content()))
	}
	switch {
	case len(values) == 0:
		r.d.Essay()
	case numeric:
		r.number(id, values, nil)
	default:
		r.words(id, values)
	}
}

// several reads an item with several responses: a matching when each is a choice
// among the same labels.
func (r *v1) several(responses []*interchange.Element) {
	if r.d.TooMany(len(responses)) {
		return
	}
	var rows, choices []choice
	seen := make(map[string]bool)
	var pairs []string
	for _, e := range responses {
		if e.Name != "response_lid" || e.Child("render_choice") == nil || e.Attr("rcardinality") == "Multiple" {
			r.d.Refuse("kind.cloze", "has %d gaps; no kind of item here can carry more than one", len(responses))
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

// material reads all material within e.
func (r *v1) material(e *interchange.Element) exam.Text {
	if e == nil {
		return nil
	}
	return r.d.HTML(r.materialHTML(e, nil))
}

// materialHTML writes the material within e as HTML; gaps are the responses where
// something is typed.
func (r *v1) materialHTML(e *interchange.Element, gaps []*interchange.Element) string {
	var b strings.Builder
	e.Walk(func(c *interchange.Element) bool {
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
			b.WriteString(`<img src="` + escaped(src) + `"`)
			if alt != "" { // an empty one would say that it is decoration
				b.WriteString(` alt="` + escaped(alt) + `"`)
			}
			b.WriteString(">")
			return false
		case "mataudio", "matvideo", "matapplet", "matapplication":
			r.d.Refuse("media."+strings.TrimPrefix(c.Name, "mat"), "shows or plays a file (%s), which items cannot carry", c.Name)
		case "mat_extension", "material_ref", "matref":
			r.d.Refuse("qti.external", "a part of its text is elsewhere (%s)", c.Name)
		case "material":
			b.WriteString(" ")
		}
		if slices.Contains(gaps, c) {
			if c.Child("render_fib") != nil {
				b.WriteString(gapMark)
			}
			return false
		}
		return c.Name != "mattext" && c.Name != "matemtext"
	})
	return b.String()
}
