// Package banktest draws banks and holds importers and exporters to the same
// promises. It is for tests only.
package banktest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/picture"
)

// words are what texts are made of: ordinary ones, and the signs that mean
// something to one of the formats.
var words = []string{"свідок", "п’ятниця", "evidence", "судді", "of", "**three**", "*Rantsev*", "<b>", "&amp;", "a<b", "{x}", "=", "~", "#tag", "\\",
	"::", "->", "%50%", "[html]", "]]>", "\"quoted\"", "it's", "«так»", "1.5", "_x0041_", "ї\u00a0є", "<!--", "//", "$CATEGORY:", "|", ";", "@@", "e = mc"}

// accepted are what typed answers begin with.
var accepted = []string{"ст. 149", "deceit", "п’ять*", "a;b|c", "{=~#:}", `\n`, "[html]", "//", "%50%"}

// text draws words in the form that exam.Text has: trimmed, single spaces.
func text(t *rapid.T, label string, lines bool) string {
	n := rapid.IntRange(1, 6).Draw(t, label+" words")
	var b strings.Builder
	for i := range n {
		if i > 0 {
			separators := []string{" "}
			if lines {
				separators = []string{" ", " ", " ", "\n", "\n\n"}
			}
			b.WriteString(rapid.SampledFrom(separators).Draw(t, "separator"))
		}
		b.WriteString(rapid.SampledFrom(words).Draw(t, label))
	}
	return b.String()
}

// Drawer draws banks in some languages.
type Drawer struct {
	Langs []string
	// Units gives numbers a unit, Rules multiple choice any rule.
	Units, Rules bool
	// Images lets stems, rationales, options and case texts show images.
	Images bool
	// Kinds are drawn beside those that every format has. Hotspots need Images.
	Kinds []exam.Kind
	// OneText draws gaps as they are in formats that have one text for all languages: in
	// the same order, and with the same words to type. OneGap draws one gap only, and
	// PlainRubrics the rubric that is put in where a format has none.
	OneText, OneGap, PlainRubrics bool
}

// pictures are two small images, one of each kind that is kept as it is.
var pictures = sync.OnceValue(func() []exam.Medium {
	var all []exam.Medium
	for shade := range 2 {
		m := image.NewGray(image.Rect(0, 0, 3+shade, 2))
		m.Pix[1] = 100
		var b bytes.Buffer
		encode := func() error { return png.Encode(&b, m) }
		if shade == 1 {
			encode = func() error { return jpeg.Encode(&b, m, nil) }
		}
		if err := encode(); err != nil {
			panic(err) // canned data
		}
		kept, err := picture.Clean(b.Bytes())
		if err != nil {
			panic(err)
		}
		all = append(all, kept)
	}
	return all
})

// illustrated puts an image behind a text, in all languages, or none.
func (d Drawer) illustrated(t *rapid.T, label string, of exam.Text) exam.Text {
	if !d.Images || of == nil {
		return of
	}
	all := append([]exam.Medium{{}, {}}, pictures()...)
	m := rapid.SampledFrom(all).Draw(t, label+" image")
	if m.Name == "" {
		return of
	}
	alt := rapid.SampledFrom([]string{"схема", "a \"map\" & <b>", "2 * 3 = 6"}).Draw(t, label+" alt")
	shown := make(exam.Text, len(of))
	for lang, s := range of {
		shown[lang] = s + rapid.SampledFrom([]string{" ", "\n\n"}).Draw(t, label+" place") + exam.Image{Alt: alt, Name: m.Name}.String()
	}
	return shown
}

func (d Drawer) text(t *rapid.T, label string, lines bool, suffix string) exam.Text {
	out := make(exam.Text)
	for _, l := range d.Langs {
		out[l] = text(t, label+" "+l, lines)
		if suffix != "" {
			out[l] += " " + suffix
		}
	}
	return out
}

// same is one text in all languages, as accepted answers are after a format that
// does not tell languages apart.
func (d Drawer) same(s string) exam.Text {
	out := make(exam.Text)
	for _, l := range d.Langs {
		out[l] = s
	}
	return out
}

func (d Drawer) options(t *rapid.T, key func(i int) bool) []exam.Option {
	options := make([]exam.Option, rapid.IntRange(2, 6).Draw(t, "options"))
	for i := range options {
		options[i] = exam.Option{Text: d.illustrated(t, "option", d.text(t, "option", true, fmt.Sprint(i))), Key: key(i), Fixed: rapid.IntRange(0, 4).Draw(t, "fixed") == 0}
	}
	return options
}

