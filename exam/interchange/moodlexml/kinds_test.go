package moodlexml_test

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
	"github.com/proba-exam/proba/exam/interchange/moodlexml"
)

// embedded is a question with embedded answers.
func embedded(text string) string {
	return question("cloze", `<questiontext format="html"><text><![CDATA[`+text+`]]></text></questiontext>`)
}

const fill = "cloze | Fill in the gaps. | "

// plain is the rubric of an essay whose source has none.
const plain = " | The answer as a whole / 0 Does not answer the question. / 1 Answers it in part. / 2 Answers it in full."

func TestReadGaps(t *testing.T) {
	missing := func(text, inside string) string {
		return `<questiontext format="html"><text><![CDATA[` + text + `]]></text></questiontext>` + inside
	}
	banktest.RunAs(t, banktest.Detailed, []banktest.Case{
		banktest.Given("every name of words", embedded("{1:SHORTANSWER:=a} {:SA:=b} {2:MW:=c~%100%d}"), []string{fill + "[[1]] [[2]] [[3]] | (1) / +a | +b | (2) / +c / +d"}, nil),
		banktest.Given("words with capitals", embedded("{SHORTANSWER_C:=a}{:SAC:=a}{:MWC:=b}"), []string{fill + "{SHORTANSWER_C:=a}[[1]][[2]] | +a | +b"}, []string{"answer.case", "answer.case"}),
		banktest.Given("choices that stay", embedded("{:MULTICHOICE:=a~b}{:MC:=a~b}{:MULTICHOICE_V:=a~b}{:MCV:=a~b}{:MULTICHOICE_H:=a~b}{:MCH:=a~b}"),
			[]string{fill + "[[1]][[2]][[3]][[4]][[5]][[6]]" + strings.Repeat(" | +a! / -b!", 6)}, nil),
		banktest.Given("choices that are shuffled", embedded("{:MULTICHOICE_S:=a~b}{:MCS:=a~b}{:MULTICHOICE_VS:=a~b}{:MCVS:=a~b}{:MULTICHOICE_HS:=a~b}{:MCHS:=a~b}"),
			[]string{fill + "[[1]][[2]][[3]][[4]][[5]][[6]]" + strings.Repeat(" | +a / -b", 6)}, nil),
		banktest.Given("numbers", embedded("{1:NUMERICAL:=3.5:0.5~*#no}{:NM:%50%4:1~=-2,5}"), []string{fill + "[[1]][[2]] | (1) / 3.5 ± 0.5 | -2.5 | because no"}, []string{"scoring.partial"}),
		banktest.Given("no number", embedded("{1:NM:=soon}"), nil, []string{"moodle.number"}),
		banktest.Given("several answers in the only gap", embedded("Choose {1:MULTIRESPONSE_S:=a~=b~c}."), []string{"multiple | Choose _____. | +a | +b | -c"}, nil),
		banktest.Given("several answers with their weights", embedded("Choose {1:MR:%60%a~%40%b~%-50%c}."), []string{"multiple | Choose _____. | +a | +b | -c"}, []string{"scoring.weights"}),
		banktest.Given("several answers in one of the gaps", embedded("{1:SA:=x} {1:MRHS:=a~=b~c}"), nil, []string{"cloze.several"}),
		banktest.Given("feedback and part of the point", embedded("The capital is {1:SHORTANSWER:=Berlin#yes \\~ it is~%50%Bonn#it was}."),
			[]string{fill + "The capital is [[1]]. | (1) / +Berlin | because Berlin — yes ~ it is\n\nBonn — it was"}, []string{"scoring.partial"}),
		banktest.Given("signs that are hidden", embedded(`{:MCS:=\}\#\~~&#8364; 5~&amp;lt;b&amp;gt;~&lt;i&gt;x&lt;/i&gt;~a &amp; b} {:SA:=5 \* 3~=&lt;b&gt;}`),
			[]string{fill + "[[1]] [[2]] | +}#~ / -€ 5 / -<b> / -*x* / -a & b | +5 * 3 / +<b>"}, nil),
		banktest.Given("wildcards", embedded("{:SA:=colo*r~=colour~*#no}"), []string{fill + "[[1]] | +colour | because * — no"}, []string{"answer.wildcard"}),
		banktest.Given("paragraphs before the gaps", embedded("<p>Read.</p><p>Then fill in.</p><p>It is {:MCS:=a~b}.</p><p>End</p>"), []string{"cloze | Read.\n\nThen fill in. | It is [[1]].\n\nEnd | +a / -b"}, nil),
		banktest.Given("a bold gap in a table", embedded("<table><tr><td>a</td><td><b>{:MCS:=a~b}</b></td></tr></table>"), []string{fill + "| a | **[[1]]** | +a / -b"}, []string{"text.table"}),
		banktest.Given("two languages", embedded(`<span lang="en" class="multilang">The</span><span lang="uk" class="multilang">Це</span> {:SA:=a}`), []string{fill + "The [[1]] | +a"}, nil),
		banktest.Given("gaps within the languages", embedded(`<span lang="en" class="multilang">The {:SA:=a}</span><span lang="uk" class="multilang">Це {:SA:=а}</span>`), nil, []string{"cloze.language", "cloze.language"}),
		banktest.Given("weights in proportion", embedded("{20:SA:=a}{40:SA:=b}"), []string{fill + "[[1]][[2]] | (1) / +a | (2) / +b"}, nil),
		banktest.Given("weights too far apart", embedded("{1:SA:=a}{99999999999999999999:SA:=b}"), []string{fill + "[[1]][[2]] | +a | +b"}, []string{"cloze.weights"}),
		banktest.Given("a gap that counts nothing", embedded("{0:SA:=a}{2:SA:=b}"), []string{fill + "[[1]][[2]] | +a | (2) / +b"}, []string{"cloze.weights"}),
		banktest.Given("brackets of the author's", embedded("See [[[1]]] {:SA:=a}"), []string{fill + "See [ [ [1]]] [[1]] | +a"}, []string{"cloze.brackets"}),
		banktest.Given("two right ones", embedded("{:MCS:=a~=b~c}"), nil, []string{"key.several"}),
		banktest.Given("none right", embedded("{:MCS:a~b}"), nil, []string{"key.missing"}),
		banktest.Given("an option too long for a gap", embedded("{:MCS:=a~"+strings.Repeat("b", 81)+"}"), nil, []string{"item.invalid"}),
		banktest.Given("a kind of another program's", embedded("{1:REGEXP:=a}"), nil, []string{"kind.cloze"}),
		banktest.Given("never shut", embedded("{1:SA:=a"), nil, []string{"kind.cloze"}),
		banktest.Given("a hundred gaps", embedded(strings.Repeat("{:SA:=a}", 100)), nil, []string{"answers.too_many"}),
		banktest.Given("a hundred thousand openings", embedded(strings.Repeat("{:SA:=", 40_000)), nil, []string{"kind.cloze"}),
		banktest.Given("words that are chosen", question("gapselect", missing("<p>Fill.</p><p>The [[2]] sat on the [[3]].</p>",
			`<shuffleanswers>1</shuffleanswers><selectoption><text>dog</text><group>1</group></selectoption><selectoption><text>cat</text><group>1</group></selectoption><selectoption><text>mat</text><group>2</group></selectoption><selectoption><text>a &lt; b</text><group>2</group></selectoption>`)),
			[]string{"cloze | Fill. | The [[1]] sat on the [[2]]. | -dog / +cat | +mat / -a < b"}, nil),
		banktest.Given("words that are dragged", question("ddwtos", missing("The [[1]] and the [[1]]", `<shuffleanswers>0</shuffleanswers><dragbox><text>H&lt;sub&gt;2&lt;/sub&gt;</text><group>1</group><infinite/></dragbox><dragbox><text>b</text><group>1</group></dragbox>`)),
			[]string{fill + "The [[1]] and the [[2]] | +H_2! / -b! | +H_2! / -b!"}, []string{"text.script_position"}),
		banktest.Given("a word that is not there", question("gapselect", missing("[[3]]", `<selectoption><text>dog</text><group>1</group></selectoption>`)), nil, []string{"moodle.choice"}),
		banktest.Given("no place for a word", question("gapselect", missing("So", `<selectoption><text>dog</text><group>1</group></selectoption>`)), nil, []string{"kind.cloze"}),
		banktest.Given("markers", question("ddmarker", stem), nil, []string{"moodle.markers"}),
		banktest.Given("labels", question("ddimageortext", stem), nil, []string{"moodle.labels"}),
	}, func(im *interchange.Import, source string) { moodlexml.Read(im, "bank.xml", []byte(source)) })
}

