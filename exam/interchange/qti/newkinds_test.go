package qti_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
	"github.com/proba-exam/proba/exam/interchange/qti"
)

// mapImage is an image of 20 by 10 pixels as an address.
var mapImage = func() string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 10))); err != nil {
		panic(err) // canned data
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}()

// declaredAs is a declaration of another name than RESPONSE.
func declaredAs(name, cardinality, base, mapping string, correct ...string) string {
	return strings.Replace(declared(cardinality, base, mapping, correct...), `"RESPONSE"`, `"`+name+`"`, 1)
}

// entryField and list are gaps on a response.
func entryField(name string) string {
	return `<textEntryInteraction responseIdentifier="` + name + `"/>`
}

func list(name string, choices ...string) string {
	s := `<inlineChoiceInteraction responseIdentifier="` + name + `" shuffle="true">`
	for _, c := range choices {
		s += `<inlineChoice identifier="` + c + `">` + strings.ToLower(c) + `</inlineChoice>`
	}
	return s + `</inlineChoiceInteraction>`
}

// earns adds to the score when a condition holds.
func earns(condition, points string) string {
	return `<responseCondition><responseIf>` + condition + `<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>` + base("float", points) + `</sum></setOutcomeValue></responseIf></responseCondition>`
}

func correct(name string) string {
	return `<match><variable identifier="` + name + `"/><correct identifier="` + name + `"/></match>`
}

func processed(rules ...string) string {
	return `<responseProcessing>` + strings.Join(rules, "") + `</responseProcessing>`
}

