package qti_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
)

// Parts of an item of QTI 1.2.
func material12(s string) string {
	return `<material><mattext texttype="text/html">` + s + `</mattext></material>`
}

func label12(id, inside string) string {
	return `<response_label ident="` + id + `">` + inside + `</response_label>`
}

func lid12(id string, inside ...string) string {
	return `<response_lid ident="` + id + `" rcardinality="Single">` + strings.Join(inside, "") + `</response_lid>`
}

func among12(labels ...string) string {
	s := "<render_choice>"
	for _, l := range labels {
		s += label12(l, material12(strings.ToLower(l)))
	}
	return s + "</render_choice>"
}

func fib12(id, kind string) string {
	return `<response_str ident="` + id + `" rcardinality="Single"><render_fib fibtype="` + kind + `"><response_label ident="x"/></render_fib></response_str>`
}

func given12(condition, action, value string) string {
	return `<respcondition><conditionvar>` + condition + `</conditionvar><setvar action="` + action + `" varname="SCORE">` + value + `</setvar></respcondition>`
}

func equal12(id, value string) string {
	return `<varequal respident="` + id + `">` + value + `</varequal>`
}

// meta12 gives an item metadata, in pairs of label and entry.
func meta12(item string, pairs ...string) string {
	s := "<itemmetadata><qtimetadata>"
	for i := 0; i < len(pairs); i += 2 {
		s += "<qtimetadatafield><fieldlabel>" + pairs[i] + "</fieldlabel><fieldentry>" + pairs[i+1] + "</fieldentry></qtimetadatafield>"
	}
	return strings.Replace(item, "<presentation>", s+"</qtimetadata></itemmetadata><presentation>", 1)
}

