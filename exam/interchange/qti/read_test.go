package qti_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
	"github.com/proba-exam/proba/exam/interchange/qti"
)

// item22 is an item of QTI 2.2 around declarations, body and processing.
func item22(declaration, body, processing string) string {
	return `<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="item-1" title="An item" adaptive="false" timeDependent="false" xml:lang="en-GB">` +
		declaration + `<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/><itemBody>` + body + `</itemBody>` + processing + `</assessmentItem>`
}

// declared is a response with its right answer and the inside of a mapping.
func declared(cardinality, base, mapping string, correct ...string) string {
	s := `<responseDeclaration identifier="RESPONSE" cardinality="` + cardinality + `" baseType="` + base + `">`
	if len(correct) > 0 {
		s += "<correctResponse><value>" + strings.Join(correct, "</value><value>") + "</value></correctResponse>"
	}
	if mapping != "" {
		s += `<mapping defaultValue="0" lowerBound="0">` + mapping + `</mapping>`
	}
	return s + `</responseDeclaration>`
}

func entry(key, value string) string {
	return `<mapEntry mapKey="` + key + `" mappedValue="` + value + `"/>`
}

const (
	matchCorrect = `<responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct"/>`
	mapResponse  = `<responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/map_response"/>`
	prompt       = `<prompt>Who?</prompt>`
	three        = `<simpleChoice identifier="A">a</simpleChoice><simpleChoice identifier="B">b</simpleChoice><simpleChoice identifier="C">c</simpleChoice>`
)

func choose(most string) string {
	return `<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="` + most + `">` + prompt + three + `</choiceInteraction>`
}

// rules sets the score by explicit rules: pairs of a condition and a score.
func rules(pairs ...string) string {
	s := `<responseProcessing><responseCondition>`
	for i := 0; i < len(pairs); i += 2 {
		name := "responseElseIf"
		if i == 0 {
			name = "responseIf"
		}
		s += "<" + name + ">" + pairs[i] + `<setOutcomeValue identifier="SCORE"><baseValue baseType="float">` + pairs[i+1] + `</baseValue></setOutcomeValue></` + name + ">"
	}
	return s + `</responseCondition></responseProcessing>`
}

const variable = `<variable identifier="RESPONSE"/>`

func base(kind, value string) string {
	return `<baseValue baseType="` + kind + `">` + value + `</baseValue>`
}

func read(im *interchange.Import, source string) { qti.Read(im, "item.xml", []byte(source)) }

