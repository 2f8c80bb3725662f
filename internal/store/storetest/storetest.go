// Package storetest holds the conformance suite that every store passes: what
// the comments on the Store interfaces of exam, certs and auth promise.
package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// Store is what a store implements.
type Store interface {
	exam.Store
	certs.Store
	auth.Store
}

// racers is how many goroutines want the same thing at once.
const racers = 16

// now is the suite's instant: odd milliseconds show what a store rounds.
var now = time.Date(2026, 3, 1, 9, 30, 0, 123_000_000, time.UTC)

// Run checks one store. It uses fresh ids throughout, so that a store may hold
// anything before.
func Run(t *testing.T, s Store) {
	for name, test := range map[string]func(*testing.T, Store){
		"releases are immutable":             releases,
		"exams are compared and set":         exams,
		"sittings and entitlements":          sittings,
		"attempts round trip and are unique": attempts,
		"one of many updates wins":           races,
		"saves commute and repeat":           saves, // invariant 7 of package exam
		"saves are refused by state":         refusals,
		"an update has seen every save":      savesAgainstUpdates,
		"late saves are bounded":             late,
		"due attempts by their moment":       due,
		"certificates are unique":            certificates,
		"people, families, links":            people,
		"a cancelled context ends a call":    cancelled,
	} {
		t.Run(name, func(t *testing.T) { test(t, s) })
	}
}

func id() string { return "id-" + rand.Text() }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, what string, err error, code string) {
	t.Helper()
	if fault.Code(err) != code {
		t.Errorf("%s: %v, want fault %q", what, err, code)
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s came back changed (-want +got):\n%s", what, diff)
	}
}

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

func sittings(t *testing.T, s Store) {
	ctx := t.Context()
	st := exam.Sitting{Schema: 1, ID: id(), Version: 1, Exam: "e", Title: exam.Text{"uk": "Сесія"}, Region: "Львів", Opens: now, Closes: now.Add(time.Hour), CreatedAt: now}
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

// slots is the length of the suite's forms.
const slots = 6

func newAttempt() exam.Attempt {
	a := exam.Attempt{Schema: 1, ID: id(), Version: 1, Exam: id(), Sitting: id(), Person: id(), Number: 1, State: exam.Running, Lang: "uk", Writer: "w1",
		CreatedAt: now, StartedAt: now, Deadline: now.Add(time.Hour), AcceptUntil: now.Add(61 * time.Minute), DueAt: now.Add(61 * time.Minute),
		Events: []exam.Event{{At: now, What: "started", By: "p"}}, Form: exam.Form{Release: "r", Blueprint: "b", Algorithm: "a", Seed: "s", Seen: map[string]int{"i": 1}}}
	for n := range slots {
		a.Form.Slots = append(a.Form.Slots, exam.Slot{Item: exam.ItemRef{ID: fmt.Sprint(n), Revision: "r"}, Arrangement: exam.Arrangement{Options: []int{2, 0, 1}}})
	}
	return a
}

func insert(t testing.TB, s Store) exam.Attempt {
	t.Helper()
	a := newAttempt()
	must(t, s.InsertAttempt(context.Background(), a))
	return a
}

func attempts(t *testing.T, s Store) {
	ctx, a := t.Context(), insert(t, s)
	got, err := s.Attempt(ctx, a.ID)
	must(t, err)
	same(t, "attempt", got, a)
	wantCode(t, "taken id", s.InsertAttempt(ctx, a), "attempt.exists")
	twin := a
	twin.ID = id()
	wantCode(t, "taken number", s.InsertAttempt(ctx, twin), "attempt.exists")
	_, err = s.Attempt(ctx, "none")
	wantCode(t, "missing", err, "attempt.not_found")

	a.State, a.FinishedAt, a.DueAt, a.Result = exam.Graded, now, time.Time{}, &exam.Result{Score: 5, Max: 10, Marks: []exam.Points{5}, GradedAt: now}
	must(t, s.UpdateAttempt(ctx, a))
	a.Version = 2
	got, err = s.Attempt(ctx, a.ID)
	must(t, err)
	same(t, "updated attempt", got, a)
	for _, f := range []exam.AttemptFilter{{Exam: a.Exam}, {Sitting: a.Sitting}, {Person: a.Person, State: exam.Graded}} {
		heads, err := s.Attempts(ctx, f, "", 10)
		must(t, err)
		head := a
		head.Form, head.Responses, head.Late = exam.Form{}, nil, nil
		same(t, "listing", heads, []exam.Attempt{head})
	}
	heads, err := s.Attempts(ctx, exam.AttemptFilter{Person: a.Person, State: exam.Running}, "", 10)
	must(t, err)
	if len(heads) != 0 {
		t.Error("the filter lets another state through")
	}
}

func races(t *testing.T, s Store) {
	a := insert(t, s)
	var won atomic.Int32
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			err := s.UpdateAttempt(context.Background(), a)
			if err == nil {
				won.Add(1)
			} else if fault.Code(err) != "attempt.stale" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of %d updates of one version won", won.Load(), racers)
	}
}

