package qti

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// maxLabel is the longest hotspotLabel, in characters (string256 in the schema).
const maxLabel = 256

// cloze writes a text with gaps: a variable for each gap, and rules that add up what
// the right ones earn, or ask for all of them.
func (w *writer) cloze(d *draft, it *exam.Item, in *exam.ClozeText, lang string) {
	var declarations strings.Builder
	interactions, conditions := make([]string, len(in.Gaps)), make([]string, len(in.Gaps))
	for i := range in.Gaps {
		declaration, interaction, condition := w.gap(&in.Gaps[i], fmt.Sprintf("%s%d", response, i+1), lang)
		declarations.WriteString(declaration)
		interactions[i], conditions[i] = interaction, condition
	}
	d.declaration = declarations.String()
	passage := block(in.Passage[lang])
	var b strings.Builder
	for _, s := range exam.Stretches(passage) { // of HTML, in which the marks stand as they are
		b.WriteString(s.Words)
		if s.Gap >= 0 && s.Gap < len(interactions) {
			b.WriteString(interactions[s.Gap])
		}
	}
	d.body = `<div class="` + passageClass + `">` + b.String() + "</div>"
	d.processing = w.tag("responseProcessing", w.gapRules(it, in, conditions))
}

// gapRules score gaps whose conditions are given.
func (w *writer) gapRules(it *exam.Item, in *exam.ClozeText, conditions []string) string {
	if it.Rule() == exam.AllOrNothing {
		return w.tag("responseCondition", w.tag("responseIf", w.tag("and", strings.Join(conditions, ""))+w.set(w.tag("baseValue", "1", "baseType", "float"))))
	}
	all := 0
	for _, g := range in.Gaps {
		all += max(1, g.Weight)
	}
	var rules strings.Builder
	for i, condition := range conditions {
		earned := w.tag("baseValue", share(max(1, in.Gaps[i].Weight), all), "baseType", "float")
		rules.WriteString(w.tag("responseCondition", w.tag("responseIf", condition+w.set(w.tag("sum", w.tag("variable", "", "identifier", "SCORE")+earned)))))
	}
	return rules.String()
}

// gap writes one gap on a variable: its declaration, its interaction and the condition
// that holds when it is filled right.
func (w *writer) gap(g *exam.Gap, name, lang string) (declaration, interaction, condition string) {
	variable, correct := w.tag("variable", "", "identifier", name), w.tag("correct", "", "identifier", name)
	declare := func(base, right string) string {
		return w.declareAs(name, "single", base, w.tag("correctResponse", w.tag("value", escaped(right))))
	}
	switch {
	case g.Number != nil:
		base, value := "float", interchange.Decimal(g.Number.Value)
		if whole, ok := wholeNumber(value); ok && g.Number.Integer {
			base, value = "integer", whole
		}
		return declare(base, value),
			w.tag("textEntryInteraction", "", "responseIdentifier", name, "expectedLength", "12"),
			w.tag("equal", variable+correct, tolerance(g.Number)...)
	case len(g.Options) > 0:
		var b strings.Builder
		key := ""
		for i, o := range g.Options {
			if o.Key {
				key = optionID(i)
			}
			b.WriteString(w.tag("inlineChoice", wordsOnly(o.Text[lang]), "identifier", optionID(i), "fixed", strconv.FormatBool(o.Fixed)))
		}
		return declare("identifier", key),
			w.tag("inlineChoiceInteraction", b.String(), "responseIdentifier", name, "shuffle", "true"),
			w.tag("match", variable+correct)
	}
	var matches, entries strings.Builder
	for _, t := range g.Accepted {
		matches.WriteString(w.tag("stringMatch", variable+w.tag("baseValue", escaped(t[lang]), "baseType", "string"), "caseSensitive", "false"))
		entries.WriteString(w.tag("mapEntry", "", "mapKey", t[lang], "mappedValue", "1", "caseSensitive", "false"))
	}
	declaration = w.declareAs(name, "single", "string", w.tag("correctResponse", w.tag("value", escaped(g.Accepted[0][lang])))+w.tag("mapping", entries.String(), "defaultValue", "0"))
	return declaration, w.tag("textEntryInteraction", "", "responseIdentifier", name, "expectedLength", "20"), w.tag("or", matches.String())
}

