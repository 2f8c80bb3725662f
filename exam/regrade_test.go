package exam_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/store/storetest"
)

// wrongKey is a room whose exam of four items, half of which pass, has a first item
// with the key at "a", where it should be "b". Learners are named after what they
// answer: "b+1" answers "b" and one of the three others rightly.
type wrongKey struct {
	*room
	attempts map[string]string // by learner
}

func newWrongKey(t testing.TB, change func(*exam.Exam)) *wrongKey {
	t.Helper()
	both := func(s string) exam.Text { return exam.Text{"en": s, "uk": s} }
	var items []exam.Item
	for n := range 4 {
		items = append(items, exam.Item{ID: fmt.Sprintf("item-%d", n), Kind: exam.Single, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic, Stem: both(fmt.Sprintf("Question %d", n)),
			Rationale: both("because a"), Interaction: &exam.SingleChoice{Options: []exam.Option{{Text: both("a"), Key: true}, {Text: both("b")}, {Text: both("c")}}}})
	}
	bank, err := exam.NewBank("bank", both("Bank"), []string{"en", "uk"}, nil, items)
	must(t, err)
	e := exam.Exam{ID: "exam-1", Title: both("Exam"), Programme: "prog", Release: bank.Release.Hash,
		Blueprint: exam.Blueprint{Role: "judge", Cut: 5000, Sections: []exam.Section{{ID: "law", Title: both("Law")}}, Cells: []exam.Cell{{Section: "law", Count: 4}}},
		Policy: exam.Policy{Languages: []string{"en", "uk"}, TimeLimit: 600, Attempts: 1, Review: exam.Review{Show: exam.ShowKeys, When: exam.AtOnce},
			Certificate: exam.CertificatePolicy{Issue: true, ShowScore: true}}}
	if change != nil {
		change(&e)
	}
	return &wrongKey{roomFor(t, bank, e), map[string]string{}}
}

// answer has learners start and answer; without " runs" in their name they hand in.
func (w *wrongKey) answer(t testing.TB, learners ...string) {
	t.Helper()
	for _, name := range learners {
		_, err := w.Entitle(t.Context(), "admin", sitting, name, 0)
		must(t, err)
		s, err := w.Start(t.Context(), name, sitting, "en")
		must(t, err)
		w.attempts[name] = s.Attempt.ID
		save := exam.Save{Writer: s.Attempt.Writer, Seq: 1}
		for n, slot := range s.Attempt.Form.Slots {
			want := "c"
			if slot.Item.ID == "item-0" {
				want = name[:1]
			} else if int(slot.Item.ID[5]-'0') <= int(name[2]-'0') {
				want = "a"
			}
			if want == "-" {
				continue
			}
			pick := slices.Index(s.View.Slots[n].Options, want)
			save.Responses = append(save.Responses, exam.SlotResponse{Slot: n, Response: exam.Response{Choices: []int{pick}}})
		}
		_, err = w.Save(t.Context(), name, s.Attempt.ID, save)
		must(t, err)
		if len(name) == 3 {
			w.submit(t, name)
		}
	}
}

func (w *wrongKey) submit(t testing.TB, name string) {
	t.Helper()
	a, err := w.Attempt(t.Context(), w.attempts[name])
	must(t, err)
	_, err = w.Submit(t.Context(), name, a.ID, a.Writer, nil)
	must(t, err)
}

func byKey(policy exam.KeyPolicy, choices ...int) exam.CorrectionDraft {
	c := exam.CorrectionDraft{Item: "item-0", Policy: policy}
	if len(choices) > 0 {
		c.Key = &exam.Key{Choices: choices}
	}
	return c
}

func (w *wrongKey) propose(t testing.TB, id string, harmless bool, corrections ...exam.CorrectionDraft) exam.Regrade {
	t.Helper()
	g, _, err := w.ProposeRegrade(t.Context(), "author", exam.RegradeDraft{ID: id, Exam: w.exam.ID, Reason: "The key was wrong", Harmless: harmless, Corrections: corrections})
	must(t, err)
	return w.advance(t, g.ID, exam.RegradeChecked)
}