// saves compares any order of saves, with repeats, with the simplest model.
func saves(t *testing.T, s Store) {
	rapid.Check(t, func(rt *rapid.T) {
		a := insert(t, s)
		model, highest := make(map[int]exam.Stored), int64(0)
		for range rapid.IntRange(1, 8).Draw(rt, "saves") {
			save := exam.Save{Writer: "w1", Seq: rapid.Int64Range(1, 5).Draw(rt, "seq")}
			for slot := range slots {
				if rapid.Bool().Draw(rt, "answered") {
					// The content follows from slot and seq: a repeat is equal.
					save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: exam.Response{Choices: []int{int(save.Seq) * 10}}})
				}
			}
			ack, err := s.SaveResponses(context.Background(), a.ID, save, slots, now)
			must(t, err)
			highest = max(highest, save.Seq)
			for _, r := range save.Responses {
				if model[r.Slot].Seq < save.Seq {
					model[r.Slot] = exam.Stored{Seq: save.Seq, At: now, Response: r.Response}
				}
			}
			stored, err := s.Attempt(context.Background(), a.ID)
			must(t, err)
			if len(stored.Responses) != len(model) || (len(model) > 0 && !cmp.Equal(stored.Responses, model)) {
				rt.Fatalf("stored %v, want %v", stored.Responses, model)
			}
			if ack.Seq != highest || stored.Seq != highest || ack.Digest != stored.Digest() || !ack.Deadline.Equal(a.Deadline) || !stored.SavedAt.Equal(now) {
				rt.Fatalf("acknowledged %+v, stored sequence %d", ack, stored.Seq)
			}
		}
	})
}

func refusals(t *testing.T, s Store) {
	a := insert(t, s)
	save := exam.Save{Writer: "w1", Seq: 1, Responses: []exam.SlotResponse{{Slot: 0, Response: exam.Response{Text: "x"}}}}
	try := func(writer string, at time.Time) error {
		save := save
		save.Writer = writer
		_, err := s.SaveResponses(t.Context(), a.ID, save, slots, at)
		return err
	}
	wantCode(t, "another writer", try("w2", now), "attempt.taken_over")
	must(t, try("w1", a.AcceptUntil))
	wantCode(t, "after the grace", try("w1", a.AcceptUntil.Add(time.Millisecond)), "attempt.late")
	stored, err := s.Attempt(t.Context(), a.ID)
	must(t, err)
	stored.State, stored.FinishedAt = exam.Released, now
	must(t, s.UpdateAttempt(t.Context(), stored))
	wantCode(t, "after handing in", try("w1", now), "attempt.submitted")
	_, err = s.SaveResponses(t.Context(), "none", save, slots, now)
	wantCode(t, "no attempt", err, "attempt.not_found")
}

