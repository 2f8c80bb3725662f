package exam

import (
	"fmt"
	"time"

	"pgregory.net/rapid"
)

var (
	testLangs  = []string{"en", "uk"}
	testTopics = []string{"law", "evidence", "victims"}
	testStages = []string{"recruitment", "control"}
	testNow    = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
)

func text(format string, args ...any) Text {
	s := fmt.Sprintf(format, args...)
	return Text{"en": s, "uk": "укр " + s}
}

func genOptions(t *rapid.T, keys func(i, n int) bool) []Option {
	n := rapid.IntRange(2, 6).Draw(t, "options")
	options := make([]Option, n)
	for i := range options {
		options[i] = Option{Text: text("option %d", i), Key: keys(i, n), Fixed: rapid.Float64Range(0, 1).Draw(t, "fixed") < 0.2}
	}
	return options
}

// genInteraction draws any valid interaction of the kind.
func genInteraction(t *rapid.T, kind Kind) Interaction {
	switch kind {
	case Single:
		at := rapid.IntRange(0, 1).Draw(t, "key")
		return &SingleChoice{Options: genOptions(t, func(i, _ int) bool { return i == at })}
	case Multiple:
		m := &MultipleChoice{Options: genOptions(t, func(i, _ int) bool { return i%2 == 0 })}
		if rapid.Bool().Draw(t, "choose") {
			m.Choose = countKeys(m.Options)
		}
		return m
	case TrueFalse:
		key := rapid.Bool().Draw(t, "true")
		return &TrueOrFalse{True: &key}
	case Matching:
		m := new(Match)
		for i := range rapid.IntRange(2, 5).Draw(t, "rows") {
			m.Rows = append(m.Rows, Row{Prompt: text("prompt %d", i), Match: text("match %d", i)})
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "distractors") {
			m.Distractors = append(m.Distractors, text("distractor %d", i))
		}
		return m
	case Ordering:
		o := new(Order)
		for i := range rapid.IntRange(3, 7).Draw(t, "steps") {
			o.Steps = append(o.Steps, text("step %d", i))
		}
		return o
	case Numeric:
		return &Number{Value: fmt.Sprint(rapid.IntRange(-999, 999).Draw(t, "value")), Integer: true, Unit: text("days")}
	case Hotspot:
		return genHotspot(t)
	case Cloze:
		return genCloze(t)
	default:
		return &Words{Accepted: []Text{text("answer"), text("reply")}}
	}
}

var allKinds = []Kind{Single, Multiple, TrueFalse, Matching, Ordering, Numeric, ShortText, Cloze, Hotspot}

func genItem(t *rapid.T, id string) Item {
	kind := rapid.SampledFrom(allKinds).Draw(t, "kind")
	it := Item{
		ID: id, Kind: kind, Roles: []string{"judge"}, Topic: rapid.SampledFrom(testTopics).Draw(t, "topic"),
		Stage: rapid.SampledFrom(testStages).Draw(t, "stage"), Level: rapid.SampledFrom(levels).Draw(t, "level"),
		Difficulty: Applied, Stem: text("stem of %s", id), Rationale: text("because of %s", id),
		References:  []Reference{{Fact: "F001", Source: "PAL art. 3"}},
		Interaction: genInteraction(t, kind),
	}
	it.Scoring = rapid.SampledFrom(append(it.Interaction.rules(), "")).Draw(t, "rule")
	return it
}