// TestReadFrom21On reads the same items in each version.
func TestReadFrom21On(t *testing.T) {
	gap := `<p>Pi is <textEntryInteraction responseIdentifier="RESPONSE"/>, about.</p>`
	set := func(prefix string, texts ...string) string {
		s := "<simpleMatchSet>"
		for _, text := range texts {
			s += `<simpleAssociableChoice identifier="` + prefix + text + `" matchMax="1">` + text + `</simpleAssociableChoice>`
		}
		return s + "</simpleMatchSet>"
	}
	match := `<matchInteraction responseIdentifier="RESPONSE" shuffle="true">` + prompt
	cases := []banktest.Case{
		banktest.Given("single choice by template", item22(declared("single", "identifier", "", "B"), choose("1"), matchCorrect), []string{"single | Who? | -a | +b | -c"}, nil),
		banktest.Given("single choice by explicit rules without a declared answer", item22(declared("single", "identifier", ""), choose("1"), rules("<match>"+variable+base("identifier", "C")+"</match>", "1")),
			[]string{"single | Who? | -a | -b | +c"}, nil),
		banktest.Given("partial credit", item22(declared("single", "identifier", entry("A", "1")+entry("B", "0.5"), "A"), choose("1"), mapResponse), []string{"single | Who? | +a | -b | -c"}, []string{"scoring.partial"}),
		banktest.Given("multiple choice, all or nothing", item22(declared("multiple", "identifier", "", "A", "C"), choose("0"), matchCorrect), []string{"multiple | Who? | +a | -b | +c | by all_or_nothing"}, nil),
		banktest.Given("multiple choice, right minus wrong", item22(declared("multiple", "identifier", entry("A", "1")+entry("C", "1")+entry("B", "-1"), "A", "C"), choose("0"), mapResponse), []string{"multiple | Who? | +a | -b | +c"}, nil),
		banktest.Given("multiple choice, other weights", item22(declared("multiple", "identifier", entry("A", "2")+entry("C", "1"), "A", "C"), choose("0"), mapResponse), []string{"multiple | Who? | +a | -b | +c"}, []string{"scoring.weights"}),
		banktest.Given("a limit that tells nothing", item22(declared("multiple", "identifier", entry("A", "1")+entry("B", "-1")+entry("C", "-1"), "A"), choose("2"), mapResponse), []string{"multiple | Who? | +a | -b | -c"}, []string{"qti.max_choices"}),
		banktest.Given("true and false", item22(declared("single", "identifier", "", "F"), `<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1">`+prompt+`<simpleChoice identifier="T">True</simpleChoice><simpleChoice identifier="F">False</simpleChoice></choiceInteraction>`, matchCorrect),
			[]string{"true_false | Who? | false"}, nil),
		banktest.Given("order", item22(declared("ordered", "identifier", "", "C", "A", "B"), `<orderInteraction responseIdentifier="RESPONSE" shuffle="true">`+prompt+three+`</orderInteraction>`, matchCorrect), []string{"ordering | Who? | c | a | b | by all_or_nothing"}, nil),
		banktest.Given("an order of some", item22(declared("ordered", "identifier", "", "C", "A"), `<orderInteraction responseIdentifier="RESPONSE">`+prompt+three+`</orderInteraction>`, matchCorrect), nil, []string{"key.order"}),
		banktest.Given("match", item22(declared("multiple", "directedPair", entry("Ra M1", "1")+entry("Rb M2", "1"), "Ra M1", "Rb M2"), match+set("R", "a", "b")+set("M", "1", "2", "3")+`</matchInteraction>`, mapResponse),
			[]string{"matching | Who? | a = 1 | b = 2 | -3"}, nil),
		banktest.Given("match the other way round", item22(declared("multiple", "directedPair", entry("Ra M1", "1")+entry("Rc M2", "1"), "Ra M1", "Rc M2"), match+set("R", "a", "b", "c")+set("M", "1", "2")+`</matchInteraction>`, mapResponse),
			[]string{"matching | Who? | 1 = a | 2 = c | -b"}, nil),
		banktest.Given("a shared match", item22(declared("multiple", "directedPair", "", "Ra M1", "Rb M1"), match+set("R", "a", "b")+set("M", "1", "2")+`</matchInteraction>`, matchCorrect), nil, []string{"matching.shared"}),
		banktest.Given("associate", item22(declared("multiple", "pair", entry("A D", "1")+entry("C B", "1"), "A D", "B C"), `<associateInteraction responseIdentifier="RESPONSE">`+prompt+
			`<simpleAssociableChoice identifier="A">a</simpleAssociableChoice><simpleAssociableChoice identifier="B">b</simpleAssociableChoice><simpleAssociableChoice identifier="C">c</simpleAssociableChoice><simpleAssociableChoice identifier="D">d</simpleAssociableChoice></associateInteraction>`, mapResponse),
			[]string{"matching | Who? | a = d | b = c"}, []string{"qti.associate"}),
		banktest.Given("gap match with one gap", item22(declared("multiple", "directedPair", "", "S G1"), `<gapMatchInteraction responseIdentifier="RESPONSE" shuffle="true"><gapText identifier="W">winter</gapText><gapText identifier="S">summer</gapText><p>It is <gap identifier="G1"/>.</p></gapMatchInteraction>`, matchCorrect),
			[]string{"single | It is _____. | -winter | +summer"}, nil),
		banktest.Given("inline choice", item22(declared("single", "identifier", "", "Y"), `<p>To be or <inlineChoiceInteraction responseIdentifier="RESPONSE"><inlineChoice identifier="X">nought</inlineChoice><inlineChoice identifier="Y">not</inlineChoice></inlineChoiceInteraction> to be</p>`, matchCorrect),
			[]string{"single | To be or _____ to be | -nought | +not"}, nil),
		banktest.Given("text entry by mapping", item22(declared("single", "string", entry("York", "1")+entry("york", "0.5"), "York"), `<p>This sun of <textEntryInteraction responseIdentifier="RESPONSE"/></p>`, mapResponse),
			[]string{"short_text | This sun of _____ | +York"}, []string{"answer.case", "scoring.partial"}),
		banktest.Given("text entry by rules", item22(declared("single", "string", ""), `<p>Where?</p><p><textEntryInteraction responseIdentifier="RESPONSE"/></p>`,
			rules(`<or><stringMatch caseSensitive="false">`+variable+base("string", "Kyiv")+`</stringMatch><stringMatch caseSensitive="false">`+variable+base("string", "Київ")+`</stringMatch></or>`, "1")), []string{"short_text | Where? | +Kyiv | +Київ"}, nil),
		banktest.Given("number with a tolerance", item22(declared("single", "float", "", "3.14"), gap, rules(`<equal toleranceMode="absolute" tolerance="0.01 0.02">`+variable+`<correct identifier="RESPONSE"/></equal>`, "1")), []string{"numeric | Pi is _____, about. | 3.145 ± 0.015"}, nil),
		banktest.Given("number with a relative tolerance", item22(declared("single", "float", "", "200"), gap, rules(`<equal toleranceMode="relative" tolerance="5">`+variable+`<correct identifier="RESPONSE"/></equal>`, "2")), []string{"numeric | Pi is _____, about. | 200 ± 10"}, nil),
		banktest.Given("number within bounds", item22(declared("single", "float", ""), gap, rules(`<and><gte>`+variable+base("float", "3")+`</gte><lte>`+variable+base("float", "4")+`</lte></and>`, "1")), []string{"numeric | Pi is _____, about. | 3.5 ± 0.5"}, nil),
		banktest.Given("two numbers", item22(declared("single", "integer", entry("3", "1")+entry("5", "1")), gap, mapResponse), nil, []string{"key.several"}),
		banktest.Given("a hundred steps", item22(declared("ordered", "identifier", "", strings.Fields(strings.Repeat("A ", 100))...), `<orderInteraction responseIdentifier="RESPONSE">`+three+`</orderInteraction>`, matchCorrect), nil, []string{"answers.too_many"}),
		banktest.Given("a hundred options", item22(declared("single", "identifier", "", "A"), `<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1">`+strings.Repeat(three, 40)+`</choiceInteraction>`, matchCorrect), nil, []string{"qti.choices"}),
		banktest.Given("nothing asked", item22("", "<p>Read.</p>", ""), nil, []string{"qti.no_interaction"}),
		banktest.Given("no processing at all", item22(declared("single", "identifier", "", "B"), choose("1"), ""), []string{"single | Who? | -a | +b | -c"}, []string{"qti.no_score"}),
		banktest.Given("rules that are not understood", item22(declared("single", "identifier", "", "B"), choose("1"), `<responseProcessing><lookupOutcomeValue identifier="SCORE"/></responseProcessing>`), []string{"single | Who? | -a | +b | -c"}, []string{"qti.processing"}),
		banktest.Given("feedback", item22(declared("single", "identifier", "", "A"), `<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1">`+prompt+`<simpleChoice identifier="A">a<feedbackInline identifier="A" outcomeIdentifier="F">yes</feedbackInline></simpleChoice><simpleChoice identifier="B">b</simpleChoice></choiceInteraction>`,
			matchCorrect+`<modalFeedback outcomeIdentifier="F" identifier="x" showHide="show">Since.</modalFeedback>`), []string{"single | Who? | +a | -b | because a — yes\n\nSince."}, nil),
		banktest.Given("a template", strings.Replace(item22(declared("single", "identifier", "", "B"), choose("1"), matchCorrect), "<outcome", "<templateDeclaration/><outcome", 1), nil, []string{"qti.template"}),
		banktest.Given("an image and a formula", item22(declared("single", "identifier", "", "B"), `<p><img src="a.png" alt="x"/><m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>x</m:mi></m:math></p>`+choose("1"), matchCorrect), nil, []string{"media.image", "text.formula"}),
		banktest.Given("no declaration", item22("", choose("1"), matchCorrect), nil, []string{"qti.declaration"}),
		banktest.Given("another document", "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>", nil, []string{"qti.unknown", "file.no_questions"}),
		banktest.Given("entities", "<!DOCTYPE a [<!ENTITY x \"y\">]><assessmentItem/>", nil, []string{"xml.broken", "file.no_questions"}),
		banktest.Given("an associate whose choices meet twice", item22(declared("multiple", "pair", "", "A B", "A C"), `<associateInteraction responseIdentifier="RESPONSE">`+prompt+`<simpleAssociableChoice identifier="A" matchMax="2">a</simpleAssociableChoice><simpleAssociableChoice identifier="B">b</simpleAssociableChoice><simpleAssociableChoice identifier="C">c</simpleAssociableChoice></associateInteraction>`, matchCorrect), nil, []string{"qti.associate", "matching.shared"}),
		banktest.Given("a match, all or nothing by explicit rules", item22(declared("multiple", "directedPair", "", "Ra M1", "Rb M2"), match+set("R", "a", "b")+set("M", "1", "2", "3")+`</matchInteraction>`, rules("<match>"+variable+`<correct identifier="RESPONSE"/></match>`, "1")),
			[]string{"matching | Who? | a = 1 | b = 2 | -3 | by all_or_nothing"}, nil),
		banktest.Given("a match by members", item22(declared("multiple", "directedPair", "", "Ra M1", "Rb M2"), match+set("R", "a", "b")+set("M", "1", "2", "3")+`</matchInteraction>`, sum(`<member>`+base("directedPair", "Ra M1")+variable+`</member>`, `<member>`+base("directedPair", "Rb M2")+variable+`</member>`)),
			[]string{"matching | Who? | a = 1 | b = 2 | -3"}, nil),
		banktest.Given("an order by places", item22(declared("ordered", "identifier", "", "C", "A", "B"), `<orderInteraction responseIdentifier="RESPONSE" shuffle="true">`+prompt+three+`</orderInteraction>`, sum(at("1", "C"), at("2", "A"), at("3", "B"))),
			[]string{"ordering | Who? | c | a | b"}, []string{"scoring.order"}),
		banktest.Given("a choice by some of several", item22(declared("multiple", "identifier", "", "A", "C"), choose("0"), rules(`<and><anyN min="2" max="2">`+member("A")+member("C")+`</anyN><not>`+member("B")+`</not></and>`, "1")),
			[]string{"multiple | Who? | +a | -b | +c | by all_or_nothing"}, nil),
		banktest.Given("a score looked up", strings.Replace(item22(declared("multiple", "identifier", entry("A", "1")+entry("C", "1"), "A", "C"), choose("0"), `<responseProcessing><setOutcomeValue identifier="RAW"><mapResponse identifier="RESPONSE"/></setOutcomeValue><lookupOutcomeValue identifier="SCORE"><variable identifier="RAW"/></lookupOutcomeValue></responseProcessing>`),
			`<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>`, `<outcomeDeclaration identifier="RAW" cardinality="single" baseType="float"/><outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"><matchTable defaultValue="0"><matchTableEntry sourceValue="2" targetValue="5"/></matchTable></outcomeDeclaration>`, 1),
			[]string{"multiple | Who? | +a | -b | +c"}, []string{"scoring.weights"}),
		banktest.Given("a score between bounds", strings.Replace(item22(declared("single", "identifier", entry("B", "3"), "B"), choose("1"), `<responseProcessing><setOutcomeValue identifier="RAW"><mapResponse identifier="RESPONSE"/></setOutcomeValue><lookupOutcomeValue identifier="SCORE"><variable identifier="RAW"/></lookupOutcomeValue></responseProcessing>`),
			`<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>`, `<outcomeDeclaration identifier="RAW" cardinality="single" baseType="float"/><outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"><interpolationTable defaultValue="0"><interpolationTableEntry sourceValue="3" includeBoundary="true" targetValue="1"/><interpolationTableEntry sourceValue="0" targetValue="0"/></interpolationTable></outcomeDeclaration>`, 1),
			[]string{"single | Who? | -a | +b | -c"}, nil),
		banktest.Given("words by a pattern", item22(declared("single", "string", "", "Kyiv"), `<p>Where?</p><p><textEntryInteraction responseIdentifier="RESPONSE"/></p>`, rules(`<patternMatch pattern="[Kk]yiv">`+variable+`</patternMatch>`, "1")), []string{"short_text | Where? | +Kyiv"}, []string{"answer.case"}),
		banktest.Given("a rounded number", item22(declared("single", "float", "", "3.1"), gap, rules(`<equalRounded roundingMode="decimalPlaces" figures="1">`+variable+`<correct identifier="RESPONSE"/></equalRounded>`, "1")), []string{"numeric | Pi is _____, about. | 3.1 ±"}, nil),
	}
	for version, rewrite := range versions {
		t.Run(version, func(t *testing.T) {
			banktest.Run(t, cases, func(im *interchange.Import, source string) { read(im, rewrite(source)) })
		})
	}
}