// savesAgainstUpdates saves and updates at once: an update that succeeds has
// read every answer that was acknowledged before it.
func savesAgainstUpdates(t *testing.T, s Store) {
	a := insert(t, s)
	ctx := context.Background()
	var acked atomic.Int64
	var ended atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		defer ended.Store(true)
		for seq := int64(1); ; seq++ {
			_, err := s.SaveResponses(ctx, a.ID, exam.Save{Writer: "w1", Seq: seq, Responses: []exam.SlotResponse{{Slot: 0, Response: exam.Response{Choices: []int{int(seq)}}}}}, slots, now)
			if fault.Code(err) == "attempt.submitted" {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			acked.Store(seq)
		}
	})
	for {
		for acked.Load() < 3 && !ended.Load() {
			time.Sleep(time.Millisecond)
		}
		read, err := s.Attempt(ctx, a.ID)
		must(t, err)
		read.State, read.FinishedAt = exam.Submitted, now
		err = s.UpdateAttempt(ctx, read)
		if fault.Code(err) == "attempt.stale" {
			continue
		}
		must(t, err)
		wg.Wait()
		if got := read.Responses[0].Seq; got != acked.Load() {
			t.Errorf("handed in with answer %d, but %d was acknowledged", got, acked.Load())
		}
		return
	}
}

func late(t *testing.T, s Store) {
	a := insert(t, s)
	for seq := range int64(exam.MaxLate + 5) {
		l := exam.LateSave{At: now.Add(time.Duration(seq) * time.Millisecond), Save: exam.Save{Writer: "w1", Seq: seq + 1, Responses: []exam.SlotResponse{}}}
		for range 2 {
			must(t, s.KeepLate(t.Context(), a.ID, l))
		}
	}
	stored, err := s.Attempt(t.Context(), a.ID)
	must(t, err)
	if len(stored.Late) != exam.MaxLate || stored.Late[0].Save.Seq != 1 {
		t.Errorf("%d late saves kept, want %d", len(stored.Late), exam.MaxLate)
	}
}

func due(t *testing.T, s Store) {
	early, later, never := newAttempt(), newAttempt(), newAttempt()
	// Far in the past, before anything that other tests left due.
	early.DueAt, later.DueAt, never.DueAt = now.AddDate(-10, 0, 0), now.AddDate(-10, 0, 1), time.Time{}
	for _, a := range []exam.Attempt{later, early, never} {
		must(t, s.InsertAttempt(t.Context(), a))
	}
	got, err := s.Due(t.Context(), later.DueAt, 10)
	must(t, err)
	var ids []string
	for _, a := range got {
		ids = append(ids, a.ID)
	}
	same(t, "due", ids, []string{early.ID, later.ID})
	if got, err = s.Due(t.Context(), early.DueAt.Add(-time.Millisecond), 10); err != nil || len(got) != 0 {
		t.Errorf("%d attempts due too early, %v", len(got), err)
	}
}

