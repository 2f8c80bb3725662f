package qti

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// response is the name of the one response variable of what is written.
const response = "RESPONSE"

// draft is an item while it is written.
type draft struct {
	declaration, body, processing string
}

func (w *writer) item(it *exam.Item, lang string) error {
	id, file := w.identifier(it.ID, lang), w.path("items", it.ID, lang)
	var d draft
	w.interaction(&d, it, lang)
	var content strings.Builder
	content.WriteString(d.declaration)
	content.WriteString(w.score(it))
	if len(it.Rationale) > 0 {
		content.WriteString(w.tag("outcomeDeclaration", w.tag("defaultValue", w.tag("value", "rationale")), "identifier", "FEEDBACK", "cardinality", "single", "baseType", "identifier"))
	}
	var dependencies []string
	if it.Stimulus != "" {
		href := strings.Repeat("../", strings.Count(path.Dir(file), "/")+1) + w.path("stimuli", it.Stimulus, lang)
		dependencies = append(dependencies, w.identifier(it.Stimulus, lang))
		content.WriteString(w.tag("assessmentStimulusRef", "", "identifier", w.identifier(it.Stimulus, lang), "href", href))
	}
	content.WriteString("\n" + w.tag("itemBody", d.body) + "\n" + d.processing)
	if len(it.Rationale) > 0 {
		feedback := block(it.Rationale[lang])
		if w.hyphens {
			feedback = w.tag("contentBody", feedback)
		}
		content.WriteString("\n" + w.tag("modalFeedback", feedback, "outcomeIdentifier", "FEEDBACK", "identifier", "rationale", "showHide", "show"))
	}
	w.resource("item", id, file, lang, w.keywords(it, lang), append(dependencies, needs(lang, it.Writing()...)...))
	return w.file(file, w.tag("assessmentItem", "\n"+content.String()+"\n",
		"xmlns", w.Version.item, "identifier", id, "title", it.ID, "adaptive", "false", "timeDependent", "false", "xml:lang", lang)+"\n")
}

// score declares what the item is marked with: one point, or the points of a rubric.
func (w *writer) score(it *exam.Item) string {
	attributes := []string{"identifier", "SCORE", "cardinality", "single", "baseType", "float", "normalMaximum", "1"}
	if essay := it.Essay(); essay != nil {
		attributes[7] = strconv.Itoa(essay.Rubric.Max())
		attributes = append(attributes, "externalScored", "human")
	}
	return w.tag("outcomeDeclaration", w.tag("defaultValue", w.tag("value", "0")), attributes...)
}

// keywords are the item's metadata, once for all languages.
func (w *writer) keywords(it *exam.Item, lang string) []string {
	if lang != w.x.Langs[0] {
		return nil
	}
	tags := metadata(it)
	if it.Scoring == "" {
		tags = append(tags, "scoring:"+interchange.DefaultRule)
	}
	return tags
}

// declare writes the response variable with its right answer and mapping.
func (w *writer) declare(cardinality, base string, correct []string, mapping string) string {
	var values strings.Builder
	for _, c := range correct {
		values.WriteString(w.tag("value", escaped(c)))
	}
	return w.declareAs(response, cardinality, base, w.tag("correctResponse", values.String())+mapping)
}

// declareAs declares a response variable of any name; content is XML.
func (w *writer) declareAs(name, cardinality, base, content string) string {
	return w.tag("responseDeclaration", content, "identifier", name, "cardinality", cardinality, "baseType", base) + "\n"
}

// template refers to one of the rules that the specification names.
func (w *writer) template(name string) string {
	if w.hyphens {
		name += ".xml"
	}
	return w.tag("responseProcessing", "", "template", w.Version.template+name)
}