// sum adds up a point for each condition that holds.
func sum(conditions ...string) string {
	s := `<responseProcessing>`
	for _, c := range conditions {
		s += `<responseCondition><responseIf>` + c + `<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>` + base("float", "1") + `</sum></setOutcomeValue></responseIf></responseCondition>`
	}
	return s + `</responseProcessing>`
}

func member(id string) string { return `<member>` + base("identifier", id) + variable + `</member>` }

// at holds when the step stands in that place.
func at(place, id string) string {
	return `<match><index n="` + place + `">` + variable + `</index>` + base("identifier", id) + `</match>`
}

// versions write a source of QTI 2.2 as the others have it.
var versions = map[string]func(string) string{
	"2.1": func(s string) string { return strings.ReplaceAll(s, "v2p2", "v2p1") },
	"2.2": func(s string) string { return s },
	"3.0": newer,
}

var (
	tagName   = regexp.MustCompile(`(</?)([A-Za-z]+)([\s/>])`)
	attribute = regexp.MustCompile(` ([a-z]+[A-Z][A-Za-z]*)=`)
	camelHump = regexp.MustCompile(`[A-Z]`)
)

// newer is a source of QTI 2.2 in the names of 3.0.
func newer(s string) string {
	kebab := func(name string) string {
		return camelHump.ReplaceAllStringFunc(name, func(c string) string { return "-" + strings.ToLower(c) })
	}
	s = tagName.ReplaceAllStringFunc(s, func(tag string) string {
		m := tagName.FindStringSubmatch(tag)
		if slices.Contains([]string{"p", "div", "span", "img", "object", "html", "head", "body", "title"}, m[2]) {
			return tag
		}
		return m[1] + "qti-" + kebab(m[2]) + m[3]
	})
	s = attribute.ReplaceAllStringFunc(s, kebab)
	return strings.ReplaceAll(s, "http://www.imsglobal.org/xsd/imsqti_v2p2", "http://www.imsglobal.org/xsd/imsqtiasi_v3p0")
}