func certificates(t *testing.T, s Store) {
	ctx := t.Context()
	score := 9000
	serial, err := s.NextStatusSerial(ctx)
	must(t, err)
	c := certs.Certificate{Schema: 1, ID: certs.ID(id()), Version: 1, Attempt: id(), Person: id(), Payload: []byte{0, 255}, Key: 1, StatusList: 7, StatusIndex: int(serial), State: certs.Valid,
		Statement: certs.Statement{Name: "Олена", Title: "Т", Language: "uk", Score: &score, IssuedAt: now}, Events: []certs.Event{{At: now, State: certs.Valid}}}
	must(t, s.InsertCertificate(ctx, c))
	for name, change := range map[string]func(*certs.Certificate){
		"id":      func(o *certs.Certificate) { o.Attempt, o.StatusIndex = id(), -1 },
		"attempt": func(o *certs.Certificate) { o.ID, o.StatusIndex = certs.ID(id()), -2 },
		"status":  func(o *certs.Certificate) { o.ID, o.Attempt = certs.ID(id()), id() },
	} {
		other := c
		change(&other)
		wantCode(t, "taken "+name, s.InsertCertificate(ctx, other), "certificate.exists")
	}
	got, err := s.CertificateByAttempt(ctx, c.Attempt)
	must(t, err)
	same(t, "certificate", got, c)
	c.State = certs.Revoked
	must(t, s.UpdateCertificate(ctx, c))
	wantCode(t, "old version", s.UpdateCertificate(ctx, c), "certificate.stale")
	c.Version = 2
	mine, err := s.CertificatesOf(ctx, c.Person, "", 10)
	must(t, err)
	same(t, "own certificates", mine, []certs.Certificate{c})
	_, err = s.Certificate(ctx, "none")
	wantCode(t, "missing", err, "certificate.not_found")
	next, err := s.NextStatusSerial(ctx)
	if err != nil || next <= serial {
		t.Errorf("serial %d after %d, %v", next, serial, err)
	}
}

func people(t *testing.T, s Store) {
	ctx := t.Context()
	p := auth.Person{ID: id(), Schema: 1, Version: 1, Email: "A@B.test", EmailKey: id(), Name: "Олена", Language: "uk", Roles: []auth.Role{auth.Learner}, Epoch: 1, CreatedAt: now, UpdatedAt: now}
	must(t, s.InsertPerson(ctx, p))
	twin := p
	twin.ID = id()
	wantCode(t, "taken e-mail", s.InsertPerson(ctx, twin), "person.email_taken")
	got, err := s.PersonByEmail(ctx, p.EmailKey)
	must(t, err)
	same(t, "person", got, p)
	must(t, s.UpdatePerson(ctx, p))
	wantCode(t, "old version", s.UpdatePerson(ctx, p), "person.stale")

	f := auth.Family{ID: id(), Schema: 1, Version: 1, Person: p.ID, Epoch: 1, Hash: "h", CreatedAt: now, UsedAt: now, ExpiresAt: now.Add(time.Hour)}
	must(t, s.InsertFamily(ctx, f))
	if n, err := s.RevokeFamiliesOf(ctx, p.ID, now); err != nil || n != 1 {
		t.Errorf("revoked %d families, %v", n, err)
	}
	wantCode(t, "update after revoking", s.UpdateFamily(ctx, f), "family.stale")
	f.Version, f.RevokedAt = 2, now
	family, err := s.Family(ctx, f.ID)
	must(t, err)
	same(t, "family", family, f)

	l := auth.Link{Hash: id(), Schema: 1, Version: 1, Purpose: auth.Invitation, Person: p.ID, Epoch: 1, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	must(t, s.InsertLink(ctx, l))
	_, err = s.ConsumeLink(ctx, l.Hash, l.ExpiresAt)
	wantCode(t, "too old", err, "link.expired")
	var won atomic.Int32
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			if _, err := s.ConsumeLink(context.Background(), l.Hash, now); err == nil {
				won.Add(1)
			} else if fault.Code(err) != "link.spent" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("a link was consumed %d times", won.Load())
	}
	if n, err := s.DeleteExpired(ctx, l.ExpiresAt); err != nil || n < 2 {
		t.Errorf("deleted %d documents, %v", n, err)
	}
	_, err = s.Link(ctx, l.Hash)
	wantCode(t, "deleted link", err, "link.not_found")
}

func cancelled(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := newAttempt()
	if err := s.InsertAttempt(ctx, a); fault.Of(err) != fault.Unavailable {
		t.Errorf("a write in a cancelled context: %v", err)
	}
	if _, err := s.Attempt(t.Context(), a.ID); err != nil && !errors.Is(err, context.Canceled) {
		wantCode(t, "read after it", err, "attempt.not_found")
	}
}
