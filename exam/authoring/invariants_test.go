package authoring_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

var now = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

// question is a finished item in Ukrainian.
func question(id, stem string) exam.Item {
	key := true
	return exam.Item{ID: id, Kind: exam.TrueFalse, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic, Stem: exam.Text{"uk": stem}, Interaction: &exam.TrueOrFalse{True: &key}}
}

// arrows are the moves of the package comment.
var arrows = map[authoring.State][]authoring.State{
	authoring.Draft:    {authoring.InReview, authoring.Retired},
	authoring.InReview: {authoring.Draft, authoring.Approved, authoring.Retired},
	authoring.Approved: {authoring.Draft, authoring.Retired},
	authoring.Retired:  {authoring.Draft},
}

// TestTheLifeOfAnEntry has random people do random things to an entry and checks
// invariants 1 to 4 after every step.
func TestTheLifeOfAnEntry(t *testing.T) {
	c := authoring.Copy{ID: "bank", Languages: []string{"uk"}, Title: exam.Text{"uk": "Банк"}}
	people := []string{"ann", "bob", "eve"}
	texts := []string{"Так?", "Ні?", ""} // the last one is unfinished
	rapid.Check(t, func(t *rapid.T) {
		e, err := authoring.NewEntry("bank", c.Languages, question("item-1", texts[0]), "ann", 0, now)
		if err != nil {
			t.Fatal(err)
		}
		revisions := []string{e.Revision}
		for step := range rapid.IntRange(1, 30).Draw(t, "steps") {
			by := rapid.SampledFrom(people).Draw(t, "by")
			seen := rapid.SampledFrom(append(slices.Clone(revisions), e.Revision, e.Revision, e.Revision)).Draw(t, "seen")
			reason := rapid.SampledFrom([]string{"", "because"}).Draw(t, "reason")
			text := rapid.SampledFrom(texts).Draw(t, "text")
			before, at := e, now.Add(time.Duration(step)*time.Minute)
			do := rapid.SampledFrom([]string{"edit", "submit", "submit", "approve", "approve", "return", "retire", "restore"}).Draw(t, "do")
			switch do {
			case "edit":
				e, err = e.Edit(seen, c.Languages, question("item-1", text), by, at)
			case "submit":
				e, err = e.Submit(seen, &c, by, at)
			case "approve":
				e, err = e.Approve(seen, &c, by, at)
			case "return":
				e, err = e.Return(seen, reason, by, at)
			case "retire":
				e, err = e.Retire(reason, by, at)
			case "restore":
				e, err = e.Restore(reason, by, at)
			}
			if err != nil {
				if diff := cmp.Diff(before, e); diff != "" {
					t.Fatalf("%s was refused (%v) and changed the entry:\n%s", do, err, diff)
				}
				continue
			}
			revisions = append(revisions, e.Revision)
			checkStep(t, do, seen, reason, by, before, e)
		}
	})
}

func checkStep(t *rapid.T, do, seen, reason, by string, before, e authoring.Entry) {
	if rev, err := exam.NewRevision(e.Content); err != nil || rev.Hash != e.Revision {
		t.Fatalf("invariant 1: the revision %s is not the hash of the content, %v", e.Revision, err)
	}
	changed := !cmp.Equal(before, e)
	if changed && do != "retire" && do != "restore" && seen != before.Revision {
		t.Fatalf("invariant 4: %s over revision %s, which was not seen, changed the entry", do, before.Revision)
	}
	if do == "approve" && changed {
		for _, ev := range e.Events {
			if ev.Revision == e.Approved && ev.By == by && (ev.What == authoring.Created || ev.What == authoring.Edited) {
				t.Fatalf("invariant 2: %s wrote the revision and approved it", by)
			}
		}
		if len(e.Content.Check([]string{"uk"})) > 0 {
			t.Fatal("invariant 2: an unfinished revision was approved")
		}
	}
	if before.State != e.State && !(do == "edit" && e.State == authoring.Draft && before.State != authoring.Retired) && !slices.Contains(arrows[before.State], e.State) {
		t.Fatalf("invariant 3: %s moved the entry from %s to %s", do, before.State, e.State)
	}
	if before.State != e.State && e.State == authoring.Draft && do != "edit" && reason == "" {
		t.Fatalf("invariant 3: %s moved back without a reason", do)
	}
	added := 0
	if changed {
		added = 1
	}
	if len(e.Events) != len(before.Events)+added || !cmp.Equal(e.Events[:len(before.Events)], before.Events) {
		t.Fatalf("invariant 3: %d events became %d", len(before.Events), len(e.Events))
	}
	if e.State == authoring.Approved && e.Approved != e.Revision || e.Approved == "" && !e.ApprovedAt.IsZero() {
		t.Fatalf("state %s with approved revision %q", e.State, e.Approved)
	}
}

