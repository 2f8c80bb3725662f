package bankfile_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/exam/bankfile"
)

const manifest = `bank: test-bank
title: {en: Test, uk: Проба}
languages: [en, uk]
`

const items = `items:
  - id: item-1
    kind: single
    roles: [judge]
    topic: law
    level: apply
    difficulty: basic
    stem: {en: "Which?", uk: "Що?"}
    interaction:
      options:
        - {text: {en: one, uk: один}, key: true}
        - {text: {en: two, uk: два}}
  - id: item-2
    kind: true_false
    roles: [judge]
    topic: law
    level: apply
    difficulty: basic
    stem: {en: "True?", uk: "Правда?"}
    interaction: {true: true}
`

func folder(bank, content string) fstest.MapFS {
	return fstest.MapFS{"bank.yaml": {Data: []byte(bank)}, "law.yaml": {Data: []byte(content)}}
}

func TestRead(t *testing.T) {
	bank, problems, err := bankfile.Read(folder(manifest, items))
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	if bank.Items() != 2 || bank.Release.Bank != "test-bank" || bank.Revision(1).Item.ID != "item-2" {
		t.Errorf("read %+v", bank.Release)
	}
}

// TestImagesLieBesideTheTexts reads a bank whose texts name images by their files.
func TestImagesLieBesideTheTexts(t *testing.T) {
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 5, 3))); err != nil {
		t.Fatal(err)
	}
	shown := strings.Replace(items, `{en: "True?", uk: "Правда?"}`, `{en: "![A map](map.png) True?", uk: "![Мапа](map.png) Правда?"}`, 1)
	f := folder(manifest, shown)
	f["media/map.png"] = &fstest.MapFile{Data: append(drawn.Bytes(), "secret"...)}
	bank, problems, err := bankfile.Read(f)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	media := bank.Brought()
	if len(media) != 1 || !strings.HasSuffix(media[0].Name, "-5x3.png") || !bytes.Equal(media[0].Data, drawn.Bytes()) {
		t.Fatalf("brought %+v", media)
	}
	if got := bank.Revision(1).Item.Stem["uk"]; got != "![Мапа]("+media[0].Name+") Правда?" {
		t.Errorf("the text is %q", got)
	}
	for name, file := range map[string]string{"missing": "", "broken": "no image"} {
		delete(f, "media/map.png")
		if file != "" {
			f["media/map.png"] = &fstest.MapFile{Data: []byte(file)}
		}
		bank, problems, err := bankfile.Read(f)
		if err != nil || bank != nil || len(problems) == 0 {
			t.Errorf("%s: %v %v", name, problems, err)
		}
	}
}

func TestProblemsNameFileLineAndItem(t *testing.T) {
	for _, row := range []struct {
		name, old, new string
		line           int
		item, code     string
		says           string
	}{
		{"missing translation", `uk: "Що?"`, `uk: ""`, 8, "item-1", "item.invalid", "stem/uk"},
		{"two keys", "два}}", "два}, key: true}", 11, "item-1", "item.invalid", "2 options are marked as key"},
		{"duplicate id", "id: item-2", "id: item-1", 13, "item-1", "item.invalid", "also the id"},
		{"too few options", "        - {text: {en: two, uk: два}}\n", "", 11, "item-1", "item.invalid", "there are 1 options"},
		{"unknown member", "topic: law", "topik: law", 2, "item-1", "item.malformed", "topik"},
		{"unknown kind", "kind: single", "kind: riddle", 2, "item-1", "item.malformed", "riddle"},
		{"twice", "    level: apply\n    difficulty: basic\n    stem: {en: \"T", "    level: apply\n    level: apply\n    stem: {en: \"T", 13, "item-2", "item.malformed", "given twice"},
		{"missing text", `, uk: "Що?"`, "", 8, "item-1", "item.invalid", "stem/uk"},
		{"YAML error", "roles: [judge]", "roles: [judge", 3, "item-1", "bank.yaml", "did not find expected"},
	} {
		broken := strings.Replace(items, row.old, row.new, 1)
		bank, problems, err := bankfile.Read(folder(manifest, broken))
		if err != nil || bank != nil || len(problems) == 0 {
			t.Errorf("%s: %v, %v; want a problem", row.name, problems, err)
			continue
		}
		p := problems[0]
		if p.File != "law.yaml" || p.Item != row.item || p.Code != row.code || !strings.Contains(p.Message, row.says) {
			t.Errorf("%s: %+v", row.name, p)
		}
		if p.Line != row.line {
			t.Errorf("%s: line %d, want %d", row.name, p.Line, row.line)
		}
	}
}