func TestReadGaps12(t *testing.T) {
	flow := material12("&lt;p&gt;Read.&lt;/p&gt;Now is the") + fib12("A", "String") + material12("of") + fib12("B", "Integer") + material12("years")
	roses := material12("&lt;p&gt;Say.&lt;/p&gt;&lt;p&gt;Roses are [c1], violets [c2].&lt;/p&gt;")
	inOrder := `<response_str ident="R" rcardinality="Ordered"><render_fib fibtype="String">` + material12("One") + label12("A", "") + material12("two") + label12("B", "") + `</render_fib></response_str>`
	at := func(index, value string) string {
		return `<varequal respident="R" index="` + index + `">` + value + `</varequal>`
	}
	const frame = "cloze | Read. | Now is the [[1]] of [[2]] years | "
	run(t, []banktest.Case{
		banktest.Given("blanks in the text, added up", item12(flow, given12("<or>"+equal12("A", "winter")+equal12("A", "frost")+"</or>", "Add", "1")+given12("<and><vargte respident=\"B\">9</vargte><varlte respident=\"B\">11</varlte></and>", "Add", "2")),
			[]string{frame + "{=winter =frost} | {10 ± 1 ×2}"}, nil),
		banktest.Given("all blanks or nothing", item12(flow, given12(equal12("A", "winter")+equal12("B", "10"), "Set", "3")), []string{frame + "{=winter} | {10 ±} | by all_or_nothing"}, nil),
		banktest.Given("all blanks, with alternatives", item12(flow, given12("<or>"+equal12("A", "winter")+equal12("A", "frost")+"</or>"+equal12("B", "10"), "Set", "3")), []string{frame + "{=winter =frost} | {10 ±} | by all_or_nothing"}, nil),
		banktest.Given("capital letters count", item12(flow, given12(`<varequal respident="A" case="Yes">Winter</varequal>`, "Add", "1")+given12(equal12("B", "10"), "Add", "1")), []string{frame + "{=Winter} | {10 ±}"}, []string{"answer.case"}),
		banktest.Given("a part of what is typed", item12(flow, given12(`<varsubstring respident="A">winter</varsubstring>`, "Add", "1")+given12(equal12("B", "10"), "Add", "1")), nil, []string{"key.missing"}),
		banktest.Given("a blank without a key", item12(flow, given12(equal12("A", "winter"), "Add", "1")), nil, []string{"key.missing"}),
		banktest.Given("blanks that share a response", item12(material12("Say.")+fib12("A", "String")+fib12("A", "String"), given12(equal12("A", "x"), "Set", "1")), nil, []string{"kind.cloze"}),
		banktest.Given("blanks of one response", item12(material12("&lt;p&gt;Read.&lt;/p&gt;")+inOrder, given12(at("1", "a"), "Add", "1")+given12(at("2", "b"), "Add", "1")), []string{"cloze | Read. | One [[1]] two [[2]] | {=a} | {=b}"}, nil),
		banktest.Given("a blank and a list", item12(material12("&lt;p&gt;Say.&lt;/p&gt;It")+lid12("L", among12("IS", "ARE"))+material12("a")+fib12("A", "String"), given12(equal12("L", "IS"), "Add", "1")+given12(equal12("A", "dog"), "Add", "1")),
			[]string{"cloze | Say. | It [[1]] a [[2]] | {+is -are} | {=dog}"}, nil),
		banktest.Given("lists of their own", item12(material12("&lt;p&gt;Say.&lt;/p&gt;")+lid12("1", material12("one"), among12("A", "B"))+lid12("2", material12("two"), among12("C", "D")), given12(equal12("1", "B"), "Add", "1")+given12(equal12("2", "C"), "Add", "1")),
			[]string{"cloze | Say. | one [[1]]\ntwo [[2]] | {-a +b} | {+c -d}"}, nil),
		banktest.Given("the same choice twice", item12(material12("&lt;p&gt;Say.&lt;/p&gt;")+lid12("1", material12("one"), among12("A", "B"))+lid12("2", material12("two"), among12("A", "B")), given12(equal12("1", "B"), "Add", "1")+given12(equal12("2", "B"), "Add", "1")),
			[]string{"cloze | Say. | one [[1]]\ntwo [[2]] | {-a +b} | {-a +b}"}, nil),
		banktest.Given("one identifier for two things", item12(material12("&lt;p&gt;Say.&lt;/p&gt;")+lid12("1", among12("A", "B"))+lid12("2", strings.ReplaceAll(among12("A", "B"), ">a<", ">x<")), given12(equal12("1", "B"), "Add", "1")+given12(equal12("2", "A"), "Add", "1")),
			[]string{"cloze | Say. | [[1]] [[2]] | {-a +b} | {+x -b}"}, nil),
		banktest.Given("Canvas: typed", meta12(item12(roses+lid12("response_c1", among12("RED", "ROSY"))+lid12("response_c2", among12("BLUE")), given12(equal12("response_c1", "RED"), "Add", "50")+given12(equal12("response_c2", "BLUE"), "Add", "50")), "question_type", "fill_in_multiple_blanks_question"),
			[]string{"cloze | Say. | Roses are [[1]], violets [[2]]. | {=red =rosy} | {=blue}"}, nil),
		banktest.Given("Canvas: one gap", meta12(item12(material12("Roses are [c1].")+lid12("response_c1", material12("c1"), among12("RED")), given12(equal12("response_c1", "RED"), "Add", "100")), "question_type", "fill_in_multiple_blanks_question"),
			[]string{"cloze | Fill in the gaps. | Roses are [[1]]. | {=red}"}, nil),
		banktest.Given("Canvas: gaps that are called by numbers", meta12(item12(strings.NewReplacer("c1", "2", "c2", "1").Replace(roses)+lid12("response_2", among12("RED"))+lid12("response_1", among12("BLUE")), given12(equal12("response_2", "RED"), "Add", "50")+given12(equal12("response_1", "BLUE"), "Add", "50")), "question_type", "fill_in_multiple_blanks_question"),
			[]string{"cloze | Say. | Roses are [[1]], violets [[2]]. | {=red} | {=blue}"}, nil),
		banktest.Given("an English text with a word of Ukrainian", item12(material12("The sign «СТОП» means")+fib12("A", "String")+material12("and")+fib12("B", "String"), given12(equal12("A", "stop"), "Add", "1")+given12(equal12("B", "halt"), "Add", "1")),
			[]string{"cloze | Fill in the gaps. | The sign «СТОП» means [[1]] and [[2]] | {=stop} | {=halt}"}, nil),
		banktest.Given("brackets of the author's", item12(material12("&lt;p&gt;Say.&lt;/p&gt;See [[1]]")+fib12("A", "String")+material12("and")+fib12("B", "String"), given12(equal12("A", "stop"), "Add", "1")+given12(equal12("B", "halt"), "Add", "1")),
			[]string{"cloze | Say. | See [ [1]] [[1]] and [[2]] | {=stop} | {=halt}"}, []string{"cloze.brackets"}),
		banktest.Given("Canvas: chosen", meta12(item12(roses+lid12("response_c1", among12("RED", "ROSY"))+lid12("response_c2", strings.Replace(among12("BLUE", "GREY", "X"), ">x<", "><", 1)), given12(equal12("response_c1", "RED"), "Add", "25")+given12(equal12("response_c2", "GREY"), "Add", "75")), "question_type", "multiple_dropdowns_question"),
			[]string{"cloze | Say. | Roses are [[1]], violets [[2]]. | {+red -rosy} | {-blue +grey ×3}"}, []string{"cloze.empty"}),
		banktest.Given("Canvas: a pattern", meta12(item12(roses+lid12("response_c1", strings.Replace(among12("R.*"), "<response_label", `<response_label scoring_algorithm="TextRegex"`, 1))+lid12("response_c2", strings.Replace(among12("BLUE"), "<response_label", `<response_label scoring_algorithm="TextCloseEnough"`, 1)), ""), "question_type", "fill_in_multiple_blanks_question"),
			nil, []string{"answer.wildcard", "key.missing", "answer.compared"}),
		banktest.Given("Canvas: a gap that is nowhere", meta12(item12(material12("Roses are [c1].")+lid12("response_c1", among12("RED"))+lid12("response_c2", among12("BLUE")), ""), "question_type", "fill_in_multiple_blanks_question"), nil, []string{"cloze.place"}),
		banktest.Given("a choice and a blank", item12(material12("Say.")+`<response_lid ident="L" rcardinality="Multiple">`+among12("A", "B")+`</response_lid>`+fib12("A", "String"), given12(equal12("A", "x"), "Set", "1")), nil, []string{"kind.composite"}),
	}, read)
}

