package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/report"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// -out writes the pictures to a folder, to be looked at.
var out = flag.String("out", "", "folder to write the figures to")

func figures() map[string]report.Figure {
	m := reference.Choices("key")
	r := ctt.Analyse(m, ctt.Options{})
	f := irt.Estimate(m, irt.Options{Model: irt.TwoPL})
	items, _ := f.Usable()
	return map[string]report.Figure{
		"map":          report.ItemMap(r),
		"choices-q16":  report.Choices(r.Items[15]),
		"choices-q10":  report.Choices(r.Items[9]),
		"curve":        report.ItemCurve(f.Items[9], f.Observe(f.RestAbilities(m), 9, 10)),
		"information":  report.TestInformation(items, .5),
		"distribution": report.ScoreDistribution([]report.Group{{Name: "all", Totals: r.Totals}, {Name: "LSAT7", Totals: ctt.Analyse(reference.LSAT7(), ctt.Options{}).Totals}}, 12),
	}
}

func TestFigures(t *testing.T) {
	for name, f := range figures() {
		if *out != "" {
			if err := os.WriteFile(filepath.Join(*out, name+".svg"), f.SVG, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		elements := wellFormed(t, name, f.SVG)
		if elements["title"] != 1 || elements["desc"] != 1 || f.Title == "" || f.Description == "" {
			t.Errorf("%s has no title or description: %v", name, elements)
		}
		for _, forbidden := range []string{"NaN", "+Inf", "-Inf", "<script", "style=", "%!"} {
			if strings.Contains(string(f.SVG), forbidden) {
				t.Errorf("%s contains %s", name, forbidden)
			}
		}
		rows, err := csv.NewReader(bytes.NewReader(f.CSV())).ReadAll()
		if err != nil || len(rows) != len(f.Rows)+1 || len(f.Rows) == 0 {
			t.Errorf("%s: %d rows of CSV for %d, %v", name, len(rows), len(f.Rows), err)
		}
	}
}

// wellFormed counts the elements of a document.
func wellFormed(t *testing.T, name string, svg []byte) map[string]int {
	t.Helper()
	elements := make(map[string]int)
	dec := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return elements
		}
		if err != nil {
			t.Fatalf("%s is not XML: %v", name, err)
		}
		if start, ok := token.(xml.StartElement); ok {
			elements[start.Name.Local]++
		}
	}
}

// TestEveryItemIsShown: a point for each item with both figures, squares for those
// to look at.
func TestEveryItemIsShown(t *testing.T) {
	f := report.ItemMap(ctt.Analyse(reference.Choices("key"), ctt.Options{}))
	elements := wellFormed(t, "map", f.SVG)
	if elements["circle"] != 19 || elements["rect"] != 2 { // the ground is a rect too
		t.Errorf("%d circles and %d squares of 20 items, one of them mis-keyed", elements["circle"], elements["rect"]-1)
	}
}

// TestHostileNames: what people typed stays text, in the picture and in the sheet.
func TestHostileNames(t *testing.T) {
	m := responses.New([]responses.Item{{ID: `<script>"&`, Max: 1, Options: []string{"=1+1", "b"}, Key: 0}, {ID: "x", Max: 1, Key: responses.NoOption}},
		[]responses.Person{{Count: 40}, {Count: 40}}, []responses.Cell{{Mark: 1}, {Item: 1, Mark: 1, Option: responses.NoOption}, {Person: 1, Option: 1}, {Person: 1, Item: 1, Option: responses.NoOption}})
	r := ctt.Analyse(m, ctt.Options{})
	f := report.Choices(r.Items[0])
	wellFormed(t, "choices", f.SVG)
	if strings.Contains(string(f.SVG), "<script") || !strings.Contains(string(f.CSV()), "'=1+1") {
		t.Errorf("%s\n%s", f.SVG, f.CSV())
	}
}

// TestNothingToShow: no people, no items, no crash.
func TestNothingToShow(t *testing.T) {
	r := ctt.Analyse(responses.New([]responses.Item{{ID: "a", Max: 1, Key: responses.NoOption}}, []responses.Person{{Count: 1}}, nil), ctt.Options{})
	for _, f := range []report.Figure{report.ItemMap(r), report.Choices(r.Items[0]), report.TestInformation(nil, 0), report.ScoreDistribution(nil, 0), report.ItemCurve(irt.ItemFit{ID: "a", Item: irt.Item{A: 1}}, nil)} {
		wellFormed(t, f.Title, f.SVG)
		if strings.Contains(string(f.SVG), "NaN") {
			t.Errorf("%s shows NaN", f.Title)
		}
	}
}
