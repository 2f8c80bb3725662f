package browsertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/proctest"
)

// essayExam publishes an exam of one essay, and returns its id, which is that of its
// sitting too.
func (w *world) essayExam(t *testing.T) string {
	t.Helper()
	both := func(uk, en string) exam.Text { return exam.Text{"uk": uk, "en": en} }
	rubric := exam.Rubric{Tolerance: 1, Criteria: []exam.Criterion{
		{Title: both("Право", "Law"), Levels: []exam.RubricLevel{{Points: 0, Text: both("Норм не названо або названо помилково.", "No rule is named, or a wrong one.")},
			{Points: 2, Text: both("Названо норму, але не пов’язано з обставинами.", "A rule is named and not tied to the facts.")}, {Points: 4, Text: both("Норму названо й застосовано до обставин.", "The rule is named and applied to the facts.")}}},
		{Title: both("Захист потерпілої особи", "Protection of the victim"), Levels: []exam.RubricLevel{{Points: 0, Text: both("Не згадано.", "Not mentioned.")}, {Points: 1, Text: both("Згадано без заходів.", "Mentioned without measures.")}, {Points: 2, Text: both("Названо конкретні заходи.", "Measures are named.")}}}}}
	it := exam.Item{ID: "the-essay", Kind: exam.ExtendedText, Roles: []string{"police"}, Topic: "law", Level: "analyse", Difficulty: exam.Applied,
		Stem: both("Опишіть, що слідчий має зробити протягом першої доби, і чому.", "Describe what the investigator has to do on the first day, and why."), Rationale: both("Шукайте принцип непокарання.", "Look for the principle of non-punishment."),
		Interaction: &exam.Essay{MaxCharacters: 1500, MinWords: 5, MaxWords: 200, Rubric: rubric}}
	bank, err := exam.NewBank("essays", both("Есе", "Essays"), []string{"en", "uk"}, nil, []exam.Item{it})
	w.must(t, err)
	_, _, err = w.Exams.ImportBank(t.Context(), "test", bank)
	w.must(t, err)
	const id = "essay-exam"
	_, _, err = w.Exams.CreateExam(t.Context(), exam.Exam{ID: id, Programme: id, Title: both("Письмовий іспит", "A written exam"), Release: bank.Release.Hash,
		Blueprint: exam.Blueprint{Role: "police", Cut: 5000, Sections: []exam.Section{{ID: "all", Title: both("Усе", "All")}}, Cells: []exam.Cell{{Section: "all", Count: 1}}},
		Policy:    exam.Policy{Languages: []string{"en", "uk"}, TimeLimit: 1800, Grace: 60, Attempts: 1, Review: exam.Review{Show: exam.ShowKeys, When: exam.AtOnce}}})
	w.must(t, err)
	_, err = w.Exams.PublishExam(t.Context(), "test", id)
	w.must(t, err)
	now := w.Clock.Now()
	_, _, err = w.Exams.CreateSitting(t.Context(), exam.Sitting{ID: id, Exam: id, Title: both("Письмовий іспит", "A written exam"), Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour)})
	w.must(t, err)
	return id
}

