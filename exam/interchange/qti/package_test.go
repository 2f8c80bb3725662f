package qti_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
	"github.com/proba-exam/proba/exam/interchange/qti"
)

// pack makes a zip file of names and contents.
func pack(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func named(id, lang string) string {
	item := strings.Replace(item22(declared("single", "identifier", "", "B"), choose("1"), matchCorrect), `"item-1"`, `"`+id+`"`, 1)
	return strings.Replace(item, `"en-GB"`, `"`+lang+`"`, 1)
}

// listed is a manifest with resources of kind and href in turn.
func listed(pairs ...string) string {
	s := `<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>`
	for i := 0; i < len(pairs); i += 2 {
		s += `<resource identifier="r" type="` + pairs[i] + `" href="` + pairs[i+1] + `"><metadata><lom><general><keyword><string>role:judge</string></keyword></general></lom></metadata></resource>`
	}
	return s + `</resources></manifest>`
}

func test22(inside string) string {
	return `<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="t" title="T"><testPart identifier="p">` + inside + `</testPart></assessmentTest>`
}

func section(title, inside string) string {
	return `<assessmentSection identifier="s" title="` + title + `">` + inside + `</assessmentSection>`
}

func codes(r interchange.Report) []string {
	var all []string
	for _, p := range r.Problems {
		if !strings.HasPrefix(p.Code, "default.") {
			all = append(all, p.Code)
		}
	}
	return all
}

func TestPackages(t *testing.T) {
	itemRef := func(href string) string { return `<assessmentItemRef identifier="x" href="` + href + `"/>` }
	sectionRef := func(href string) string { return `<assessmentSectionRef identifier="x" href="` + href + `"/>` }
	stimulus := `<assessmentStimulus xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="case-one" title="A case" xml:lang="en"><stimulusBody><p>Once upon a time.</p></stimulusBody></assessmentStimulus>`
	of := func(id, href string) string {
		return strings.Replace(named(id, "en"), "<itemBody>", `<assessmentStimulusRef identifier="case-one" href="`+href+`" title="A case"/><itemBody>`, 1)
	}
	cases := []struct {
		name  string
		files map[string]string
		items []string // id and topic
		codes []string
	}{
		{"items that share a stimulus", map[string]string{"imsmanifest.xml": listed("imsqti_item_xmlv2p2", "a.xml", "imsqti_item_xmlv2p2", "b.xml"), "a.xml": of("item-a", "shared/case.xml"), "b.xml": of("item-b", "shared/case.xml"), "shared/case.xml": stimulus},
			[]string{"item-a general case: Once upon a time.", "item-b general case: Once upon a time."}, nil},
		{"a stimulus that is missing", map[string]string{"imsmanifest.xml": listed("imsqti_item_xmlv2p2", "a.xml"), "a.xml": of("item-a", "shared/case.xml")}, nil, []string{"package.broken", "qti.stimulus"}},
		{"a stimulus outside", map[string]string{"imsmanifest.xml": listed("imsqti_item_xmlv2p2", "a.xml"), "a.xml": of("item-a", "http://127.0.0.1:1/case.xml")}, nil, []string{"qti.external"}},
		{"a section that draws an item twice", map[string]string{"imsmanifest.xml": listed("imsqti_test_xmlv2p2", "t.xml"), "t.xml": test22(section("Law", `<selection select="2" withReplacement="true"/>`+itemRef("a.xml"))), "a.xml": named("item-a", "en")}, []string{"item-a law"}, []string{"qti.selection", "qti.selection"}},
		{"items of the manifest", map[string]string{"imsmanifest.xml": listed("imsqti_item_xmlv2p2", "a.xml"), "a.xml": named("item-a", "en"), "b.xml": named("item-b", "en")}, []string{"item-a general"}, nil},
		{"no manifest", map[string]string{"a.xml": named("item-a", "en"), "b/b.xml": named("item-b", "en"), "x.css": "x"}, []string{"item-a general", "item-b general"}, nil},
		{"a test names topics and order", map[string]string{"imsmanifest.xml": listed("imsqti_item_xmlv2p2", "items/a.xml", "imsqti_item_xmlv2p2", "items/b.xml", "imsqti_test_xmlv2p2", "tests/t.xml"),
			"items/a.xml": named("item-a", "en"), "items/b.xml": named("item-b", "en"), "tests/t.xml": test22(section("Part 1", `<selection select="1"/><ordering shuffle="true"/>`+section("Evidence", itemRef("../items/b.xml"))+itemRef("../items/a.xml"))) + "<!-- -->"},
			[]string{"item-b evidence", "item-a part-1"}, []string{"qti.selection", "qti.ordering"}},
		{"sections in files of their own", map[string]string{"imsmanifest.xml": listed("imsqti_test_xmlv2p2", "t.xml"), "t.xml": test22(sectionRef("s.xml")), "s.xml": section("Law", itemRef("a.xml")), "a.xml": named("item-a", "en")}, []string{"item-a law"}, nil},
		{"a section that contains itself", map[string]string{"imsmanifest.xml": listed("imsqti_test_xmlv2p2", "t.xml"), "t.xml": test22(sectionRef("s.xml")), "s.xml": section("Law", sectionRef("r.xml")+itemRef("a.xml")), "r.xml": section("R", sectionRef("s.xml")), "a.xml": named("item-a", "en")},
			[]string{"item-a law"}, []string{"qti.cycle"}},
		{"deep sections", map[string]string{"imsmanifest.xml": listed("imsqti_test_xmlv2p2", "t.xml"), "t.xml": test22(strings.Repeat(`<assessmentSection identifier="s" title="x">`, 40) + strings.Repeat(`</assessmentSection>`, 40))}, nil, []string{"qti.cycle", "file.no_questions"}},
		{"references that lead out", map[string]string{"imsmanifest.xml": listed("imsqti_item_xmlv2p2", "http://127.0.0.1:1/a.xml", "imsqti_item_xmlv2p2", "../a.xml", "imsqti_test_xmlv2p2", "t.xml"), "t.xml": test22(section("S", itemRef("/etc/passwd")+itemRef("file:///etc/passwd")))},
			nil, []string{"qti.external", "qti.external", "qti.external", "qti.external", "file.no_questions"}},
		{"a file that is missing", map[string]string{"imsmanifest.xml": listed("imsqti_item_xmlv2p2", "a.xml")}, nil, []string{"package.broken", "file.no_questions"}},
		{"translations", map[string]string{"imsmanifest.xml": listed("imsqti_item_xmlv2p2", "a.xml", "imsqti_item_xmlv2p2", "uk.xml"), "a.xml": named("item-a", "en"), "uk.xml": named("item-a.uk", "uk")}, []string{"item-a general"}, nil},
		{"a translation that does not fit", map[string]string{"imsmanifest.xml": listed("imsqti_item_xmlv2p2", "a.xml", "imsqti_item_xmlv2p2", "uk.xml"), "a.xml": named("item-a", "en"), "uk.xml": strings.Replace(named("item-a.uk", "uk"), "<value>B<", "<value>A<", 1)}, []string{"item-a general"}, []string{"qti.translation"}},
		{"a case text in another file", map[string]string{"a.xml": strings.Replace(named("item-a", "en"), "<itemBody>", `<itemBody><object type="text/html" data="shared/case.html">x</object>`, 1), "shared/case.html": "<html><head><title>T</title></head><body><p>Once.</p></body></html>"}, []string{"item-a general case: Once."}, nil},
		{"a case text outside", map[string]string{"a.xml": strings.Replace(named("item-a", "en"), "<itemBody>", `<itemBody><object type="text/html" data="http://127.0.0.1:1/x.html">x</object>`, 1)}, nil, []string{"qti.external"}},
	}
	for version, rewrite := range versions {
		for _, c := range cases {
			t.Run(c.name+" in "+version, func(t *testing.T) {
				im := new(interchange.Import)
				files := make(map[string]string)
				for name, content := range c.files {
					if files[name] = content; strings.HasSuffix(name, ".xml") && name != "imsmanifest.xml" {
						files[name] = rewrite(content)
					}
				}
				qti.Read(im, "p.zip", pack(t, files))
				bank, report := im.Finish(interchange.Options{Bank: "test-bank", Lang: "en"})
				var got []string
				if bank != nil {
					for _, rev := range bank.Revisions() {
						got = append(got, described(bank, &rev.Item))
					}
				}
				if !slices.Equal(got, c.items) {
					t.Errorf("read %q, want %q", got, c.items)
				}
				if !slices.Equal(codes(report), c.codes) {
					t.Errorf("problems %q, want %q: %+v", codes(report), c.codes, report.Problems)
				}
			})
		}
	}
}

// TestASelectionIsACell: what a section that draws means here is said in words that a
// blueprint has.
func TestASelectionIsACell(t *testing.T) {
	drawing := `<selection_ordering><selection><selection_number>1</selection_number></selection><order order_type="Random"/></selection_ordering>`
	older := `<questestinterop><assessment><section title="Law">` + drawing + `</section></assessment></questestinterop>`
	for name, data := range map[string][]byte{"1.2": []byte(older),
		"2.2": pack(t, map[string]string{"imsmanifest.xml": listed("imsqti_test_xmlv2p2", "t.xml"), "t.xml": test22(section("Law", `<selection select="1"/><ordering shuffle="true"/>`))})} {
		_, report := banktest.Read(t, func(im *interchange.Import) { qti.Read(im, "p", data) })
		if got := codes(report); !slices.Equal(got, []string{"qti.selection", "qti.ordering", "file.no_questions"}) {
			t.Fatalf("%s: %q", name, got)
		}
		if said := report.Problems[0].Message; !strings.Contains(said, `cell of the topic "law" with the count 1`) {
			t.Errorf("%s: %q", name, said)
		}
	}
}

func described(bank *exam.Bank, it *exam.Item) string {
	s := it.ID + " " + it.Topic
	if it.Stimulus != "" {
		s += " case: " + bank.Release.Stimuli[0].Text["en"]
	}
	return s
}

func TestKeywordsAreTags(t *testing.T) {
	bank, report := banktest.Read(t, func(im *interchange.Import) {
		qti.Read(im, "p.zip", pack(t, map[string]string{"imsmanifest.xml": listed("imsqti_item_xmlv2p2", "a.xml"), "a.xml": named("item-a", "en")}))
	})
	if bank == nil || bank.Revision(0).Item.Roles[0] != "judge" || report.Format != "qti2.2" {
		t.Errorf("read %+v", report)
	}
}

func TestFolder(t *testing.T) {
	im := new(interchange.Import)
	qti.ReadFolder(im, fstest.MapFS{"imsmanifest.xml": {Data: []byte(listed("imsqti_item_xmlv2p2", "a.xml"))}, "a.xml": {Data: []byte(named("item-a", "en"))}})
	if _, report := im.Finish(interchange.Options{}); report.Imported != 1 {
		t.Errorf("read %+v", report)
	}
}

// The seeds are short: the fuzzer minimises what it finds, byte by byte.
const (
	seed22 = `<assessmentItem><responseDeclaration identifier="R"><correctResponse><value>A</value></correctResponse></responseDeclaration><itemBody><choiceInteraction responseIdentifier="R"><simpleChoice identifier="A">a</simpleChoice><simpleChoice identifier="B"/></choiceInteraction></itemBody></assessmentItem>`
	seed12 = `<questestinterop><item ident="Q"><presentation><response_lid ident="R"><render_choice><response_label ident="A"/></render_choice></response_lid></presentation></item></questestinterop>`
)

const (
	seedGaps    = `<assessmentItem><responseDeclaration identifier="R"><mapping><mapEntry mapKey="a" mappedValue="1"/></mapping></responseDeclaration><responseDeclaration identifier="S" baseType="float"><correctResponse><value>2</value></correctResponse></responseDeclaration><itemBody>x <textEntryInteraction responseIdentifier="R"/><textEntryInteraction responseIdentifier="S"/></itemBody><responseProcessing template="map_response"/></assessmentItem>`
	seedEssay   = `<assessmentItem><responseDeclaration identifier="R"/><itemBody><rubricBlock view="scorer" class="proba-rubric"><div class="proba-criterion"><p class="proba-title">t</p><dl><dt>0</dt><dd>a</dd><dt>3</dt><dd>b</dd></dl></div></rubricBlock>x <extendedTextInteraction responseIdentifier="R" expectedLength="9"/></itemBody></assessmentItem>`
	seedGaps12  = `<questestinterop><item ident="Q"><presentation><mattext>x</mattext><response_str ident="R" rcardinality="Ordered"><render_fib><response_label ident="A"/><response_label ident="B"/></render_fib></response_str></presentation><resprocessing><respcondition><conditionvar><varequal respident="R" index="1">a</varequal></conditionvar><setvar action="Add">1</setvar></respcondition></resprocessing></item></questestinterop>`
	seedGroup12 = `<questestinterop><item ident="Q"><presentation><response_grp ident="G"><response_label ident="a" match_group="b"/><response_label ident="b"/></response_grp></presentation><resprocessing><respcondition><conditionvar><varsubset respident="G">a,b</varsubset></conditionvar><setvar>1</setvar></respcondition></resprocessing></item></questestinterop>`
)

func FuzzReadItem(f *testing.F) {
	f.Add([]byte(seed22))
	f.Add([]byte(seed12))
	f.Add([]byte(seedGaps))
	f.Add([]byte(seedEssay))
	f.Add([]byte(seedGaps12))
	f.Add([]byte(seedGroup12))
	f.Add([]byte(`<assessmentItem><responseDeclaration identifier="R"><correctResponse><value>A</value></correctResponse></responseDeclaration><itemBody>` + strings.ReplaceAll(spots("1", "", spot("A", "circle", "5,5,4")+spot("B", "poly", "0,0,4,0,4,2")), "RESPONSE", "R") + `</itemBody></assessmentItem>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		banktest.Fuzzed(t, func(im *interchange.Import) { qti.Read(im, "f.xml", data) })
	})
}

// FuzzRules varies the response processing within a sound item.
func FuzzRules(f *testing.F) {
	f.Add(`<setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue>`, `A`, "1")
	f.Add(`<responseCondition><responseIf><equal toleranceMode="absolute" tolerance="1"><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></equal></responseIf></responseCondition>`, `3`, "x")
	f.Fuzz(func(t *testing.T, rules, key, value string) {
		for _, item := range []string{
			item22(declared("multiple", "identifier", entry("A", value), key), choose("0"), "<responseProcessing>"+rules+"</responseProcessing>"),
			item22(declaredAs("A", "single", "string", entry("3", value), key)+declared("single", "float", "", key), `<p>So: <textEntryInteraction responseIdentifier="A"/>, <textEntryInteraction responseIdentifier="RESPONSE"/></p>`, "<responseProcessing>"+rules+"</responseProcessing>"),
			item22(declared("single", "float", entry("3", value), key), `<textEntryInteraction responseIdentifier="RESPONSE"/>`, "<responseProcessing>"+rules+"</responseProcessing>"),
		} {
			banktest.Fuzzed(t, func(im *interchange.Import) { qti.Read(im, "f.xml", []byte(item)) })
		}
	})
}

// FuzzAreas varies the areas of an image in each version that has them.
func FuzzAreas(f *testing.F) {
	f.Add("circle", "5,5,4", "10", "Rectangle", "0,0,4,4")
	f.Add("ellipse", "1,1,9,9", "", "Bounded", "0,0,1,0,1,1")
	f.Add("poly", "50%,5%,9,1,1,1", "0", "", "1 2 3")
	f.Fuzz(func(t *testing.T, shape, coords, size, kind, older string) {
		var b strings.Builder
		for _, s := range []string{shape, coords, size, kind, older} {
			if err := xml.EscapeText(&b, []byte(s)); err != nil {
				t.Skip()
			}
			b.WriteByte('\x00')
		}
		part := strings.Split(b.String(), "\x00")
		_, data, _ := strings.Cut(mapImage, ",")
		later := item22(declared("single", "identifier", "", "A"), spots("1", `width="`+part[2]+`" height="10"`, spot("A", part[0], part[1])+spot("B", "rect", "0,0,4,4")), matchCorrect)
		first := item12(`<response_xy ident="H"><render_hotspot><matimage imagtype="image/png" embedded="base64" label="a map">`+data+`</matimage><response_label ident="A" rarea="`+part[3]+`">`+part[4]+`</response_label><response_label ident="B" rarea="Rectangle">0,0,4,4</response_label></render_hotspot></response_xy>`,
			given12(`<varinside respident="H" areatype="`+part[3]+`">`+part[4]+`</varinside>`, "Set", "1"))
		for _, item := range []string{later, first} {
			banktest.Fuzzed(t, func(im *interchange.Import) { qti.Read(im, "f.xml", []byte(item)) })
		}
	})
}

// FuzzReadPackage varies a test and a section within a sound package.
func FuzzReadPackage(f *testing.F) {
	f.Add(`<assessmentTest><testPart><assessmentSectionRef href="b.xml"/></testPart></assessmentTest>`, `<assessmentSection/>`)
	f.Fuzz(func(t *testing.T, a, b string) {
		data := pack(t, map[string]string{"imsmanifest.xml": listed("imsqti_test", "a.xml", "imsqti_item", "b.xml"), "a.xml": a, "b.xml": b})
		banktest.Fuzzed(t, func(im *interchange.Import) { qti.Read(im, "f.zip", data) })
	})
}
