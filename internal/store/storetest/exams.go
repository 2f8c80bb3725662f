package storetest

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/exam"
)

func releases(t *testing.T, s Store) {
	ctx, key := t.Context(), true
	it := exam.Item{ID: id(), Kind: exam.TrueFalse, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic,
		Stem: exam.Text{"uk": "Так?"}, Interaction: &exam.TrueOrFalse{True: &key}}
	rev, err := exam.NewRevision(it)
	must(t, err)
	for range 2 {
		must(t, s.PutRevisions(ctx, []exam.Revision{rev}))
	}
	got, err := s.Revisions(ctx, []string{rev.Hash})
	must(t, err)
	same(t, "revision", got, []exam.Revision{rev})
	_, err = s.Revisions(ctx, []string{rev.Hash, "none"})
	wantCode(t, "missing revision", err, "revision.not_found")

	r := exam.Release{Schema: 1, Hash: id(), Bank: "bank", Title: exam.Text{"uk": "Банк"}, Languages: []string{"uk"}, Stimuli: []exam.Stimulus{{ID: "st", Text: exam.Text{"uk": "Справа"}}},
		Items: []exam.ItemRef{{ID: it.ID, Revision: rev.Hash}}, CreatedAt: now, CreatedBy: "first"}
	must(t, s.PutRelease(ctx, r))
	again := r
	again.CreatedBy = "second"
	must(t, s.PutRelease(ctx, again))
	stored, err := s.Release(ctx, r.Hash)
	must(t, err)
	same(t, "release", stored, r)
	listed, err := s.Releases(ctx, "", 1000)
	must(t, err)
	for _, l := range listed {
		if l.Items != nil || l.Stimuli != nil {
			t.Error("a listing holds items")
		}
	}
	_, err = s.Release(ctx, "none")
	wantCode(t, "missing release", err, "release.not_found")
}

func newExam() exam.Exam {
	return exam.Exam{Schema: 1, ID: id(), Version: 1, State: exam.ExamDraft, Title: exam.Text{"uk": "Іспит"}, Programme: "prog", Release: "r",
		Blueprint: exam.Blueprint{Role: "judge", Sections: []exam.Section{{ID: "law", Title: exam.Text{"uk": "Право"}}}, Cells: []exam.Cell{{Section: "law", Count: 3, Kinds: []exam.Kind{exam.Single}}}, Cut: 7000},
		Policy:    exam.Policy{Languages: []string{"uk"}, TimeLimit: 600, Attempts: 2, Review: exam.Review{Show: exam.ShowKeys, When: exam.ByHand}}, CreatedAt: now}
}

func exams(t *testing.T, s Store) {
	ctx, e := t.Context(), newExam()
	must(t, s.InsertExam(ctx, e))
	wantCode(t, "taken id", s.InsertExam(ctx, e), "exam.exists")
	got, err := s.Exam(ctx, e.ID)
	must(t, err)
	same(t, "exam", got, e)
	e.State, e.PublishedAt = exam.ExamPublished, now
	must(t, s.UpdateExam(ctx, e))
	wantCode(t, "old version", s.UpdateExam(ctx, e), "exam.stale")
	got, err = s.Exam(ctx, e.ID)
	must(t, err)
	e.Version = 2
	same(t, "updated exam", got, e)
	e.ID = "none"
	wantCode(t, "update of nothing", s.UpdateExam(ctx, e), "exam.not_found")
}

// tellsOnce has a person told by several at once: one is the first, and entitling them
// anew does not make it undone.
func tellsOnce(t *testing.T, s Store, en exam.Entitlement) {
	t.Helper()
	ctx := t.Context()
	first := make(chan bool, 8)
	var g errgroup.Group
	for range cap(first) {
		g.Go(func() error {
			won, err := s.TellEntitlement(ctx, en.Sitting, en.Person, now)
			first <- won
			return err
		})
	}
	must(t, g.Wait())
	close(first)
	winners := 0
	for won := range first {
		if won {
			winners++
		}
	}
	same(t, "how many are the first to tell", winners, 1)
	must(t, s.PutEntitlement(ctx, en))
	en.ToldAt = now
	got, err := s.Entitlement(ctx, en.Sitting, en.Person)
	must(t, err)
	same(t, "entitlement of who was told", got, en)
	won, err := s.TellEntitlement(ctx, en.Sitting, "nobody", now)
	must(t, err)
	same(t, "first to tell nobody", won, false)
	must(t, s.UntellEntitlement(ctx, en.Sitting, "nobody"))
}

// tellsAnew takes back that a person was told: they can be told again, once.
func tellsAnew(t *testing.T, s Store, en exam.Entitlement) {
	t.Helper()
	ctx, later := t.Context(), now.Add(time.Minute)
	for range 2 { // the second time there is nothing to take back
		must(t, s.UntellEntitlement(ctx, en.Sitting, en.Person))
		got, err := s.Entitlement(ctx, en.Sitting, en.Person)
		must(t, err)
		same(t, "entitlement of who is untold", got, en)
	}
	for _, want := range []bool{true, false} {
		won, err := s.TellEntitlement(ctx, en.Sitting, en.Person, later)
		must(t, err)
		same(t, "first to tell anew", won, want)
	}
	en.ToldAt = later
	got, err := s.Entitlement(ctx, en.Sitting, en.Person)
	must(t, err)
	same(t, "entitlement of who was told anew", got, en)
}

func sittings(t *testing.T, s Store) {
	ctx := t.Context()
	st := exam.Sitting{Schema: 1, ID: id(), Version: 1, Exam: "e", Title: exam.Text{"uk": "Сесія"}, Region: "Львів", Organisation: "Академія", Cohort: "2026-1", Opens: now, Closes: now.Add(time.Hour), CreatedAt: now}
	must(t, s.InsertSitting(ctx, st))
	wantCode(t, "taken id", s.InsertSitting(ctx, st), "sitting.exists")
	got, err := s.Sitting(ctx, st.ID)
	must(t, err)
	same(t, "sitting", got, st)
	must(t, s.UpdateSitting(ctx, st))
	wantCode(t, "old version", s.UpdateSitting(ctx, st), "sitting.stale")

	var want []string
	for range 5 {
		en := exam.Entitlement{Schema: 1, Sitting: st.ID, Person: id(), Exam: "e", CreatedAt: now, CreatedBy: "first"}
		must(t, s.PutEntitlement(ctx, en))
		en.ExtraTime, en.CreatedBy = 50, "second"
		must(t, s.PutEntitlement(ctx, en))
		got, err := s.Entitlement(ctx, st.ID, en.Person)
		must(t, err)
		en.CreatedBy = "first"
		same(t, "entitlement", got, en)
		tellsOnce(t, s, en)
		tellsAnew(t, s, en)
		want = append(want, en.Person)
	}
	slices.Sort(want)
	var seen []string
	for after := ""; ; {
		page, err := s.EntitlementsIn(ctx, st.ID, after, 2)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, en := range page {
			seen, after = append(seen, en.Person), en.Person
		}
	}
	same(t, "paged entitlements", seen, want)
	_, err = s.Entitlement(ctx, st.ID, "nobody")
	wantCode(t, "not entitled", err, "entitlement.not_found")
}