// wordsOnly is the text of an inline choice as HTML without blocks.
func wordsOnly(s string) string {
	html := interchange.ToHTML(s)
	if !strings.HasPrefix(html, "<p>") {
		return html
	}
	return strings.NewReplacer("</p><p>", "<br/><br/>", "<p>", "", "</p>", "").Replace(html)
}

// wholeNumber writes a number without a fraction; ok is false when it has one.
func wholeNumber(s string) (whole string, ok bool) {
	r, ok := interchange.ParseDecimal(s)
	if !ok || !r.IsInt() {
		return "", false
	}
	return r.Num().String(), true
}

// hotspot writes areas of an image. It is marked as a choice among them.
func (w *writer) hotspot(d *draft, it *exam.Item, in *exam.HotspotImage, lang string) {
	as := exam.MultipleChoice{Choose: in.Choose}
	var b strings.Builder
	for i, a := range in.Areas {
		as.Options = append(as.Options, exam.Option{Text: a.Name, Key: a.Key})
		shape := map[exam.Outline]string{exam.Circle: "circle", exam.Rectangle: "rect", exam.Polygon: "poly"}[a.Outline]
		coords := strings.Trim(strings.ReplaceAll(fmt.Sprint(a.Coords), " ", ","), "[]")
		b.WriteString(w.tag("hotspotChoice", "", "identifier", optionID(i), "shape", shape, "coords", coords, "hotspotLabel", w.label(it.ID, a.Name[lang])))
	}
	if in.Choose == 1 {
		d.declaration = w.declare("single", "identifier", optionKeys(as.Options), "")
	} else {
		w.multiple(d, it, &as)
	}
	d.body = w.tag("hotspotInteraction", w.picture(in.Image[lang], w.path("items", it.ID, lang))+b.String(), "responseIdentifier", response, "maxChoices", strconv.Itoa(in.Choose))
}

// label cuts the name of an area to what the schema lets it be.
func (w *writer) label(item, name string) string {
	r := []rune(name)
	if len(r) <= maxLabel {
		return name
	}
	w.x.Lose(item, "hotspot.label", "the name of an area has %d characters, and a label of QTI %d; the rest is left out", len(r), maxLabel)
	return strings.TrimSpace(string(r[:maxLabel-1])) + "…"
}

// picture writes the image that areas lie on: <img> in QTI 3.0, where <object> is
// deprecated, and <object> before, which is the only one there.
func (w *writer) picture(text, file string) string {
	images := exam.Images(text)
	if len(images) == 0 { // an item that is checked has one
		return ""
	}
	m := images[0]
	width, height, extension := exam.Size(m.Name)
	size := fmt.Sprintf(` width="%d" height="%d"`, width, height)
	src := strings.Repeat("../", strings.Count(file, "/")) + mediaFolder + m.Name
	if w.hyphens {
		return `<img src="` + src + `" alt="` + escaped(m.Alt) + `"` + size + `/>`
	}
	if extension == "jpg" {
		extension = "jpeg"
	}
	return `<object data="` + src + `" type="image/` + extension + `"` + size + `>` + escaped(m.Alt) + `</object>`
}

// essay writes a text that people mark. Nothing is processed: a person scores it.
func (w *writer) essay(d *draft, in *exam.Essay, lang string) {
	d.declaration = w.declareAs(response, "single", "string", "")
	d.processing = ""
	var criteria strings.Builder
	for _, c := range in.Rubric.Criteria {
		criteria.WriteString(`<div class="` + criterionClass + `"><div class="` + titleClass + `">` + block(c.Title[lang]) + "</div><dl>")
		for _, l := range c.Levels {
			fmt.Fprintf(&criteria, "<dt>%d</dt><dd>%s</dd>", l.Points, interchange.ToHTML(l.Text[lang]))
		}
		criteria.WriteString("</dl></div>")
	}
	rubric := criteria.String()
	if w.hyphens {
		rubric = w.tag("contentBody", rubric)
	}
	d.body = w.tag("extendedTextInteraction", "", "responseIdentifier", response, "expectedLength", strconv.Itoa(in.MaxCharacters)) +
		w.tag("rubricBlock", rubric, "use", "scoring", "view", "scorer", "class", rubricClass)
}