// advance takes steps until the regrade stands where it should.
func (w *wrongKey) advance(t testing.TB, id string, until exam.RegradeState) exam.Regrade {
	t.Helper()
	for range 50 {
		g, err := w.AdvanceRegrade(t.Context(), id)
		if err != nil && !errors.Is(err, storetest.ErrLost) {
			t.Fatal(err)
		}
		if g, err = w.Regrade(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if g.State == until {
			return g
		}
		if g.State == exam.RegradeTelling {
			letters, err := w.LettersDue(t.Context(), id, 100)
			must(t, err)
			for _, c := range letters {
				if err := w.LetterTold(t.Context(), c, false); err != nil && !errors.Is(err, storetest.ErrLost) {
					t.Fatal(err)
				}
			}
		}
	}
	g, err := w.Regrade(t.Context(), id)
	t.Fatalf("after 50 steps the regrade is %s, not %s (%v)", g.State, until, err)
	return g
}

func (w *wrongKey) apply(t testing.TB, id string) exam.Regrade {
	t.Helper()
	_, err := w.ApproveRegrade(t.Context(), "admin", id, "seen and agreed")
	must(t, err)
	return w.advance(t, id, exam.RegradeDone)
}

// scores are score and outcome of each learner, such as "1/4 failed".
func (w *wrongKey) scores(t testing.TB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, id := range w.attempts {
		a, err := w.Attempt(t.Context(), id)
		must(t, err)
		if a.Result == nil {
			all[name] = string(a.State)
			continue
		}
		outcome := "failed"
		if a.Result.Passed {
			outcome = "passed"
		}
		all[name] = fmt.Sprintf("%d/%d %s %s", a.Result.Score/exam.OnePoint, a.Result.Max/exam.OnePoint, outcome, a.Certificate)
	}
	return all
}

func TestFourPolicies(t *testing.T) {
	learners := []string{"a+1", "b+1", "-+1", "c+3", "a+0", "b+3"}
	before := map[string]string{"a+1": "2/4 passed due", "b+1": "1/4 failed ", "-+1": "1/4 failed ", "c+3": "3/4 passed due", "a+0": "1/4 failed ", "b+3": "3/4 passed due"}
	for name, row := range map[string]struct {
		harmless   bool
		correction exam.CorrectionDraft
		after      map[string]string
		counts     exam.RegradeCounts
	}{
		"the new key": {false, byKey(exam.NewKey, 1),
			map[string]string{"a+1": "1/4 failed withdraw_due", "b+1": "2/4 passed due", "-+1": "1/4 failed ", "c+3": "3/4 passed due", "a+0": "0/4 failed ", "b+3": "4/4 passed replace_due"},
			exam.RegradeCounts{Seen: 6, Graded: 6, Changed: 4, Up: 1, Down: 1, Issue: 1, Replace: 1, Revoke: 1, Letters: 4}},
		"the new key, harmless": {true, byKey(exam.NewKey, 1),
			map[string]string{"a+1": "2/4 passed due", "b+1": "2/4 passed due", "-+1": "1/4 failed ", "c+3": "3/4 passed due", "a+0": "0/4 failed ", "b+3": "4/4 passed replace_due"},
			exam.RegradeCounts{Seen: 6, Graded: 6, Changed: 3, Up: 1, Kept: 1, Issue: 1, Replace: 1, Letters: 3}},
		"either key": {false, byKey(exam.EitherKey, 1),
			map[string]string{"a+1": "2/4 passed due", "b+1": "2/4 passed due", "-+1": "1/4 failed ", "c+3": "3/4 passed due", "a+0": "1/4 failed ", "b+3": "4/4 passed replace_due"},
			exam.RegradeCounts{Seen: 6, Graded: 6, Changed: 2, Up: 1, Issue: 1, Replace: 1, Letters: 2}},
		"full credit": {false, byKey(exam.FullCredit),
			map[string]string{"a+1": "2/4 passed due", "b+1": "2/4 passed due", "-+1": "2/4 passed due", "c+3": "4/4 passed replace_due", "a+0": "1/4 failed ", "b+3": "4/4 passed replace_due"},
			exam.RegradeCounts{Seen: 6, Graded: 6, Changed: 4, Up: 2, Issue: 2, Replace: 2, Letters: 4}},
		"dropped": {false, byKey(exam.Drop), // half of three is one and a half
			map[string]string{"a+1": "1/3 failed withdraw_due", "b+1": "1/3 failed ", "-+1": "1/3 failed ", "c+3": "3/3 passed replace_due", "a+0": "0/3 failed ", "b+3": "3/3 passed replace_due"},
			exam.RegradeCounts{Seen: 6, Graded: 6, Changed: 6, Down: 1, Replace: 2, Revoke: 1, Letters: 6}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWrongKey(t, nil)
			w.PageRegrades(4)
			w.answer(t, learners...)
			if diff := cmp.Diff(before, w.scores(t)); diff != "" {
				t.Fatalf("before: %s", diff)
			}
			g := w.propose(t, "regrade-1", row.harmless, row.correction)
			if diff := cmp.Diff(before, w.scores(t)); diff != "" {
				t.Errorf("the dry run changed something: %s", diff)
			}
			if diff := cmp.Diff(row.counts, g.Foreseen); diff != "" {
				t.Errorf("foreseen (-want +got): %s", diff)
			}
			g = w.apply(t, g.ID)
			if diff := cmp.Diff(row.after, w.scores(t)); diff != "" {
				t.Errorf("after (-want +got): %s", diff)
			}
			if diff := cmp.Diff(row.counts, g.Applied); diff != "" {
				t.Errorf("applied (-want +got): %s", diff)
			}
			up, err := w.RegradeChanges(t.Context(), exam.RegradeFilter{Regrade: g.ID, Turn: exam.TurnUp}, "", 10)
			must(t, err)
			if len(up) != row.counts.Up {
				t.Errorf("listed as crossing the line upwards: %+v", up)
			}
			for _, c := range up {
				if c.Before.Passed || !c.After.Passed || c.AppliedAt.IsZero() || c.Certificate != "issue" || c.Letter != exam.LetterSent {
					t.Errorf("listed as %+v", c)
				}
			}
		})
	}
}