func (w *writer) interaction(d *draft, it *exam.Item, lang string) {
	stem := block(it.Stem[lang])
	d.processing = w.template("match_correct")
	switch in := it.Interaction.(type) {
	case *exam.SingleChoice:
		d.declaration = w.declare("single", "identifier", optionKeys(in.Options), "")
		d.body = w.choice(in.Options, lang, 1)
	case *exam.TrueOrFalse:
		w.trueOrFalse(d, in, lang)
	case *exam.MultipleChoice:
		w.multiple(d, it, in)
		d.body = w.choice(in.Options, lang, in.Choose)
	case *exam.Order:
		w.order(d, it, in, lang)
	case *exam.Match:
		w.match(d, it, in, lang)
	case *exam.Number:
		w.number(d, in)
		unit := ""
		if s := in.Unit[lang]; s != "" {
			unit = ` <span class="` + unitClass + `">` + interchange.ToHTML(s) + "</span>"
		}
		d.body = "<p>" + w.tag("textEntryInteraction", "", "responseIdentifier", response, "expectedLength", "12") + unit + "</p>"
	case *exam.Words:
		w.words(d, in, lang)
	case *exam.ClozeText:
		w.cloze(d, it, in, lang)
	case *exam.HotspotImage:
		w.hotspot(d, it, in, lang)
	case *exam.Essay:
		w.essay(d, in, lang)
	}
	d.body = stem + d.body
}

func (w *writer) trueOrFalse(d *draft, in *exam.TrueOrFalse, lang string) {
	d.declaration = w.declare("single", "identifier", []string{strconv.FormatBool(*in.True)}, "")
	names := [2]string{"True", "False"}
	if lang == "uk" {
		names = [2]string{"Правда", "Неправда"}
	}
	d.body = w.tag("choiceInteraction",
		w.tag("simpleChoice", names[0], "identifier", "true", "fixed", "true")+w.tag("simpleChoice", names[1], "identifier", "false", "fixed", "true"),
		"responseIdentifier", response, "shuffle", "false", "maxChoices", "1")
}

// words writes a short text, with a mapping of all accepted answers.
func (w *writer) words(d *draft, in *exam.Words, lang string) {
	var words []string
	for _, t := range in.Accepted {
		words = append(words, t[lang])
	}
	var entries strings.Builder
	for _, word := range words {
		entries.WriteString(w.tag("mapEntry", "", "mapKey", word, "mappedValue", "1", "caseSensitive", "false"))
	}
	d.declaration = w.declare("single", "string", words[:1], w.tag("mapping", entries.String(), "defaultValue", "0"))
	d.body = "<p>" + w.tag("textEntryInteraction", "", "responseIdentifier", response, "expectedLength", "40") + "</p>"
	d.processing = w.template("map_response")
}

func optionID(i int) string { return fmt.Sprintf("C%d", i+1) }

func optionKeys(options []exam.Option) []string {
	var keys []string
	for i, o := range options {
		if o.Key {
			keys = append(keys, optionID(i))
		}
	}
	return keys
}

func (w *writer) choice(options []exam.Option, lang string, most int) string {
	var b strings.Builder
	for i, o := range options {
		b.WriteString(w.tag("simpleChoice", interchange.ToHTML(o.Text[lang]), "identifier", optionID(i), "fixed", strconv.FormatBool(o.Fixed)))
	}
	return w.tag("choiceInteraction", b.String(), "responseIdentifier", response, "shuffle", "true", "maxChoices", strconv.Itoa(most))
}

// share writes a part of the point.
func share(part, all int) string { return strconv.FormatFloat(float64(part)/float64(all), 'g', -1, 64) }

// multiple writes the rule of a multiple choice exactly: right minus wrong is a
// mapping that does not go below 0; per option adds what the options left alone
// earn, once something is ticked.
func (w *writer) multiple(d *draft, it *exam.Item, in *exam.MultipleChoice) {
	keys := optionKeys(in.Options)
	rule := it.Rule()
	if rule == exam.AllOrNothing {
		d.declaration = w.declare("multiple", "identifier", keys, "")
		return
	}
	all := len(keys)
	if rule == exam.PerOption {
		all = len(in.Options)
	}
	var entries strings.Builder
	for i, o := range in.Options {
		value := share(1, all)
		if !o.Key {
			value = "-" + value
		}
		entries.WriteString(w.tag("mapEntry", "", "mapKey", optionID(i), "mappedValue", value))
	}
	if rule == exam.PerOption {
		d.declaration = w.declare("multiple", "identifier", keys, w.tag("mapping", entries.String(), "defaultValue", "0"))
		d.processing = w.tag("responseProcessing", w.tag("responseCondition",
			w.tag("responseIf", w.tag("isNull", w.tag("variable", "", "identifier", response))+w.set(w.tag("baseValue", "0", "baseType", "float")))+
				w.tag("responseElse", w.set(w.tag("sum", w.tag("mapResponse", "", "identifier", response)+
					w.tag("baseValue", share(len(in.Options)-len(keys), len(in.Options)), "baseType", "float"))))))
		return
	}
	d.declaration = w.declare("multiple", "identifier", keys, w.tag("mapping", entries.String(), "lowerBound", "0", "defaultValue", "0"))
	d.processing = w.template("map_response")
}

