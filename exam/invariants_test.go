package exam

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestInvariant1HashesDependOnContentOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := genBank(t)
		if err := b.Verify(); err != nil {
			t.Fatal(err)
		}
		rev := b.Revision(0)
		data, err := json.Marshal(rev.Item)
		if err != nil {
			t.Fatal(err)
		}
		var copied Item
		if err := json.Unmarshal(data, &copied); err != nil {
			t.Fatal(err)
		}
		if again, _ := NewRevision(copied); again.Hash != rev.Hash {
			t.Fatal("a round trip through JSON changed the hash")
		}
		copied.Stem["en"] += "?"
		if other, _ := NewRevision(copied); other.Hash == rev.Hash {
			t.Fatal("other content has the same hash")
		}
	})
}

func TestInvariant2AssembleIsDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, form := genForm(t)
		fresh, err := NewPlan(plan.bank, plan.blueprint)
		if err != nil {
			t.Fatal(err)
		}
		if err := fresh.Replay(form); err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{form.Slots[0].Item.ID: 2, "no-such-item": 1}
		retake, err := plan.Assemble(genSeed(t), seen)
		if err != nil {
			t.Skip()
		}
		if err := fresh.Replay(retake); err != nil {
			t.Fatalf("with a history: %v", err)
		}
	})
}

// TestInvariant2WithExposure replays forms that consulted counters, after a round
// trip through JSON.
func TestInvariant2WithExposure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, _ := genForm(t)
		used := Exposure{Used: make(map[string]float64)}
		for i := range plan.bank.items {
			used.Used[plan.bank.items[i].Item.ID] = rapid.Float64Range(0, 20).Draw(t, "used")
		}
		form, err := plan.Draw(genSeed(t), nil, plan.Exposure(used))
		if err != nil {
			t.Skip()
		}
		data, err := json.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		var stored Form
		if err := json.Unmarshal(data, &stored); err != nil {
			t.Fatal(err)
		}
		fresh, err := NewPlan(plan.bank, plan.blueprint)
		if err != nil {
			t.Fatal(err)
		}
		if err := fresh.Replay(stored); err != nil {
			t.Fatal(err)
		}
	})
}

func TestInvariant11CertificateIsOfTheItems(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, form := genForm(t)
		e := form.Equivalence
		var known *Calibration
		expected := 0.0
		for _, slot := range form.Slots {
			if slot.Pretest() {
				continue
			}
			rev, _ := plan.bank.find(slot.Item)
			expected += known.difficultyOf(&rev.Item).item.P(e.Theta)
		}
		if math.Abs(expected-e.Expected[1]) > 1e-9 || e.Pass < 0 || e.Pass > 1+1e-9 || !(e.ParameterSD > 0) || e.Basis != Judged {
			t.Fatalf("the items expect %v, the certificate says %+v", expected, e)
		}
		other, err := plan.Assemble(genSeed(t), nil)
		if err != nil {
			t.Skip()
		}
		for n := range e.Expected {
			target, also := e.Expected[n]-e.Deviation[n], other.Equivalence.Expected[n]-other.Equivalence.Deviation[n]
			if math.Abs(target-also) > 1e-9 {
				t.Fatalf("two forms of a plan have targets %v and %v", target, also)
			}
		}
	})
}