// genBank draws a bank with testlets of three and a few enemies. Every cell of
// topic × stage gets items that stand alone.
func genBank(t *rapid.T) *Bank {
	var items []Item
	for c := range len(testTopics) * len(testStages) {
		for range rapid.IntRange(4, 8).Draw(t, "per cell") {
			it := genItem(t, fmt.Sprintf("item-%03d", len(items)))
			it.Topic, it.Stage = testTopics[c%len(testTopics)], testStages[c/len(testTopics)]
			items = append(items, it)
		}
	}
	alone := len(items)
	var stimuli []Stimulus
	for n := range 3 {
		id := fmt.Sprintf("case-%d", n)
		stimuli = append(stimuli, Stimulus{ID: id, Text: text("case %d", n)})
		for range 3 {
			it := genItem(t, fmt.Sprintf("item-%03d", len(items)))
			it.Stimulus = id
			items = append(items, it)
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "enemies") {
		items[i].Enemies = []string{items[rapid.IntRange(i+1, alone-1).Draw(t, "enemy")].ID}
	}
	for range 3 {
		it := genItem(t, fmt.Sprintf("item-%03d", len(items)))
		it.Pretest = true
		items = append(items, it)
	}
	bank, err := NewBank("test-bank", text("Bank"), testLangs, stimuli, items)
	if err != nil {
		t.Fatalf("NewBank: %v", err)
	}
	return bank
}

// genBlueprint draws a blueprint that a bank of genBank can nearly always fill.
func genBlueprint(t *rapid.T) Blueprint {
	b := Blueprint{Role: "judge", Cut: rapid.IntRange(1, fullBasisPoints).Draw(t, "cut"), Testlets: rapid.IntRange(0, 1).Draw(t, "testlets"), Pretest: rapid.IntRange(0, 2).Draw(t, "pretest")}
	for _, topic := range testTopics {
		b.Sections = append(b.Sections, Section{ID: topic, Title: text("%s", topic)})
		for _, stage := range testStages {
			b.Cells = append(b.Cells, Cell{Section: topic, Topics: []string{topic}, Stages: []string{stage}, Count: rapid.IntRange(1, 3).Draw(t, "count")})
		}
	}
	b.Gates = []Gate{{ID: "gate", Title: text("Gate"), Sections: []string{"law", "victims"}, Minimum: rapid.IntRange(1, fullBasisPoints).Draw(t, "minimum")}}
	return b
}

// genForm draws a bank, a plan over it and a form; draws that no form can
// satisfy are skipped.
func genForm(t *rapid.T) (*Plan, Form) {
	plan, err := NewPlan(genBank(t), genBlueprint(t))
	if err != nil {
		t.Fatalf("NewPlan: %v", err)
	}
	form, err := plan.Assemble(genSeed(t), nil)
	if err != nil {
		t.Skip("enemies and testlets leave no form")
	}
	return plan, form
}

func genSeed(t *rapid.T) Seed {
	return Seed(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
}

// genResponse draws any response that the interaction accepts.
func genResponse(t *rapid.T, in Interaction) Response {
	some := func(n, most int) []int {
		picked := rapid.Permutation(identity(n)).Draw(t, "picked")
		return picked[:rapid.IntRange(0, min(most, n)).Draw(t, "how many")]
	}
	switch in := in.(type) {
	case *SingleChoice:
		return Response{Choices: some(len(in.Options), 1)}
	case *MultipleChoice:
		most := len(in.Options)
		if in.Choose > 0 {
			most = in.Choose
		}
		return Response{Choices: some(len(in.Options), most)}
	case *TrueOrFalse:
		return Response{Choices: some(2, 1)}
	case *Match:
		pairs := rapid.Permutation(identity(len(in.Rows)+len(in.Distractors))).Draw(t, "pairs")[:len(in.Rows)]
		if rapid.Bool().Draw(t, "gap") {
			pairs[0] = -1
		}
		return Response{Pairs: pairs}
	case *Order:
		return Response{Order: rapid.Permutation(identity(len(in.Steps))).Draw(t, "order")}
	case *Number:
		return Response{Text: rapid.SampledFrom([]string{"", "37", "37,5", "-1", "many"}).Draw(t, "typed")}
	case *HotspotImage:
		most := len(in.Areas)
		if in.Choose > 0 {
			most = in.Choose
		}
		return Response{Choices: some(len(in.Areas), most)}
	case *ClozeText:
		return genFilled(t, in)
	default:
		return Response{Text: rapid.SampledFrom([]string{"", "answer", "УКР REPLY", "other"}).Draw(t, "typed")}
	}
}

// genResponses draws stored responses to some slots of the form.
func genResponses(t *rapid.T, b *Bank, f Form) map[int]Stored {
	responses := make(map[int]Stored)
	for n, slot := range f.Slots {
		if rapid.Bool().Draw(t, "answered") {
			rev, _ := b.find(slot.Item)
			responses[n] = Stored{Seq: 1, At: testNow, Response: genResponse(t, rev.Item.Interaction)}
		}
	}
	return responses
}