func TestReadEssays(t *testing.T) {
	essay := func(inside string) string { return question("essay", stem+inside) }
	banktest.RunAs(t, banktest.Detailed, []banktest.Case{
		banktest.Given("as Moodle writes it", essay(`<responseformat>editor</responseformat><responserequired>1</responserequired><responsefieldlines>15</responsefieldlines><minwordlimit>100</minwordlimit><maxwordlimit>200</maxwordlimit>
			<attachments>0</attachments><attachmentsrequired>0</attachmentsrequired><maxbytes>0</maxbytes><filetypeslist></filetypeslist><graderinfo format="html"><text></text></graderinfo><responsetemplate format="html"><text></text></responsetemplate>`),
			[]string{"extended_text | Who? | 8000 characters, 100 to 200 words, tolerance 0" + plain}, []string{"essay.rubric"}),
		banktest.Given("with notes for markers and a template", essay(`<attachments>-1</attachments><graderinfo format="html"><text>&lt;p&gt;Names &lt;b&gt;both&lt;/b&gt;&lt;/p&gt;</text></graderinfo><responsetemplate format="html"><text>Dear</text></responsetemplate>`),
			[]string{"extended_text | Who? | 8000 characters, 0 to 0 words, tolerance 0" + plain + "\n\nNames **both**"}, []string{"essay.files", "essay.template", "essay.rubric"}),
		banktest.Given("with a rubric of ours", essay(`<graderinfo format="html"><text>&lt;dl class="rubric"&gt;&lt;dt&gt;Facts&lt;/dt&gt;&lt;dd&gt;0: none&lt;/dd&gt;&lt;dd&gt;3: all: a, b&lt;/dd&gt;&lt;/dl&gt;</text></graderinfo><tags><tag><text>max_characters:900</text></tag><tag><text>tolerance:1</text></tag></tags>`),
			[]string{"extended_text | Who? | 900 characters, 0 to 0 words, tolerance 1 | Facts / 0 none / 3 all: a, b"}, nil),
		banktest.Given("with a rubric of ours that was changed", essay(`<graderinfo format="html"><text>&lt;dl class="rubric"&gt;&lt;dt&gt;Facts&lt;/dt&gt;&lt;dd&gt;0: none&lt;/dd&gt;&lt;dd&gt;3: all&lt;/dd&gt;&lt;dt dir="ltr"&gt;Law&lt;/dt&gt;&lt;dd&gt;5: cited&lt;/dd&gt;&lt;/dl&gt;</text></graderinfo>`),
			[]string{"extended_text | Who? | 8000 characters, 0 to 0 words, tolerance 0" + plain + "\n\nFacts\n0: none\n3: all\nLaw\n5: cited"}, []string{"essay.rubric"}),
		banktest.Given("long notes", essay(`<graderinfo format="html"><text>`+strings.Repeat("word ", 200)+`</text></graderinfo>`), []string{"extended_text | Who? | 8000 characters, 0 to 0 words, tolerance 0" + plain}, []string{"essay.rubric", "essay.notes"}),
		banktest.Given("longer than an answer can be", essay(`<maxwordlimit>5000</maxwordlimit><minwordlimit>few</minwordlimit>`), []string{"extended_text | Who? | 8000 characters, 0 to 5000 words, tolerance 0" + plain}, []string{"moodle.limit", "essay.length", "essay.rubric"}),
		banktest.Given("answered with files", essay(`<responseformat>noinline</responseformat>`), nil, []string{"essay.files"}),
	}, func(im *interchange.Import, source string) { moodlexml.Read(im, "bank.xml", []byte(source)) })
}