// TestOneFaultDoesNotHideAnother breaks two files and two items: what can be read
// is checked, and what may be missing only because it could not be read is not
// complained about.
func TestOneFaultDoesNotHideAnother(t *testing.T) {
	broken := folder(manifest, strings.Replace(items, "два}}", "два}, key: true}", 1))
	broken["more.yaml"] = &fstest.MapFile{Data: []byte("items:\n  - id: item-3\n    roles: [judge\n")}
	broken["law.yaml"].Data = append(broken["law.yaml"].Data, []byte("    stimulus: in-more-yaml\n    enemies: [item-3]\n")...)
	_, problems, err := bankfile.Read(broken)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, p := range problems {
		codes = append(codes, p.File+" "+p.Item+" "+p.Code)
	}
	want := []string{"law.yaml item-1 item.invalid", "more.yaml item-3 bank.yaml"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
}

func TestFactsAreLookedUp(t *testing.T) {
	withFact := strings.Replace(items, "    level: apply\n", "    level: apply\n    references:\n      - {source: no fact}\n      - {fact: F002, source: statute}\n", 1)
	for _, row := range []struct {
		name, facts string
		line        int
		item, code  string
	}{
		{"known", "# numbers\nF001\tUNCONFIRMED\nF002\tCONFIRMED-2\n", 0, "", ""},
		{"no list", "", 0, "", ""},
		{"unknown", "F001\tCONFIRMED\n", 9, "item-1", "item.unknown_fact"},
		{"unconfirmed", "F002\tUNCONFIRMED\n", 9, "item-1", "item.unconfirmed_fact"},
		{"no standing", "F002\tCONFIRMED\nF003 CONFIRMED\n", 2, "", "facts.malformed"},
		{"twice", "F002\tCONFIRMED\n\nF002\tCONFIRMED-2\n", 3, "", "facts.malformed"},
	} {
		f := folder(manifest, withFact)
		if row.facts != "" {
			f[bankfile.FactList] = &fstest.MapFile{Data: []byte(row.facts)}
		}
		bank, problems, err := bankfile.Read(f)
		if err != nil {
			t.Fatal(err)
		}
		if row.code == "" {
			if bank == nil || len(problems) > 0 {
				t.Errorf("%s: %v", row.name, problems)
			}
			continue
		}
		if len(problems) != 1 || problems[0].Line != row.line || problems[0].Item != row.item || problems[0].Code != row.code {
			t.Errorf("%s: %+v", row.name, problems)
		}
	}
}

func FuzzReadFacts(f *testing.F) {
	f.Add("F001\tCONFIRMED\n# comment\nF002\tUNCONFIRMED\r\n")
	f.Add("F001 CONFIRMED\nF001\t\n")
	f.Fuzz(func(t *testing.T, list string) {
		facts, problems, err := bankfile.ReadFacts(strings.NewReader(list))
		if err != nil {
			return // a line too long for a fact
		}
		if lines := strings.Count(list, "\n") + 1; len(facts)+len(problems) > lines {
			t.Errorf("%d facts and %d problems in %d lines", len(facts), len(problems), lines)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add(manifest, items)
	f.Add("bank: [", "items: {a: &x [*x]}")
	f.Fuzz(func(t *testing.T, bank, content string) {
		b, problems, err := bankfile.Read(folder(bank, content))
		if err != nil {
			t.Fatal(err)
		}
		if (b == nil) == (len(problems) == 0) {
			t.Errorf("bank %v with %d problems", b != nil, len(problems))
		}
	})
}
