package formats_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/bankfile"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/formats"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/programmes"
)

// TestTheShippedBankSurvivesEveryFormat writes the bank that Proba ships and reads
// it back. The formats that can hold all of it give the same revisions.
func TestTheShippedBankSurvivesEveryFormat(t *testing.T) {
	want, err := programmes.Bank()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		format string
		lost   []exam.Kind // kinds that do not come back the same
	}{
		{formats.GIFT, []exam.Kind{exam.Numeric, exam.ShortText}}, // units; answers by language
		{formats.Moodle, []exam.Kind{exam.ShortText}},             // answers by language
		{formats.CSV, nil}, {formats.QTI22, nil}, {formats.QTI30, nil},
	} {
		t.Run(c.format, func(t *testing.T) {
			x, err := interchange.NewExport(want, nil)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := formats.Write(&b, c.format, x); err != nil {
				t.Fatal(err)
			}
			detected := formats.Detect("bank", b.Bytes())
			im := new(interchange.Import)
			if err := formats.Read(im, detected, "bank", b.Bytes(), ""); err != nil {
				t.Fatal(err)
			}
			got, report := im.Finish(interchange.Options{Bank: want.Release.Bank, Lang: "en"})
			if got == nil || got.Items() != want.Items() || report.Refused() {
				t.Fatalf("as %q read %+v", detected, report)
			}
			for i := range want.Items() {
				w, g := want.Revision(i), got.Revision(i)
				if original(t, w.Item).Hash != g.Hash && !slices.Contains(c.lost, w.Item.Kind) {
					t.Errorf("item %s came back changed", w.Item.ID)
				}
			}
		})
	}
}

// original is the item without what means the same: a tolerance of 0 is none.
func original(t *testing.T, it exam.Item) exam.Revision {
	t.Helper()
	if in, ok := it.Interaction.(*exam.Number); ok && in.Tolerance == "0" {
		exact := *in
		exact.Tolerance = ""
		it.Interaction = &exact
	}
	rev, err := exam.NewRevision(it)
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

// TestNativeIsReadByBankfile: the document alone is a bank.
func TestNativeIsReadByBankfile(t *testing.T) {
	want, err := programmes.Bank()
	if err != nil {
		t.Fatal(err)
	}
	x, err := interchange.NewExport(want, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := formats.Write(&b, formats.Native, x); err != nil {
		t.Fatal(err)
	}
	got, problems, err := bankfile.Read(fstest.MapFS{bankfile.Manifest: {Data: b.Bytes()}})
	if err != nil || got == nil || got.Release.Hash != want.Release.Hash {
		t.Fatalf("%v, %v", problems, err)
	}
	if len(x.Problems()) > 0 {
		t.Errorf("all languages: %+v", x.Problems())
	}
	if x, err = interchange.NewExport(want, []string{"uk"}); err != nil {
		t.Fatal(err)
	}
	if err := formats.Write(&b, formats.Native, x); err != nil || len(x.Problems()) != 1 || x.Problems()[0].Code != "lang.all" {
		t.Errorf("one language: %+v, %v", x.Problems(), err)
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"a.txt", "::q::Who?{=a ~b}", formats.GIFT},
		{"a.txt", "Who?\nA. a\nB. b\nANSWER: A\n", formats.Aiken},
		{"a.csv", "stem,key\n", formats.CSV},
		{"a.txt", "id;stem:uk;key\n", formats.CSV},
		{"a.xml", "<?xml version=\"1.0\"?>\n<!-- <x> -->\n<quiz>", formats.Moodle},
		{"a.xml", "\xef\xbb\xbf<?xml version=\"1.0\"?><questestinterop xmlns=\"x\">", formats.QTI},
		{"a.xml", "<qti-assessment-item identifier=\"x\"/>", formats.QTI},
		{"a.xml", "<imscp:manifest xmlns:imscp=\"x\">", formats.QTI},
		{"a.xml", "<html></html>", ""},
		{"bank.yaml", "items: [{a: b}]", ""},
		{"a.txt", "Once upon a time", ""},
		{"a", "PK\x03\x04", formats.QTI},
	} {
		if got := formats.Detect(c.name, []byte(c.content)); got != c.want {
			t.Errorf("%s with %q is %q, want %q", c.name, c.content, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	for said, want := range map[string]string{"GIFT": formats.GIFT, "moodle_xml": formats.Moodle, "QTI 3.0": formats.QTI30, "qti2.2": formats.QTI22, "qti": formats.QTI, "docx": ""} {
		if got, ok := formats.Name(said); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", said, got, ok)
		}
	}
}

// leftOut are the items of TestWhatAFormatHasNoPlaceForIsTold that are not in a file of the
// format.
var leftOut = map[string][]string{
	formats.GIFT: {"areas", "gaps"}, formats.Moodle: {"areas"},
}

// TestWhatAFormatHasNoPlaceForIsTold writes a bank with items that few formats carry: the
// others are written, and rows name those that are not.
func TestWhatAFormatHasNoPlaceForIsTold(t *testing.T) {
	yes := true
	in := func(s string) exam.Text { return exam.Text{"en": s} }
	word := exam.Gap{Accepted: []exam.Text{in("end")}}
	area := func(name string, key bool) exam.Area {
		return exam.Area{Name: in(name), Shape: exam.Shape{Outline: exam.Rectangle, Coords: []int{0, 0, 2, 2}}, Key: key}
	}
	items := []exam.Item{
		{ID: "gaps", Kind: exam.Cloze, Interaction: &exam.ClozeText{Passage: in("The [[1]] of [[2]]."), Gaps: []exam.Gap{word, word}}},
		{ID: "areas", Kind: exam.Hotspot, Interaction: &exam.HotspotImage{Image: in("![desk](" + strings.Repeat("a", 64) + "-3x2.png)"), Areas: []exam.Area{area("a", true), area("b", false)}}},
		{ID: "essay", Kind: exam.ExtendedText, Interaction: &exam.Essay{MaxCharacters: 100, Rubric: exam.Rubric{Criteria: []exam.Criterion{{Title: in("c"), Levels: []exam.RubricLevel{{Text: in("no")}, {Points: 1, Text: in("yes")}}}}}}},
		{ID: "without", Kind: exam.TrueFalse, Enemies: []string{"gaps", "areas", "essay"}, Interaction: &exam.TrueOrFalse{True: &yes}},
	}
	for i := range items {
		items[i].Roles, items[i].Topic, items[i].Level, items[i].Difficulty, items[i].Stem = []string{"judge"}, "law", "apply", exam.Basic, in("So?")
	}
	bank := func(items ...exam.Item) *exam.Bank {
		b, err := exam.NewBank("gaps", in("Gaps"), []string{"en"}, nil, items)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, format := range formats.Writable {
		whole := bank(items...)
		x, err := interchange.NewExport(whole, nil)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := formats.Write(&out, format, x); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		var left []string
		for _, p := range x.Problems() {
			if p.Code == formats.LeftOut {
				left = append(left, p.Item)
			}
		}
		slices.Sort(left)
		if !slices.Equal(left, leftOut[format]) || x.Bank != whole {
			t.Errorf("%s: left out %q, want %q: %v", format, left, leftOut[format], x.Problems())
		}
	}
	x, err := interchange.NewExport(bank(items[1]), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := formats.Write(io.Discard, formats.GIFT, x); fault.Code(err) != "export.nothing" {
		t.Errorf("a bank of nothing else: %v", err)
	}
}