// The same again, and what takes it back.
func TestAKeyChangeIsMadeOnce(t *testing.T) {
	w := newWrongKey(t, nil)
	w.answer(t, "a+1", "b+1")
	before := w.scores(t)
	w.propose(t, "regrade-1", false, byKey(exam.NewKey, 1))
	again, created, err := w.ProposeRegrade(t.Context(), "author", exam.RegradeDraft{ID: "regrade-1", Exam: w.exam.ID, Reason: "The key was wrong", Corrections: []exam.CorrectionDraft{byKey(exam.NewKey, 1)}})
	if err != nil || created || again.State != exam.RegradeChecked {
		t.Errorf("proposing again: created %v, %s, %v", created, again.State, err)
	}
	_, _, err = w.ProposeRegrade(t.Context(), "author", exam.RegradeDraft{ID: "regrade-1", Exam: w.exam.ID, Reason: "The key was wrong", Corrections: []exam.CorrectionDraft{byKey(exam.NewKey, 2)}})
	wantCode(t, "another under the same id", err, "regrade.exists")
	w.propose(t, "rival", false, byKey(exam.Drop))
	g := w.apply(t, "regrade-1")
	first, err := w.Attempt(t.Context(), w.attempts["b+1"])
	must(t, err)
	for range 2 {
		_, err := w.ApproveRegrade(t.Context(), "somebody else", "regrade-1", "seen and agreed")
		must(t, err)
		_, err = w.AdvanceRegrade(t.Context(), "regrade-1")
		must(t, err)
	}
	second, err := w.Attempt(t.Context(), w.attempts["b+1"])
	must(t, err)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("running it again changed an attempt: %s", diff)
	}
	if now, err := w.Regrade(t.Context(), "regrade-1"); err != nil || !cmp.Equal(now, g) {
		t.Errorf("running it again changed the regrade: %s", cmp.Diff(g, now))
	}
	_, err = w.ApproveRegrade(t.Context(), "admin", "rival", "seen and agreed")
	wantCode(t, "one that was checked against other keys", err, "regrade.stale")
	_, err = w.WithdrawRegrade(t.Context(), "admin", "regrade-1", "seen and agreed")
	wantCode(t, "withdrawing what is done", err, "regrade.approved")
	if g, err := w.WithdrawRegrade(t.Context(), "admin", "rival", "seen and agreed"); err != nil || g.State != exam.RegradeWithdrawn {
		t.Errorf("withdrawing: %s, %v", g.State, err)
	}
	_, err = w.ApproveRegrade(t.Context(), "admin", "rival", "seen and agreed")
	wantCode(t, "approving what was withdrawn", err, "regrade.over")

	// The certificate of a+1 is withdrawn by whom it concerns, then the key goes back.
	_, err = w.Withdrawn(t.Context(), w.attempts["a+1"], "CERT")
	must(t, err)
	w.propose(t, "regrade-2", false, byKey(exam.NewKey, 0))
	w.apply(t, "regrade-2")
	a, err := w.Attempt(t.Context(), w.attempts["a+1"])
	must(t, err)
	if got := w.scores(t)["a+1"]; got != before["a+1"] || a.Award != 1 || a.AwardKey() == a.ID || len(a.Regraded) != 2 {
		t.Errorf("taken back, a+1 has %s, award %d under %s, %d changes; before %s", got, a.Award, a.AwardKey(), len(a.Regraded), before["a+1"])
	}
	if r := a.Regraded[0]; r.Before.Score != 2*exam.OnePoint || r.After.Score != exam.OnePoint || r.By != "admin" || r.Reason != "The key was wrong" || r.Regrade != "regrade-1" {
		t.Errorf("its history says %+v", r)
	}
}