// TestAnEssayIsMarked is the whole way in a browser: a learner writes, without a line too;
// two people mark by keyboard, blind and far apart; an administrator decides; the learner
// sees the levels that were reached.
func TestAnEssayIsMarked(t *testing.T) {
	w := newWorld(t)
	id := w.essayExam(t)
	var ids []string
	var emails []string
	for range 2 {
		email := w.staff(t, auth.Marker)
		p, err := w.Auth.PersonByEmail(t.Context(), email)
		w.must(t, err)
		ids, emails = append(ids, p.ID), append(emails, email)
	}
	early := newReviewer(w.device(t), "uk")
	early.enterDesk(w.staff(t, auth.Administrator))
	early.open("/workbench/exams/" + id)
	early.look("exam-unmarked")
	early.open("/workbench/exams/" + sitting)
	early.look("exam-named")
	early.open("/workbench/regions?exam=" + sitting)
	early.look("regions")
	w.learner(t, id)
	early.open("/workbench/sittings/" + id + "/room")
	early.look("room-none-begun")
	early.clickIn("a[href$='state=not_begun']")
	early.until("who has not begun is listed", "document.querySelector('table.absent tbody tr')")
	early.look("room-not-begun")
	_, err := w.Exams.SetMarkers(t.Context(), id, ids)
	w.must(t, err)

	email := w.learner(t, id)
	l := newReviewer(w.device(t), "uk")
	l.signIn(email)
	l.open("/my/sittings/" + id + "?lang=uk")
	l.clickIn("form[action*='/my/sittings/'] button")
	l.at("/my/attempts/.*")
	l.until("the page is live", "document.documentElement.classList.contains('live')")
	attempt := strings.TrimPrefix(value[string](l.device, "location.pathname"), "/my/attempts/")
	l.do(chromedp.SendKeys(chromedp.CSS("textarea[name=text]"), "Відокремити потерпілу особу.\nНе карати її (<принцип>)."))
	l.until("what is left is counted", "/1[\\u00a0 ]?4\\d\\d/.test(document.querySelector('[data-count]').textContent)")
	l.until("the answer is safe", "document.querySelector('#safety').dataset.state === 'safe'")
	l.look("essay-exam")
	if page := l.keptAnew(); strings.Contains(page, "Відокремити") {
		t.Error("the kept page holds the answer")
	}
	if got := value[string](l.device, "document.querySelector('textarea[name=text]').value"); got != "Відокремити потерпілу особу.\nНе карати її (<принцип>)." {
		t.Errorf("after a reload the answer is %q", got)
	}
	l.until("the page is live", "document.documentElement.classList.contains('live')")
	l.do(chromedp.SendKeys(chromedp.CSS("textarea[name=text]"), "І ще."))
	value[bool](l.device, "(location.hash = 'summary', true)")
	l.clickIn("#hand-in")
	l.at("/my/attempts/.*/result")
	l.until("it is being marked", "document.body.textContent.includes('Ваші відповіді перевіряють')")
	proctest.WaitFor(t, "a script", func() bool {
		n, _, err := w.Exams.WaitingFor(t.Context(), ids[0], id)
		return err == nil && n == 1
	})

	for n, email := range emails {
		m := newReviewer(w.device(t), "uk")
		m.enterDesk(email)
		m.open("/workbench/marking")
		if n == 0 {
			m.open("/workbench")
			m.look("desk-waiting")
			m.open("/workbench/marking")
			m.look("marking")
		}
		m.clickIn("form[action$='/next'] button")
		m.at("/workbench/scripts/.*")
		if m.sees("Перевірена") || !m.sees("Не карати її (<принцип>).") {
			t.Errorf("the page shows a name, or not the answer:\n%s", m.shown())
		}
		// By keyboard alone: each criterion is one stop, and the arrows choose.
		value[bool](m.device, "(document.querySelector('#level-0-0').focus(), true)")
		if n == 0 {
			m.look("marking-script")
			value[bool](m.device, "(document.querySelector('#level-0-0').focus(), true)")
		}
		for range 2 {
			m.press(" ")
			for range 2 - 2*n {
				m.press(kb.ArrowDown)
			}
			m.press(kb.Tab)
		}
		want := map[int]string{0: "2,2", 1: "0,0"}[n]
		if got := value[string](m.device, "[...document.querySelectorAll('fieldset.levels input:checked')].map((r) => r.value).join()"); got != want {
			t.Errorf("by keyboard the levels are %q, want %q", got, want)
		}
		m.clickIn("form[action*='/scripts/'] .acts button")
		m.at("/workbench/marking")
	}
	admin := newReviewer(w.device(t), "uk")
	admin.enterDesk(w.staff(t, auth.Administrator))
	admin.open("/workbench/exams/" + id + "/marking")
	admin.look("marking-progress")
	admin.clickIn("a[href*='/disputes/']")
	admin.at("/workbench/disputes/.*")
	value[bool](admin.device, "(document.querySelectorAll('#level-0-2, #level-1-1').forEach((r) => r.click()), true)")
	admin.look("marking-dispute")
	admin.clickIn("form[action*='/disputes/'] .acts button")
	admin.at("/workbench/exams/.*/marking")
	proctest.WaitFor(t, "the result", func() bool { return w.attempt(t, attempt).State == exam.Released })
	if a := w.attempt(t, attempt); fmt.Sprint(a.Result.Score) != "8333" {
		t.Errorf("the result is %+v", a.Result)
	}
	l.open("/my/attempts/" + attempt + "/result?lang=uk")
	l.until("the levels are shown", "document.querySelectorAll('.rubric .reached').length === 2")
	l.look("essay-result")
}

func (w *world) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