func TestReadGaps(t *testing.T) {
	three := declaredAs("A", "single", "identifier", "", "X") + declaredAs("B", "single", "string", entry("Kyiv", "1")+entry("Kiev", "1"), "Kyiv") + declaredAs("C", "single", "float", "", "3.5")
	body := `<p>Read <em>well</em>.</p><p>It is ` + list("A", "X", "Y") + ` in ` + entryField("B") + `.</p><p>About ` + entryField("C") + ` days.</p>`
	stringIs := func(name, s string) string {
		return `<stringMatch caseSensitive="false"><variable identifier="` + name + `"/>` + base("string", s) + `</stringMatch>`
	}
	number := `<equal toleranceMode="absolute" tolerance="0.5 0.5"><variable identifier="C"/><correct identifier="C"/></equal>`
	read3 := func(gaps string) []string {
		return []string{"cloze | Read *well*. | It is [[1]] in [[2]].\n\nAbout [[3]] days. | " + gaps}
	}
	gapMatch := func(texts string) string {
		return `<gapMatchInteraction responseIdentifier="RESPONSE"><prompt>Fill in.</prompt>` + texts + `<p>The <gap identifier="G1"/> and the <gap identifier="G2"/></p></gapMatchInteraction>`
	}
	seasons := `<gapText identifier="W" matchMax="1">winter</gapText><gapText identifier="S" matchMax="1">summer</gapText><gapText identifier="X" matchMax="1">spring</gapText>`
	pairs := declared("multiple", "directedPair", entry("W G1", "1")+entry("S G2", "1"), "W G1", "S G2")
	cases := []banktest.Case{
		banktest.Given("gaps of each sort, added up", item22(three, body, processed(earns(correct("A"), "1"), earns("<or>"+stringIs("B", "Kyiv")+stringIs("B", "Kiev")+"</or>", "1"), earns(number, "1"))),
			read3("{+x -y} | {=Kyiv =Kiev} | {3.5 ± 0.5}"), nil),
		banktest.Given("gaps with weights", item22(three, body, processed(earns(correct("A"), "0.5"), earns(stringIs("B", "Kyiv"), "1"), earns(number, "1.5"))),
			read3("{+x -y} | {=Kyiv ×2} | {3.5 ± 0.5 ×3}"), nil),
		banktest.Given("weights that are no whole numbers", item22(three, body, processed(earns(correct("A"), "0.1"), earns(stringIs("B", "Kyiv"), "0.77"), earns(number, "2"))),
			read3("{+x -y} | {=Kyiv ×4} | {3.5 ± 0.5 ×10}"), []string{"scoring.weights"}),
		banktest.Given("all gaps or nothing", item22(three, body, processed(earns("<and>"+correct("A")+stringIs("B", "Kyiv")+number+"</and>", "1"))),
			[]string{"cloze | Read *well*. | It is [[1]] in [[2]].\n\nAbout [[3]] days. | {+x -y} | {=Kyiv} | {3.5 ± 0.5} | by all_or_nothing"}, nil),
		banktest.Given("gaps by the template", item22(three, body, matchCorrect), []string{"cloze | Read *well*. | It is [[1]] in [[2]].\n\nAbout [[3]] days. | {+x -y} | {=Kyiv} | {3.5 ±} | by all_or_nothing"}, []string{"answer.case"}),
		banktest.Given("gaps by their mappings", item22(declaredAs("A", "single", "identifier", entry("X", "1"), "X")+declaredAs("B", "single", "string", entry("Kyiv", "2"), "Kyiv"), `<p>Say.</p><p>`+list("A", "X", "Y")+entryField("B")+`</p>`, mapResponse),
			[]string{"cloze | Say. | [[1]][[2]] | {+x -y} | {=Kyiv ×2}"}, []string{"answer.case"}),
		banktest.Given("gaps without declared answers", item22(declaredAs("A", "single", "identifier", "")+declaredAs("B", "single", "string", ""), `<p>Say.</p><p>`+list("A", "X", "Y")+entryField("B")+`</p>`,
			processed(earns(`<match><variable identifier="A"/>`+base("identifier", "Y")+`</match>`, "1"), earns(stringIs("B", "no"), "0.5"), earns(stringIs("B", "yes"), "1"))),
			[]string{"cloze | Say. | [[1]][[2]] | {-x +y} | {=yes}"}, []string{"scoring.partial"}),
		banktest.Given("gaps that count together in another way", item22(three, body, processed(earns("<and>"+correct("A")+stringIs("B", "Kyiv")+"</and>", "1"), earns(number, "1"))),
			read3("{+x -y} | {=Kyiv} | {3.5 ± 0.5}"), []string{"scoring.weights"}),
		banktest.Given("a bonus for all gaps", item22(three, body, processed(earns(correct("A"), "1"), earns(stringIs("B", "Kyiv"), "1"), earns(number, "1"), earns("<and>"+correct("A")+stringIs("B", "Kyiv")+number+"</and>", "2"))),
			read3("{+x -y} | {=Kyiv} | {3.5 ± 0.5}"), []string{"scoring.weights"}),
		banktest.Given("rules of gaps that are not understood", item22(three, body, `<responseProcessing><lookupOutcomeValue identifier="SCORE"/></responseProcessing>`),
			read3("{+x -y} | {=Kyiv} | {3.5 ±}"), []string{"qti.processing"}),
		banktest.Given("a passage without a stem", item22(three, `<p>`+list("A", "X", "Y")+entryField("B")+entryField("C")+`</p>`, matchCorrect),
			[]string{"cloze | Fill in the gaps. | [[1]][[2]][[3]] | {+x -y} | {=Kyiv} | {3.5 ±} | by all_or_nothing"}, []string{"answer.case"}),
		banktest.Given("a gap without a key", item22(declaredAs("A", "single", "identifier", "", "X")+declaredAs("B", "single", "string", ""), `<p>`+list("A", "X", "Y")+entryField("B")+`</p>`, processed(earns(correct("A"), "1"))),
			nil, []string{"key.missing"}),
		banktest.Given("gaps that share a response", item22(declared("single", "string", "", "x"), `<p>`+entryField("RESPONSE")+entryField("RESPONSE")+`</p>`, matchCorrect), nil, []string{"kind.cloze"}),
		banktest.Given("too many gaps", item22(declared("single", "string", "", "x"), `<p>`+strings.Repeat(entryField("RESPONSE"), 21)+`</p>`, matchCorrect), nil, []string{"kind.cloze"}),
		banktest.Given("gaps and a choice", item22(declared("single", "string", "", "x"), `<p>`+entryField("RESPONSE")+`</p>`+choose("1"), matchCorrect), nil, []string{"kind.composite"}),

		banktest.Given("gap match", item22(pairs, gapMatch(seasons), mapResponse),
			[]string{"cloze | Fill in. | The [[1]] and the [[2]] | {+winter -summer -spring} | {-winter +summer -spring}"}, []string{"qti.gap_match"}),
		banktest.Given("gap match with a shared choice", item22(declared("multiple", "directedPair", "", "W G1", "W G2"), gapMatch(seasons), matchCorrect),
			[]string{"cloze | Fill in. | The [[1]] and the [[2]] | {+winter -summer -spring} | {+winter -summer -spring} | by all_or_nothing"}, []string{"qti.gap_match"}),
		banktest.Given("gap match with weights", item22(declared("multiple", "directedPair", entry("W G1", "1")+entry("S G2", "2"), "W G1", "S G2"), gapMatch(seasons), mapResponse),
			[]string{"cloze | Fill in. | The [[1]] and the [[2]] | {+winter -summer -spring} | {-winter +summer -spring ×2}"}, []string{"qti.gap_match"}),
		banktest.Given("gap match with choices that a list cannot show", item22(pairs, gapMatch(strings.Replace(seasons, "spring", strings.Repeat("long ", 20)+"spring", 1)), mapResponse),
			[]string{"matching | Fill in.\n\nThe [1] and the [2] | [1] = winter | [2] = summer | -" + strings.Repeat("long ", 20) + "spring"}, []string{"qti.gap_match"}),
	}
	for version, rewrite := range versions {
		t.Run(version, func(t *testing.T) {
			run(t, cases, func(im *interchange.Import, source string) { read(im, rewrite(source)) })
		})
	}
}

