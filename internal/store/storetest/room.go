package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
)

// pauses: what is saved while the clock stands is stored also after the former end, and
// no longer when the time that was given back is over.
func pauses(t *testing.T, s Store) {
	ctx, a := t.Context(), insert(t, s)
	began := now.Add(59 * time.Minute)
	if _, err := a.PauseOnce("o1", "p", "no light", began); err != nil {
		t.Fatal(err)
	}
	must(t, s.UpdateAttempt(ctx, a))
	a.Version++
	seq := int64(0)
	save := func(at time.Time) (exam.Ack, error) {
		seq++
		return s.SaveResponses(ctx, a.ID, exam.Save{Writer: "w1", Seq: seq, Responses: []exam.SlotResponse{{Slot: 0, Response: exam.Response{Choices: []int{int(seq)}}}}}, slots, at)
	}
	for _, at := range []time.Time{began, a.AcceptUntil.Add(time.Hour)} {
		ack, err := save(at)
		must(t, err)
		if !ack.PausedAt.Equal(began) || !ack.Deadline.Equal(a.Deadline) {
			t.Errorf("acknowledged %+v, want the pause at %v and the deadline %v", ack, began, a.Deadline)
		}
	}
	stored, err := s.Attempt(ctx, a.ID)
	must(t, err)
	same(t, "pauses", stored.Pauses, a.Pauses)
	if stored.Responses[0].Seq != seq {
		t.Errorf("the answer is number %d, want %d", stored.Responses[0].Seq, seq)
	}
	stored.Continue("o1", "p", began.Add(2*time.Hour))
	must(t, s.UpdateAttempt(ctx, stored))
	ack, err := save(stored.AcceptUntil)
	must(t, err)
	if !ack.PausedAt.IsZero() || !ack.Deadline.Equal(a.Deadline.Add(2*time.Hour)) {
		t.Errorf("acknowledged %+v, want no pause and two hours more", ack)
	}
	_, err = save(stored.AcceptUntil.Add(time.Millisecond))
	wantCode(t, "after the time that was given back", err, "attempt.late")
}

// heard: the moment is kept beside the attempt, by no version, and no update takes it.
func heard(t *testing.T, s Store) {
	ctx, a := t.Context(), insert(t, s)
	must(t, s.Heard(ctx, a.ID, now.Add(time.Minute)))
	must(t, s.UpdateAttempt(ctx, a)) // the version that was read before
	heads, err := s.Attempts(ctx, exam.AttemptFilter{Sitting: a.Sitting}, "", 10)
	must(t, err)
	if len(heads) != 1 || !heads[0].HeardAt.Equal(now.Add(time.Minute)) {
		t.Errorf("heard %+v", heads)
	}
	wantCode(t, "nobody", s.Heard(ctx, "none", now), "attempt.not_found")
}

func accessKeys(t *testing.T, s Store) {
	ctx := t.Context()
	k := exam.AccessKey{Schema: 1, Sitting: id(), Secret: []byte{0, 1, 255}, CreatedAt: now}
	_, err := s.AccessKey(ctx, k.Sitting)
	wantCode(t, "no key yet", err, "access_key.not_found")
	must(t, s.PutAccessKey(ctx, k))
	k.Secret, k.Salt, k.Hash = nil, []byte{9}, []byte{0, 255}
	must(t, s.PutAccessKey(ctx, k))
	got, err := s.AccessKey(ctx, k.Sitting)
	must(t, err)
	same(t, "access key", got, k)
}