func TestRead30(t *testing.T) {
	banktest.Run(t, []banktest.Case{
		banktest.Given("single choice", `<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i1" title="t" time-dependent="false" xml:lang="en">
<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier"><qti-correct-response><qti-value>B</qti-value></qti-correct-response></qti-response-declaration>
<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
<qti-item-body><p>Read this.</p><qti-choice-interaction response-identifier="RESPONSE" max-choices="1" shuffle="true"><qti-prompt>Who?</qti-prompt><qti-simple-choice identifier="A">a</qti-simple-choice><qti-simple-choice identifier="B" fixed="true">b</qti-simple-choice></qti-choice-interaction></qti-item-body>
<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>
<qti-modal-feedback outcome-identifier="F" identifier="x" show-hide="show"><qti-content-body><p>Since.</p></qti-content-body></qti-modal-feedback></qti-assessment-item>`,
			[]string{"single | Read this.\n\nWho? | -a | +b | because Since."}, nil),
	}, read)
}

func item12(presentation, processing string) string {
	return `<?xml version="1.0"?><questestinterop><assessment title="Quiz"><section title="Part 1"><item ident="Q1" title="A question">
<presentation>` + presentation + `</presentation><resprocessing><outcomes><decvar varname="SCORE"/></outcomes>` + processing + `</resprocessing></item></section></assessment></questestinterop>`
}