// interaction draws one of any kind.
func (d Drawer) interaction(t *rapid.T) (exam.Kind, exam.Interaction) {
	all := append([]exam.Kind{exam.Single, exam.Multiple, exam.TrueFalse, exam.Matching, exam.Ordering, exam.Numeric, exam.ShortText}, d.Kinds...)
	switch kind := rapid.SampledFrom(all).Draw(t, "kind"); kind {
	case exam.Cloze:
		return kind, d.cloze(t)
	case exam.Hotspot:
		return kind, d.hotspot(t)
	case exam.ExtendedText:
		return kind, d.essay(t)
	case exam.Single:
		return kind, &exam.SingleChoice{Options: d.options(t, func(i int) bool { return i == 1 })}
	case exam.Multiple:
		in := &exam.MultipleChoice{Options: d.options(t, func(i int) bool { return i%2 == 0 })}
		if rapid.Bool().Draw(t, "choose") {
			in.Choose = (len(in.Options) + 1) / 2
		}
		return kind, in
	case exam.TrueFalse:
		key := rapid.Bool().Draw(t, "true")
		return kind, &exam.TrueOrFalse{True: &key}
	case exam.Matching:
		in := new(exam.Match)
		for i := range rapid.IntRange(2, 5).Draw(t, "rows") {
			in.Rows = append(in.Rows, exam.Row{Prompt: d.illustrated(t, "prompt", d.text(t, "prompt", true, fmt.Sprint(i))), Match: d.text(t, "match", false, fmt.Sprint(i))})
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "distractors") {
			in.Distractors = append(in.Distractors, d.text(t, "distractor", false, fmt.Sprintf("d%d", i)))
		}
		return kind, in
	case exam.Ordering:
		in := new(exam.Order)
		for i := range rapid.IntRange(3, 6).Draw(t, "steps") {
			in.Steps = append(in.Steps, d.text(t, "step", true, fmt.Sprint(i)))
		}
		return kind, in
	case exam.Numeric:
		in := &exam.Number{Value: rapid.SampledFrom([]string{"0", "-1", "37.5", "0.000000001", "123456789012345"}).Draw(t, "value"),
			Tolerance: rapid.SampledFrom([]string{"", "0.5", "10"}).Draw(t, "tolerance")}
		in.Integer = !strings.Contains(in.Value, ".") && rapid.Bool().Draw(t, "integer")
		if d.Units && rapid.Bool().Draw(t, "unit") {
			in.Unit = d.text(t, "unit", false, "")
			for lang, s := range in.Unit { // a unit is short
				in.Unit[lang] = string([]rune(s)[:min(len([]rune(s)), 8)])
				in.Unit[lang] = strings.TrimSpace(in.Unit[lang]) + "²"
			}
		}
		return kind, in
	default:
		in := new(exam.Words)
		for i := range rapid.IntRange(1, 4).Draw(t, "accepted") {
			in.Accepted = append(in.Accepted, d.same(fmt.Sprintf("%s %d", rapid.SampledFrom(accepted).Draw(t, "word"), i)))
		}
		return kind, in
	}
}

// Bank draws a bank with every kind of item, metadata of every sort and a case
// text.
func (d Drawer) Bank(t *rapid.T) *exam.Bank {
	var items []exam.Item
	for i := range rapid.IntRange(3, 6).Draw(t, "items") {
		stem := d.illustrated(t, "stem", d.text(t, "stem", true, ""))
		it := exam.Item{
			ID: fmt.Sprintf("item-%03d", i), Roles: rapid.SampledFrom([][]string{{"police"}, {"police", "judge"}, {"judge", "police", "expert"}}).Draw(t, "roles"),
			Topic: rapid.SampledFrom([]string{"evidence", "legal-definition"}).Draw(t, "topic"), Stage: rapid.SampledFrom([]string{"", "recruitment"}).Draw(t, "stage"),
			Level: "apply", Difficulty: exam.Expert, Stem: stem,
			References: rapid.SampledFrom([][]exam.Reference{nil, {{Fact: "F001"}}, {{Fact: "F006", Source: "Palermo Protocol, art. 3(c)"}, {Source: "ст. 149 КК = law"}, {Source: "x, y: z; w"}}}).Draw(t, "references"),
		}
		if rapid.Bool().Draw(t, "rationale") {
			it.Rationale = d.illustrated(t, "rationale", d.text(t, "rationale", true, ""))
		}
		it.Kind, it.Interaction = d.interaction(t)
		if in, ok := it.Interaction.(*exam.HotspotImage); (it.Kind == exam.Multiple || ok && in.Choose != 1) && d.Rules {
			it.Scoring = rapid.SampledFrom([]exam.Rule{"", exam.PerOption, exam.AllOrNothing, exam.RightMinusWrong}).Draw(t, "rule")
		}
		if it.Kind == exam.Cloze && d.Rules {
			it.Scoring = rapid.SampledFrom([]exam.Rule{"", exam.PerGap, exam.AllOrNothing}).Draw(t, "rule")
		}
		if i == 2 {
			it.Enemies = []string{"item-000"}
		}
		items = append(items, it)
	}
	items[0].Stimulus, items[1].Stimulus = "case-courier", "case-courier"
	bank, err := exam.NewBank("test-bank", d.same("Test"), d.Langs, []exam.Stimulus{{ID: "case-courier", Text: d.illustrated(t, "case", d.text(t, "case", true, ""))}}, items)
	if err != nil {
		t.Fatalf("NewBank: %v", err)
	}
	if d.Images {
		bank.Bring(pictures())
	}
	return bank
}

