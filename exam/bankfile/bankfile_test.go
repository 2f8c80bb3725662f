package bankfile_test

import (
	"strings"
	"testing"
	"testing/fstest"

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
		{"YAML error", "roles: [judge]", "roles: [judge", 4, "", "bank.yaml", ""},
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
		if row.code != "bank.yaml" && p.Line != row.line {
			t.Errorf("%s: line %d, want %d", row.name, p.Line, row.line)
		}
		if p.Line == 0 {
			t.Errorf("%s: names no line: %+v", row.name, p)
		}
	}
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