func (w *writer) set(expression string) string {
	return w.tag("setOutcomeValue", expression, "identifier", "SCORE")
}

// order writes the steps so that their order in the file is not the right one: some
// programs do not shuffle.
func (w *writer) order(d *draft, it *exam.Item, in *exam.Order, lang string) {
	var ids []string
	var b strings.Builder
	for i := range in.Steps {
		ids = append(ids, optionID(i))
		j := (i + 1) % len(in.Steps)
		b.WriteString(w.tag("simpleChoice", interchange.ToHTML(in.Steps[j][lang]), "identifier", optionID(j)))
	}
	d.declaration = w.declare("ordered", "identifier", ids, "")
	d.body = w.tag("orderInteraction", b.String(), "responseIdentifier", response, "shuffle", "true")
	if it.Rule() != exam.AllOrNothing && lang == w.x.Langs[0] {
		w.x.Lose(it.ID, "scoring.order", "QTI cannot count the longest right sequence; elsewhere a partly right order earns nothing")
	}
}

func (w *writer) match(d *draft, it *exam.Item, in *exam.Match, lang string) {
	texts := make([]exam.Text, 0, len(in.Rows)+len(in.Distractors))
	var pairs []string
	var rows, choices, entries strings.Builder
	for i, row := range in.Rows {
		pair := fmt.Sprintf("R%d M%d", i+1, i+1)
		pairs, texts = append(pairs, pair), append(texts, row.Match)
		rows.WriteString(w.tag("simpleAssociableChoice", interchange.ToHTML(row.Prompt[lang]), "identifier", fmt.Sprintf("R%d", i+1), "matchMax", "1"))
		entries.WriteString(w.tag("mapEntry", "", "mapKey", pair, "mappedValue", share(1, len(in.Rows))))
	}
	texts = append(texts, in.Distractors...)
	for i := range texts {
		j := (i + 1) % len(texts) // not in the order of the rows, see order
		choices.WriteString(w.tag("simpleAssociableChoice", interchange.ToHTML(texts[j][lang]), "identifier", fmt.Sprintf("M%d", j+1), "matchMax", "1"))
	}
	mapping := ""
	if it.Rule() == exam.PerPair {
		mapping = w.tag("mapping", entries.String(), "defaultValue", "0")
		d.processing = w.template("map_response")
	}
	d.declaration = w.declare("multiple", "directedPair", pairs, mapping)
	d.body = w.tag("matchInteraction", w.tag("simpleMatchSet", rows.String())+w.tag("simpleMatchSet", choices.String()),
		"responseIdentifier", response, "shuffle", "true", "maxAssociations", strconv.Itoa(len(in.Rows)))
}

// number writes the tolerance as a rule of its own.
func (w *writer) number(d *draft, in *exam.Number) {
	d.declaration = w.declare("single", "float", []string{interchange.Decimal(in.Value)}, "")
	d.processing = w.tag("responseProcessing", w.tag("responseCondition", w.tag("responseIf",
		w.tag("equal", w.tag("variable", "", "identifier", response)+w.tag("correct", "", "identifier", response), tolerance(in)...)+
			w.set(w.tag("baseValue", "1", "baseType", "float")))))
}

// tolerance are the attributes of <equal> that say how far an answer may be off.
func tolerance(in *exam.Number) []string {
	if t := interchange.Decimal(in.Tolerance); t != "" {
		return []string{"toleranceMode", "absolute", "tolerance", t + " " + t}
	}
	return []string{"toleranceMode", "exact"}
}
