package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/proctest"
	"github.com/proba-exam/proba/internal/server"
)

const (
	markedExam = "marked-by-people"
	// writers hand in two responses each, and each is marked twice.
	writers     = 16
	marksInAll  = writers * 2 * 2
	markingPass = "a marker of this test"
)

// TestKillWhileMarking kills the real service while three people mark. No acknowledged mark
// may be lost or counted twice, every learner gets the result, and doctor finds nothing.
func TestKillWhileMarking(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a real service several times")
	}
	dir := t.TempDir()
	s := &service{data: filepath.Join(dir, "data"), addr: proctest.FreeAddress(t), output: filepath.Join(dir, "output")}
	defer s.tell(t)
	emails := handedInEssays(t, s.data)
	var markers []*marker
	for _, email := range emails {
		m := &marker{client: newClient("http://" + s.addr), acknowledged: make(map[string][]int)}
		m.email, m.password = email, markingPass
		markers = append(markers, m)
	}
	store := s.store(t, true)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	for range 2 {
		moment := 1 + rand.Int64N(marksInAll/3)
		s.start(t)
		markUntil(t, s, markers, func(marked int64) bool { return marked >= moment })
		checkMarks(t, store, markers)
	}
	s.start(t)
	markUntil(t, s, markers, func(int64) bool {
		for _, state := range []exam.State{exam.Submitted, exam.Marking} {
			if waiting, err := store.Attempts(t.Context(), exam.AttemptFilter{State: state}, "", 1); err != nil || len(waiting) > 0 {
				return false
			}
		}
		due, err := store.Due(t.Context(), time.Now(), 1)
		return err == nil && len(due) == 0
	})
	checkMarks(t, store, markers)
	report, err := doctorReport(t.Context(), s.data)
	if err != nil || len(report.Findings) > 0 || report.Attempts != writers {
		t.Fatalf("doctor: %d attempts, %+v, %v", report.Attempts, report.Findings, err)
	}
}

// marker remembers what was acknowledged, by script.
type marker struct {
	*client
	acknowledged map[string][]int
}

// work marks until the service stops answering.
func (m *marker) work(ctx context.Context, rng *rand.Rand, marked *atomic.Int64) {
	if m.signIn(ctx) != nil {
		return
	}
	for {
		var next struct{ Script *struct{ Script string } }
		if m.call(ctx, "POST", "/api/v1/me/marking/"+markedExam+"/next", nil, &next) != nil {
			return
		}
		if next.Script == nil { // not yet, or no more
			time.Sleep(10 * time.Millisecond)
			continue
		}
		levels := []int{rng.IntN(2)} // the rubric tolerates what they differ by
		if m.call(ctx, "POST", "/api/v1/me/scripts/"+next.Script.Script+"/mark", map[string]any{"levels": levels}, nil) != nil {
			return
		}
		m.acknowledged[next.Script.Script] = levels
		marked.Add(1)
	}
}

// markUntil has everybody mark, and kills the service when it is enough.
func markUntil(t *testing.T, s *service, markers []*marker, enough func(marked int64) bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var working sync.WaitGroup
	var marked atomic.Int64
	for i, m := range markers {
		working.Go(func() { m.work(ctx, rand.New(rand.NewPCG(rand.Uint64(), uint64(i))), &marked) })
	}
	proctest.WaitFor(t, "marks", func() bool { return enough(marked.Load()) })
	s.process.Kill(t)
	cancel()
	working.Wait()
}