// TestARegradeThatIsCutOffEndsTheSame fails each write once, in both ways and at every
// place, goes on with another copy of the service, and wants what a run without failures
// leaves.
func TestARegradeThatIsCutOffEndsTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("one call after the other, many times")
	}
	type end struct {
		Scores  map[string]string
		History map[string][]string
		Regrade exam.Regrade
		Exam    []exam.Correction
		Changes map[string]exam.RegradeChange
	}
	run := func(t *testing.T, method string, good int, after bool) (end, bool) {
		w := newWrongKey(t, nil)
		w.PageRegrades(2)
		w.answer(t, "a+1", "b+1", "-+1", "b+3", "b+1 runs")
		w.propose(t, "regrade-1", true, byKey(exam.NewKey, 1))
		_, err := w.ApproveRegrade(t.Context(), "admin", "regrade-1", "seen and agreed")
		must(t, err)
		w.store.FailAfter(good, method, after)
		for range 20 {
			if w.Service, err = exam.NewService(exam.Deps{Store: w.store, Now: func() time.Time { return w.now }}); err != nil {
				t.Fatal(err)
			}
			w.PageRegrades(2)
			if _, err := w.AdvanceRegrade(t.Context(), "regrade-1"); err != nil {
				break // the process died here
			}
		}
		w.Service, err = exam.NewService(exam.Deps{Store: w.store, Now: func() time.Time { return w.now }})
		must(t, err)
		w.PageRegrades(2)
		e := end{Scores: map[string]string{}, History: map[string][]string{}, Changes: map[string]exam.RegradeChange{}}
		e.Regrade = w.advance(t, "regrade-1", exam.RegradeDone)
		e.Regrade.Version = 0
		failed := !w.store.Armed()
		w.store.Fail("", false)
		w.submit(t, "b+1 runs")
		e.Scores = w.scores(t)
		x, err := w.Exam(t.Context(), w.exam.ID)
		must(t, err)
		if x.Regrading != "" || len(x.KeyChanges) != 1 {
			t.Errorf("the exam says that %q is under way after %v", x.Regrading, x.KeyChanges)
		}
		e.Exam = x.Corrections
		for name, id := range w.attempts {
			a, err := w.Attempt(t.Context(), id)
			must(t, err)
			for _, event := range a.Events {
				e.History[name] = append(e.History[name], event.What)
			}
			c, err := w.store.RegradeChange(t.Context(), "regrade-1", id)
			if fault.Of(err) == fault.NotFound {
				continue
			}
			must(t, err)
			c.Attempt, c.Version = "", 0
			e.Changes[name] = c
		}
		return e, failed
	}
	want, _ := run(t, "", 0, false)
	if want.Scores["b+1"] != "2/4 passed due" || want.Scores["b+1 runs"] != "2/4 passed due" || want.Regrade.Applied.Changed != 2 || want.Regrade.Applied.Kept != 1 || len(want.Changes) != 3 {
		t.Fatalf("without failures: %+v", want)
	}
	for _, method := range []string{"UpdateAttempt", "UpdateRegrade", "UpdateExam", "PutRegradeChange"} {
		for _, after := range []bool{false, true} {
			for good := 0; ; good++ {
				got, failed := run(t, method, good, after)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s fails at call %d, applied %v (-want +got):\n%s", method, good+1, after, diff)
				}
				if !failed {
					if good == 0 {
						t.Errorf("%s was never called", method)
					}
					break
				}
			}
		}
	}
}