// TestRowsNameTheirGap: who mends the source must know which gap is meant.
func TestRowsNameTheirGap(t *testing.T) {
	source := item12(material12("Say.")+fib12("A", "String")+material12("and")+fib12("B", "String"), given12(equal12("A", "winter"), "Add", "1"))
	_, report := banktest.Read(t, func(im *interchange.Import) { read(im, source) })
	if len(report.Problems) == 0 || !strings.HasPrefix(report.Problems[0].Message, "gap 2: ") {
		t.Errorf("%+v", report.Problems)
	}
}

func TestReadGroups12(t *testing.T) {
	pair := func(s string) string { return `<varsubset respident="G">` + s + `</varsubset>` }
	group := func(labels string) string {
		return material12("Match.") + `<response_grp ident="G" rcardinality="Multiple"><render_choice>` + labels + `</render_choice></response_grp>`
	}
	named := `<response_label ident="s1" match_group="t1,t2,t3" match_max="1">` + material12("France") + `</response_label><response_label ident="s2" match_group="t1,t2,t3">` + material12("Italy") + `</response_label>` +
		label12("t1", material12("Paris")) + label12("t2", material12("Rome")) + label12("t3", material12("Kyiv"))
	bare := strings.NewReplacer(` match_group="t1,t2,t3"`, "", ` match_max="1"`, "").Replace(named)
	want := []string{"matching | Match. | France = Paris | Italy = Rome | -Kyiv"}
	run(t, []banktest.Case{
		banktest.Given("pairs, added up", item12(group(named), given12(pair("s1,t1"), "Add", "1")+given12(pair("s2,t2"), "Add", "1")), want, nil),
		banktest.Given("pairs without groups", item12(group(bare), given12(pair("s1, t1"), "Add", "1")+given12(pair("s2 t2"), "Add", "1")), want, nil),
		banktest.Given("all pairs or nothing", item12(group(named), given12("<and>"+pair("s1,t1")+pair("s2,t2")+"</and>", "Set", "1")), []string{want[0] + " | by all_or_nothing"}, nil),
		banktest.Given("pairs by equality", item12(group(named), given12(equal12("G", "s1,t1"), "Add", "1")+given12(equal12("G", "s2,t2"), "Add", "1")), want, nil),
		banktest.Given("pairs of other weights", item12(group(named), given12(pair("s1,t1"), "Add", "4")+given12(pair("s2,t2"), "Add", "2")), want, []string{"scoring.weights"}),
		banktest.Given("a place for two things", item12(group(named), given12(pair("s1,t1"), "Add", "1")+given12(pair("s2,t1"), "Add", "1")), nil, []string{"matching.shared"}),
		banktest.Given("no right pair", item12(group(named), ""), nil, []string{"key.missing"}),
		banktest.Given("a group for each row", item12(material12("Match.")+`<response_grp ident="1" rcardinality="Multiple">`+material12("one")+among12("A", "B")+`</response_grp><response_grp ident="2" rcardinality="Multiple">`+material12("two")+among12("A", "B")+`</response_grp>`,
			given12(equal12("1", "B"), "Add", "1")+given12(equal12("2", "A"), "Add", "1")), []string{"matching | Match. | one = b | two = a"}, nil),
	}, read)
}