// checkMarks reads the store behind the service's back.
func checkMarks(t *testing.T, store server.Store, markers []*marker) {
	t.Helper()
	checked := 0
	for _, m := range markers {
		for id, levels := range m.acknowledged {
			c, err := store.Script(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			checked++
			if !slices.ContainsFunc(c.Entries, func(e exam.ScriptMark) bool { return slices.Equal(e.Levels, levels) }) {
				t.Errorf("script %s: a mark of %v was acknowledged, the store has %+v", id, levels, c.Entries)
			}
			if len(c.Entries) > 2 {
				t.Errorf("script %s has %d marks", id, len(c.Entries))
			}
		}
	}
	if checked == 0 {
		t.Error("no mark was acknowledged")
	}
}

// handedInEssays fills a store with responses that wait for marks, and returns who may mark.
func handedInEssays(t *testing.T, data string) (markers []string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Load([]string{"-data", data, "-demo=false"}, func(string) string { return "" }, io.Discard)
	must(err)
	s, err := server.Open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler))
	must(err)
	defer func() { must(s.Close()) }()
	defineEssays(t, s)
	var ids []string
	for n := range 3 {
		p, err := s.Auth.Register(t.Context(), auth.Registration{Email: fmt.Sprintf("marker-%d@proba.test", n), Name: "Марта Уважна", Language: "uk", Roles: []auth.Role{auth.Marker}})
		must(err)
		_, err = s.Auth.SetPassword(t.Context(), p.ID, markingPass)
		must(err)
		ids, markers = append(ids, p.ID), append(markers, p.Email)
	}
	_, err = s.Exams.SetMarkers(t.Context(), markedExam, ids)
	must(err)
	for n := range writers {
		p, err := s.Auth.Register(t.Context(), auth.Registration{Email: fmt.Sprintf("writer-%d@proba.test", n), Name: "Олена Стійка", Language: "uk", Roles: []auth.Role{auth.Learner}})
		must(err)
		_, err = s.Exams.Entitle(t.Context(), "test", markedExam, p.ID, 0)
		must(err)
		session, err := s.Exams.Start(t.Context(), p.ID, markedExam, "uk")
		must(err)
		a := session.Attempt
		_, err = s.Exams.Save(t.Context(), p.ID, a.ID, exam.Save{Writer: a.Writer, Seq: 1, Responses: []exam.SlotResponse{
			{Slot: 0, Response: exam.Response{Text: "Перша відповідь."}}, {Slot: 1, Response: exam.Response{Text: "Друга відповідь."}}}})
		must(err)
		_, err = s.Exams.Submit(t.Context(), p.ID, a.ID, a.Writer, nil)
		must(err)
	}
	return markers
}

// defineEssays publishes an exam of two essays.
func defineEssays(t *testing.T, s *server.Server) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	text := func(words string) exam.Text { return exam.Text{"uk": words} }
	rubric := exam.Rubric{Tolerance: 1, Criteria: []exam.Criterion{{Title: text("Право"), Levels: []exam.RubricLevel{{Points: 0, Text: text("немає")}, {Points: 1, Text: text("є")}, {Points: 2, Text: text("повно")}}}}}
	var items []exam.Item
	for _, id := range []string{"essay-1", "essay-2"} {
		items = append(items, exam.Item{ID: id, Kind: exam.ExtendedText, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Applied,
			Stem: text("Поясніть " + id + "."), Interaction: &exam.Essay{MaxCharacters: 500, Rubric: rubric}})
	}
	bank, err := exam.NewBank("essays", text("Есе"), []string{"uk"}, nil, items)
	must(err)
	_, _, err = s.Exams.ImportBank(t.Context(), "test", bank)
	must(err)
	_, _, err = s.Exams.CreateExam(t.Context(), exam.Exam{ID: markedExam, Programme: markedExam, Title: text("Есе"), Release: bank.Release.Hash,
		Blueprint: exam.Blueprint{Role: "judge", Cut: 1, Sections: []exam.Section{{ID: "law", Title: text("Право")}}, Cells: []exam.Cell{{Section: "law", Count: 2}}},
		Policy: exam.Policy{Languages: []string{"uk"}, TimeLimit: 600, Attempts: 1, Review: exam.Review{Show: exam.ShowScore, When: exam.AtOnce},
			Certificate: exam.CertificatePolicy{Issue: true}}})
	must(err)
	_, err = s.Exams.PublishExam(t.Context(), "test", markedExam)
	must(err)
	now := time.Now()
	_, _, err = s.Exams.CreateSitting(t.Context(), exam.Sitting{ID: markedExam, Exam: markedExam, Title: text("Есе"), Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour)})
	must(err)
}
