package moodlexml_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
	"github.com/proba-exam/proba/exam/interchange/moodlexml"
	"github.com/proba-exam/proba/exam/picture"
)

var format = banktest.Format{
	Read: func(im *interchange.Import, data []byte) { moodlexml.Read(im, "bank.xml", data) },
	Write: func(x *interchange.Export) ([]byte, error) {
		var b bytes.Buffer
		err := moodlexml.Write(&b, x)
		return b.Bytes(), err
	},
}

func TestRoundTrip(t *testing.T) {
	for name, langs := range map[string][]string{"one language": {"uk"}, "two languages": {"en", "uk"}} {
		t.Run(name, func(t *testing.T) {
			banktest.RoundTrip(t, banktest.Drawer{Langs: langs, Units: true, Rules: true, Images: true, Kinds: []exam.Kind{exam.Cloze, exam.ExtendedText}, OneText: true}, format)
		})
	}
}

// question wraps the inside of one question of a type.
func question(kind, inside string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="` + kind + `"><name><text>Q</text></name>` + inside + `</question>
</quiz>`
}

const stem = `<questiontext format="html"><text><![CDATA[<p>Who?</p>]]></text></questiontext>`

func TestRead(t *testing.T) {
	one := func(kind, inside string) string { return question(kind, stem+inside) }
	banktest.Run(t, []banktest.Case{
		banktest.Given("single choice with feedback", one("multichoice", `<single>true</single><generalfeedback><text>Since.</text></generalfeedback>
			<answer fraction="100"><text>a</text><feedback><text>yes</text></feedback></answer><answer fraction="0"><text>b</text></answer>`),
			[]string{"single | Who? | +a | -b | because Since.\n\na — yes"}, nil),
		banktest.Given("multiple choice, exact", one("multichoice", `<single>false</single><answer fraction="50"><text>a</text></answer><answer fraction="50"><text>b</text></answer><answer fraction="-50"><text>c</text></answer>`),
			[]string{"multiple | Who? | +a | +b | -c"}, nil),
		banktest.Given("multiple choice, other weights", one("multichoice", `<single>0</single><answer fraction="33.33333"><text>a</text></answer><answer fraction="66.66667"><text>b</text></answer><answer fraction="-100"><text>c</text></answer>`),
			[]string{"multiple | Who? | +a | +b | -c"}, []string{"scoring.weights"}),
		banktest.Given("true/false in another language", one("truefalse", `<answer fraction="0"><text>Правда</text></answer><answer fraction="100"><text>Неправда</text></answer>`),
			[]string{"true_false | Who? | false"}, []string{"moodle.true_false"}),
		banktest.Given("true/false, false first", one("truefalse", `<answer fraction="0"><text>false</text></answer><answer fraction="100"><text>true</text></answer>`), []string{"true_false | Who? | true"}, nil),
		banktest.Given("short answer", one("shortanswer", `<usecase>1</usecase><answer fraction="100"><text>Ada</text></answer><answer fraction="100"><text>A*</text></answer><answer fraction="0"><text>*</text></answer>`),
			[]string{"short_text | Who? | +Ada"}, []string{"answer.wildcard", "answer.case"}),
		banktest.Given("number with unit", one("numerical", `<answer fraction="100"><text>1.5e1</text><tolerance>0.25</tolerance></answer><units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit></units>`),
			[]string{"numeric | Who? | 15 ± 0.25 m"}, nil),
		banktest.Given("number with two units", one("numerical", `<answer fraction="100"><text>15</text></answer><units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit><unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit></units>`),
			[]string{"numeric | Who? | 15 ±  m"}, []string{"moodle.units"}),
		banktest.Given("matching", one("matching", `<subquestion format="html"><text>a</text><answer><text>1</text></answer></subquestion><subquestion><text>b</text><answer><text>2</text></answer></subquestion><subquestion><text></text><answer><text>3</text></answer></subquestion>`),
			[]string{"matching | Who? | a = 1 | b = 2 | -3"}, nil),
		banktest.Given("ordering by place", one("ordering", `<answer fraction="3"><text>c</text></answer><answer fraction="1"><text>a</text></answer><answer fraction="2"><text>b</text></answer>`), []string{"ordering | Who? | a | b | c"}, nil),
		banktest.Given("thousands of answers", one("ordering", strings.Repeat(`<answer fraction="1"><text>a</text></answer>`, 5_000)), nil, []string{"answers.too_many"}),
		banktest.Given("thousands of tags and pieces of feedback", one("truefalse", `<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer><tags>`+strings.Repeat(`<tag><text>role:judge</text></tag>`, 5_000)+`</tags>`),
			[]string{"true_false | Who? | true"}, []string{"tags.too_many"}),
		banktest.Given("another kind", one("calculated", ""), nil, []string{"kind.unsupported"}),
		banktest.Given("description", one("description", ""), nil, []string{"moodle.description", "file.no_questions"}),
		banktest.Given("an image that comes with it", illustrated(`@@PLUGINFILE@@/my%20map.png" alt="A [map]`, dot), []string{"true_false | See ![A (map)](" + dotName(t) + ") | true"}, nil),
		banktest.Given("an image in its address", illustrated(`data:image/gif;base64,`+dot+`" alt="A map`, ""), []string{"true_false | See ![A map](" + dotName(t) + ") | true"}, nil),
		banktest.Given("a file that is no image", illustrated(`@@PLUGINFILE@@/my%20map.png" alt="map`, "AAAA"), nil, []string{"media.type"}),
		banktest.Given("a file that is not there", illustrated(`@@PLUGINFILE@@/other.png" alt="map`, dot), nil, []string{"media.image"}),
		banktest.Given("an image elsewhere", illustrated(`https://example.org/a.png" alt="map`, ""), nil, []string{"media.image"}),
		banktest.Given("an image that nothing describes", illustrated(`@@PLUGINFILE@@/my%20map.png`, dot), nil, []string{"media.no_description"}),
		banktest.Given("an image described by its file", illustrated(`@@PLUGINFILE@@/my%20map.png" alt="IMG_1.png`, dot), nil, []string{"item.invalid"}),
		banktest.Given("points, hints, other feedback and an unknown element", one("truefalse", `<defaultgrade>2</defaultgrade><hint><text>h</text></hint><correctfeedback><text>Well done</text></correctfeedback><novelty>1</novelty>
			<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>`), []string{"true_false | Who? | true"}, []string{"points", "moodle.hint", "moodle.combined_feedback", "moodle.element"}),
		banktest.Given("Markdown and plain text", question("multichoice", `<questiontext format="markdown"><text>Is **it**?</text></questiontext><answer fraction="100" format="plain_text"><text>a &lt;b&gt;</text></answer><answer fraction="0"><text>b</text></answer>`),
			[]string{"single | Is **it**? | +a <b> | -b"}, nil),
		banktest.Given("broken XML keeps what came before", one("truefalse", `<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>`)[:0]+
			"<quiz><question type=\"truefalse\">"+stem+`<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question><question>`,
			[]string{"true_false | Who? | true"}, []string{"xml.broken"}),
	}, func(im *interchange.Import, source string) { moodlexml.Read(im, "bank.xml", []byte(source)) })
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(question("truefalse", stem+`<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>`)))
	f.Add([]byte(question("cloze", `<questiontext><text>{1:SA:=a~%50%b#c} {:MCS:=a~b}</text></questiontext>`)))
	f.Add([]byte(question("ddwtos", `<questiontext><text>[[1]] [[2]]</text></questiontext><dragbox><text>a</text><group>1</group></dragbox><dragbox><text>b</text><group>1</group></dragbox>`)))
	f.Add([]byte(question("essay", stem+`<maxwordlimit>100</maxwordlimit><graderinfo format="html"><text><![CDATA[<dl class="rubric"><dt>a</dt><dd>0: b</dd><dd>1: c</dd></dl>]]></text></graderinfo>`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		banktest.Fuzzed(t, func(im *interchange.Import) {
			if text, ok := im.Decode("f", data, ""); ok {
				moodlexml.Read(im, "f", text)
			}
		})
	})
}

// dot is a GIF of one pixel.
const dot = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

func dotName(t *testing.T) string {
	t.Helper()
	data, err := interchange.Base64(dot)
	if err != nil {
		t.Fatal(err)
	}
	m, err := picture.Clean(data)
	if err != nil {
		t.Fatal(err)
	}
	return m.Name
}

// illustrated is a question whose image has the given source, and beside it a file.
func illustrated(src, file string) string {
	return question("truefalse", `<questiontext format="html"><text><![CDATA[See <img src="`+src+`">]]></text>`+
		map[bool]string{true: `<file name="my map.png" path="/" encoding="base64">` + file + `</file>`}[file != ""]+`</questiontext>
		<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>`)
}