func TestInvariant3FormsSatisfyTheBlueprint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, form := genForm(t)
		counts, ids := make([]int, len(plan.blueprint.Cells)), map[string]bool{}
		testlets, pretest := map[string][]int{}, 0
		for n, slot := range form.Slots {
			rev, err := plan.bank.find(slot.Item)
			if err != nil {
				t.Fatal(err)
			}
			if rev.Item.Pretest != slot.Pretest() {
				t.Fatalf("slot %d: an item that is tried out is scored, or the other way round", n)
			}
			if slot.Pretest() {
				pretest++
				ids[rev.Item.ID] = true
				continue
			}
			if !plan.blueprint.Cells[slot.Cell].matches(&rev.Item) {
				t.Fatalf("slot %d counts for a cell that its item does not match", n)
			}
			if ids[rev.Item.ID] {
				t.Fatalf("item %s is in the form twice", rev.Item.ID)
			}
			counts[slot.Cell]++
			ids[rev.Item.ID] = true
			if rev.Item.Stimulus != "" {
				testlets[rev.Item.Stimulus] = append(testlets[rev.Item.Stimulus], n)
			}
		}
		for c, cell := range plan.blueprint.Cells {
			if counts[c] != cell.Count {
				t.Fatalf("cell %d has %d items, want %d", c, counts[c], cell.Count)
			}
		}
		for i := range plan.bank.items {
			it := &plan.bank.items[i].Item
			for _, enemy := range it.Enemies {
				if ids[it.ID] && ids[enemy] {
					t.Fatalf("enemies %s and %s share the form", it.ID, enemy)
				}
			}
		}
		if pretest != plan.blueprint.Pretest {
			t.Fatalf("%d items are tried out, want %d", pretest, plan.blueprint.Pretest)
		}
		if len(testlets) != plan.blueprint.Testlets {
			t.Fatalf("%d testlets, want %d", len(testlets), plan.blueprint.Testlets)
		}
		for id, at := range testlets {
			if len(at) != 3 || at[2]-at[0] != 2 {
				t.Fatalf("testlet %s stands at slots %v: not whole and contiguous", id, at)
			}
			if !slices.IsSortedFunc(at, func(a, b int) int {
				return plan.bank.byID[form.Slots[a].Item.ID] - plan.bank.byID[form.Slots[b].Item.ID]
			}) {
				t.Fatalf("testlet %s is out of order", id)
			}
		}
	})
}

func TestInvariant4ArrangementsArePermutations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, form := genForm(t)
		for n, slot := range form.Slots {
			rev, _ := plan.bank.find(slot.Item)
			s := rev.Item.Interaction.shape()
			sorted := slices.Sorted(slices.Values(slot.Arrangement.Options))
			if !slices.Equal(sorted, identity(s.options)) {
				t.Fatalf("slot %d: options %v are no permutation of %d", n, slot.Arrangement.Options, s.options)
			}
			for i, fixed := range s.fixed {
				if fixed && slot.Arrangement.Options[i] != i {
					t.Fatalf("slot %d: fixed option %d was moved", n, i)
				}
			}
			if rev.Item.Kind == Ordering && slices.IsSorted(slot.Arrangement.Options) {
				t.Fatalf("slot %d shows the steps in the right order", n)
			}
		}
	})
}

// TestInvariant5ViewsDoNotDependOnKeys changes everything that a learner must
// not learn and wants the same bytes.
func TestInvariant5ViewsDoNotDependOnKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, form := genForm(t)
		before, err := plan.bank.Present(form, "uk")
		if err != nil {
			t.Fatal(err)
		}
		for i := range plan.bank.items {
			hideOtherwise(&plan.bank.items[i].Item)
		}
		after, err := plan.bank.Present(form, "uk")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Fatalf("the view depends on what is secret (-before +after):\n%s", diff)
		}
	})
}

// hideOtherwise gives the item another key, rationale, source and difficulty.
func hideOtherwise(it *Item) {
	it.Rationale, it.References, it.Difficulty, it.Level, it.Topic = text("other"), nil, Expert, "remember", "other"
	switch in := it.Interaction.(type) {
	case *SingleChoice:
		for i := range in.Options {
			in.Options[i].Key = !in.Options[i].Key
		}
	case *MultipleChoice:
		for i := range in.Options {
			in.Options[i].Key = !in.Options[i].Key
		}
	case *TrueOrFalse:
		*in.True = !*in.True
	case *Number:
		in.Value, in.Tolerance = "123456", "7"
	case *Words:
		in.Accepted = []Text{text("quite another")}
	case *HotspotImage:
		for i := range in.Areas {
			in.Areas[i].Key = !in.Areas[i].Key
		}
	case *ClozeText:
		for i := range in.Gaps {
			hideGap(&in.Gaps[i])
		}
	}
}