func TestRead12(t *testing.T) {
	material := func(s string) string { return `<material><mattext texttype="text/html">` + s + `</mattext></material>` }
	label := func(id, s string) string {
		return `<response_label ident="` + id + `">` + material(s) + `</response_label>`
	}
	lid := func(id, cardinality, inside string) string {
		return `<response_lid ident="` + id + `" rcardinality="` + cardinality + `">` + inside + `</response_lid>`
	}
	labels := `<render_choice>` + label("A", "a") + label("B", "b") + label("C", "c") + `</render_choice>`
	condition := func(test, action, value string) string {
		return `<respcondition><conditionvar>` + test + `</conditionvar><setvar action="` + action + `" varname="SCORE">` + value + `</setvar></respcondition>`
	}
	equal := func(id, value string) string { return `<varequal respident="` + id + `">` + value + `</varequal>` }
	fib := func(kind string) string {
		return material("Who? ") + `<response_str ident="R" rcardinality="Single"><render_fib fibtype="` + kind + `"><response_label ident="x"/></render_fib></response_str>`
	}
	banktest.Run(t, []banktest.Case{
		banktest.Given("single choice", item12(material("Who?")+lid("R", "Single", labels), condition(equal("R", "B"), "Set", "100")), []string{"single | Who? | -a | +b | -c"}, nil),
		banktest.Given("any other answer", item12(material("Who?")+lid("R", "Single", labels), condition(equal("R", "B"), "Set", "100")+condition("<other/>", "Set", "0")), []string{"single | Who? | -a | +b | -c"}, nil),
		banktest.Given("multiple choice, added up", item12(material("Who?")+lid("R", "Multiple", labels), condition(equal("R", "A"), "Add", "50")+condition(equal("R", "C"), "Add", "50")+condition(equal("R", "B"), "Subtract", "50")),
			[]string{"multiple | Who? | +a | -b | +c"}, []string{"scoring.weights"}),
		banktest.Given("multiple choice, all or nothing", item12(material("Who?")+lid("R", "Multiple", labels), condition("<and>"+equal("R", "A")+equal("R", "C")+"<not>"+equal("R", "B")+"</not></and>", "Set", "1")),
			[]string{"multiple | Who? | +a | -b | +c | by all_or_nothing"}, nil),
		banktest.Given("order", item12(material("Who?")+lid("R", "Ordered", labels), condition(`<varequal respident="R" index="1">C</varequal><varequal respident="R" index="2">A</varequal><varequal respident="R" index="3">B</varequal>`, "Set", "1")),
			[]string{"ordering | Who? | c | a | b | by all_or_nothing"}, nil),
		banktest.Given("matching", item12(material("Who?")+lid("1", "Single", material("one")+labels)+lid("2", "Single", material("two")+labels), condition(equal("1", "B"), "Add", "50")+condition(equal("2", "A"), "Add", "50")),
			[]string{"matching | Who? | one = b | two = a | -c"}, nil),
		banktest.Given("typed words", item12(fib("String"), condition("<or>"+equal("R", "Ada")+equal("R", "Lady Ada")+"</or>", "Set", "1")), []string{"short_text | Who? | +Ada | +Lady Ada"}, nil),
		banktest.Given("a typed number in a range", item12(fib("Decimal"), condition(`<or>`+equal("R", "5")+`<and><vargte respident="R">4.5</vargte><varlte respident="R">5.5</varlte></and></or>`, "Set", "1")), []string{"numeric | Who? | 5 ± 0.5"}, nil),
		banktest.Given("an image", item12(`<material><matimage uri="a.png"/></material>`+lid("R", "Single", labels), condition(equal("R", "B"), "Set", "1")), nil, []string{"media.image"}),
		banktest.Given("a drawn section", strings.Replace(item12(material("Who?")+lid("R", "Single", labels), condition(equal("R", "B"), "Set", "100")), "<item ", `<selection_ordering><selection><selection_number>1</selection_number></selection></selection_ordering><item `, 1),
			[]string{"single | Who? | -a | +b | -c"}, []string{"qti.selection"}),
	}, read)
}