// interposed runs something once when the exam is read.
type interposed struct {
	exam.Store
	read func()
}

func (s *interposed) Exam(ctx context.Context, id string) (exam.Exam, error) {
	e, err := s.Store.Exam(ctx, id)
	if read := s.read; read != nil {
		s.read = nil
		read()
	}
	return e, err
}

// TestWhoHandsInDuringARegradeIsMarkedByTheNewKeys has a whole regrade run between the
// moment in which handing in reads the exam and the write of the result.
func TestWhoHandsInDuringARegradeIsMarkedByTheNewKeys(t *testing.T) {
	w := newWrongKey(t, nil)
	w.answer(t, "b+1 runs")
	w.propose(t, "regrade-1", false, byKey(exam.NewKey, 1))
	slow := &interposed{Store: w.store, read: func() { w.apply(t, "regrade-1") }}
	other, err := exam.NewService(exam.Deps{Store: slow, Now: func() time.Time { return w.now }})
	must(t, err)
	a, err := w.Attempt(t.Context(), w.attempts["b+1 runs"])
	must(t, err)
	a, err = other.Submit(t.Context(), "b+1 runs", a.ID, a.Writer, nil)
	must(t, err)
	if slow.read != nil || !a.Result.Passed || a.Result.KeyChange != 1 || a.KeyChange != 1 || len(a.Regraded) != 0 {
		t.Errorf("handed in during the regrade: %+v, key change %d", a.Result, a.KeyChange)
	}
}

// TestTwoRegradesOfOneExamFollowEachOther approves both before either is applied.
func TestTwoRegradesOfOneExamFollowEachOther(t *testing.T) {
	w := newWrongKey(t, nil)
	w.answer(t, "b+1")
	for _, id := range []string{"first", "second"} {
		w.propose(t, id, false, byKey(exam.NewKey, 1))
		_, err := w.ApproveRegrade(t.Context(), "admin", id, "seen and agreed")
		must(t, err)
	}
	_, err := w.AdvanceRegrade(t.Context(), "first") // brings its keys into force
	must(t, err)
	if g, err := w.AdvanceRegrade(t.Context(), "second"); err != nil || g.State != exam.RegradeApproved || !g.DueAt.After(w.now) {
		t.Errorf("the second does not wait: %s, due %s, %v", g.State, g.DueAt, err)
	}
	w.advance(t, "first", exam.RegradeDone)
	w.advance(t, "second", exam.RegradeRefused)
	if got := w.scores(t)["b+1"]; got != "2/4 passed due" {
		t.Errorf("b+1 has %s", got)
	}
}

