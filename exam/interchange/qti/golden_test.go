package qti_test

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
	"github.com/proba-exam/proba/exam/interchange/qti"
)

var update = flag.Bool("update", false, "write the golden files anew")

// imageName is the part of an image's name that says its content.
var imageName = regexp.MustCompile(`[0-9a-f]{32,64}`)

// goldenBank has an item of each kind that the golden files show.
func goldenBank(t *testing.T) *exam.Bank {
	t.Helper()
	// The image comes in as any does, so that it has the name of its content.
	source := item22(declared("single", "identifier", "", "A"), spots("1", "", spot("A", "rect", "0,0,4,4")+spot("B", "rect", "10,0,20,10")), matchCorrect)
	held, _ := banktest.Read(t, func(im *interchange.Import) { read(im, source) })
	if held == nil {
		t.Fatal("the image was not taken")
	}
	image := exam.Image{Alt: "a map & <more>", Name: held.Media()[0]}.String()
	items := []exam.Item{
		{ID: "gaps", Kind: exam.Cloze, Stem: exam.Text{"en": "Fill in.", "uk": "Заповніть."}, Rationale: exam.Text{"en": "Since.", "uk": "Бо."},
			Interaction: &exam.ClozeText{Passage: exam.Text{"en": "The [[1]] of **[[2]]** is\n\n[[3]] days.", "uk": "Строк [[2]] — це [[1]], [[3]] днів."}, Gaps: []exam.Gap{
				{Options: []exam.Option{{Text: exam.Text{"en": "term", "uk": "строк"}, Key: true}, {Text: exam.Text{"en": "*none*", "uk": "*жодне*"}, Fixed: true}}, Weight: 2},
				{Accepted: []exam.Text{{"en": "appeal", "uk": "оскарження"}, {"en": "an \"appeal\"", "uk": "апеляції"}}},
				{Number: &exam.Number{Value: "30", Tolerance: "0.5", Integer: true}},
			}}},
		{ID: "all-gaps", Kind: exam.Cloze, Scoring: exam.AllOrNothing, Stem: exam.Text{"en": "Fill in.", "uk": "Заповніть."},
			Interaction: &exam.ClozeText{Passage: exam.Text{"en": "About [[1]] or [[2]].", "uk": "Близько [[1]] чи [[2]]."}, Gaps: []exam.Gap{{Number: &exam.Number{Value: "1.5"}}, {Number: &exam.Number{Value: "2"}}}}},
		{ID: "areas", Kind: exam.Hotspot, Stem: exam.Text{"en": "Where?", "uk": "Де?"},
			Interaction: &exam.HotspotImage{Image: exam.Text{"en": image, "uk": image}, Choose: 1, Areas: []exam.Area{
				{Name: exam.Text{"en": "a \"well\"", "uk": "колодязь"}, Shape: exam.Shape{Outline: exam.Circle, Coords: []int{5, 5, 4}}, Key: true},
				{Name: exam.Text{"en": "a house", "uk": "хата"}, Shape: exam.Shape{Outline: exam.Rectangle, Coords: []int{10, 0, 20, 10}}}}}},
		{ID: "more-areas", Kind: exam.Hotspot, Stem: exam.Text{"en": "Where?", "uk": "Де?"},
			Interaction: &exam.HotspotImage{Image: exam.Text{"en": image, "uk": image}, Areas: []exam.Area{
				{Name: exam.Text{"en": "a well", "uk": "колодязь"}, Shape: exam.Shape{Outline: exam.Circle, Coords: []int{5, 5, 4}}, Key: true},
				{Name: exam.Text{"en": "a road", "uk": "дорога"}, Shape: exam.Shape{Outline: exam.Polygon, Coords: []int{0, 0, 4, 0, 4, 2}}}}}},
		{ID: "essay", Kind: exam.ExtendedText, Stem: exam.Text{"en": "Why?", "uk": "Чому?"},
			Interaction: &exam.Essay{MaxCharacters: 900, MinWords: 25, MaxWords: 150, Rubric: exam.Rubric{Tolerance: 1, Criteria: []exam.Criterion{
				{Title: exam.Text{"en": "Grounds", "uk": "Підстави"}, Levels: []exam.RubricLevel{{Text: exam.Text{"en": "none", "uk": "немає"}}, {Points: 3, Text: exam.Text{"en": "two or more", "uk": "дві чи більше"}}}}}}}},
	}
	for i := range items {
		items[i].Roles, items[i].Topic, items[i].Level, items[i].Difficulty = []string{"judge"}, "law", "apply", exam.Basic
	}
	bank, err := exam.NewBank("golden-bank", exam.Text{"en": "Golden", "uk": "Взірець"}, []string{"en", "uk"}, nil, items)
	if err != nil {
		t.Fatal(err)
	}
	bank.Bring(held.Brought())
	return bank
}

// TestGolden shows what is written of the kinds that not every format has.
func TestGolden(t *testing.T) {
	for name, v := range map[string]qti.Version{"2.2": qti.V22, "3.0": qti.V30} {
		x, err := interchange.NewExport(goldenBank(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := qti.Write(&b, x, v); err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, f := range z.File {
			if !strings.HasPrefix(f.Name, "items/") {
				continue
			}
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			shown := imageName.ReplaceAllString(string(content), "SHA-256") // which changes with the encoder that drew it
			fmt.Fprintf(&got, "== %s\n%s\n", f.Name, strings.ReplaceAll(shown, "><", ">\n<"))
		}
		file := "testdata/newkinds-" + name + ".txt"
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}