// Format is an importer with its exporter.
type Format struct {
	Read  func(im *interchange.Import, data []byte)
	Write func(x *interchange.Export) ([]byte, error)
}

// RoundTrip holds the format to the identity: what it wrote, it reads as the same
// revisions, by hash.
func RoundTrip(t *testing.T, d Drawer, f Format) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		want := d.Bank(t)
		data := f.export(t, want)
		im := new(interchange.Import)
		f.Read(im, data)
		got, report := im.Finish(interchange.Options{Bank: "test-bank", Title: "Test", Lang: want.Release.Languages[0]})
		if got == nil || report.Refused() || got.Items() != want.Items() {
			t.Fatalf("read back %d of %d: %+v\n%s", report.Imported, want.Items(), report.Problems, shown(data))
		}
		for i := range want.Items() {
			w, g := want.Revision(i), got.Revision(i)
			if w.Hash != g.Hash {
				t.Errorf("item %s came back changed:\n%s\n%s", w.Item.ID, cmp.Diff(w.Item, g.Item), shown(data))
			}
		}
		if diff := cmp.Diff(want.Release.Stimuli, got.Release.Stimuli); diff != "" {
			t.Errorf("case texts came back changed:\n%s", diff)
		}
		if !slices.Equal(want.Release.Languages, got.Release.Languages) {
			t.Errorf("languages %v came back as %v", want.Release.Languages, got.Release.Languages)
		}
		for _, name := range want.Media() {
			if !slices.ContainsFunc(got.Brought(), func(m exam.Medium) bool { return m.Name == name }) {
				t.Errorf("the image %s did not come back", name)
			}
		}
		if again := f.export(t, got); !bytes.Equal(again, data) {
			t.Errorf("writing what was read gives another file:\n%s", cmp.Diff(shown(data), shown(again)))
		}
	})
}

// shown is what a person can read of a file: a package is shown file by file.
func shown(data []byte) string {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return string(data)
	}
	var b strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return err.Error()
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return err.Error()
		}
		fmt.Fprintf(&b, "== %s\n%s\n", f.Name, content)
	}
	return b.String()
}

func (f Format) export(t *rapid.T, bank *exam.Bank) []byte {
	x, err := interchange.NewExport(bank, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := f.Write(x)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Fuzzed holds an importer to invariants 1 to 3 on any input.
func Fuzzed(t *testing.T, read func(im *interchange.Import)) {
	t.Helper()
	im := new(interchange.Import)
	read(im)
	bank, report := im.Finish(interchange.Options{})
	imported := 0
	if bank != nil {
		imported = bank.Items()
		for _, rev := range bank.Revisions() {
			if faults := rev.Item.Check(bank.Release.Languages); len(faults) > 0 {
				t.Errorf("item %s was accepted with %v", rev.Item.ID, faults)
			}
		}
	}
	if report.Imported != imported || report.Imported+report.Skipped != report.Items {
		t.Errorf("%d found, %d imported, %d skipped, bank of %d", report.Items, report.Imported, report.Skipped, imported)
	}
	if (bank == nil || report.Skipped > 0) && !report.Refused() {
		t.Errorf("%d skipped without an error: %+v", report.Skipped, report.Problems)
	}
}

// Frugal holds that reading a source takes no more than some times its length, of all that
// is ever taken in memory: what is copied or made anew for each part of a part takes far more,
// and as much longer.
func Frugal(t *testing.T, times int, source string, read func(im *interchange.Import, source string)) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read(new(interchange.Import), source)
	runtime.ReadMemStats(&after)
	if took := (after.TotalAlloc - before.TotalAlloc) / uint64(len(source)); took > uint64(times) {
		t.Errorf("reading took %d times the memory of the source, want %d at most", took, times)
	}
}

// Read reads a source for a table test.
func Read(t *testing.T, read func(im *interchange.Import)) (*exam.Bank, interchange.Report) {
	t.Helper()
	im := new(interchange.Import)
	read(im)
	return im.Finish(interchange.Options{Bank: "test-bank", Lang: "en"})
}
