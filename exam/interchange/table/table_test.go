package table_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
	"github.com/proba-exam/proba/exam/interchange/formats"
	"github.com/proba-exam/proba/exam/interchange/table"
)

// maxColumns is the most that a table may have.
const maxColumns = 1000

var format = banktest.Format{
	Read: func(im *interchange.Import, data []byte) {
		if bytes.HasPrefix(data, []byte("PK")) {
			table.ReadZip(im, "bank.zip", data, "")
			return
		}
		table.ReadCSV(im, "bank.csv", data)
	},
	Write: func(x *interchange.Export) ([]byte, error) {
		var b bytes.Buffer
		err := table.WriteCSV(&b, x)
		return b.Bytes(), err
	},
}

var newKinds = []exam.Kind{exam.Cloze, exam.Hotspot, exam.ExtendedText}

func TestRoundTrip(t *testing.T) {
	for name, langs := range map[string][]string{"one language": {"uk"}, "two languages": {"en", "uk"}} {
		t.Run(name, func(t *testing.T) {
			banktest.RoundTrip(t, banktest.Drawer{Langs: langs, Units: true, Rules: true, Images: true, Kinds: newKinds}, format)
		})
	}
}

func TestRoundTripThroughXLSX(t *testing.T) {
	banktest.RoundTrip(t, banktest.Drawer{Langs: []string{"en", "uk"}, Units: true, Rules: true, Images: true, Kinds: newKinds}, banktest.Format{
		Read: func(im *interchange.Import, data []byte) {
			if err := formats.Read(im, formats.Detect("bank", data), "bank", data, ""); err != nil {
				t.Error(err)
			}
			if im.Format != formats.XLSX {
				t.Errorf("taken for %s", im.Format)
			}
		},
		Write: func(x *interchange.Export) ([]byte, error) {
			var b bytes.Buffer
			err := table.WriteXLSX(&b, x)
			return b.Bytes(), err
		},
	})
}

