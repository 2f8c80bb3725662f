package statistics_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/programmes"
	"github.com/proba-exam/proba/internal/simulate"
	"github.com/proba-exam/proba/internal/store/sqlite"
	"github.com/proba-exam/proba/internal/store/storetest"
)

// people sit the exam of the tests: enough for every kind of figure.
const people = 260

// bank is the one that ships, read once.
var bank = sync.OnceValues(programmes.Bank)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

type env struct {
	store *storetest.Flaky
	exams *exam.Service
	s     *statistics.Service
	now   time.Time
	exam  exam.Exam
}

// sat is a folder with a store in which people have sat the exam, made once.
var sat = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "proba-statistics-")
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := sat(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

var prepare sync.Once

// open returns a store with the exam, and what people answered.
func open(t testing.TB) *env {
	t.Helper()
	dir, err := sat()
	must(t, err)
	prepare.Do(func() {
		e := openAt(t, filepath.Join(dir, "proba.db"))
		e.publish(t)
		stored, err := e.exams.Exam(t.Context(), e.exam.ID)
		must(t, err)
		must(t, simulate.Fill(t.Context(), e.crowd(t, 0, people), e.store, &stored, start))
		must(t, e.store.Store.(*sqlite.Store).Close())
	})
	mine := t.TempDir()
	must(t, os.CopyFS(mine, os.DirFS(dir)))
	e := openAt(t, filepath.Join(mine, "proba.db"))
	t.Cleanup(func() { must(t, e.store.Store.(*sqlite.Store).Close()) })
	e.exam, err = e.exams.Exam(t.Context(), e.exam.ID)
	must(t, err)
	return e
}

func openAt(t testing.TB, path string) *env {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	must(t, err)
	e := &env{store: &storetest.Flaky{Store: store}, now: start}
	clock := func() time.Time { return e.now }
	e.exams, err = exam.NewService(exam.Deps{Store: e.store, Now: clock, Rand: rand.NewChaCha8([32]byte{7})})
	must(t, err)
	e.s = statistics.NewService(statistics.Deps{Store: e.store, Exams: e.exams, Now: clock})
	bank, err := bank()
	must(t, err)
	drafts, err := programmes.Exams(bank.Release.Hash)
	must(t, err)
	e.exam = drafts[0]
	return e
}

// publish opens the exam to three regions, the last of which nearly nobody sits in.
func (e *env) publish(t testing.TB) {
	t.Helper()
	bank, err := bank()
	must(t, err)
	_, _, err = e.exams.ImportBank(t.Context(), "test", bank)
	must(t, err)
	_, _, err = e.exams.CreateExam(t.Context(), e.exam)
	must(t, err)
	_, err = e.exams.PublishExam(t.Context(), "test", e.exam.ID)
	must(t, err)
	for _, region := range []string{"north", "south", "tiny"} {
		_, _, err = e.exams.CreateSitting(t.Context(), exam.Sitting{ID: "room-" + region, Exam: e.exam.ID, Title: e.exam.Title, Region: region, Opens: start, Closes: start.Add(time.Hour)})
		must(t, err)
	}
}

func (e *env) crowd(t testing.TB, first, n int) simulate.Crowd {
	return simulate.Crowd{Exams: e.exams, Sittings: []string{"room-north", "room-south"}, First: first, People: n, Mean: .8, Wrong: e.wrong(t), Seed: 5, AtOnce: 1}
}

// wrong is the single choice whose key the crowd knows to be wrong.
func (e *env) wrong(t testing.TB) string {
	bank, err := bank()
	must(t, err)
	for _, rev := range bank.Revisions() {
		if c, ok := rev.Item.Interaction.(*exam.SingleChoice); ok && len(c.Options) > 3 && slices.Contains(rev.Item.Roles, e.exam.Blueprint.Role) && !rev.Item.Pretest && rev.Item.Stimulus == "" {
			return rev.Item.ID
		}
	}
	t.Fatal("the bank has no single choice for the role")
	return ""
}

// compute has what is due done.
func (e *env) compute(t testing.TB) {
	t.Helper()
	due, err := e.s.Due(t.Context(), 10)
	must(t, err)
	for _, j := range due {
		must(t, e.s.Run(t.Context(), j))
	}
}

func (e *env) result(t testing.TB) statistics.Result {
	t.Helper()
	r, err := e.s.Result(t.Context(), e.exam.ID)
	must(t, err)
	return r
}

func (e *env) ask(t testing.TB) statistics.Result {
	t.Helper()
	_, err := e.s.Ask(t.Context(), e.exam.ID)
	must(t, err)
	e.compute(t)
	return e.result(t)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasBuiltInIsFound(t *testing.T) {
	e := open(t)
	r := e.ask(t)
	if r.Counts.Read != people || r.Counts.Counted != people || r.Counts.Responses < people*20 {
		t.Errorf("counts are %+v, want %d attempts", r.Counts, people)
	}
	if r.All.N != people || len(r.Regions) != 2 || r.Regions[0].Name == "" {
		t.Errorf("groups: all %d, regions %v", r.All.N, r.Regions)
	}
	north, south := r.Regions[slices.IndexFunc(r.Regions, func(g statistics.Group) bool { return g.Name == "north" })], r.Regions[slices.IndexFunc(r.Regions, func(g statistics.Group) bool { return g.Name == "south" })]
	if north.Mean.Value <= south.Mean.Value {
		t.Errorf("the abler region has a mean of %.3f, the other of %.3f", north.Mean.Value, south.Mean.Value)
	}
	if r.Reliability.Value < .6 || r.Reliability.Value > .95 || !r.Cut.Known() || len(r.Curve) == 0 || r.Drawn.N != people || r.Estimated.N != people {
		t.Errorf("reliability %+v, cut %+v, curve of %d, spread %d, %d", r.Reliability, r.Cut, len(r.Curve), r.Drawn.N, r.Estimated.N)
	}
	it, err := e.s.Item(t.Context(), e.exam.ID, e.wrong(t))
	must(t, err)
	if !slices.Contains(it.Flags, ctt.MisKey) && !slices.Contains(it.Flags, ctt.Negative) {
		t.Errorf("the item with the wrong key has r = %.3f of %d and the flags %v", it.Rest.Value, it.N, it.Flags)
	}
	for _, line := range r.Items {
		if line.N < statistics.LeastPeople && len(line.Flags) > 0 {
			t.Errorf("item %s has the flags %v from %d people", line.Item, line.Flags, line.N)
		}
	}
}

// Invariant 1: the steps in which a result came about do not show in it.
func TestTheSameAttemptsGiveTheSameResult(t *testing.T) {
	e := open(t)
	e.ask(t)
	_, err := simulate.Sit(t.Context(), e.crowd(t, people, 20))
	must(t, err)
	e.now = e.now.Add(time.Minute)
	steps := e.ask(t)
	if steps.Counts.Counted != people+20 {
		t.Errorf("%d attempts counted, want %d", steps.Counts.Counted, people+20)
	}
	if again := e.ask(t); !reflect.DeepEqual(again, steps) {
		t.Error("asking again without anything new changed the result")
	}
	for _, name := range []string{"extract/0", "extract/1", "result"} { // forget everything
		must(t, e.store.PutPart(t.Context(), statistics.Part{Exam: e.exam.ID, Name: name, Run: 1000, Data: []byte("{}")}))
	}
	j, err := e.s.Job(t.Context(), e.exam.ID)
	must(t, err)
	j.Run = 1000
	must(t, e.store.UpdateJob(t.Context(), j))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // nor does the number of processors
	whole := e.ask(t)
	whole.Run, whole.ComputedAt = steps.Run, steps.ComputedAt
	if !reflect.DeepEqual(whole, steps) {
		t.Errorf("in one step %+v, in two %+v", whole.All, steps.All)
	}
}

// Invariant 2.
func TestOnlyWhatChangedIsReadAgain(t *testing.T) {
	e := open(t)
	before := e.ask(t)
	e.store.Count("Attempt")
	e.ask(t)
	if n := e.store.Counted(); n != 0 {
		t.Errorf("%d attempts were read though none had changed", n)
	}
	all, err := e.exams.Attempts(t.Context(), exam.AttemptFilter{Exam: e.exam.ID}, "", 1)
	must(t, err)
	_, err = e.exams.Void(t.Context(), "admin", all[0].ID, "a phone was found")
	must(t, err)
	e.now = e.now.Add(time.Minute)
	e.store.Count("Attempt")
	after := e.ask(t)
	if n := e.store.Counted(); n != 0 {
		t.Errorf("%d attempts were read for one that counts no more", n)
	}
	if after.Counts.Voided != 1 || after.Counts.Counted != before.Counts.Counted-1 || after.Fingerprint == before.Fingerprint || after.All.N != before.All.N-1 {
		t.Errorf("after one was voided: %+v", after.Counts)
	}
	_, err = e.exams.Entitle(t.Context(), "test", "room-tiny", "late-comer", 0)
	must(t, err)
	_, err = e.exams.Start(t.Context(), "late-comer", "room-tiny", "uk")
	must(t, err)
	begun := e.ask(t)
	if begun.Counts.Unfinished != after.Counts.Unfinished+1 || begun.Fingerprint != after.Fingerprint || begun.ComputedAt != after.ComputedAt {
		t.Errorf("after one has begun: %+v", begun.Counts)
	}
}

// Where the list of attempts is the one that the result rests on, not even extracts are read.
func TestWhatDidNotChangeIsNotOpened(t *testing.T) {
	e := open(t)
	before := e.ask(t)
	must(t, e.store.PutPart(t.Context(), statistics.Part{Exam: e.exam.ID, Name: "extract/0", Run: 1, Data: []byte(`"none"`)}))
	if again := e.ask(t); !reflect.DeepEqual(again, before) {
		t.Error("asking again without anything new changed the result")
	}
	all, err := e.exams.Attempts(t.Context(), exam.AttemptFilter{Exam: e.exam.ID}, "", 1)
	must(t, err)
	_, err = e.exams.Void(t.Context(), "admin", all[0].ID, "a phone was found")
	must(t, err)
	_, err = e.s.Ask(t.Context(), e.exam.ID)
	must(t, err)
	due, err := e.s.Due(t.Context(), 1)
	must(t, err)
	if err := e.s.Run(t.Context(), due[0]); err == nil {
		t.Error("an attempt was voided, and the extracts were not read")
	}
}

// move puts a sitting into another region.
func (e *env) move(t *testing.T, sitting, region string) {
	t.Helper()
	s, err := e.exams.Sitting(t.Context(), sitting)
	must(t, err)
	s.Region = region
	_, err = e.exams.EditSitting(t.Context(), s)
	must(t, err)
}

// A room that is moved to another region changes no attempt, and yet the comparison.
func TestARoomInAnotherRegion(t *testing.T) {
	e := open(t)
	before := e.ask(t)
	e.move(t, "room-south", "east")
	e.store.Count("Attempt")
	after := e.ask(t)
	var names []string
	for _, g := range after.Regions {
		names = append(names, g.Name)
	}
	if slices.Sort(names); !slices.Equal(names, []string{"east", "north"}) || after.Fingerprint == before.Fingerprint {
		t.Errorf("after the south became the east, the regions are %v", names)
	}
	if !slices.ContainsFunc(after.Compared, func(c statistics.Compared) bool { return c.By == "region" && c.Focal == "east" }) {
		t.Errorf("compared are %+v", after.Compared)
	}
	if n := e.store.Counted(); n != 0 {
		t.Errorf("%d attempts were read for a region", n)
	}
	e.move(t, "room-tiny", "north") // nobody sat there
	if again := e.ask(t); !reflect.DeepEqual(again, after) {
		t.Error("the region of a room that nobody sat in changed the result")
	}
}

// What was granted or dropped has no statistics; another key is marked by.
func TestCorrectedKeysCount(t *testing.T) {
	e := open(t)
	before := e.ask(t)
	wrong := e.wrong(t)
	former, err := e.s.Item(t.Context(), e.exam.ID, wrong)
	must(t, err)
	k, err := e.exams.KeyOf(t.Context(), e.exam.ID, wrong)
	must(t, err)
	used := k.Bank.Revision(k.Number)
	options := len(used.Item.Interaction.(*exam.SingleChoice).Options)
	right := (slices.IndexFunc(used.Item.Interaction.(*exam.SingleChoice).Options, func(o exam.Option) bool { return o.Key }) + 1) % options
	e.correct(t, exam.CorrectionDraft{Item: wrong, Policy: exam.NewKey, Key: &exam.Key{Choices: []int{right}}})
	e.now = e.now.Add(time.Minute)
	after := e.ask(t)
	it, err := e.s.Item(t.Context(), e.exam.ID, wrong)
	must(t, err)
	if after.KeyChanges != before.KeyChanges+1 || !it.Options[right].Key || it.Rest.Value <= .1 || it.Rest.Value <= former.Rest.Value || slices.Contains(it.Flags, ctt.MisKey) {
		t.Errorf("with the right key r is %.3f, before %.3f, flags %v", it.Rest.Value, former.Rest.Value, it.Flags)
	}
	n := slices.IndexFunc(after.Items, func(l statistics.Line) bool { return l.Item != wrong && !l.Pretest })
	e.correct(t, exam.CorrectionDraft{Item: after.Items[n].Item, Policy: exam.Drop})
	e.now = e.now.Add(time.Minute)
	if dropped := e.ask(t); len(dropped.Items) != len(after.Items)-1 || dropped.Drawn.Mean != before.Drawn.Mean {
		t.Errorf("without an item forms were drawn for %.4f, with it %.4f; %d of %d items are left", dropped.Drawn.Mean, before.Drawn.Mean, len(dropped.Items), len(after.Items))
	}
}

// correct has a key of the exam corrected, and every result after it.
func (e *env) correct(t *testing.T, c exam.CorrectionDraft) {
	t.Helper()
	id := "k-" + c.Item
	_, _, err := e.exams.ProposeRegrade(t.Context(), "author", exam.RegradeDraft{ID: id, Exam: e.exam.ID, Reason: "The key was wrong", Corrections: []exam.CorrectionDraft{c}})
	must(t, err)
	for range 20 {
		g, err := e.exams.AdvanceRegrade(t.Context(), id)
		must(t, err)
		switch g.State {
		case exam.RegradeChecked:
			_, err = e.exams.ApproveRegrade(t.Context(), "admin", id, "seen and agreed")
			must(t, err)
		case exam.RegradeTelling, exam.RegradeDone:
			return
		}
	}
	t.Fatal("the key change did not end")
}

// What a bank's list is told comes from the exam, and goes with the wording.
func TestAReleaseKnowsItsItems(t *testing.T) {
	e := open(t)
	if before, err := e.s.Noted(t.Context(), e.exam.Release); err != nil || len(before) != 0 {
		t.Fatalf("before anything was computed: %d items, %v", len(before), err)
	}
	r := e.ask(t)
	known, err := e.s.Noted(t.Context(), e.exam.Release)
	must(t, err)
	wrong := known[e.wrong(t)]
	if len(known) != len(r.Items) || wrong.Exam != e.exam.ID || !wrong.ComputedAt.Equal(r.ComputedAt) || len(wrong.Flags) == 0 {
		t.Errorf("%d items known of %d, the wrong one as %+v", len(known), len(r.Items), wrong)
	}

	shipped, err := bank()
	must(t, err)
	items, stimuli := make([]exam.Item, 0, shipped.Items()), shipped.Release.Stimuli
	for _, rev := range shipped.Revisions() {
		it := rev.Item
		if it.ID == e.wrong(t) {
			it.Stem = exam.Text{"uk": "Інакше: " + it.Stem["uk"], "en": "Otherwise: " + it.Stem["en"]}
		}
		items = append(items, it)
	}
	edited, err := exam.NewBank(shipped.Release.Bank, shipped.Release.Title, shipped.Release.Languages, stimuli, items)
	must(t, err)
	_, _, err = e.exams.ImportBank(t.Context(), "test", edited)
	must(t, err)
	later, err := e.s.Noted(t.Context(), edited.Release.Hash)
	must(t, err)
	if _, still := later[e.wrong(t)]; still || len(later) != len(known)-1 {
		t.Errorf("after one item was edited, %d of %d are known, the edited one: %t", len(later), len(known), still)
	}
	if _, err := e.s.Noted(t.Context(), "no-such-release"); fault.Code(err) != "release.not_found" {
		t.Errorf("no such release: %v", err)
	}
	e.latest(t, r)
}

// latest: a list of the items that are being written is told of each what enough people
// said, and of which revision, whatever the wording is now.
func (e *env) latest(t *testing.T, r statistics.Result) {
	t.Helper()
	of, latest, err := e.s.LatestOf(t.Context(), e.exam.ID)
	must(t, err)
	in, err := e.s.LatestIn(t.Context(), of)
	must(t, err)
	enough := 0
	for _, line := range r.Items {
		if line.N >= statistics.LeastPeople {
			enough++
		}
	}
	if len(latest) != enough || enough == 0 || enough == len(r.Items) || !reflect.DeepEqual(in, latest) {
		t.Errorf("%d items known by the exam, %d in bank %q, of %d with enough answers", len(latest), len(in), of, enough)
	}
	shipped, err := bank()
	must(t, err)
	n, _ := shipped.Number(e.wrong(t))
	if l := latest[e.wrong(t)]; l.Revision != shipped.Revision(n).Hash || !l.PublishedAt.Equal(e.exam.PublishedAt) || len(l.Flags) == 0 {
		t.Errorf("the wrong item is known as %+v", l)
	}
	if other, err := e.s.LatestIn(t.Context(), "another"); err != nil || len(other) != 0 {
		t.Errorf("another bank: %d items, %v", len(other), err)
	}
}

// Invariant 3.
func TestOneOfManyCopiesWorks(t *testing.T) {
	e := open(t)
	_, err := e.s.Ask(t.Context(), e.exam.ID)
	must(t, err)
	due, err := e.s.Due(t.Context(), 10)
	must(t, err)
	e.store.Count("PutPart")
	var racing sync.WaitGroup
	for range 4 {
		racing.Go(func() {
			if err := e.s.Run(t.Context(), due[0]); err != nil {
				t.Error(err)
			}
		})
	}
	racing.Wait()
	r := e.result(t)
	if want := len(r.Items) + 2 + 5; e.store.Counted() != want || r.Run != 1 {
		t.Errorf("four copies stored %d parts in run %d; one stores %d", e.store.Counted(), r.Run, want)
	}
	if left, err := e.s.Due(t.Context(), 10); err != nil || len(left) != 0 {
		t.Errorf("still due: %v, %v", left, err)
	}
}

func TestARunThatBreaksOffIsTakenUp(t *testing.T) {
	for _, after := range []bool{false, true} {
		e := open(t)
		_, err := e.s.Ask(t.Context(), e.exam.ID)
		must(t, err)
		due, err := e.s.Due(t.Context(), 10)
		must(t, err)
		e.store.Fail("PutPart", after)
		if err := e.s.Run(t.Context(), due[0]); err == nil {
			t.Fatal("a store that fails was not noticed")
		}
		j, err := e.s.Job(t.Context(), e.exam.ID)
		must(t, err)
		if j.State != statistics.Waiting || j.Failures != 1 {
			t.Errorf("after a failure the job is %+v", j)
		}
		e.now = e.now.Add(time.Minute)
		e.compute(t)
		if r := e.result(t); r.Run != 2 || !r.Enough {
			t.Errorf("the second run left %+v", r.Counts)
		}

		// A copy that died says nothing; another one takes over when its lease is out.
		_, err = e.s.Ask(t.Context(), e.exam.ID)
		must(t, err)
		due, err = e.s.Due(t.Context(), 10)
		must(t, err)
		dead := due[0]
		dead.State, dead.DueAt = statistics.Reading, e.now.Add(2*time.Minute)
		must(t, e.store.UpdateJob(t.Context(), dead))
		e.now = e.now.Add(time.Minute)
		e.compute(t)
		if j, _ = e.s.Job(t.Context(), e.exam.ID); j.State != statistics.Reading {
			t.Errorf("a lease that lasts was taken: %+v", j)
		}
		e.now = e.now.Add(2 * time.Minute)
		e.compute(t)
		if j, _ = e.s.Job(t.Context(), e.exam.ID); j.State != statistics.Ready {
			t.Errorf("a lease that is out was not taken: %+v", j)
		}
	}
}

// Invariant 4.
func TestOfFewPeopleNothingIsSaid(t *testing.T) {
	e := openAt(t, filepath.Join(t.TempDir(), "proba.db"))
	t.Cleanup(func() { must(t, e.store.Store.(*sqlite.Store).Close()) })
	e.publish(t)
	if r := e.ask(t); r.Enough || r.Counts.Read != 0 {
		t.Errorf("an exam that nobody sat: %+v", r)
	}
	_, err := simulate.Sit(t.Context(), e.crowd(t, 0, statistics.LeastPeople-1))
	must(t, err)
	r := e.ask(t)
	if r.Enough || len(r.Items) > 0 || r.All.N > 0 || r.Counts.Counted != statistics.LeastPeople-1 {
		t.Errorf("of %d people it says %+v", statistics.LeastPeople-1, r)
	}
	if _, err := e.s.Item(t.Context(), e.exam.ID, e.wrong(t)); fault.Code(err) != "statistics.part_not_found" {
		t.Errorf("an item of few people: %v", err)
	}
	c := e.crowd(t, 100, 5) // the whole of a region that is too small to be named
	c.Sittings = []string{"room-tiny"}
	_, err = simulate.Sit(t.Context(), c)
	must(t, err)
	for _, g := range e.ask(t).Regions {
		if g.Name == "tiny" || g.N < statistics.LeastGroup {
			t.Errorf("the small group %q of %d is shown", g.Name, g.N)
		}
	}
	if _, err := e.s.Ask(t.Context(), "no-such-exam"); fault.Code(err) != "exam.not_found" {
		t.Errorf("no such exam: %v", err)
	}
}

// Invariant 5, and 4 for what learners said.
func TestVoicesNameNobody(t *testing.T) {
	e := open(t)
	all, err := e.exams.Attempts(t.Context(), exam.AttemptFilter{Exam: e.exam.ID}, "", statistics.LeastGroup)
	must(t, err)
	say := func(a exam.Attempt) {
		must(t, e.exams.AnswerSurvey(t.Context(), a.Person, a.ID, exam.Survey{Clear: 4, Comment: "Write to olena@proba.test or +380 44 123-45-67"}))
	}
	for _, a := range all[1:] {
		say(a)
	}
	must(t, e.exams.Report(t.Context(), all[0].Person, all[0].ID, 0, exam.Outdated, "the law has changed"))
	e.ask(t)
	v, err := e.s.Voices(t.Context(), e.exam.ID)
	must(t, err)
	if v.Surveys != statistics.LeastGroup-1 || v.Clear.N != 0 || len(v.Comments) != 0 {
		t.Errorf("of %d surveys it says %+v", v.Surveys, v)
	}
	if len(v.Reports) != 1 || v.Reports[0].Reasons[exam.Outdated] != 1 || len(v.Reports[0].Texts) != 1 {
		t.Errorf("reports: %+v", v.Reports)
	}
	say(all[0])
	e.ask(t)
	v, err = e.s.Voices(t.Context(), e.exam.ID)
	must(t, err)
	if v.Clear.N != statistics.LeastGroup || v.Clear.Mean != 4 || v.Fair.N != 0 || v.Comments[0] != "Write to … or …" {
		t.Errorf("of enough surveys it says %+v", v)
	}
	for _, name := range []string{"voices", "result"} {
		p, err := e.store.Part(t.Context(), e.exam.ID, name)
		must(t, err)
		for _, a := range all {
			if strings.Contains(string(p.Data), a.ID) || strings.Contains(string(p.Data), a.Person) {
				t.Errorf("the part %s holds an attempt or a person", name)
			}
		}
	}
}
