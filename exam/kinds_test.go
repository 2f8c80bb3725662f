package exam

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// marking is one answer with what it earns, in parts of a thousand.
type marking struct {
	rule     Rule
	response Response
	want     int
}

func checkMarks(t *testing.T, in Interaction, a Arrangement, rows []marking) {
	t.Helper()
	for _, r := range rows {
		if f := in.accept(r.response); f != nil {
			t.Errorf("%+v is refused: %v", r.response, f)
			continue
		}
		if got := int(in.mark(r.rule, a, r.response)) * 1000 / int(OnePoint); got != r.want {
			t.Errorf("%s: %+v earns %d thousandths, want %d", r.rule, r.response, got, r.want)
		}
	}
}

func options(keys string) []Option {
	all := make([]Option, len(keys))
	for i := range keys {
		all[i] = Option{Text: text("option %d", i), Key: keys[i] == 'k'}
	}
	return all
}

// turned presents n things in reverse: position p shows the authored n-1-p.
func turned(n int) []int {
	order := identity(n)
	slices.Reverse(order)
	return order
}

func TestSingleChoiceMarks(t *testing.T) {
	in, a := &SingleChoice{Options: options("-k--")}, Arrangement{Options: turned(4)}
	checkMarks(t, in, a, []marking{
		{AllOrNothing, Response{Choices: []int{2}}, 1000},
		{AllOrNothing, Response{Choices: []int{1}}, 0},
		{AllOrNothing, Response{}, 0},
	})
}

func TestTrueFalseMarks(t *testing.T) {
	yes := true
	in := &TrueOrFalse{True: &yes}
	key := in.key(Arrangement{Options: identity(2)})
	checkMarks(t, in, Arrangement{Options: identity(2)}, []marking{
		{AllOrNothing, key, 1000},
		{AllOrNothing, Response{Choices: []int{1 - key.Choices[0]}}, 0},
	})
}

// TestMultipleChoiceMarks has three keys in six options.
func TestMultipleChoiceMarks(t *testing.T) {
	in, a := &MultipleChoice{Options: options("kkk---")}, Arrangement{Options: identity(6)}
	checkMarks(t, in, a, []marking{
		{AllOrNothing, Response{Choices: []int{0, 1, 2}}, 1000},
		{AllOrNothing, Response{Choices: []int{0, 1}}, 0},
		{AllOrNothing, Response{Choices: []int{0, 1, 2, 3}}, 0},
		{RightMinusWrong, Response{Choices: []int{0, 1}}, 666}, // 6667 of 10,000, cut to thousandths
		{RightMinusWrong, Response{Choices: []int{0, 1, 3}}, 333},
		{RightMinusWrong, Response{Choices: []int{0, 3}}, 0},
		{RightMinusWrong, Response{Choices: []int{3, 4, 5}}, 0}, // never below 0
		{RightMinusWrong, Response{Choices: identity(6)}, 0},
		{PerOption, Response{Choices: []int{0, 1}}, 833},
		{PerOption, Response{Choices: []int{3, 4, 5}}, 0},
		{PerOption, Response{Choices: identity(6)}, 500},
		{PerOption, Response{}, 0}, // not the half that ticking nothing would give
	})
}

func TestMatchingMarks(t *testing.T) {
	in := &Match{Rows: []Row{{text("a"), text("A")}, {text("b"), text("B")}, {text("c"), text("C")}}, Distractors: []Text{text("D")}}
	a := Arrangement{Rows: turned(3), Options: turned(4)} // rows c b a; choices D C B A
	checkMarks(t, in, a, []marking{
		{PerPair, Response{Pairs: []int{1, 2, 3}}, 1000},
		{PerPair, Response{Pairs: []int{1, 2, -1}}, 666},
		{PerPair, Response{Pairs: []int{1, 2, 0}}, 666},
		{PerPair, Response{Pairs: []int{2, 1, -1}}, 0},
		{AllOrNothing, Response{Pairs: []int{1, 2, -1}}, 0},
		{AllOrNothing, Response{Pairs: []int{1, 2, 3}}, 1000},
	})
}

func TestOrderingMarks(t *testing.T) {
	in := &Order{Steps: []Text{text("1"), text("2"), text("3"), text("4"), text("5")}}
	checkMarks(t, in, Arrangement{Options: identity(5)}, []marking{
		{PartialOrder, Response{Order: []int{0, 1, 2, 3, 4}}, 1000},
		{PartialOrder, Response{Order: []int{1, 0, 2, 3, 4}}, 750}, // one neighbouring pair exchanged
		{PartialOrder, Response{Order: []int{4, 0, 1, 2, 3}}, 750}, // one step far from its place
		{PartialOrder, Response{Order: []int{1, 0, 3, 2, 4}}, 500},
		{PartialOrder, Response{Order: []int{4, 3, 2, 1, 0}}, 0},
		{AllOrNothing, Response{Order: []int{1, 0, 2, 3, 4}}, 0},
	})
}