func TestRead(t *testing.T) {
	banktest.RunAs(t, banktest.Detailed, []banktest.Case{
		banktest.Given("the usual", "stem,option 1,option 2,key\nWho?,a,b,2\n", []string{"single | Who? | -a | +b"}, nil),
		banktest.Given("semicolons and letters", "Stem;Option_1;option 2;Option 3;Key\nWho?;a;b;c;A, C\n", []string{"multiple | Who? | +a | -b | +c"}, nil),
		banktest.Given("tabs", "stem\toption 1\toption 2\tkey\nWho?\ta\tb\t1", []string{"single | Who? | +a | -b"}, nil),
		banktest.Given("options beyond the columns", "stem,key,option 1,option 2\nFine?,A,yes,no,maybe,never\nWho?,1,a,b,, \n", []string{"single | Who? | +a | -b"}, []string{"table.cell"}),
		banktest.Given("options under no name", "stem,key,option 1,option 2,,:uk\nFine?,A,yes,no,maybe,\nHow?,A,yes,no,,maybe\nWho?,1,a,b,,\n", []string{"single | Who? | +a | -b"}, []string{"table.cell", "table.cell"}),
		banktest.Given("semicolons within quotes", "stem,option 1,option 2,key,\"mood; of: a; b; c; d; e\"\nWho?,a,b,1,a\n", []string{"single | Who? | +a | -b"}, []string{"table.column"}),
		banktest.Given("semicolons without quotes", "stem,option 1,option 2,key,mood (a;b;c;d;e;f)\nWho?,a,b,1,a\n", []string{"single | Who? | +a | -b"}, []string{"table.column"}),
		banktest.Given("an empty first line", "\r\nstem;option 1;option 2;key\nWho?;a;b;1\n", []string{"single | Who? | +a | -b"}, nil),
		banktest.Given("Excel's line", "sep=;\r\nstem;option 1;option 2;key\nWho?;a;b;1\n", []string{"single | Who? | +a | -b"}, nil),
		banktest.Given("quotes, lines and empty rows", "stem,option 1,option 2,key\n\"Who,\n\n\"\"he\"\"?\",a,b,1\n,,,\nWhat?,a,b,1\n", []string{"single | Who,\n\n\"he\"? | +a | -b", "single | What? | +a | -b"}, nil),
		banktest.Given("every other kind", "kind,stem,option 1,option 2,option 3,match 1,match 2,match 3,key,tolerance,unit\n"+
			"true false,T?,,,,,,,FALSE,,\nmatching,M?,a,b,,1,2,3,,,\nordering,O?,x,y,z,,,,,,\nnumeric,N?,,,,,,,\"37,5\",\"0,5\",days\nshort_text,S?,yes,yep,,,,,,,\n",
			[]string{"true_false | T? | false", "matching | M? | a = 1 | b = 2 | -3", "ordering | O? | x | y | z", "numeric | N? | 37.5 ± 0.5 days", "short_text | S? | +yes | +yep"}, nil),
		banktest.Given("a key that is not there", "stem,option 1,option 2,key\nWho?,a,b,3\n", nil, []string{"table.key", "key.missing"}),
		banktest.Given("no key", "stem,option 1,option 2,key\nWho?,a,b,\n", nil, []string{"key.missing"}),
		banktest.Given("a text with gaps", "kind,stem,passage,option 1,option 2,option 3,key,weights,fixed,integer\ncloze,Fill in.,A [[1]] in [[2]] by [[3]],\"a\nb\nc\",72:1,\"x\ny\",2; number; words,1; 2,1.3,2\n",
			[]string{"cloze | Fill in. | A [[1]] in [[2]] by [[3]] | (1) / -a / +b / -c! | (2) / 72 ± 1 | +x / +y"}, nil),
		banktest.Given("gaps of words need no key", "kind,passage,stem,option 1\ncloze,A [[1]],,x\n", []string{"cloze | Fill in the gaps. | A [[1]] | +x"}, nil),
		banktest.Given("a gap without its mark", "kind,stem,passage,option 1,option 2\ncloze,S,A [[1]],x,y\n", nil, []string{"item.invalid"}),
		banktest.Given("a mark without its gap", "kind,stem,passage,option 2\ncloze,S,A [[1]],x\n", nil, []string{"table.gap"}),
		banktest.Given("a gap without its answers", "kind,stem,passage,option 1\ncloze,S,A [[1]] in [[2]],x\n", nil, []string{"table.gap"}),
		banktest.Given("numbers that differ by language", "kind,stem:en,stem:uk,passage:en,passage:uk,option 1:en,option 1:uk,key\ncloze,S,С,[[1]],[[1]],7,8,number\n", nil, []string{"table.number"}),
		banktest.Given("numbers written as each language does", "kind,stem:en,stem:uk,passage:en,passage:uk,option 1:en,option 1:uk,key\ncloze,S,С,[[1]],[[1]],7.5:1,\"7,5 : 1\",number\n", []string{"cloze | S | [[1]] | 7.5 ± 1"}, nil),
		banktest.Given("a key beside the lines", "kind,stem,passage,option 1,key\ncloze,S,A [[1]],\"x\ny\",3\n", nil, []string{"table.key"}),
		banktest.Given("no number in a gap", "kind,stem,passage,option 1,key\ncloze,S,A [[1]],soon,number\n", nil, []string{"table.number"}),
		banktest.Given("weights of other gaps", "kind,stem,passage,option 1,weights\ncloze,S,A [[1]],x,1; 2\n", nil, []string{"table.weights"}),
		banktest.Given("fixed lines of other gaps", "kind,stem,passage,option 1,fixed\ncloze,S,A [[1]],x,2.1\n", nil, []string{"table.gap"}),
		banktest.Given("languages with other lines", "kind,stem:en,stem:uk,passage:en,passage:uk,option 1:en,option 1:uk\ncloze,S,С,[[1]],[[1]],\"x\ny\",x\n", nil, []string{"table.lines"}),
		banktest.Given("an essay", "kind,stem,option 1,option 2,max characters,min words,max words,tolerance\nextended text,Why?,\"Facts\n0: none\n2: all: a\nand b\",\"Law\n0: no\n1: yes\",900,50,90,1\n",
			[]string{"extended_text | Why? | 900 characters, 50 to 90 words, tolerance 1 | Facts / 0 none / 2 all: a\nand b | Law / 0 no / 1 yes"}, nil),
		banktest.Given("an essay without a rubric", "kind,stem,max words\nextended_text,Why?,many\n", nil, []string{"table.whole", "essay.rubric"}),
		banktest.Given("a rubric that differs", "kind,stem:en,stem:uk,option 1:en,option 1:uk\nextended_text,Why?,Чому?,\"F\n0: n\n1: y\",\"Ф\n0: н\n2: т\"\n", nil, []string{"table.rubric"}),
		banktest.Given("a criterion of many levels", "kind,stem,option 1\nextended_text,Why?,\"Facts\n"+strings.Repeat("1: a\n", 100)+"\"\n", nil, []string{"answers.too_many"}),
		banktest.Given("an unknown kind", "kind,stem,key\nriddle,Who?,1\n", nil, []string{"kind.unsupported"}),
		banktest.Given("an unknown column", "stem,option 1,option 2,key,mood\nWho?,a,b,1,sad\n", []string{"single | Who? | +a | -b"}, []string{"table.column"}),
		banktest.Given("a column twice", "stem,stem\nWho?,x\n", nil, []string{"table.column", "file.no_questions"}),
		banktest.Given("more columns than any table has", "stem,key,"+strings.Repeat("a,", maxColumns)+"\nWho?,1\n", nil, []string{"table.header", "file.no_questions"}),
		banktest.Given("no header", "Who?,a,b,1\n", nil, []string{"table.column", "table.column", "table.column", "table.column", "table.header", "file.no_questions"}),
		banktest.Given("broken quotes", "stem,option 1,option 2,key\nWho?,a,b,1\n\"Wh\"o?,a,b,1\n", []string{"single | Who? | +a | -b"}, []string{"csv.broken"}),
		banktest.Given("a formula's guard", "stem,option 1,option 2,key\n'=1+1?,'-a,''+b,1\n", []string{"single | =1+1? | +-a | -'+b"}, nil),
		banktest.Given("a case without its id", "stem,option 1,option 2,key,case\nWho?,a,b,1,Once\n", nil, []string{"table.case"}),
	}, func(im *interchange.Import, source string) { table.ReadCSV(im, "bank.csv", []byte(source)) })
}

