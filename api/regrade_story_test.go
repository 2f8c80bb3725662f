package api

import (
	"strings"
	"time"

	"github.com/proba-exam/proba/exam"
)

// regradeStories are the pages of key changes: every policy, every way to give a key,
// every state.
func regradeStories(p *pages, v deskView) map[string]any {
	text := exam.Text{"uk": "Назва <b>", "en": "Title <b>"}
	ref := exam.ItemRef{ID: "core-1", Revision: strings.Repeat("b", 64)}
	e := exam.Exam{ID: "police", State: exam.ExamPublished, Title: text, Release: strings.Repeat("a", 64)}
	counts := exam.RegradeCounts{Seen: 400, Graded: 390, Changed: 30, Up: 4, Down: 2, Kept: 1, Issue: 4, Replace: 20, Revoke: 2, Letters: 29}
	g := exam.Regrade{ID: "k-1", Exam: "police", State: exam.RegradeChecked, Corrections: []exam.Correction{{Item: ref, Policy: exam.EitherKey, Keys: []string{"k"}}}, Harmless: true, Reason: "Ключ <i>",
		ProposedBy: "p1", ProposedAt: storyTime, ApprovedBy: "p1", ApprovedAt: storyTime, ApprovedFor: "Так", EndedBy: "p1", EndedAt: storyTime, EndedFor: "Ні", Foreseen: counts, Applied: counts}
	moving := g
	moving.State, moving.Failures = exam.RegradeApplying, 2
	yes := true
	it := exam.Item{ID: "core-1", Kind: exam.TrueFalse, Stem: text, Interaction: &exam.TrueOrFalse{True: &yes}}
	rev := exam.Revision{Hash: ref.Revision, Item: it}
	side := p.shownItem(exam.View{Kind: exam.Single, Stem: "**Which**?", Options: []string{"one", "two"}}, "A case", exam.Response{Choices: []int{1}}, v.Lang)
	row := changeRow{exam.RegradeChange{Attempt: "a1", Person: "p1", Turn: exam.TurnUp, Before: exam.Mark{Score: 10_000, Max: 30_000, Cut: 20_000}, After: exam.Mark{Score: 20_000, Max: 30_000, Cut: 20_000, Passed: true},
		Certificate: "issue", Letter: exam.LetterSent, AppliedAt: storyTime}, "Олена <i>"}
	page := regradePage{deskView: v, G: g, E: e, Items: []correctedItem{{g.Corrections[0], it, []shownItem{side}}, {exam.Correction{Item: ref, Policy: exam.Drop}, it, nil}}, Turn: exam.TurnUp, Turns: exam.Turns(), Rows: []changeRow{row}, Next: "a1",
		By: map[string]string{"p1": "Олена <i>"}, Failed: []changeRow{row}}
	part := page
	part.G, part.Moving = moving, true
	form := regradeForm{deskView: v, ItemKey: exam.ItemKey{Exam: e, Correction: &g.Corrections[0], Newer: []exam.NewerKey{{Revision: rev, Release: exam.Release{Hash: strings.Repeat("c", 64), CreatedAt: storyTime.Add(time.Hour)}}}}, R: rev,
		Now: []shownItem{side}, Policies: exam.KeyPolicies(), ID: "k-1", Policy: exam.EitherKey, Given: givenKey{Choices: []int{1}}, Parts: keyParts{How: "one", Options: []string{"one", "two"}}}
	return map[string]any{
		"regrades":     regradesPage{deskView: v, E: e, Rows: []exam.Regrade{g, moving}, Items: []regradeItem{{rev, exam.Drop}, {rev, ""}}, Found: 2, Text: "q"},
		"regrade_form": form,
		"regrade":      page,
		"regrade_part": part,
	}
}
