package bankfile_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/bankfile"
)

const nestedKinds = `items:
  - id: with-gaps
    kind: cloze
    roles: [judge]
    topic: law
    level: apply
    difficulty: basic
    stem: {en: "Fill.", uk: "Заповніть."}
    interaction:
      passage: {en: "The [[1]] within [[2]] days to the [[3]].", uk: "До [[3]] протягом [[2]] днів — [[1]]."}
      gaps:
        - options: [{text: {en: appeal, uk: скарга}, key: true}, {text: {en: claim, uk: позов}}]
        - {number: {value: "30"}, weight: 2}
        - accepted: [{en: court, uk: суду}]
  - id: with-areas
    kind: hotspot
    roles: [judge]
    topic: law
    level: apply
    difficulty: basic
    stem: {en: "Where?", uk: "Де?"}
    interaction:
      image: {en: "![A desk](desk.png)", uk: "![Стіл](desk.png)"}
      choose: 1
      areas:
        - {name: {en: phone, uk: телефон}, shape: {outline: circle, coords: [20, 20, 10]}, key: true}
        - {name: {en: ledger, uk: книга}, shape: {outline: polygon, coords: [30, 0, 60, 0, 60, 40]}}
  - id: with-marks
    kind: extended_text
    roles: [judge]
    topic: law
    level: apply
    difficulty: applied
    stem: {en: "Explain.", uk: "Поясніть."}
    interaction:
      max_characters: 500
      min_words: 5
      max_words: 80
      rubric:
        tolerance: 1
        criteria:
          - title: {en: Law, uk: Право}
            levels:
              - {points: 0, text: {en: none, uk: немає}}
              - {points: 3, text: {en: full, uk: повно}}
`

// TestGapsAreasAndEssaysAreRead reads the kinds whose interactions are nested, and wants the row
// of a mistake in one to name its line and item.
func TestGapsAreasAndEssaysAreRead(t *testing.T) {
	var desk bytes.Buffer
	if err := png.Encode(&desk, image.NewGray(image.Rect(0, 0, 64, 48))); err != nil {
		t.Fatal(err)
	}
	read := func(content string) (*exam.Bank, []bankfile.Problem) {
		t.Helper()
		f := folder(manifest, content)
		f["media/desk.png"] = &fstest.MapFile{Data: desk.Bytes()}
		bank, problems, err := bankfile.Read(f)
		if err != nil {
			t.Fatal(err)
		}
		return bank, problems
	}
	bank, problems := read(strings.Replace(nestedKinds, "[20, 20, 10]", "[40, 20, 10]", 1))
	if len(problems) != 1 || bank == nil || problems[0].Severity != bankfile.Warning || problems[0].Item != "with-areas" || problems[0].Line != 27 || !strings.Contains(problems[0].Message, `"ledger", overlaps area 1, "phone"`) {
		t.Errorf("areas that overlap: %v", problems)
	}
	bank, problems = read(nestedKinds)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for i := range bank.Items() {
		switch in := bank.Revision(i).Item.Interaction.(type) {
		case *exam.ClozeText:
			if len(in.Gaps) != 3 || in.Gaps[1].Number.Value != "30" || in.Gaps[1].Weight != 2 {
				t.Errorf("gaps %+v", in.Gaps)
			}
		case *exam.Essay:
			if c := in.Rubric.Criteria; in.MaxCharacters != 500 || in.MinWords != 5 || in.MaxWords != 80 || in.Rubric.Tolerance != 1 || len(c) != 1 || c[0].Levels[1].Points != 3 || c[0].Levels[1].Text["uk"] != "повно" {
				t.Errorf("essay %+v", in)
			}
		case *exam.HotspotImage:
			if names := bank.Media(); len(names) != 1 || !strings.Contains(in.Image["uk"], names[0]) || len(in.Areas[1].Coords) != 6 {
				t.Errorf("%+v shows %v", in, names)
			}
		}
	}
	for wrong, line := range map[string]int{"The [[1]] within [[2]] days to the court.": 10, "value: \"many\"": 13, "[20, 20, 30]": 26, "weight: two": 2, "tolerance: 3": 40} {
		right := map[string]string{"The [[1]] within [[2]] days to the court.": "The [[1]] within [[2]] days to the [[3]].", "value: \"many\"": "value: \"30\"", "[20, 20, 30]": "[20, 20, 10]", "weight: two": "weight: 2", "tolerance: 3": "tolerance: 1"}[wrong]
		_, problems := read(strings.Replace(nestedKinds, right, wrong, 1))
		if len(problems) == 0 || problems[0].Line != line {
			t.Errorf("%s: %+v, want a row of line %d", wrong, problems, line)
		}
	}
}