func TestWhatALearnerSeesAfterwards(t *testing.T) {
	for policy, want := range map[exam.KeyPolicy]struct {
		key, also []int // authored
		points    exam.Points
		rationale string
	}{
		exam.NewKey:     {[]int{1}, nil, exam.OnePoint, ""},
		exam.EitherKey:  {[]int{1}, []int{0}, exam.OnePoint, ""},
		exam.FullCredit: {nil, nil, exam.OnePoint, ""},
		exam.Drop:       {nil, nil, 0, ""},
	} {
		w := newWrongKey(t, nil)
		w.answer(t, "b+1")
		id := w.attempts["b+1"]
		plain, err := w.Outcome(t.Context(), "b+1", id, "")
		must(t, err)
		c := byKey(policy)
		if policy == exam.NewKey || policy == exam.EitherKey {
			c = byKey(policy, 1)
		}
		w.propose(t, "regrade-1", false, c)
		w.apply(t, "regrade-1")
		o, err := w.Outcome(t.Context(), "b+1", id, "")
		must(t, err)
		if plain.Corrected != nil || o.Corrected == nil || o.Corrected.Before.Score != plain.Result.Score {
			t.Errorf("%s: told of a correction before: %v, after: %v", policy, plain.Corrected, o.Corrected)
		}
		a, err := w.Attempt(t.Context(), id)
		must(t, err)
		n := slices.IndexFunc(a.Form.Slots, func(s exam.Slot) bool { return s.Item.ID == "item-0" })
		answer, arrangement := o.Answers[n], a.Form.Slots[n].Arrangement.Options
		var key, also []int
		if answer.Key != nil {
			key = []int{arrangement[answer.Key.Choices[0]]}
		}
		for _, r := range answer.Also {
			also = append(also, arrangement[r.Choices[0]])
		}
		if answer.Correction != policy || !slices.Equal(key, want.key) || !slices.Equal(also, want.also) || answer.Points != want.points || answer.Rationale != want.rationale {
			t.Errorf("%s: %+v; key %v, also %v", policy, answer, key, also)
		}
		if other := o.Answers[(n+1)%4]; other.Correction != "" || other.Rationale == "" {
			t.Errorf("%s: another item is shown as %+v", policy, other)
		}
	}
}

// A newer release of the bank has the right key.
func TestAKeyOfANewerRelease(t *testing.T) {
	w := newWrongKey(t, nil)
	w.answer(t, "b+1")
	it := w.bank.Revision(0).Item
	fixed, err := it.Rekeyed(exam.Key{Choices: []int{1}}, w.bank.Release.Languages)
	must(t, err)
	fixed.Rationale = it.Rationale
	items := []exam.Item{fixed}
	for _, rev := range w.bank.Revisions()[1:] {
		items = append(items, rev.Item)
	}
	next, err := exam.NewBank("bank", w.bank.Release.Title, w.bank.Release.Languages, nil, items)
	must(t, err)
	_, _, err = w.ImportBank(t.Context(), "author", next)
	must(t, err)
	sub, err := w.KeyOf(t.Context(), w.exam.ID, "item-0")
	must(t, err)
	if len(sub.Newer) != 1 || sub.Newer[0].Revision.Hash != next.Revision(0).Hash || sub.Correction != nil {
		t.Fatalf("newer revisions offered: %+v", sub.Newer)
	}
	w.propose(t, "regrade-1", false, exam.CorrectionDraft{Item: "item-0", Policy: exam.NewKey, Revision: sub.Newer[0].Revision.Hash})
	w.apply(t, "regrade-1")
	if got := w.scores(t)["b+1"]; got != "2/4 passed due" {
		t.Errorf("b+1 has %s", got)
	}
	if sub, err = w.KeyOf(t.Context(), w.exam.ID, "item-0"); err != nil || sub.Correction == nil || len(sub.Newer) != 0 {
		t.Errorf("afterwards the item is %+v, %v", sub, err)
	}
}