func TestReadHotspots12(t *testing.T) {
	_, data, _ := strings.Cut(mapImage, ",")
	spot := func(id, kind, coords, name string) string {
		inside := coords
		if name != "" {
			inside += material12(name)
		}
		return `<response_label ident="` + id + `" rarea="` + kind + `">` + inside + `</response_label>`
	}
	on := func(response, cardinality, areas string) string {
		return `<` + response + ` ident="H" rcardinality="` + cardinality + `">` + material12("Where?") + `<render_hotspot><material><matimage imagtype="image/png" embedded="base64" label="a map">` + data + `</matimage></material>` + areas + `</render_hotspot></` + response + `>`
	}
	within := func(kind, coords string) string {
		return `<varinside respident="H" areatype="` + kind + `">` + coords + `</varinside>`
	}
	const well, house = "circle [5 5 4]", "rectangle [10 0 20 10]"
	two := spot("A", "Ellipse", "5,5,8,8", "a well") + spot("B", "Rectangle", "10,0,20,10", "a house")
	run(t, []banktest.Case{
		banktest.Given("an area by its identifier", item12(on("response_lid", "Single", two), given12(equal12("H", "B"), "Set", "1")), []string{"hotspot | Where? | -a well " + well + " | +a house " + house}, []string{"hotspot.rectangle"}),
		banktest.Given("an area by its place", item12(on("response_xy", "Single", two), given12(within("Ellipse", "5,5,8,8"), "Set", "1")), []string{"hotspot | Where? | +a well " + well + " | -a house " + house}, []string{"hotspot.rectangle"}),
		banktest.Given("an area around it", item12(on("response_xy", "Single", two), given12(within("Rectangle", "9,0,20,10"), "Set", "1")), []string{"hotspot | Where? | -a well " + well + " | +a house " + house}, []string{"hotspot.rectangle"}),
		banktest.Given("several areas", item12(on("response_xy", "Multiple", two+spot("C", "Bounded", "0,0,4,0,4,2", "a road")), given12(within("Ellipse", "5,5,8,8"), "Add", "1")+given12(within("Bounded", "0,0,4,0,4,2"), "Add", "1")+given12(within("Rectangle", "10,0,20,10"), "Subtract", "1")),
			[]string{"hotspot | Where? | +a well " + well + " | -a house " + house + " | +a road polygon [0 0 4 0 4 2]"}, []string{"hotspot.rectangle", "scoring.weights"}),
		banktest.Given("height and width", item12(on("response_lid", "Single", spot("A", "Ellipse", "5,5,4", "a well")+spot("B", "Rectangle", "10,2,8,9", "a house")), given12(equal12("H", "B"), "Set", "1")),
			[]string{"hotspot | Where? | -a well " + well + " | +a house rectangle [10 2 19 10]"}, nil),
		banktest.Given("shares of the image, and no names", item12(on("response_xy", "Single", spot("A", "rectangle", "0,0,0.25,0.5", "")+spot("B", "rectangle", "0.5,0,1,1", "")), given12(within("rectangle", "0.5,0,1,1"), "Set", "1")),
			[]string{"hotspot | Where? | -Area 1 rectangle [0 0 5 5] | +Area 2 " + house}, []string{"hotspot.rectangle", "hotspot.names"}),
		banktest.Given("an unmarked place", item12(on("response_xy", "Single", spot("A", "Rectangle", "0,0,4,4", "")), given12(within("Rectangle", "0,0,4,4"), "Set", "1")), nil, []string{"kind.point"}),
		banktest.Given("no image", item12(`<response_xy ident="H"><render_hotspot>`+two+`</render_hotspot></response_xy>`, ""), nil, []string{"qti.hotspot"}),
		banktest.Given("an area that is none", item12(on("response_lid", "Single", two+spot("C", "Rectangle", "1,2", "a road")), given12(equal12("H", "B"), "Set", "1")), nil, []string{"hotspot.rectangle", "hotspot.area"}),
	}, read)
}