// spots is a hotspot interaction on the map; its areas are the inside of it.
func spots(most, size, areas string) string {
	return `<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="` + most + `"><prompt>Where?</prompt><object type="image/png" data="` + mapImage + `" ` + size + `>a map</object>` + areas + `</hotspotInteraction>`
}

func spot(id, shape, coords string, label ...string) string {
	s := fmt.Sprintf(`<hotspotChoice identifier="%s" shape="%s" coords="%s"`, id, shape, coords)
	if len(label) > 0 {
		s += ` hotspotLabel="` + label[0] + `"`
	}
	return s + "/>"
}

func TestReadHotspots(t *testing.T) {
	named := spot("A", "circle", "5,5,4", "a well") + spot("B", "rect", "10,0,20,10", "a house") + spot("C", "poly", "0,0,4,0,4,2", "a road")
	const size = `width="20" height="10"`
	one := declared("single", "identifier", "", "B")
	const round = "polygon [8 5 8 6 7 6 7 7 6 7 5 7 4 7 3 6 2 6 2 5 2 4 3 4 3 3 4 3 5 3 6 3 7 3 7 4 8 4]"
	cases := []banktest.Case{
		banktest.Given("one area", item22(one, spots("1", size, named), matchCorrect), []string{"hotspot | Where? | -a well circle [5 5 4] | +a house rectangle [10 0 20 10] | -a road polygon [0 0 4 0 4 2]"}, nil),
		banktest.Given("several areas by mapping", item22(declared("multiple", "identifier", entry("A", "1")+entry("C", "1")+entry("B", "-1"), "A", "C"), spots("0", size, named), mapResponse),
			[]string{"hotspot | Where? | +a well circle [5 5 4] | -a house rectangle [10 0 20 10] | +a road polygon [0 0 4 0 4 2]"}, nil),
		banktest.Given("several areas or nothing", item22(declared("multiple", "identifier", "", "A", "C"), spots("2", size, named), matchCorrect),
			[]string{"hotspot | Where? | +a well circle [5 5 4] | -a house rectangle [10 0 20 10] | +a road polygon [0 0 4 0 4 2] | by all_or_nothing"}, nil),
		banktest.Given("one of several", item22(declared("multiple", "identifier", "", "B"), spots("1", size, named), matchCorrect), []string{"hotspot | Where? | -a well circle [5 5 4] | +a house rectangle [10 0 20 10] | -a road polygon [0 0 4 0 4 2]"}, nil),
		banktest.Given("one of several, and something for any", item22(strings.Replace(declared("multiple", "identifier", entry("A", "-1")+entry("B", "1")+entry("C", "-1"), "B"), ` lowerBound="0"`, "", 1), spots("1", size, named),
			`<responseProcessing><setOutcomeValue identifier="SCORE"><sum><mapResponse identifier="RESPONSE"/>`+base("float", "2")+`</sum></setOutcomeValue></responseProcessing>`),
			[]string{"hotspot | Where? | -a well circle [5 5 4] | +a house rectangle [10 0 20 10] | -a road polygon [0 0 4 0 4 2]"}, []string{"scoring.partial"}),
		banktest.Given("an area by rules", item22(declared("single", "identifier", ""), spots("1", size, named), rules("<match>"+variable+base("identifier", "C")+"</match>", "1")),
			[]string{"hotspot | Where? | -a well circle [5 5 4] | -a house rectangle [10 0 20 10] | +a road polygon [0 0 4 0 4 2]"}, nil),
		banktest.Given("an image shown twice as large", item22(one, spots("1", `width="40" height="20"`, spot("A", "circle", "10,10,8", "a well")+spot("B", "rect", "20,0,40,20", "a house")), matchCorrect),
			[]string{"hotspot | Where? | -a well circle [5 5 4] | +a house rectangle [10 0 20 10]"}, nil),
		banktest.Given("shares of the image", item22(one, spots("1", "", spot("A", "circle", "25%,50%,40%", "a well")+spot("B", "rect", "50%,0%,100%,100%", "a house")), matchCorrect),
			[]string{"hotspot | Where? | -a well circle [5 5 4] | +a house rectangle [10 0 20 10]"}, nil),
		banktest.Given("an ellipse", item22(one, spots("1", size, spot("A", "ellipse", "5,5,3,2", "a well")+spot("B", "rect", "10,0,20,10", "a house")), matchCorrect),
			[]string{"hotspot | Where? | -a well " + round + " | +a house rectangle [10 0 20 10]"}, []string{"hotspot.ellipse"}),
		banktest.Given("an area over the edge", item22(one, spots("1", size, spot("A", "rect", "0,0,4,4", "a well")+spot("B", "rect", "10,0,25,12", "a house")), matchCorrect),
			[]string{"hotspot | Where? | -a well rectangle [0 0 4 4] | +a house rectangle [10 0 20 10]"}, []string{"hotspot.edge"}),
		banktest.Given("a circle over the edge", item22(one, spots("1", size, spot("A", "circle", "0,0,4", "a well")+spot("B", "rect", "10,0,20,10", "a house")), matchCorrect),
			[]string{"hotspot | Where? | -a well polygon [4 0 4 1 3 2 3 3 2 3 1 4 0 4 0 3 0 2 0 1 0 0 1 0 2 0 3 0 4 0] | +a house rectangle [10 0 20 10]"}, []string{"hotspot.edge"}),
		banktest.Given("areas without names", item22(one, spots("1", size, spot("A", "rect", "0,0,4,4")+spot("B", "rect", "10,0,20,10")), matchCorrect),
			[]string{"hotspot | Where? | -Area 1 rectangle [0 0 4 4] | +Area 2 rectangle [10 0 20 10]"}, []string{"hotspot.names"}),
		banktest.Given("the rest of the image", item22(one, spots("1", size, named+spot("D", "default", "")), matchCorrect),
			[]string{"hotspot | Where? | -a well circle [5 5 4] | +a house rectangle [10 0 20 10] | -a road polygon [0 0 4 0 4 2]"}, []string{"hotspot.default"}),
		banktest.Given("the rest of the image is right", item22(declared("single", "identifier", "", "D"), spots("1", size, named+spot("D", "default", "")), matchCorrect), nil, []string{"hotspot.default"}),
		banktest.Given("coordinates that are none", item22(one, spots("1", size, spot("A", "rect", "0,0,4", "a well")+spot("B", "rect", "x,0,20,10", "a house")), matchCorrect), nil, []string{"hotspot.area"}),
		banktest.Given("one area only", item22(one, spots("1", size, spot("B", "rect", "10,0,20,10", "a house")), matchCorrect), nil, []string{"item.invalid", "item.invalid"}),
		banktest.Given("an image without a description", item22(one, strings.Replace(spots("1", size, named), "a map", "", 1), matchCorrect), nil, []string{"media.no_description"}),
		banktest.Given("no image", item22(one, `<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Where?</prompt>`+named+`</hotspotInteraction>`, matchCorrect), nil, []string{"qti.hotspot"}),
		banktest.Given("an unmarked place", item22(`<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="point"><areaMapping defaultValue="0"><areaMapEntry shape="circle" coords="5,5,4" mappedValue="1"/></areaMapping></responseDeclaration>`,
			`<selectPointInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Where?</prompt><object type="image/png" data="`+mapImage+`">a map</object></selectPointInteraction>`,
			`<responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/map_response_point"/>`), nil, []string{"kind.point"}),
	}
	for version, rewrite := range versions {
		t.Run(version, func(t *testing.T) {
			run(t, cases, func(im *interchange.Import, source string) { read(im, rewrite(source)) })
		})
	}
	t.Run("as <img>", func(t *testing.T) {
		object := `<object type="image/png" data="` + mapImage + `" ` + size + `>a map</object>`
		img := `<picture><img src="` + mapImage + `" alt="a map" ` + size + `/></picture>`
		run(t, []banktest.Case{banktest.Given("one area", strings.Replace(cases[0].Source, object, img, 1), cases[0].Want, nil)},
			func(im *interchange.Import, source string) { read(im, newer(source)) })
	})
}