// sittingsFound narrows a listing by each member of the filter and by all of them.
func sittingsFound(t *testing.T, s Store) {
	ctx, mark := t.Context(), id()
	var all []exam.Sitting
	for n := range 6 {
		st := exam.Sitting{Schema: 1, ID: id(), Version: 1, Exam: mark, Title: exam.Text{"uk": "Сесія"}, Region: mark, Organisation: mark + "-1", Cohort: mark + "-a", Opens: now, Closes: now.Add(time.Hour), CreatedAt: now}
		switch n {
		case 1:
			st.Region = "other"
		case 2:
			st.Organisation = mark + "-2"
		case 3:
			st.Cohort = mark + "-b"
		case 4:
			st.Exam = "other"
		case 5:
			st.Closes = now
		}
		must(t, s.InsertSitting(ctx, st))
		all = append(all, st)
	}
	for _, row := range []struct {
		name string
		f    exam.SittingFilter
		want []int
	}{
		{"exam", exam.SittingFilter{Exam: mark}, []int{0, 1, 2, 3, 5}},
		{"region", exam.SittingFilter{Region: mark}, []int{0, 2, 3, 4, 5}},
		{"organisation", exam.SittingFilter{Organisation: mark + "-2"}, []int{2}},
		{"cohort", exam.SittingFilter{Cohort: mark + "-b"}, []int{3}},
		{"open", exam.SittingFilter{Exam: mark, ClosesAfter: now}, []int{0, 1, 2, 3}},
		{"all", exam.SittingFilter{Exam: mark, Region: mark, Organisation: mark + "-1", Cohort: mark + "-a", ClosesAfter: now}, []int{0}},
	} {
		var want, got []string
		for _, n := range row.want {
			want = append(want, all[n].ID)
		}
		slices.Sort(want)
		for after := ""; ; after = got[len(got)-1] {
			page, err := s.Sittings(ctx, row.f, after, 2)
			must(t, err)
			for _, st := range page {
				got = append(got, st.ID)
			}
			if len(page) < 2 {
				break
			}
		}
		same(t, row.name, got, want)
	}
	moved := all[0]
	moved.Closes = now
	must(t, s.UpdateSitting(ctx, moved))
	got, err := s.Sittings(ctx, exam.SittingFilter{Exam: mark, Region: mark, Organisation: mark + "-1", Cohort: mark + "-a", ClosesAfter: now}, "", 2)
	must(t, err)
	same(t, "after it was closed earlier", got, []exam.Sitting(nil))
}

// attendance: who has any attempt in the sitting has begun, once, whatever became of it; an
// attempt in another sitting is none here.
func attendance(t *testing.T, s Store) {
	ctx, sitting := t.Context(), id()
	var people []string
	for range 5 {
		en := exam.Entitlement{Schema: 1, Sitting: sitting, Person: id(), Exam: "e", ExtraTime: 25, CreatedAt: now}
		must(t, s.PutEntitlement(ctx, en))
		people = append(people, en.Person)
	}
	slices.Sort(people)
	check := func(what string, want exam.Attendance, missing ...string) {
		t.Helper()
		got, err := s.Attendance(ctx, sitting)
		must(t, err)
		same(t, what, got, want)
		var seen []string
		for after := ""; ; after = seen[len(seen)-1] {
			page, err := s.NotBegun(ctx, sitting, after, 2)
			must(t, err)
			for _, en := range page {
				if en.ExtraTime != 25 {
					t.Errorf("%s: %+v", what, en)
				}
				seen = append(seen, en.Person)
			}
			if len(page) < 2 {
				break
			}
		}
		same(t, what+", who has not begun", seen, missing)
	}
	check("nobody", exam.Attendance{Entitled: 5}, people...)
	for _, row := range []struct {
		person, sitting string
		number          int
		state           exam.State
	}{{people[1], sitting, 1, exam.Voided}, {people[1], sitting, 2, exam.Running}, {people[3], sitting, 1, exam.Released}, {people[0], id(), 1, exam.Running}} {
		a := newAttempt()
		a.Person, a.Sitting, a.Number, a.State = row.person, row.sitting, row.number, row.state
		must(t, s.InsertAttempt(ctx, a))
	}
	check("two", exam.Attendance{Entitled: 5, Begun: 2}, people[0], people[2], people[4])
	none, err := s.Attendance(ctx, id())
	must(t, err)
	same(t, "no such sitting", none, exam.Attendance{})
}