var update = flag.Bool("update", false, "write the golden file anew")

func TestSample(t *testing.T) { banktest.Golden(t, "testdata/sample.xml", format, *update) }

// TestOneOfTwoLanguages: gaps that stand in another order in another language keep their numbers,
// and what is said of them by number, when one language is written.
func TestOneOfTwoLanguages(t *testing.T) {
	gap := exam.Gap{Options: []exam.Option{{Text: exam.Text{"en": "a", "uk": "а"}, Key: true, Fixed: true}, {Text: exam.Text{"en": "b", "uk": "б"}}}}
	whole := exam.Gap{Number: &exam.Number{Value: "7", Integer: true}}
	it := exam.Item{ID: "item-1", Kind: exam.Cloze, Roles: []string{"detective"}, Topic: "law", Level: "apply", Difficulty: exam.Applied,
		Stem:        exam.Text{"en": "Fill in.", "uk": "Заповніть."},
		Interaction: &exam.ClozeText{Passage: exam.Text{"en": "A [[1]] of [[2]]", "uk": "З [[2]] один [[1]]"}, Gaps: []exam.Gap{gap, whole}}}
	bank, err := exam.NewBank("test-bank", exam.Text{"en": "Test", "uk": "Тест"}, []string{"en", "uk"}, nil, []exam.Item{it})
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"en": "cloze | Fill in. | A [[1]] of [[2]] | +a! / -b | 7", "uk": "cloze | Заповніть. | З [[2]] один [[1]] | +а! / -б | 7"} {
		x, err := interchange.NewExport(bank, []string{lang})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := moodlexml.Write(&b, x); err != nil {
			t.Fatal(err)
		}
		again, report := banktest.Read(t, func(im *interchange.Import) { moodlexml.Read(im, "bank.xml", []byte(b.String())) })
		if again == nil {
			t.Fatalf("%s: %+v", lang, report.Problems)
		}
		got := &again.Revisions()[0].Item
		if said := banktest.Detailed(got); said != want || !got.Interaction.(*exam.ClozeText).Gaps[1].Number.Integer {
			t.Errorf("%s: read\n\t%s\nwant\n\t%s, a whole number in the second gap; %+v", lang, said, want, report.Problems)
		}
	}
}