func TestReadEssays(t *testing.T) {
	free := declared("single", "string", "")
	ask := func(attributes string) string {
		return `<extendedTextInteraction responseIdentifier="RESPONSE" ` + attributes + `><prompt>Why?</prompt></extendedTextInteraction>`
	}
	whole := func(length, title, levels string) []string {
		return []string{"extended_text | Why? | " + length + " characters, 0 to 0 words | " + title + ": " + levels}
	}
	const title = "The answer as a whole"
	cases := []banktest.Case{
		banktest.Given("an essay", item22(free, ask(""), ""), whole("3000", title, "0 1 2 3 4"), []string{"essay.rubric", "essay.length"}),
		banktest.Given("an expected length", item22(free, ask(`expectedLength="900"`), ""), whole("1800", title, "0 1 2 3 4"), []string{"essay.rubric", "essay.length"}),
		banktest.Given("expected lines", item22(free, ask(`expectedLines="10"`), ""), whole("2000", title, "0 1 2 3 4"), []string{"essay.rubric", "essay.length"}),
		banktest.Given("a book", item22(free, ask(`expectedLength="999999999"`), ""), whole("8000", title, "0 1 2 3 4"), []string{"essay.rubric", "essay.length"}),
		banktest.Given("instructions for who marks", item22(free, `<rubricBlock view="scorer tutor" use="scoring"><p>A point for each reason.</p></rubricBlock>`+ask(`expectedLength="900"`), ""),
			whole("1800", "A point for each reason.", "0 1 2 3 4"), []string{"essay.rubric", "essay.length"}),
		banktest.Given("instructions for others", item22(free, `<rubricBlock view="proctor"><p>Collect the paper.</p></rubricBlock><rubricBlock view="candidate"><p>Be short.</p></rubricBlock>`+ask(`expectedLength="900"`), ""),
			[]string{"extended_text | Be short.\n\nWhy? | 1800 characters, 0 to 0 words | " + title + ": 0 1 2 3 4"}, []string{"qti.rubric", "essay.rubric", "essay.length"}),
		banktest.Given("points of its own", strings.Replace(item22(free, ask(`expectedLength="900"`), ""), `baseType="float"/>`, `baseType="float" normalMaximum="25" externalScored="human"/>`, 1),
			whole("1800", title, "0 4 7 11 14 18 21 25"), []string{"essay.rubric", "essay.length"}),
		banktest.Given("half points", strings.Replace(item22(free, ask(`expectedLength="900"`), ""), `baseType="float"/>`, `baseType="float" normalMaximum="2.5"/>`, 1),
			whole("1800", title, "0 1 2"), []string{"points", "essay.rubric", "essay.length"}),
		banktest.Given("formatted text", item22(free, ask(`expectedLength="900" format="xhtml"`), ""), whole("1800", title, "0 1 2 3 4"), []string{"essay.rubric", "essay.length", "essay.format"}),
		banktest.Given("several texts", item22(declared("ordered", "string", ""), ask(`expectedLength="900" maxStrings="3"`), ""), whole("1800", title, "0 1 2 3 4"), []string{"essay.rubric", "essay.length", "essay.texts"}),
		banktest.Given("a sample answer", item22(declared("single", "string", "", "For three reasons."), ask(`expectedLength="900"`), ""),
			[]string{"extended_text | Why? | 1800 characters, 0 to 0 words | " + title + ": 0 1 2 3 4 | because For three reasons."}, []string{"essay.rubric", "essay.length", "essay.sample"}),
	}
	for version, rewrite := range versions {
		t.Run(version, func(t *testing.T) {
			run(t, cases, func(im *interchange.Import, source string) { read(im, rewrite(source)) })
		})
	}
}