func TestInvariant6Credit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, form := genForm(t)
		for n, slot := range form.Slots {
			rev, _ := plan.bank.find(slot.Item)
			in, a := rev.Item.Interaction, slot.Arrangement
			for _, rule := range in.rules() {
				if got := in.mark(rule, a, genResponse(t, in)); got < 0 || got > OnePoint {
					t.Fatalf("slot %d, %s: credit %d", n, rule, got)
				}
				key := in.key(a)
				if f := in.accept(key); f != nil {
					t.Fatalf("slot %d: the key is refused: %v", n, f)
				}
				if got := in.mark(rule, a, key); got != OnePoint {
					t.Fatalf("slot %d, %s: the key earns %d", n, rule, got)
				}
				if got := in.mark(rule, a, Response{}); got != 0 {
					t.Fatalf("slot %d, %s: no answer earns %d", n, rule, got)
				}
				if m, ok := in.(*MultipleChoice); ok {
					if got := in.mark(rule, a, Response{Choices: identity(len(m.Options))}); got >= OnePoint {
						t.Fatalf("slot %d, %s: ticking everything earns %d", n, rule, got)
					}
				}
			}
		}
	})
}

func TestInvariant9Grading(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, form := genForm(t)
		responses := genResponses(t, plan.bank, form)
		r, err := plan.bank.Grade(&plan.blueprint, form, responses, testNow)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := plan.bank.Grade(&plan.blueprint, form, responses, testNow)
		if diff := cmp.Diff(r, again); diff != "" {
			t.Fatalf("graded twice, differently:\n%s", diff)
		}
		var score, most, marks Points
		for _, s := range r.Sections {
			score, most = score+s.Score, most+s.Max
		}
		scored := 0
		for n, m := range r.Marks {
			marks += m
			if !form.Slots[n].Pretest() {
				scored++
			} else if m != 0 {
				t.Fatalf("slot %d is tried out and earns %d", n, m)
			}
		}
		if r.Max != OnePoint*Points(scored) {
			t.Fatalf("%d scored items give %d points at most", scored, r.Max)
		}
		if score != r.Score || most != r.Max || marks != r.Score {
			t.Fatalf("sections give %d of %d and marks %d, the form %d of %d", score, most, marks, r.Score, r.Max)
		}
		want := r.Score*fullBasisPoints >= r.Max*Points(plan.blueprint.Cut)
		for _, g := range r.Gates {
			want = want && g.Score*fullBasisPoints >= g.Max*Points(plan.blueprint.Gates[0].Minimum)
		}
		if r.Passed != want {
			t.Fatalf("passed = %v with %+v", r.Passed, r)
		}
	})
}

func TestFullMarksForTheKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, form := genForm(t)
		responses := make(map[int]Stored)
		for n, slot := range form.Slots {
			rev, _ := plan.bank.find(slot.Item)
			responses[n] = Stored{Seq: 1, Response: rev.Item.Interaction.key(slot.Arrangement)}
		}
		r, err := plan.bank.Grade(&plan.blueprint, form, responses, testNow)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Passed || r.Score != r.Max || r.BasisPoints() != fullBasisPoints {
			t.Fatalf("all keys give %d of %d, passed %v", r.Score, r.Max, r.Passed)
		}
	})
}

// TestPretestKeysStayHidden: whatever the review policy, a learner sees nothing of
// items that are tried out.
func TestPretestKeysStayHidden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, form := genForm(t)
		a := Attempt{State: Released, Form: form, Responses: genResponses(t, plan.bank, form)}
		r, err := plan.bank.Grade(&plan.blueprint, form, a.Responses, testNow)
		if err != nil {
			t.Fatal(err)
		}
		a.Result = &r
		o, err := plan.bank.outcome(&a, Policy{Review: Review{Show: ShowKeys}}, nil, "en")
		if err != nil {
			t.Fatal(err)
		}
		if len(o.Answers) != plan.blueprint.Length() {
			t.Fatalf("%d answers of %d scored items are shown", len(o.Answers), plan.blueprint.Length())
		}
	})
}
