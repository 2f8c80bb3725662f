package statistics_test

import (
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/simulate"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

// harder is the item that is harder for investigators than ability explains.
const harder = "common-03"

// twoRoles opens a store in which judges and investigators sat exams over one bank: some items
// are for both roles. A third exam was sat by fewer people than anything is said of.
func twoRoles(t *testing.T, judges, investigators int) (*env, *exam.Bank) {
	t.Helper()
	e := openAt(t, filepath.Join(t.TempDir(), "proba.db"))
	t.Cleanup(func() { must(t, e.store.Store.(*sqlite.Store).Close()) })
	bank := roleBank(t, "")
	_, _, err := e.exams.ImportBank(t.Context(), "test", bank)
	must(t, err)
	e.sat(t, bank, "judges", "judge", simulate.Crowd{People: judges, Mean: .8, Seed: 1})
	e.sat(t, bank, "investigators", "investigator", simulate.Crowd{First: 1000, People: investigators, Mean: .2, Seed: 2, Harder: harder})
	e.sat(t, bank, "few", "judge", simulate.Crowd{First: 2000, People: 29, Seed: 3})
	return e, bank
}

// roleBank has 16 items for both roles and two for each alone, one of them worded as told.
func roleBank(t *testing.T, worded string) *exam.Bank {
	t.Helper()
	both := func(s string) exam.Text { return exam.Text{"en": s, "uk": s} }
	var items []exam.Item
	add := func(id string, roles ...string) {
		stem := "Question " + id
		if id == worded {
			stem = "Otherwise " + id
		}
		items = append(items, exam.Item{ID: id, Kind: exam.Single, Roles: roles, Topic: "law", Level: "apply", Difficulty: exam.Basic, Stem: both(stem), Rationale: both("because"),
			Interaction: &exam.SingleChoice{Options: []exam.Option{{Text: both("a"), Key: true}, {Text: both("b")}, {Text: both("c")}, {Text: both("d")}}}})
	}
	for n := range 16 {
		add(fmt.Sprintf("common-%02d", n), "judge", "investigator")
	}
	for n := range 2 {
		add(fmt.Sprintf("judge-%d", n), "judge")
		add(fmt.Sprintf("investigator-%d", n), "investigator")
	}
	bank, err := exam.NewBank("roles", both("Roles"), []string{"en", "uk"}, nil, items)
	must(t, err)
	return bank
}

// sat publishes an exam of 16 of the role's 18 items and has a crowd sit it.
func (e *env) sat(t *testing.T, bank *exam.Bank, id, role string, c simulate.Crowd) {
	t.Helper()
	x := e.exam
	x.ID, x.Release = id, bank.Release.Hash
	x.Blueprint = exam.Blueprint{Role: role, Cut: 5000, Sections: []exam.Section{{ID: "all", Title: x.Title}}, Cells: []exam.Cell{{Section: "all", Count: 16}}}
	_, _, err := e.exams.CreateExam(t.Context(), x)
	must(t, err)
	_, err = e.exams.PublishExam(t.Context(), "test", id)
	must(t, err)
	_, _, err = e.exams.CreateSitting(t.Context(), exam.Sitting{ID: "room-" + id, Exam: id, Title: x.Title, Region: "north", Opens: start, Closes: start.Add(time.Hour)})
	must(t, err)
	stored, err := e.exams.Exam(t.Context(), id)
	must(t, err)
	c.Exams, c.Sittings = e.exams, []string{"room-" + id}
	must(t, simulate.Fill(t.Context(), c, e.store, &stored, start))
}

func (e *env) askBank(t *testing.T, release string) statistics.BankResult {
	t.Helper()
	_, err := e.s.AskBank(t.Context(), release)
	must(t, err)
	e.compute(t)
	r, err := e.s.BankResult(t.Context(), release)
	must(t, err)
	return r
}

// TestABankOverItsExams: what was built in for one role is found, and nothing of an exam that
// few sat is in any figure.
func TestABankOverItsExams(t *testing.T) {
	e, bank := twoRoles(t, 330, 230)
	release := bank.Release.Hash
	if _, err := e.s.BankResult(t.Context(), release); fault.Code(err) != "statistics.part_not_found" {
		t.Fatalf("before anybody asked: %v", err)
	}
	_, err := e.s.Ask(t.Context(), "judges")
	must(t, err)
	e.compute(t)
	r := e.askBank(t, release)
	want := []statistics.BankExam{{Exam: "judges", Role: "judge", People: 330, Counts: true}, {Exam: "investigators", Role: "investigator", People: 230, Counts: true}, {Exam: "few", Role: "judge", People: 29}}
	if !reflect.DeepEqual(r.Exams, want) || r.People != 560 || r.Responses != 560*16 || len(r.Items) != 20 {
		t.Errorf("exams %+v, %d people, %d answers, %d items", r.Exams, r.People, r.Responses, len(r.Items))
	}
	if !slices.Contains(r.Compared, statistics.Compared{By: "role", Reference: "judge", Focal: "investigator"}) || !slices.Contains(r.Compared, statistics.Compared{By: "language", Reference: "uk", Focal: "en"}) {
		t.Errorf("compared %+v", r.Compared)
	}
	for _, line := range r.Items {
		it, err := e.s.BankItem(t.Context(), release, line.Item)
		must(t, err)
		if it.Exams != len(it.Asked) || it.Exams != 1 && it.Exams != 2 || !reflect.DeepEqual(it.Line, line.Line) {
			t.Errorf("%s: %d exams, %d told", line.Item, line.Exams, len(it.Asked))
		}
		n, right := 0, 0.0
		for _, a := range it.Asked {
			n, right = n+a.N, right+float64(a.N)*a.Facility.Value
			if a.Exam == "few" || !a.Facility.Known() || a.Facility.Low >= a.Facility.High || !a.Rest.Known() || a.Exposure <= .4 || a.Exposure > 1 {
				t.Errorf("%s in %s: %+v", line.Item, a.Exam, a)
			}
		}
		if n != line.N || math.Abs(right/float64(n)-line.Facility.Value) > 1e-9 {
			t.Errorf("%s: %d answers with %.4f, the exams say %d with %.4f", line.Item, line.N, line.Facility.Value, n, right/float64(n))
		}
		common := strings.HasPrefix(line.Item, "common")
		if found := line.Role == dif.C; found != (line.Item == harder) || (line.Role != "") != (common && line.N >= 400) {
			t.Errorf("%s has the class %q by role: %+v", line.Item, line.Role, it.DIF)
		}
		if slices.Contains(line.Flags, statistics.DIF) != (line.Item == harder) {
			t.Errorf("%s has the flags %v", line.Item, line.Flags)
		}
		if line.Item == harder {
			d := it.DIF[slices.IndexFunc(it.DIF, func(d statistics.BankCompared) bool { return d.By == "role" })]
			if d.Delta.Value > -1.5 || d.P > 1e-3 || d.ReferenceN+d.FocalN != line.N || !d.Plain.Known() {
				t.Errorf("%s: %+v", line.Item, d)
			}
		}
		if n := slices.IndexFunc(it.Asked, func(a statistics.Asked) bool { return a.Exam == "judges" }); n >= 0 {
			own, err := e.s.Item(t.Context(), "judges", line.Item)
			must(t, err)
			if !slices.Equal(own.Flags, it.Asked[n].Flags) {
				t.Errorf("%s: the exam's own flags are %v, told %v", line.Item, own.Flags, it.Asked[n].Flags)
			}
		}
	}
}

// TestABankAndARoomInAnotherRegion: no attempt changes, and yet the comparison.
func TestABankAndARoomInAnotherRegion(t *testing.T) {
	e, bank := twoRoles(t, 130, 120)
	east := statistics.Compared{By: "region", Focal: "east"}
	before := e.askBank(t, bank.Release.Hash)
	e.move(t, "room-judges", "east")
	after := e.askBank(t, bank.Release.Hash)
	if slices.Contains(before.Compared, east) || !slices.Contains(after.Compared, east) {
		t.Errorf("compared before %+v, after %+v", before.Compared, after.Compared)
	}
}

// TestABankIsReadAgainWhenSomethingChanged, and only then; exams of other releases count with
// the revisions they share; the extracts of exams stay their own.
func TestABankIsReadAgainWhenSomethingChanged(t *testing.T) {
	e, bank := twoRoles(t, 50, 40)
	_, err := e.s.Ask(t.Context(), "judges")
	must(t, err)
	e.compute(t)
	first := e.askBank(t, bank.Release.Hash)
	e.store.Count("Attempt")
	if again := e.askBank(t, bank.Release.Hash); !reflect.DeepEqual(again, first) {
		t.Error("asking again without anything new changed the result")
	}
	if n := e.store.Counted(); n != 40+29 {
		t.Errorf("%d attempts were read; those of the exam with statistics of its own are there", n)
	}
	edited := roleBank(t, "common-05")
	_, _, err = e.exams.ImportBank(t.Context(), "test", edited)
	must(t, err)
	later := e.askBank(t, edited.Release.Hash)
	if later.People != first.People || len(later.Items) != len(first.Items)-1 || slices.ContainsFunc(later.Items, func(l statistics.BankLine) bool { return l.Item == "common-05" }) {
		t.Errorf("over the later release: %d people, %d items", later.People, len(later.Items))
	}
	all, err := e.exams.Attempts(t.Context(), exam.AttemptFilter{Exam: "judges"}, "", 1)
	must(t, err)
	_, err = e.exams.Void(t.Context(), "admin", all[0].ID, "a phone was found")
	must(t, err)
	if after := e.askBank(t, bank.Release.Hash); after.People != first.People-1 || after.Fingerprint == first.Fingerprint {
		t.Errorf("after one was voided %d people count", after.People)
	}
	if _, err := e.s.AskBank(t.Context(), "no-such-release"); fault.Code(err) != "release.not_found" {
		t.Errorf("no such release: %v", err)
	}
}
