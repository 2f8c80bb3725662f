package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam/statistics"
)

func statisticsJobs(t *testing.T, s Store) {
	ctx := t.Context()
	j := statistics.Job{Schema: 1, Exam: id(), Version: 1, State: statistics.Waiting, DueAt: now}
	_, err := s.Job(ctx, j.Exam)
	wantCode(t, "no job yet", err, "statistics.not_found")
	wantCode(t, "an update of nothing", s.UpdateJob(ctx, j), "statistics.not_found")
	must(t, s.InsertJob(ctx, j))
	wantCode(t, "a second job", s.InsertJob(ctx, j), "statistics.exists")

	due := func(at time.Time) bool {
		t.Helper()
		all, err := s.JobsDue(ctx, at, 1000)
		must(t, err)
		for _, d := range all {
			if d.Exam == j.Exam {
				return true
			}
		}
		return false
	}
	same(t, "due before, at its moment", []bool{due(now.Add(-time.Millisecond)), due(now)}, []bool{false, true})

	// One of many copies of the service gets the run.
	var racing sync.WaitGroup
	wins := make(chan bool, racers)
	for range racers {
		racing.Go(func() {
			mine := j
			mine.State, mine.Run, mine.DueAt = statistics.Reading, 1, now.Add(time.Minute)
			err := s.UpdateJob(ctx, mine)
			if err != nil {
				wantCode(t, "a slower copy", err, "statistics.stale")
			}
			wins <- err == nil
		})
	}
	racing.Wait()
	close(wins)
	n := 0
	for win := range wins {
		if win {
			n++
		}
	}
	same(t, "winners", n, 1)
	got, err := s.Job(ctx, j.Exam)
	must(t, err)
	j.State, j.Run, j.DueAt, j.Version = statistics.Reading, 1, now.Add(time.Minute), 2
	same(t, "job", got, j)
	same(t, "due while the lease lasts, after it", []bool{due(now), due(now.Add(time.Minute))}, []bool{false, true})
	j.State, j.DueAt, j.CheckedAt = statistics.Ready, time.Time{}, now
	must(t, s.UpdateJob(ctx, j))
	same(t, "due when it is never", due(now.Add(time.Hour)), false)
}

func statisticsParts(t *testing.T, s Store) {
	ctx, exam := t.Context(), id()
	_, err := s.Part(ctx, exam, "result")
	wantCode(t, "no part yet", err, "statistics.part_not_found")
	put := func(name string, run int, data string) {
		t.Helper()
		must(t, s.PutPart(ctx, statistics.Part{Exam: exam, Name: name, Run: run, Data: []byte(data)}))
	}
	want := func(what, name string, run int, data string) {
		t.Helper()
		p, err := s.Part(ctx, exam, name)
		must(t, err)
		same(t, what, p, statistics.Part{Exam: exam, Name: name, Run: run, Data: []byte(data)})
	}
	put("result", 2, `{"a":"ї"}`)
	put("item/q", 2, "{}")
	want("first", "result", 2, `{"a":"ї"}`)
	put("result", 2, "again")
	want("repeated", "result", 2, "again")
	put("result", 3, "later")
	put("result", 2, "from a run that lost its lease")
	want("after a run that lost its lease", "result", 3, "later")
	want("another name", "item/q", 2, "{}")
	_, err = s.Part(ctx, id(), "result")
	wantCode(t, "another exam's", err, "statistics.part_not_found")
}