// world is a service over a store of its own.
type world struct {
	*authoring.Service
	store *sqlite.Store
	exams *exam.Service
	fails *failing
}

func newWorld(t testing.TB) *world {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	clock := func() time.Time { return now }
	exams, err := exam.NewService(exam.Deps{Store: s, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	f := &failing{Store: s}
	return &world{authoring.NewService(authoring.Deps{Store: f, Revisions: s, Exams: exams, Now: clock}), s, exams, f}
}

// failing is a store of which the nth write fails: before it did what was asked, or
// after, when the answer is lost.
type failing struct {
	authoring.Store
	mu    sync.Mutex // parts of an import are written beside each other
	at    int        // 0 for never
	after bool
}

var errLost = errors.New("the connection was lost")

func (f *failing) write(do func() error) error {
	f.mu.Lock()
	f.at--
	fails := f.at == 0
	f.mu.Unlock()
	if fails && !f.after {
		return errLost
	}
	if err := do(); err != nil {
		return err
	}
	if fails {
		return errLost
	}
	return nil
}

func (f *failing) InsertItems(ctx context.Context, entries []authoring.Entry) (there []string, err error) {
	err = f.write(func() error { there, err = f.Store.InsertItems(ctx, entries); return err })
	return there, err
}

func (f *failing) UpdateItem(ctx context.Context, e authoring.Entry) error {
	return f.write(func() error { return f.Store.UpdateItem(ctx, e) })
}

func (f *failing) InsertCopy(ctx context.Context, c authoring.Copy) error {
	return f.write(func() error { return f.Store.InsertCopy(ctx, c) })
}

func (f *failing) UpdateCopy(ctx context.Context, c authoring.Copy) error {
	return f.write(func() error { return f.Store.UpdateCopy(ctx, c) })
}

func (f *failing) UpdateImport(ctx context.Context, i authoring.Import) error {
	return f.write(func() error { return f.Store.UpdateImport(ctx, i) })
}

func (f *failing) DropImportParts(ctx context.Context, id string) error {
	return f.write(func() error { return f.Store.DropImportParts(ctx, id) })
}

// sample is a release of three items, two of them of one testlet.
func (w *world) sample(t testing.TB) exam.Release {
	t.Helper()
	items := []exam.Item{question("item-c", "Третє?"), question("item-a", "Перше?"), question("item-b", "Друге?")}
	items[1].Stimulus, items[2].Stimulus = "case-1", "case-1"
	bank, err := exam.NewBank("sample", exam.Text{"uk": "Зразок"}, []string{"uk"}, []exam.Stimulus{{ID: "case-1", Text: exam.Text{"uk": "Справа"}}}, items)
	if err != nil {
		t.Fatal(err)
	}
	release, _, err := w.exams.ImportBank(t.Context(), "first", bank)
	if err != nil {
		t.Fatal(err)
	}
	return release
}

// TestOpeningAndReleasing is invariant 5: a copy that nobody changed releases what it was
// opened from; and each write of opening and releasing fails once, in both ways.
func TestOpeningAndReleasing(t *testing.T) {
	for at := range 4 {
		for _, after := range []bool{false, true} {
			w := newWorld(t)
			release := w.sample(t)
			w.fails.at, w.fails.after = at, after
			c, err := w.Open(t.Context(), "ann", release.Hash)
			if err != nil {
				if c, err = w.Open(t.Context(), "ann", release.Hash); err != nil && fault.Code(err) != "copy.exists" {
					t.Fatalf("opened again after write %d failed: %v", at, err)
				}
				c, err = w.Copy(t.Context(), "sample")
			}
			if err != nil || c.Release != release.Hash {
				t.Fatal(c, err)
			}
			_, p, err := w.Prospect(t.Context(), "sample")
			if err != nil || !p.Same(release.Hash) || p.Order || p.About || len(p.Added)+len(p.Removed)+len(p.Changed)+len(p.Cases)+len(p.Ahead)+p.Unapproved > 0 {
				t.Fatalf("an unchanged copy would release %+v, %v; want %s", p, err, release.Hash)
			}
		}
	}
}

// TestWhatAReleaseHolds writes over a release and looks at what the next one holds.
func TestWhatAReleaseHolds(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	first := w.sample(t)
	if _, err := w.Open(ctx, "ann", first.Hash); err != nil {
		t.Fatal(err)
	}
	entry := func(id string) authoring.Entry {
		e, err := w.Entry(ctx, "sample", id)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	ok := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	edited := question("item-c", "Зовсім інше?")
	ok(w.Write(ctx, "ann", "sample", entry("item-c").Revision, edited))
	ok(w.Write(ctx, "ann", "sample", "", question("item-d", "Нове?")))
	ok(w.WriteCase(ctx, "ann", "sample", "case-1", exam.Text{"uk": "Справа"}, exam.Text{"uk": "Справа, переписана"}))
	c, p, err := w.Prospect(ctx, "sample")
	if err != nil || !p.Same(c.Release) || !slices.Equal(p.Ahead, []string{"item-c"}) || p.Unapproved != 1 {
		t.Fatalf("drafts would be released: %+v, %v", p, err)
	}
	approve := func(id string) {
		e := entry(id)
		ok(w.Submit(ctx, "ann", "sample", id, e.Revision))
		if _, err := w.Approve(ctx, "ann", "sample", id, e.Revision); fault.Code(err) != "item.own" {
			t.Fatalf("ann approves what she wrote: %v", err)
		}
		ok(w.Approve(ctx, "bob", "sample", id, e.Revision))
	}
	approve("item-c")
	approve("item-d")
	if _, err := w.ApproveCase(ctx, "ann", "sample", "case-1", exam.Text{"uk": "Справа, переписана"}); fault.Code(err) != "item.own" {
		t.Errorf("ann approves her case text: %v", err)
	}
	ok(w.ApproveCase(ctx, "bob", "sample", "case-1", exam.Text{"uk": "Справа, переписана"}))
	ok(w.Retire(ctx, "ann", "sample", "item-a", "out of date"))
	_, p, err = w.Prospect(ctx, "sample")
	want := authoring.Prospect{Bank: p.Bank, Added: []string{"item-d"}, Removed: []string{"item-a"}, Changed: []string{"item-c"}, Cases: []string{"case-1"}}
	if diff := cmp.Diff(want, p, cmp.Comparer(func(a, b *exam.Bank) bool { return a == b })); err != nil || diff != "" {
		t.Fatalf("%v\n%s", err, diff)
	}
	hash := p.Bank.Release.Hash
	if _, err := w.Release(ctx, "ann", "sample", first.Hash); fault.Code(err) != "release.changed" {
		t.Errorf("a release that nobody was shown: %v", err)
	}
	for range 2 { // the second time changes nothing
		r, err := w.Release(ctx, "ann", "sample", hash)
		if err != nil || r.Hash != hash {
			t.Fatal(r, err)
		}
	}
	bank, err := w.exams.Bank(ctx, hash)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i := range bank.Items() {
		ids = append(ids, bank.Revision(i).Item.ID)
	}
	if !slices.Equal(ids, []string{"item-c", "item-b", "item-d"}) || bank.Release.Stimuli[0].Text["uk"] != "Справа, переписана" {
		t.Errorf("the release holds %v and %v", ids, bank.Release.Stimuli)
	}
	ok(w.Retire(ctx, "ann", "sample", "item-b", "its testlet goes"))
	if _, p, err = w.Prospect(ctx, "sample"); err != nil || !slices.Equal(p.Cases, []string{"case-1"}) {
		t.Errorf("a case text without items: %+v, %v", p, err)
	}
	if _, err := w.exams.Bank(ctx, first.Hash); err != nil {
		t.Errorf("the first release is gone: %v", err)
	}
}

// TestImportsAreAppliedOnce is invariant 6: the nth write of applying fails, before or
// after it took effect; applying again leaves what one undisturbed time leaves.
func TestImportsAreAppliedOnce(t *testing.T) {
	run := func(at int, after bool) map[string]authoring.Entry {
		w, ctx := newWorld(t), t.Context()
		if _, err := w.Open(ctx, "ann", w.sample(t).Hash); err != nil {
			t.Fatal(err)
		}
		items := []exam.Item{question("item-a", "Перше, інше?"), question("item-b", "Друге?"), question("item-n", "Нове?"), question("item-m", "Ще нове?")}
		items[1].Stimulus = "case-1" // as it is
		i, err := w.CheckImport(ctx, "eve", "sample", authoring.Source{File: "f.gift", Format: "gift", Found: 5, Items: items, Cases: []exam.Stimulus{{ID: "case-2", Text: exam.Text{"uk": "Друга"}}}})
		if err != nil {
			t.Fatal(err)
		}
		if added, changed, same := i.Counts(); added != 2 || changed != 1 || same != 1 || i.Refused != 1 {
			t.Fatalf("added %d, changed %d, same %d, refused %d", added, changed, same, i.Refused)
		}
		w.fails.at, w.fails.after = at, after
		a, err := w.Apply(ctx, "eve", "sample", i.ID)
		for n := 0; err != nil; n++ {
			if n > 2 {
				t.Fatal(err)
			}
			a, err = w.Apply(ctx, "eve", "sample", i.ID)
		}
		if _, err = w.Apply(ctx, "eve", "sample", i.ID); err != nil || len(a.Stale) > 0 {
			t.Fatal(a, err)
		}
		if c, err := w.Copy(ctx, "sample"); err != nil || len(c.Cases) != 2 {
			t.Fatal(c, err)
		}
		all := make(map[string]authoring.Entry)
		for _, id := range []string{"item-a", "item-b", "item-c", "item-m", "item-n"} {
			e, err := w.Entry(ctx, "sample", id)
			if err != nil {
				t.Fatalf("write %d failed: %v", at, err)
			}
			e.Place = 0
			all[id] = e
		}
		return all
	}
	want := run(0, false)
	if e := want["item-a"]; e.State != authoring.Draft || e.Approved == e.Revision || e.Author != "eve" {
		t.Errorf("a changed item is %+v", e)
	}
	for at := 1; at <= 8; at++ {
		for _, after := range []bool{false, true} {
			if diff := cmp.Diff(want, run(at, after)); diff != "" {
				t.Errorf("write %d failed (after it took effect: %v):\n%s", at, after, diff)
			}
		}
	}
}

// TestAnImportThatIsReadStaysWhole loses the answer to the last write of reading a file: what
// is checked by then can be applied.
func TestAnImportThatIsReadStaysWhole(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if _, err := w.Open(ctx, "ann", w.sample(t).Hash); err != nil {
		t.Fatal(err)
	}
	i, err := w.BeginImport(ctx, "eve", "sample", "f.gift", "gift")
	if err != nil {
		t.Fatal(err)
	}
	w.fails.at, w.fails.after = 1, true
	_, err = w.FillImport(ctx, i, authoring.Source{Found: 1, Items: []exam.Item{question("item-n", "Нове?")}})
	if !errors.Is(err, errLost) {
		t.Fatal(err)
	}
	if err := w.FailImport(ctx, i.ID, err); err != nil {
		t.Fatal(err)
	}
	if i, err = w.Import(ctx, i.ID); err != nil || i.State != authoring.ImportChecked {
		t.Fatalf("it is %s, %v", i.State, err)
	}
	if _, err := w.Apply(ctx, "eve", "sample", i.ID); err != nil {
		t.Error(err)
	}
	if _, err := w.Entry(ctx, "sample", "item-n"); err != nil {
		t.Error(err)
	}
}

// TestTwoEditorsDoNotOverwriteEachOther has a second editor told what changed; a comment
// in between does not stand in anybody's way.
func TestTwoEditorsDoNotOverwriteEachOther(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if _, err := w.Create(ctx, "ann", authoring.Copy{ID: "new-bank", Title: exam.Text{"uk": "Новий"}, Languages: []string{"uk"}}); err != nil {
		t.Fatal(err)
	}
	e, err := w.Write(ctx, "ann", "new-bank", "", question("item-1", "Так?"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Comment(ctx, "bob", "new-bank", "item-1", "Чому?"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(ctx, "bob", "new-bank", e.Revision, question("item-1", "Ні?")); err != nil {
		t.Fatalf("after a comment: %v", err)
	}
	_, err = w.Write(ctx, "ann", "new-bank", e.Revision, question("item-1", "Мабуть?"))
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok || f.Code != "item.changed" || len(f.Fields) != 1 || f.Fields[0].Path != "/stem/uk" {
		t.Errorf("over another's work: %v", err)
	}
	if e, err = w.Entry(ctx, "new-bank", "item-1"); err != nil || e.Content.Stem["uk"] != "Ні?" || len(e.Comments) != 1 || e.Author != "bob" {
		t.Errorf("stored %+v, %v", e, err)
	}
	if _, err := w.Write(ctx, "ann", "new-bank", "", question("item-1", "Знов?")); fault.Code(err) != "item.exists" {
		t.Errorf("a taken id: %v", err)
	}
}

// TestFiguresOfTheNewestExamStay: whatever the order in which exams are analysed, an entry
// has what the newest of them says last; authors at work are not disturbed.
func TestFiguresOfTheNewestExamStay(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	if _, err := w.Create(ctx, "ann", authoring.Copy{ID: "new-bank", Title: exam.Text{"uk": "Новий"}, Languages: []string{"uk"}}); err != nil {
		t.Fatal(err)
	}
	e, err := w.Write(ctx, "ann", "new-bank", "", question("item-1", "Так?"))
	if err != nil {
		t.Fatal(err)
	}
	for n, step := range []struct {
		exam                string
		published, computed time.Duration
		took                int
	}{
		{"second", 2, 10, 1}, {"first", 1, 11, 0}, {"second", 2, 10, 0}, {"second", 2, 9, 0}, {"second", 2, 12, 1}, {"third", 3, 12, 1}, {"second", 2, 20, 0},
	} {
		took, err := w.Note(ctx, "new-bank", map[string]authoring.Figures{
			"item-1": {Exam: step.exam, PublishedAt: now.Add(step.published), ComputedAt: now.Add(step.computed), Revision: e.Revision, N: 40, Flags: []string{"too_easy"}},
			"absent": {Exam: step.exam},
		})
		if err != nil || took != step.took {
			t.Errorf("step %d: %d took figures, %v; want %d", n, took, err, step.took)
		}
	}
	if took, err := w.Note(ctx, "no-bank", map[string]authoring.Figures{"item-1": {}}); took != 0 || err != nil {
		t.Errorf("without a working copy: %d, %v", took, err)
	}
	found, err := w.Entries(ctx, authoring.Filter{Bank: "new-bank", Flag: authoring.AnyFlag}, "", 10)
	if err != nil || len(found) != 1 || found[0].Figures.Exam != "third" || !found[0].Figures.Of(e.Revision) {
		t.Errorf("found %+v, %v", found, err)
	}
	if e, err = w.Write(ctx, "bob", "new-bank", e.Revision, question("item-1", "Ні?")); err != nil || e.Figures.Of(e.Revision) || len(e.Events) != 2 {
		t.Errorf("after an edit: %+v, %v", e, err)
	}
}

func TestDiff(t *testing.T) {
	a, b := question("item-1", "Строк становить сорок днів?"), question("item-1", "Строк становить тридцять днів?")
	b.Stage = "pre-trial"
	changes, err := authoring.Diff(a, b)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, c := range changes {
		got += c.Path + ":"
		for _, p := range c.Parts {
			got += fmt.Sprintf("[%s%v%v]", p.Text, p.Removed, p.Added)
		}
		got += "\n"
	}
	want := "/stage:[pre-trialfalsetrue]\n/stem/uk:[Строк становить falsefalse][сорок truefalse][тридцять falsetrue][днів?falsefalse]\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("аб \n.")))
		a, b := question("item-1", text.Draw(t, "before")), question("item-1", text.Draw(t, "after"))
		changes, err := authoring.Diff(a, b)
		if err != nil || (len(changes) == 0) != (a.Stem["uk"] == b.Stem["uk"]) {
			t.Fatal(changes, err)
		}
		for _, c := range changes {
			before, after := "", ""
			for _, p := range c.Parts {
				if !p.Added {
					before += p.Text
				}
				if !p.Removed {
					after += p.Text
				}
			}
			if before != a.Stem["uk"] || after != b.Stem["uk"] {
				t.Fatalf("%q and %q are woven as %+v", before, after, c.Parts)
			}
		}
	})
}