func TestKeyChangesThatAreRefused(t *testing.T) {
	w := newWrongKey(t, nil)
	w.answer(t, "b+1")
	foreign := w.bank.Revision(1).Hash
	for name, row := range map[string]struct {
		draft exam.RegradeDraft
		code  string
	}{
		"no such exam":            {exam.RegradeDraft{ID: "r-1", Exam: "none", Corrections: []exam.CorrectionDraft{byKey(exam.Drop)}}, "exam.not_found"},
		"no item":                 {exam.RegradeDraft{ID: "r-1", Exam: w.exam.ID}, "regrade.invalid"},
		"no id":                   {exam.RegradeDraft{Exam: w.exam.ID, Corrections: []exam.CorrectionDraft{byKey(exam.Drop)}}, "regrade.invalid"},
		"an item of another bank": {exam.RegradeDraft{ID: "r-1", Exam: w.exam.ID, Corrections: []exam.CorrectionDraft{{Item: "other", Policy: exam.Drop}}}, "regrade.invalid"},
		"an item twice":           {exam.RegradeDraft{ID: "r-1", Exam: w.exam.ID, Corrections: []exam.CorrectionDraft{byKey(exam.Drop), byKey(exam.FullCredit)}}, "regrade.invalid"},
		"no such policy":          {exam.RegradeDraft{ID: "r-1", Exam: w.exam.ID, Corrections: []exam.CorrectionDraft{byKey("double")}}, "regrade.invalid"},
		"no key":                  {exam.RegradeDraft{ID: "r-1", Exam: w.exam.ID, Corrections: []exam.CorrectionDraft{byKey(exam.NewKey)}}, "regrade.invalid"},
		"a key for nothing":       {exam.RegradeDraft{ID: "r-1", Exam: w.exam.ID, Corrections: []exam.CorrectionDraft{byKey(exam.Drop, 1)}}, "regrade.invalid"},
		"the key that it has":     {exam.RegradeDraft{ID: "r-1", Exam: w.exam.ID, Corrections: []exam.CorrectionDraft{byKey(exam.NewKey, 9)}}, "regrade.invalid"},
		"another item's revision": {exam.RegradeDraft{ID: "r-1", Exam: w.exam.ID, Corrections: []exam.CorrectionDraft{{Item: "item-0", Policy: exam.NewKey, Revision: foreign}}}, "regrade.invalid"},
		"the revision as drawn":   {exam.RegradeDraft{ID: "r-1", Exam: w.exam.ID, Corrections: []exam.CorrectionDraft{{Item: "item-0", Policy: exam.NewKey, Revision: w.bank.Revision(0).Hash}}}, "regrade.invalid"},
		"no such revision":        {exam.RegradeDraft{ID: "r-1", Exam: w.exam.ID, Corrections: []exam.CorrectionDraft{{Item: "item-0", Policy: exam.NewKey, Revision: "none"}}}, "regrade.invalid"},
	} {
		_, _, err := w.ProposeRegrade(t.Context(), "author", row.draft)
		wantCode(t, name, err, row.code)
	}
	_, err := w.ApproveRegrade(t.Context(), "admin", "none", "seen and agreed")
	wantCode(t, "no such regrade", err, "regrade.not_found")
	_, _, err = w.ProposeRegrade(t.Context(), "author", exam.RegradeDraft{ID: "r-1", Exam: w.exam.ID, Reason: "x", Corrections: []exam.CorrectionDraft{byKey(exam.Drop)}})
	must(t, err)
	_, err = w.ApproveRegrade(t.Context(), "admin", "r-1", "seen and agreed")
	wantCode(t, "approving unseen", err, "regrade.not_checked")
}

// TestADryRunSaysNothingBeforeItsEnd: what was counted so far is no result, page by page, nor
// when it is withdrawn in between; what was found stays one whatever becomes of it.
func TestADryRunSaysNothingBeforeItsEnd(t *testing.T) {
	w := newWrongKey(t, nil)
	w.PageRegrades(2)
	w.answer(t, "a+1", "b+1", "c+1")
	propose := func(id string) exam.Regrade {
		g, _, err := w.ProposeRegrade(t.Context(), "author", exam.RegradeDraft{ID: id, Exam: w.exam.ID, Reason: "The key was wrong", Corrections: []exam.CorrectionDraft{byKey(exam.NewKey, 1)}})
		must(t, err)
		return g
	}
	wants := func(when string, g exam.Regrade, err error, want bool) {
		t.Helper()
		if err != nil || g.Foretold() != want {
			t.Errorf("%s, having seen %d, the dry run has a result: %v, %v", when, g.Foreseen.Seen, g.Foretold(), err)
		}
	}
	withdraw := func(id string) (exam.Regrade, error) {
		return w.WithdrawRegrade(t.Context(), "author", id, "not this one")
	}
	wants("proposed", propose("regrade-1"), nil, false)
	g, err := withdraw("regrade-1")
	wants("withdrawn before it began", g, err, false)
	propose("regrade-2")
	g, err = w.AdvanceRegrade(t.Context(), "regrade-2")
	wants("after a page", g, err, false)
	g, err = withdraw("regrade-2")
	wants("withdrawn after a page", g, err, false)
	propose("regrade-3")
	wants("at its end", w.advance(t, "regrade-3", exam.RegradeChecked), nil, true)
	g, err = withdraw("regrade-3")
	wants("withdrawn at its end", g, err, true)
	wants("done", w.apply(t, w.propose(t, "regrade-4", false, byKey(exam.NewKey, 1)).ID), nil, true)
}