// TestManyAreas12: what conditions on points say is read once, and not for each answer that is
// tried on them.
func TestManyAreas12(t *testing.T) {
	_, data, _ := strings.Cut(mapImage, ",")
	areas, conditions := "", ""
	for n := range 40 {
		areas += `<response_label ident="A` + strconv.Itoa(n) + `" rarea="Bounded">0,0,4,0,4,` + strconv.Itoa(n+1) + material12("place "+strconv.Itoa(n)) + `</response_label>`
		conditions += given12(`<varinside respident="H" areatype="Bounded">`+strings.Repeat("0,0,4,0,4,2,", 160)+strconv.Itoa(n)+`</varinside>`, "Add", "1")
	}
	source := item12(`<response_xy ident="H" rcardinality="Multiple">`+material12("Where?")+`<render_hotspot><material><matimage imagtype="image/png" embedded="base64" label="a map">`+data+`</matimage></material>`+areas+`</render_hotspot></response_xy>`, conditions)
	banktest.Frugal(t, 300, source, read)
}

func TestReadEssays12(t *testing.T) {
	ask := material12("Why?") + fib12("R", "String")
	const title = "The answer as a whole"
	limits := strings.Replace(ask, "<response_str", `<response_str word_limit_enabled="Yes" word_limit_min="140" word_limit_max="500"`, 1)
	run(t, []banktest.Case{
		banktest.Given("an essay", item12(ask, ""), []string{"extended_text | Why? | 3000 characters, 0 to 0 words | " + title + ": 0 1 2 3 4"}, []string{"essay.rubric", "essay.length"}),
		banktest.Given("limits and notes", meta12(item12(limits, ""), "grading_notes", "Look at the reasons.", "points_possible", "5", "question_type", "essay_question"),
			[]string{"extended_text | Why? | 3000 characters, 140 to 500 words | Look at the reasons.: 0 1 2 3 4 5"}, []string{"points", "essay.rubric", "essay.length"}),
		banktest.Given("the most characters", item12(strings.Replace(ask, "<render_fib", `<render_fib maxchars="250"`, 1), ""), []string{"extended_text | Why? | 250 characters, 0 to 0 words | " + title + ": 0 1 2 3 4"}, []string{"essay.rubric"}),
		banktest.Given("more characters than an answer may have", item12(strings.Replace(ask, "<render_fib", `<render_fib maxchars="20000"`, 1), ""), []string{"extended_text | Why? | 8000 characters, 0 to 0 words | " + title + ": 0 1 2 3 4"}, []string{"essay.rubric", "essay.length"}),
		banktest.Given("lines", item12(strings.Replace(ask, "<render_fib", `<render_fib rows="10" columns="60"`, 1), ""), []string{"extended_text | Why? | 1200 characters, 0 to 0 words | " + title + ": 0 1 2 3 4"}, []string{"essay.rubric", "essay.length"}),
		banktest.Given("a field without a form", item12(material12("Why?")+`<response_str ident="R"/>`, ""), []string{"extended_text | Why? | 3000 characters, 0 to 0 words | " + title + ": 0 1 2 3 4"}, []string{"essay.rubric", "essay.length"}),
		banktest.Given("instructions", strings.Replace(item12(ask, ""), "<presentation>", `<rubric view="Scorer">`+material12("Be kind.")+`</rubric><rubric view="Candidate">`+material12("Be brief.")+`</rubric><presentation>`, 1),
			[]string{"extended_text | Why? | 3000 characters, 0 to 0 words | Be kind.: 0 1 2 3 4"}, []string{"qti.rubric", "essay.rubric", "essay.length"}),
		banktest.Given("a file", meta12(item12(ask, ""), "question_type", "file_upload_question"), nil, []string{"kind.unsupported"}),
		banktest.Given("a question within its response", item12(lid12("R", material12("Who?"), among12("A", "B")), given12(equal12("R", "B"), "Set", "1")), []string{"single | Who? | -a | +b"}, nil),
	}, read)
}