// TestOneImageShownOften: each time that a text shows an image costs reading it.
func TestOneImageShownOften(t *testing.T) {
	source := question("truefalse", `<questiontext format="html"><text>`+strings.Repeat(`&lt;img src="@@PLUGINFILE@@/a" alt="a"&gt;`, 3000)+`</text><file name="a" path="/" encoding="base64">`+strings.Repeat("AAAA", 50_000)+`</file></questiontext>`)
	read := func(im *interchange.Import, source string) { moodlexml.Read(im, "bank.xml", []byte(source)) }
	banktest.Frugal(t, 300, source, read)
	im := new(interchange.Import)
	read(im, source)
	if _, report := im.Finish(interchange.Options{}); !slices.ContainsFunc(report.Problems, func(p interchange.Problem) bool { return p.Code == "media.too_many" }) {
		t.Errorf("%+v", report.Problems)
	}
}

// TestChoicesOfManyGaps: places that share their choices share the memory of their words.
func TestChoicesOfManyGaps(t *testing.T) {
	long := strings.Repeat("<b>a</b> ", 1<<11)
	source := question("gapselect", `<questiontext format="html"><text>`+strings.Repeat("[[1]] ", interchange.MaxAnswers)+`</text></questiontext>`+
		strings.Repeat(`<selectoption><text><![CDATA[multilang `+long+`]]></text><group>1</group></selectoption>`, interchange.MaxAnswers))
	banktest.Frugal(t, 60, source, func(im *interchange.Import, source string) { moodlexml.Read(im, "bank.xml", []byte(source)) })
}
