package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// threeGaps is a passage with a choice, a word and a number, in another order in each
// language.
func threeGaps() *exam.ClozeText {
	text := func(s string) exam.Text { return exam.Text{"en": s, "uk": "укр " + s} }
	return &exam.ClozeText{Passage: exam.Text{"en": "The [[1]] comes **before [[2]]** and [[3]].", "uk": "Перед [[2]] і [[3]] іде [[1]]."},
		Gaps: []exam.Gap{{Options: []exam.Option{{Text: text("one"), Key: true}, {Text: text("two")}, {Text: text("three"), Fixed: true}}},
			{Accepted: []exam.Text{text("answer")}, Weight: 2}, {Number: &exam.Number{Value: "72"}}}}
}

// TestSomeGapsAreStillEmpty fills one gap of three, by a form: navigator and summary say
// so, a number that can be read in two ways is asked for, and what a gap cannot hold is
// refused.
func TestSomeGapsAreStillEmpty(t *testing.T) {
	e := start(t)
	sitting := e.everyKind(t, exam.Review{Show: exam.ShowNothing, When: exam.AtOnce})
	b, at := e.sits(t, sitting)
	slot := slices.IndexFunc(e.keys(t, strings.TrimPrefix(at, "/my/attempts/")), func(key exam.Response) bool { return len(key.Gaps) > 0 })
	page := func() string { return b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1)).body }
	if shown := page(); strings.Count(shown, `class="gap"`) != 3 || strings.Contains(shown, "[[") || strings.Contains(shown, "відповідь 72") {
		t.Fatalf("the item:\n%s", shown)
	}
	for _, row := range []struct {
		gaps   []string
		status int
		says   string
	}{
		{[]string{"", "", "1,000"}, 409, "прочитати двояко"},
		{[]string{"9", "", ""}, 422, ""},
		{[]string{"0", "x", "y"}, 409, "прочитати як число"},
		{[]string{"", "щось", ""}, 200, "<small data-gaps>1/3</small>"},
	} {
		if r := b.post(t, at, filled(t, page(), slot, exam.Response{Gaps: row.gaps}, strconv.Itoa(slot+1))); r.status != row.status || !strings.Contains(r.body, row.says) {
			t.Errorf("%q: %d, want %d and %q\n%s", row.gaps, r.status, row.status, row.says, r.body)
		}
	}
	if summary := b.get(t, at+"/summary").body; !strings.Contains(summary, "Заповнено не всі пропуски") || !strings.Contains(summary, fmt.Sprintf("?item=%d\">%d<small data-gaps>1/3", slot+1, slot+1)) {
		t.Errorf("the summary:\n%s", summary)
	}
}

