package interchange

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/proba-exam/proba/exam"
)

// statement adds a true/false question, as change leaves it.
func statement(im *Import, stem string, change func(*Draft)) {
	d := im.Draft("f", 1, "")
	d.Item.Stem = exam.Text{Unnamed: stem}
	d.TrueFalse(true)
	change(d)
	im.Add(d)
}

func rowsOf(r Report) []string {
	var all []string
	for _, p := range r.Problems {
		all = append(all, string(p.Severity)+" "+p.Code)
	}
	return all
}

func TestFinishCompletesWhatTheSourceDoesNotSay(t *testing.T) {
	im := new(Import)
	statement(im, "Суд вирішує.", func(d *Draft) { d.Name, d.Category = "Питання 1", "$course$/top/Default for X/Докази" })
	bank, report := im.Finish(Options{Bank: "My bank"})
	if bank == nil {
		t.Fatal(report.Problems)
	}
	it := bank.Revision(0).Item
	if it.ID != "pytannia-1" || it.Topic != "dokazy" || it.Roles[0] != "general" || it.Level != "understand" || it.Difficulty != exam.Applied || it.Stem["uk"] != "Суд вирішує." {
		t.Errorf("completed as %+v", it)
	}
	if bank.Release.Bank != "my-bank" || !slices.Equal(bank.Release.Languages, []string{"uk"}) {
		t.Errorf("release %+v", bank.Release)
	}
	if want := []string{"note lang.guessed", "note default.roles", "note default.level", "note default.difficulty"}; !slices.Equal(rowsOf(report), want) {
		t.Errorf("rows %q, want %q", rowsOf(report), want)
	}
}

func TestFinishTakesTheCallersWord(t *testing.T) {
	im := new(Import)
	statement(im, "x", func(d *Draft) { d.Tags = []string{"Level: apply", "role:judge", "role:judge"} })
	bank, report := im.Finish(Options{Bank: "b-1", Lang: "pl", Roles: []string{"police"}, Topic: "law", Stage: "trial", Level: "evaluate", Difficulty: exam.Basic})
	if bank == nil || len(report.Problems) != 1 || report.Problems[0].Code != "item.numbered" {
		t.Fatal(report.Problems)
	}
	it := bank.Revision(0).Item
	if it.ID != "b-1-0001" || !slices.Equal(it.Roles, []string{"judge"}) || it.Topic != "law" || it.Stage != "trial" || it.Level != "apply" || it.Difficulty != exam.Basic || it.Stem["pl"] != "x" {
		t.Errorf("completed as %+v", it)
	}
}

func TestFinishRefusesWhatNoBankMayHold(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Draft)
		rows   []string
		kept   int
	}{
		{"sound", func(*Draft) {}, nil, 2},
		{"an id twice", func(d *Draft) { d.Item.ID = "item-0" }, []string{"error item.twice"}, 1},
		{"an unknown case text", func(d *Draft) { d.Item.Stimulus = "case-x" }, []string{"error item.stimulus"}, 1},
		{"an unknown enemy", func(d *Draft) { d.Item.Enemies = []string{"item-0", "item-9"} }, []string{"warning item.enemy"}, 2},
		{"an unknown level", func(d *Draft) { d.Item.Level = "dream" }, []string{"error item.invalid"}, 1},
		{"an unknown rule", func(d *Draft) { d.Tags = []string{"scoring:luck"} }, []string{"error item.invalid"}, 1},
		{"an unknown tag", func(d *Draft) { d.Tags = []string{"hard", "fixed:1"} }, []string{"warning tags.unknown"}, 2},
		{"a text that is too long", func(d *Draft) { d.Item.Stem[Unnamed] = strings.Repeat("ж", 2_001) }, []string{"error item.invalid"}, 1},
		{"another language only", func(d *Draft) { d.Item.Stem = exam.Text{"uk": "x"} }, []string{"error item.invalid"}, 1},
	} {
		im := new(Import)
		statement(im, "a", func(d *Draft) {
			d.Item.ID, d.Item.Stem = "item-0", exam.Text{"en": "a"}
			d.Item.Roles = []string{"judge"}
		})
		statement(im, "b", func(d *Draft) { d.Item.ID = "item-1"; c.change(d) })
		if c.name == "another language only" { // then the bank has two languages
			im.drafts[0].Item.Stem["uk"] = "а"
		}
		bank, report := im.Finish(Options{Bank: "bank", Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic})
		if !slices.Equal(rowsOf(report), c.rows) {
			t.Errorf("%s: rows %q, want %q: %+v", c.name, rowsOf(report), c.rows, report.Problems)
		}
		if bank == nil || bank.Items() != c.kept || report.Imported != c.kept || report.Skipped != 2-c.kept {
			t.Errorf("%s: %+v, want %d kept", c.name, report, c.kept)
		}
	}
}

func TestUnusedCaseTextsAreTold(t *testing.T) {
	im := new(Import)
	im.AddStimulus("case-1", exam.Text{"en": "Once."})
	im.AddStimulus("case-1", exam.Text{"en": "Twice.", "uk": "Якось."})
	im.AddStimulus("case-2", exam.Text{"en": "Never.", "uk": "Ніколи."})
	statement(im, "a", func(d *Draft) { d.Item.Stem, d.Item.Stimulus = exam.Text{"en": "a", "uk": "а"}, "case-1" })
	bank, report := im.Finish(Options{Bank: "bank", Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic})
	if bank == nil || len(bank.Release.Stimuli) != 1 || bank.Release.Stimuli[0].Text["en"] != "Once." || bank.Release.Stimuli[0].Text["uk"] != "Якось." {
		t.Fatalf("%+v", report)
	}
	if !slices.Contains(rowsOf(report), "warning stimulus.unused") {
		t.Errorf("rows %q", rowsOf(report))
	}
}

// TestManyQuestionsOfOneName: giving each its own id is not quadratic.
func TestManyQuestionsOfOneName(t *testing.T) {
	im := new(Import)
	for range 20_000 {
		statement(im, "a", func(d *Draft) { d.Name = "Question" })
	}
	bank, report := im.Finish(Options{Bank: "bank", Lang: "en"})
	if bank == nil || report.Imported != 20_000 || bank.Revision(19_999).Item.ID != "question-20000" {
		t.Errorf("imported %d", report.Imported)
	}
}

// TestRowsStayReadable: a row quotes what is meant, and a source may have made that as long as
// itself. The report of an import is one document.
func TestRowsStayReadable(t *testing.T) {
	long := strings.Repeat("Довге ім’я ", 20_000)
	im := new(Import)
	d := im.Draft(long, 1, long)
	d.Refuse("kind.unsupported", "is of the kind %q", long)
	im.Warn(long, 1, "table.column", "the column %q has no meaning here", long)
	_, report := im.Finish(Options{})
	for _, p := range report.Problems {
		if n := len(p.File) + len(p.Item) + len(p.Message); n > 4000 || !utf8.ValidString(p.Message+p.Item+p.File) {
			t.Errorf("%s has %d bytes", p.Code, n)
		}
	}
	if len(report.Problems) != 2 || !strings.HasPrefix(report.Problems[0].Message, `is of the kind "Довге`) || !strings.HasSuffix(report.Problems[0].Message, "…") {
		t.Errorf("%d rows: %+v", len(report.Problems), report.Problems)
	}
}