func TestNumericMarks(t *testing.T) {
	days, ratio := &Number{Value: "37", Integer: true}, &Number{Value: "12.5", Tolerance: "0.25"}
	for typed, want := range map[string]int{"37": 1000, " 37 ": 1000, "+37": 1000, "37,0": 1000, "37.0000": 1000, "37.000": 0, "36": 0, "-37": 0, "−37": 0,
		"3e1": 0, "0x25": 0, "thirty-seven": 0, "37 days": 0, "": 0, strings.Repeat("9", 300): 0} {
		checkMarks(t, days, Arrangement{}, []marking{{AllOrNothing, Response{Text: typed}, want}})
	}
	for typed, want := range map[string]int{"12,5": 1000, "12.25": 1000, "12.75": 1000, "12.750000001": 0, "12.2499": 0} {
		checkMarks(t, ratio, Arrangement{}, []marking{{AllOrNothing, Response{Text: typed}, want}})
	}
	one := &Number{Value: "1"}
	for typed, want := range map[string]int{"1": 1000, "1,0": 1000, "1,000": 0, "1.000": 0, "1 000": 0} {
		checkMarks(t, one, Arrangement{}, []marking{{AllOrNothing, Response{Text: typed}, want}})
	}
	thousands := &Number{Value: "1500"}
	for typed, want := range map[string]int{"1 500": 1000, "1\u00a0500": 1000, "1.500,0": 1000, "1,500": 0} {
		checkMarks(t, thousands, Arrangement{}, []marking{{AllOrNothing, Response{Text: typed}, want}})
	}
}

func TestShortTextMarks(t *testing.T) {
	in := &Words{Accepted: []Text{{"en": "write blocker", "uk": "блокіратор запису"}, {"en": "victim’s", "uk": "п’ятниця"}}}
	for typed, want := range map[string]int{
		"write blocker": 1000, "Write-Blocker": 1000, "  write   blocker. ": 1000, "“write blocker”": 1000,
		"БЛОКІРАТОР ЗАПИСУ": 1000,
		"п'ятниця":          1000, "пʼятниця": 1000, "п`ятниця": 1000, "п´ятниця": 1000, "п‘ятниця": 1000, "пятниця": 1000,
		"блокі́ратор":          0,
		"блокіратор":           0,
		"write blocker or not": 0,
		"":                     0,
		"—":                    0,
		"п\u00a0ятниця":        0,
		"блокiратор запису":    0, // a Latin i: another word
	} {
		checkMarks(t, in, Arrangement{}, []marking{{AllOrNothing, Response{Text: typed}, want}})
	}
	composed := &Words{Accepted: []Text{{"uk": "їжа"}}}
	checkMarks(t, composed, Arrangement{}, []marking{{AllOrNothing, Response{Text: "і\u0308жа"}, 1000}})
}

func TestAnswersThatCannotBe(t *testing.T) {
	yes := true
	for name, c := range map[string]struct {
		in       Interaction
		response Response
		path     string
	}{
		"two of a single choice":  {&SingleChoice{Options: options("k-")}, Response{Choices: []int{0, 1}}, "/choices"},
		"outside":                 {&SingleChoice{Options: options("k-")}, Response{Choices: []int{2}}, "/choices/0"},
		"negative":                {&MultipleChoice{Options: options("k-")}, Response{Choices: []int{-1}}, "/choices/0"},
		"twice":                   {&MultipleChoice{Options: options("k--")}, Response{Choices: []int{1, 1}}, "/choices/1"},
		"more than choose":        {&MultipleChoice{Options: options("k--"), Choose: 1}, Response{Choices: []int{0, 1}}, "/choices"},
		"another kind's member":   {&TrueOrFalse{True: &yes}, Response{Text: "true"}, "/text"},
		"order with a gap":        {&Order{Steps: []Text{text("1"), text("2"), text("3")}}, Response{Order: []int{0, 1}}, "/order"},
		"order with a repeat":     {&Order{Steps: []Text{text("1"), text("2"), text("3")}}, Response{Order: []int{0, 1, 1}}, "/order/2"},
		"pairs of another length": {&Match{Rows: []Row{{}, {}}}, Response{Pairs: []int{0}}, "/pairs"},
		"a choice for two rows":   {&Match{Rows: []Row{{}, {}}}, Response{Pairs: []int{0, 0}}, "/pairs/1"},
		"absurd size":             {&Words{}, Response{Text: strings.Repeat("x", maxResponseText+1)}, "/text"},
		"control characters":      {&Number{Value: "1"}, Response{Text: "1\x00"}, "/text"},
		"broken UTF-8":            {&Words{}, Response{Text: "\xff"}, "/text"},
	} {
		if f := c.in.accept(c.response); f == nil || f.Path != c.path {
			t.Errorf("%s: %v, want a fault at %s", name, f, c.path)
		}
	}
}