// TestAClozeIsWrittenByItsMarks writes an item from nothing: marks in the passage bring
// the fields of gaps, faults stand beside the gap that they are of, and the preview shows
// the gaps and no key.
func TestAClozeIsWrittenByItsMarks(t *testing.T) {
	e := start(t)
	b, _ := e.atDesk(t, auth.Author)
	const at = "/workbench/writing/gaps"
	wantPage(t, "bank", b.post(t, "/workbench/writing", url.Values{"id": {"gaps"}, "title_en": {"Gaps"}, "title_uk": {"Пропуски"}, "languages": {"uk, en"}}), 200)
	form := sentBy(t, b.get(t, at+"/new-item?kind=cloze").body, "editor")
	form.Set("/stem/en", "Fill the gaps.")
	form.Set("/stem/uk", "Заповніть пропуски.")
	form.Set("/interaction/passage/en", "The court hears it within [[2]] days, and [[1]] decides. It is called [[3]].")
	form.Set("/interaction/passage/uk", "[[1]] вирішує, суд слухає протягом [[2]] днів. Це зветься [[3]].")
	page := b.post(t, at+"/preview", form).body
	for _, name := range []string{"/interaction/gaps/2/sort", "/interaction/gaps/2/options/0/text/uk"} {
		if !strings.Contains(page, `name="`+name+`"`) {
			t.Fatalf("no field %s:\n%s", name, page)
		}
	}
	form = sentBy(t, page, "editor")
	form.Set("/interaction/gaps/1/sort", "number")
	form.Set("/interaction/gaps/1/weight", "2")
	form.Set("/interaction/gaps/2/sort", "words")
	form = sentBy(t, b.post(t, at+"/preview", form).body, "editor")
	form.Set("/interaction/gaps/1/number/value", "30")
	form.Set("/interaction/gaps/2/accepted/0/en", "appeal-secret")
	page = b.post(t, at+"/preview", form).body
	_, gap, _ := strings.Cut(page, "<h2>Gap 1</h2>")
	if gap, _, _ = strings.Cut(gap, "</fieldset>"); !strings.Contains(gap, "there are 0 options") && !strings.Contains(gap, "one of them") {
		t.Errorf("gap 1 does not say what it lacks:\n%s", gap)
	}
	form = sentBy(t, page, "editor")
	form.Set("/interaction/gaps/2/accepted/0/uk", "апеляція-таємна")
	for n, option := range []string{"the judge", "the prosecutor"} {
		form.Set(fmt.Sprintf("/interaction/gaps/0/options/%d/text/en", n), option)
		form.Set(fmt.Sprintf("/interaction/gaps/0/options/%d/text/uk", n), "укр "+option)
	}
	form.Set("/interaction/gaps/0/key", "0")
	form.Set("/topic", "procedure")
	form.Set("/roles", "judge")
	learner := b.post(t, at+"/preview?part=1", form).body
	if strings.Count(learner, "<select") != 2 || strings.Count(learner, `inputmode="decimal"`) != 2 || strings.Contains(learner, "secret") || strings.Contains(learner, "таємна") || strings.Contains(learner, "[[") {
		t.Errorf("the preview:\n%s", learner)
	}
	wantPage(t, "saved", b.post(t, at+"/items", form), 200, "Saved.")
	entry, err := e.Authoring.Entry(t.Context(), "gaps", form.Get("id"))
	if err != nil {
		t.Fatal(err)
	}
	written, _ := entry.Content.Interaction.(*exam.ClozeText)
	if faults := entry.Content.Check([]string{"en", "uk"}); len(faults) > 0 || written == nil || len(written.Gaps) != 3 || written.Gaps[1].Weight != 2 || written.Gaps[1].Number.Value != "30" || !written.Gaps[0].Options[0].Key {
		t.Errorf("%+v has faults %v", written, faults)
	}
	wantPage(t, "the item for review", b.get(t, at+"/items/"+form.Get("id")), 200, "appeal-secret", `class="filled"`)
}

// TestOneGapIsCorrected proposes another key for one gap of three by pages: the form
// begins with what is right until now.
func TestOneGapIsCorrected(t *testing.T) {
	e := start(t)
	e.everyKind(t, exam.Review{Show: exam.ShowNothing, When: exam.AtOnce})
	b, _ := e.atDesk(t, auth.Administrator)
	const path = "/workbench/exams/every-kind/regrades"
	page := b.get(t, "/workbench/exams/every-kind/new-regrade?item=kind-cloze").body
	form := sentBy(t, page, path)
	if form.Get("gap0_choice") != "0" || form.Get("gap2_value") != "72" || !strings.Contains(page, "укр answer") {
		t.Fatalf("the form begins with %v:\n%s", form, page)
	}
	form.Set("policy", "new_key")
	form.Set("reason", "The period is longer")
	form.Set("gap1_accepted_en", "answer\nreply")
	form.Set("gap1_accepted_uk", "укр answer\nукр reply")
	form.Set("gap2_value", "many")
	wantPage(t, "no number", b.post(t, path, form), 422, "is not a decimal number")
	form.Set("gap2_value", "96")
	wantPage(t, "proposed", b.post(t, path, form), 200, "The dry run has begun")
	all, err := e.Exams.RegradesOf(t.Context(), "every-kind", "", 10)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	k, err := e.Exams.Corrected(t.Context(), everyKindExam(t, e), all[0].Corrections[0])
	if err != nil {
		t.Fatal(err)
	}
	now := k.Keys[len(k.Keys)-1].Item.Interaction.(*exam.ClozeText)
	if now.Gaps[2].Number.Value != "96" || len(now.Gaps[1].Accepted) != 2 || !now.Gaps[0].Options[0].Key || now.Gaps[1].Weight != 2 {
		t.Errorf("the new key is %+v", now)
	}
}

func everyKindExam(t *testing.T, e *env) exam.Exam {
	t.Helper()
	x, err := e.Exams.Exam(t.Context(), "every-kind")
	if err != nil {
		t.Fatal(err)
	}
	return x
}
