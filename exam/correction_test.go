package exam

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// keyOf is the item's key as staff would give it.
func keyOf(it *Item) Key {
	switch c := it.Interaction.(type) {
	case *SingleChoice:
		return Key{Choices: keyPositions(c.Options, Arrangement{Options: identity(len(c.Options))})}
	case *MultipleChoice:
		return Key{Choices: keyPositions(c.Options, Arrangement{Options: identity(len(c.Options))})}
	case *TrueOrFalse:
		return Key{Choices: c.key(Arrangement{}).Choices}
	case *Match:
		return Key{Pairs: identity(len(c.Rows))}
	case *Order:
		return Key{Order: identity(len(c.Steps))}
	case *Number:
		return Key{Value: c.Value, Tolerance: c.Tolerance}
	case *Words:
		return Key{Accepted: c.Accepted}
	case *HotspotImage:
		return Key{Choices: keyPositions(c.choice().Options, Arrangement{Options: identity(len(c.Areas))})}
	case *ClozeText:
		return keyOfCloze(c)
	}
	return Key{}
}

// genKey draws a key that fits the item.
func genKey(t *rapid.T, it *Item) Key {
	permutation := func(n int) []int { return rapid.Permutation(identity(n)).Draw(t, "permutation") }
	switch c := it.Interaction.(type) {
	case *SingleChoice:
		return Key{Choices: []int{rapid.IntRange(0, len(c.Options)-1).Draw(t, "key")}}
	case *MultipleChoice:
		n := rapid.IntRange(1, len(c.Options)-1).Draw(t, "keys")
		if c.Choose > 0 {
			n = min(n, c.Choose)
		}
		return Key{Choices: permutation(len(c.Options))[:n]}
	case *TrueOrFalse:
		return Key{Choices: []int{rapid.IntRange(0, 1).Draw(t, "key")}}
	case *Match:
		return Key{Pairs: permutation(len(c.Rows) + len(c.Distractors))[:len(c.Rows)]}
	case *Order:
		return Key{Order: permutation(len(c.Steps))}
	case *Number:
		return Key{Value: "7", Tolerance: "0.5"}
	case *HotspotImage:
		return genKey(t, &Item{Interaction: c.choice()})
	case *ClozeText:
		return genKeyOfCloze(t, c)
	default:
		return Key{Accepted: []Text{text("other")}}
	}
}

func genCorrected(t *rapid.T) (rev Revision, at Arrangement) {
	it := genItem(t, "item-001")
	rev, err := NewRevision(it)
	if err != nil {
		t.Fatal(err)
	}
	shape := it.Interaction.shape()
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	return rev, arrange(rng, shape, it.Kind == Ordering)
}

func rekey(t *rapid.T, rev Revision, k Key) Revision {
	it, err := rev.Item.Rekeyed(k, testLangs)
	if err != nil {
		t.Fatalf("%+v of %s: %v", k, rev.Item.Kind, err)
	}
	next, err := NewRevision(it)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func keyingFor(t *rapid.T, c Correction, revisions ...Revision) *keyed {
	k, err := NewKeying(1, []Correction{c}, revisions)
	if err != nil {
		t.Fatal(err)
	}
	return k.items[c.Item.ID]
}

// TestInvariant12ACorrectedKeyIsMarkedWhereItStood holds for every kind and any
// arrangement: the new key earns the point, what is said to be right is what earns it, and
// giving an item the key that it has changes no mark.
func TestInvariant12ACorrectedKeyIsMarkedWhereItStood(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rev, at := genCorrected(t)
		ref := ItemRef{ID: rev.Item.ID, Revision: rev.Hash}
		response := genResponse(t, rev.Item.Interaction)

		same := rekey(t, rev, keyOf(&rev.Item))
		plain := keyingFor(t, Correction{Item: ref, Policy: NewKey, Keys: []string{same.Hash}}, rev, same)
		if got, want := plain.mark(&rev, at, response), (*keyed)(nil).mark(&rev, at, response); got != want {
			t.Fatalf("the same key again marks %d, not %d", got, want)
		}

		other := rekey(t, rev, genKey(t, &rev.Item))
		only := keyingFor(t, Correction{Item: ref, Policy: NewKey, Keys: []string{other.Hash}}, rev, other)
		right := only.rights(&rev, at)
		if len(right) != 1 || only.mark(&rev, at, right[0]) != OnePoint {
			t.Fatalf("of a %s the right answer %+v earns %d", rev.Item.Kind, right, only.mark(&rev, at, right[0]))
		}
		either := keyingFor(t, Correction{Item: ref, Policy: EitherKey, Keys: []string{rev.Hash, other.Hash}}, rev, other)
		best := max((*keyed)(nil).mark(&rev, at, response), only.mark(&rev, at, response))
		if got := either.mark(&rev, at, response); got != best {
			t.Fatalf("either key marks %d, the better of both is %d", got, best)
		}
	})
}