// TestTranslationsOfNewKinds: a translation that has other places, keys or levels does not
// fit, and is told.
func TestTranslationsOfNewKinds(t *testing.T) {
	essay := func(points string) string {
		return item22(declared("single", "string", ""), `<p>Why?</p><extendedTextInteraction responseIdentifier="RESPONSE" expectedLength="9"/><rubricBlock view="scorer" class="proba-rubric"><div class="proba-criterion"><div class="proba-title">t</div><dl><dt>0</dt><dd>a</dd><dt>`+points+`</dt><dd>b</dd></dl></div></rubricBlock>`, "")
	}
	gaps := func(key, value string) string {
		return item22(declaredAs("A", "single", "identifier", "", key)+declaredAs("B", "single", "float", "", value), `<p>Say.</p><p>`+list("A", "X", "Y")+entryField("B")+`</p>`, matchCorrect)
	}
	areas := func(coords string) string {
		return item22(declared("single", "identifier", "", "B"), spots("1", "", spot("A", "circle", coords, "a")+spot("B", "rect", "10,0,20,10", "b")), matchCorrect)
	}
	for name, c := range map[string]struct {
		base, other string
		fits        bool
	}{
		"the same essay": {essay("3"), essay("3"), true}, "other points": {essay("3"), essay("4"), false},
		"the same gaps": {gaps("X", "1"), gaps("X", "1"), true}, "another key": {gaps("X", "1"), gaps("Y", "1"), false}, "another number": {gaps("X", "1"), gaps("X", "2"), false},
		"the same areas": {areas("5,5,4"), areas("5,5,4"), true}, "another place": {areas("5,5,4"), areas("5,5,3"), false},
	} {
		t.Run(name, func(t *testing.T) {
			other := strings.NewReplacer(`"item-1"`, `"item-1.uk"`, `"en-GB"`, `"uk"`).Replace(c.other)
			im := new(interchange.Import)
			qti.Read(im, "p.zip", pack(t, map[string]string{"a.xml": c.base, "b.xml": other}))
			_, report := im.Finish(interchange.Options{Bank: "test-bank", Lang: "en"})
			if got := !slices.Contains(codes(report), "qti.translation"); got != c.fits {
				t.Errorf("fits is %v: %+v", got, report.Problems)
			}
		})
	}
}