func TestContentFaultsNameTheirPlace(t *testing.T) {
	same := []Option{{Text: text("x"), Key: true}, {Text: text("x")}}
	for name, c := range map[string]struct {
		in   Interaction
		path string
	}{
		"two keys":                   {&SingleChoice{Options: options("kk--")}, "/i/options"},
		"no key":                     {&SingleChoice{Options: options("----")}, "/i/options"},
		"one option":                 {&SingleChoice{Options: options("k")}, "/i/options"},
		"everything is a key":        {&MultipleChoice{Options: options("kkk")}, "/i/options"},
		"choose is not the keys":     {&MultipleChoice{Options: options("kk-"), Choose: 3}, "/i/choose"},
		"equal options":              {&SingleChoice{Options: same}, "/i/options/1/text/en"},
		"a language is missing":      {&SingleChoice{Options: []Option{{Text: Text{"en": "a"}, Key: true}, {Text: text("b")}}}, "/i/options/0/text/uk"},
		"neither true nor false":     {&TrueOrFalse{}, "/i/true"},
		"two steps":                  {&Order{Steps: []Text{text("1"), text("2")}}, "/i/steps"},
		"one row":                    {&Match{Rows: []Row{{text("a"), text("A")}}}, "/i/rows"},
		"a distractor that is right": {&Match{Rows: []Row{{text("a"), text("A")}, {text("b"), text("B")}}, Distractors: []Text{text("A")}}, "/i/distractors/0/en"},
		"no number":                  {&Number{Value: "many"}, "/i/value"},
		"a whole number with a part": {&Number{Value: "1.5", Integer: true}, "/i/value"},
		"negative tolerance":         {&Number{Value: "1", Tolerance: "-1"}, "/i/tolerance"},
		"no accepted answer":         {&Words{}, "/i/accepted"},
		"an answer without letters":  {&Words{Accepted: []Text{{"en": "…", "uk": "так"}}}, "/i/accepted/0/en"},
	} {
		var paths []string
		for _, f := range c.in.check("/i", testLangs) {
			paths = append(paths, f.Path)
		}
		if !slices.Contains(paths, c.path) {
			t.Errorf("%s: faults at %v, want one at %s", name, paths, c.path)
		}
	}
}

func TestRoundingIsHalfUp(t *testing.T) {
	for _, c := range []struct{ part, all, want int }{{1, 3, 3333}, {2, 3, 6667}, {1, 8, 1250}, {1, 6, 1667}, {5, 6, 8333}, {0, 7, 0}, {7, 7, 10000}} {
		if got := portion(c.part, c.all); got != Credit(c.want)*OnePoint/10000 {
			t.Errorf("%d/%d: %v", c.part, c.all, fmt.Sprint(got))
		}
	}
}

// FuzzTyped marks what anybody may type, as a number and as words.
func FuzzTyped(f *testing.F) {
	for _, s := range []string{"37", "37,5", "-1 000", "1e9", "п’ятниця", "´", "\u2212", "\u0374", "І\u0308", strings.Repeat("9", 30)} {
		f.Add(s)
	}
	number, words := &Number{Value: "37"}, &Words{Accepted: []Text{{"uk": "п’ятниця"}}}
	f.Fuzz(func(t *testing.T, typed string) {
		r := Response{Text: typed}
		if number.accept(r) != nil {
			return
		}
		for _, in := range []Interaction{number, words} {
			if c := in.mark(AllOrNothing, Arrangement{}, r); c != 0 && c != OnePoint {
				t.Errorf("%q earns %d", typed, c)
			}
		}
		same := &Words{Accepted: []Text{{"uk": typed}}}
		if c := same.mark(AllOrNothing, Arrangement{}, r); c != OnePoint && normalise(typed) != "" {
			t.Errorf("%q, typed as it is accepted, earns %d", typed, c)
		}
	})
}

// FuzzItem reads what calls itself an item. What can be read can be written, and
// read again to the same.
func FuzzItem(f *testing.F) {
	f.Add(`{"id":"i-1","kind":"single","topic":"law","interaction":{"options":[{"text":{"en":"a"},"key":true}]}}`)
	f.Add(`{"id":"i-1","kind":"numeric","interaction":{"value":"1"}}`)
	f.Add(`{"kind":"ordering","interaction":{"steps":[{},{}]}}`)
	f.Fuzz(func(t *testing.T, data string) {
		var it Item
		if json.Unmarshal([]byte(data), &it) != nil {
			return
		}
		it.Check(testLangs)
		first, err := NewRevision(it)
		if err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(first.Item)
		if err != nil {
			t.Fatal(err)
		}
		var back Item
		if err := json.Unmarshal(again, &back); err != nil {
			t.Fatalf("%s was written and cannot be read: %v", again, err)
		}
		if second, err := NewRevision(back); err != nil || second.Hash != first.Hash {
			t.Errorf("%s comes back with another hash: %v", again, err)
		}
	})
}