// TestFormulasAreGuarded: a spreadsheet must not run what an author wrote.
func TestFormulasAreGuarded(t *testing.T) {
	bank, report := banktest.Read(t, func(im *interchange.Import) {
		table.ReadCSV(im, "f", []byte("stem,option 1,option 2,key\n\"=HYPERLINK(\"\"x\"\")\",@a,b,1\n"))
	})
	if bank == nil {
		t.Fatal(report.Problems)
	}
	x, err := interchange.NewExport(bank, nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := format.Write(x)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(out); !strings.Contains(s, `"'=HYPERLINK`) || !strings.Contains(s, "'@a") {
		t.Errorf("written as %s", s)
	}
}

func TestTemplateIsAHeader(t *testing.T) {
	var b bytes.Buffer
	if err := table.Template(&b, []string{"en", "uk"}); err != nil {
		t.Fatal(err)
	}
	_, report := banktest.Read(t, func(im *interchange.Import) { table.ReadCSV(im, "t.csv", b.Bytes()) })
	for _, p := range report.Problems {
		if p.Code != "file.no_questions" {
			t.Errorf("its own template is refused: %+v", p)
		}
	}
}

func TestNumbersOfAWorkbook(t *testing.T) {
	f := excelize.NewFile()
	for i, row := range [][]any{{"kind", "stem", "key", "option 1", "option 2"}, {"numeric", "Sum?", 0.1 + 0.2}, {}, {"true_false", "So?", true}, {"", "Which?", 2, 1, 3.5}} {
		for j, v := range row {
			name, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if err := f.SetCellValue("Sheet1", name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := f.NewSheet("Other"); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	banktest.RunAs(t, banktest.Detailed, []banktest.Case{banktest.Given("numbers", b.String(), []string{"numeric | Sum? | 0.3 ±", "true_false | So? | true", "single | Which? | -1 | +3.5"}, []string{"xlsx.sheets"})},
		func(im *interchange.Import, source string) { table.ReadXLSX(im, "", []byte(source)) })
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("stem,option 1,option 2,key\nWho?,a,b,2\n"))
	f.Add([]byte("kind;stem:uk;key\nnumeric;x;1,5"))
	f.Add([]byte("kind,stem,passage,option 1,option 2,key,weights,fixed\ncloze,S,[[1]] [[2]],\"a\nb\",7:1,1;number,1;2,1.1\nextended_text,S,,\"a\n0:b\n1:c\",\n"))
	f.Add([]byte("kind,stem,passage,option 1,option 2,area 1,area 2,key\nhotspot,S,![a](b),a,b,circle 1 1 1,rectangle 0 0 2 2,1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		banktest.Fuzzed(t, func(im *interchange.Import) {
			if text, ok := im.Decode("f", data, ""); ok {
				table.ReadCSV(im, "f", text)
			}
		})
	})
}

// FuzzReadXLSX varies the sheet and the shared texts within a sound package.
func FuzzReadXLSX(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row><c t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>`, `<sst><si><t>stem</t></si></sst>`)
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, content := range map[string]string{
			"xl/workbook.xml":            `<workbook><sheets><sheet name="S" id="r1"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`,
			"xl/worksheets/sheet1.xml":   sheet,
			"xl/sharedStrings.xml":       shared,
		} {
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
		banktest.Fuzzed(t, func(im *interchange.Import) { table.ReadXLSX(im, "f", b.Bytes()) })
	})
}

// TestARubricOfManyLines: reading one takes memory in the proportion of its length.
func TestARubricOfManyLines(t *testing.T) {
	source := "kind,stem,option 1\nextended_text,Why?,\"Facts\n0: none\n" + strings.Repeat("a\n", 100_000) + "\"\n"
	banktest.Frugal(t, 200, source, func(im *interchange.Import, source string) { table.ReadCSV(im, "bank.csv", []byte(source)) })
}

// TestLinesBehindExcels: the line that names the separator counts, as an editor counts it.
func TestLinesBehindExcels(t *testing.T) {
	_, report := banktest.Read(t, func(im *interchange.Import) {
		table.ReadCSV(im, "bank.csv", []byte("sep=;\nstem;mood;option 1;option 2;key\nWho?;;a;b;9\n\"Wh\"o?;;a;b;1\n"))
	})
	lines := make(map[string]int)
	for _, p := range report.Problems {
		lines[p.Code] = p.Line
		if p.Code == "csv.broken" && !strings.Contains(p.Message, "semicolons") {
			t.Errorf("%q does not say what cells are taken to be separated by", p.Message)
		}
	}
	if lines["table.column"] != 2 || lines["table.key"] != 3 || lines["csv.broken"] != 4 {
		t.Errorf("lines %v: %+v", lines, report.Problems)
	}
}