// TestARevisionInAnotherOrderMarksTheSame corrects by a newer revision whose author also
// moved the options about.
func TestARevisionInAnotherOrderMarksTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rev, at := genCorrected(t)
		var options *[]Option
		moved := rev.Item
		switch c := rev.Item.Interaction.(type) {
		case *SingleChoice:
			next := SingleChoice{slices.Clone(c.Options)}
			options, moved.Interaction = &next.Options, &next
		case *MultipleChoice:
			next := MultipleChoice{slices.Clone(c.Options), c.Choose}
			options, moved.Interaction = &next.Options, &next
		default:
			t.Skip()
		}
		slices.Reverse(*options)
		other, err := NewRevision(moved)
		if err != nil {
			t.Fatal(err)
		}
		c := keyingFor(t, Correction{Item: ItemRef{ID: rev.Item.ID, Revision: rev.Hash}, Policy: NewKey, Keys: []string{other.Hash}}, rev, other)
		response := genResponse(t, rev.Item.Interaction)
		if got, want := c.mark(&rev, at, response), (*keyed)(nil).mark(&rev, at, response); got != want {
			t.Fatalf("marked %d, not %d", got, want)
		}
		if diff := cmp.Diff((*keyed)(nil).rights(&rev, at), c.rights(&rev, at)); diff != "" {
			t.Fatalf("what is right moved: %s", diff)
		}
	})
}

func TestAnotherQuestionIsNoKey(t *testing.T) {
	yes := true
	base := Item{ID: "item-001", Kind: Single, Stem: text("What?"), Interaction: &SingleChoice{Options: []Option{{Text: text("a"), Key: true}, {Text: text("b")}}}}
	for name, change := range map[string]func(*Item){
		"another item": func(it *Item) { it.ID = "item-002" },
		"another stem": func(it *Item) { it.Stem = text("What not?") },
		"another case": func(it *Item) { it.Stimulus = "case-1" },
		"another option": func(it *Item) {
			it.Interaction = &SingleChoice{Options: []Option{{Text: text("a")}, {Text: text("c"), Key: true}}}
		},
		"one more option": func(it *Item) {
			it.Interaction = &SingleChoice{Options: []Option{{Text: text("a")}, {Text: text("b")}, {Text: text("c"), Key: true}}}
		},
		"another kind":          func(it *Item) { it.Kind, it.Interaction = TrueFalse, &TrueOrFalse{True: &yes} },
		"one language the less": func(it *Item) { it.Stem = Text{"uk": "укр What?"} },
	} {
		other := base
		change(&other)
		if _, err := sameQuestion(&base, &other); err != errOtherQuestion {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := sameQuestion(&base, &base); err != nil {
		t.Errorf("the same question: %v", err)
	}
}

func TestKeysThatDoNotFit(t *testing.T) {
	yes := true
	for name, row := range map[string]struct {
		of Interaction
		k  Key
	}{
		"no option":              {&SingleChoice{Options: []Option{{Text: text("a"), Key: true}, {Text: text("b")}}}, Key{}},
		"an option too many":     {&SingleChoice{Options: []Option{{Text: text("a"), Key: true}, {Text: text("b")}}}, Key{Choices: []int{2}}},
		"two of a single choice": {&SingleChoice{Options: []Option{{Text: text("a"), Key: true}, {Text: text("b")}}}, Key{Choices: []int{0, 1}}},
		"more than can be ticked": {&MultipleChoice{Options: []Option{{Text: text("a"), Key: true}, {Text: text("b")}, {Text: text("c")}}, Choose: 1},
			Key{Choices: []int{0, 1}}},
		"true and false":  {&TrueOrFalse{True: &yes}, Key{Choices: []int{0, 1}}},
		"neither":         {&TrueOrFalse{True: &yes}, Key{}},
		"a row without":   {&Match{Rows: []Row{{text("r"), text("m")}, {text("s"), text("n")}}}, Key{Pairs: []int{0}}},
		"a choice twice":  {&Match{Rows: []Row{{text("r"), text("m")}, {text("s"), text("n")}}}, Key{Pairs: []int{0, 0}}},
		"a step missing":  {&Order{Steps: []Text{text("1"), text("2"), text("3")}}, Key{Order: []int{0, 1}}},
		"a step twice":    {&Order{Steps: []Text{text("1"), text("2"), text("3")}}, Key{Order: []int{0, 1, 1}}},
		"no number":       {&Number{Value: "5"}, Key{Value: "five"}},
		"no words":        {&Words{Accepted: []Text{text("a")}}, Key{}},
		"nothing but dot": {&Words{Accepted: []Text{text("a")}}, Key{Accepted: []Text{{"en": ".", "uk": "."}}}},
	} {
		it := Item{ID: "item-001", Interaction: row.of}
		if _, err := it.Rekeyed(row.k, testLangs); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
