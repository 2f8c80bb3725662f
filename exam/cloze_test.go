package exam

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// genCloze draws a passage with gaps of all sorts, which stand in another order in the
// other language.
func genCloze(t *rapid.T) *ClozeText {
	c := &ClozeText{Passage: Text{"en": "Begin", "uk": "Кінець"}}
	for i := range rapid.IntRange(1, 5).Draw(t, "gaps") {
		g := Gap{Weight: rapid.IntRange(0, 3).Draw(t, "weight")}
		switch rapid.IntRange(0, 2).Draw(t, "sort of gap") {
		case 0:
			key := rapid.IntRange(0, 1).Draw(t, "key")
			g.Options = genOptions(t, func(i, _ int) bool { return i == key })
		case 1:
			g.Accepted = []Text{text("answer"), text("reply")}
		default:
			g.Number = &Number{Value: "37"}
		}
		c.Gaps = append(c.Gaps, g)
		mark := "[[" + string(rune('1'+i)) + "]]"
		c.Passage["en"] += " " + mark
		c.Passage["uk"] = mark + " " + c.Passage["uk"]
	}
	return c
}

// genFilled draws what somebody may fill in.
func genFilled(t *rapid.T, c *ClozeText) Response {
	gaps := make([]string, len(c.Gaps))
	for i := range c.Gaps {
		words := []string{"", "answer", "УКР REPLY", "37", "other"}
		if n := len(c.Gaps[i].Options); n > 0 {
			words = []string{"", "0", string(rune('0' + n - 1))}
		}
		gaps[i] = rapid.SampledFrom(words).Draw(t, "filled")
	}
	return Response{Gaps: gaps}
}

func keyOfCloze(c *ClozeText) Key {
	var k Key
	for i := range c.Gaps {
		k.Gaps = append(k.Gaps, keyOf(&Item{Interaction: c.Gaps[i].part()}))
	}
	return k
}

func genKeyOfCloze(t *rapid.T, c *ClozeText) Key {
	var k Key
	for i := range c.Gaps {
		k.Gaps = append(k.Gaps, genKey(t, &Item{Interaction: c.Gaps[i].part()}))
	}
	return k
}

func hideGap(g *Gap) {
	g.Weight = 7
	for i := range g.Options {
		g.Options[i].Key = !g.Options[i].Key
	}
	if g.Number != nil {
		g.Number = &Number{Value: "123456", Tolerance: "7"}
	}
	if g.Accepted != nil {
		g.Accepted = []Text{text("quite another")}
	}
}

// transport has a choice of three, a word and a number; the number counts twice.
func transport() *ClozeText {
	return &ClozeText{Passage: Text{"en": "A [[1]] is met within [[3]] hours by the [[2]].", "uk": "[[2]] зустрічає [[1]] за [[3]] год."},
		Gaps: []Gap{{Options: options("-k-")}, {Accepted: []Text{{"en": "case-worker", "uk": "соцпрацівник"}}}, {Number: &Number{Value: "72", Tolerance: "1"}, Weight: 2}}}
}

func TestClozeMarks(t *testing.T) {
	in := transport()
	straight, reversed := Arrangement{Options: identity(3)}, Arrangement{Options: turned(3)}
	checkMarks(t, in, straight, []marking{
		{PerGap, Response{Gaps: []string{"1", "case worker", "72"}}, 1000},
		{PerGap, Response{Gaps: []string{"1", "СОЦПРАЦІВНИК", "73,0"}}, 1000}, // any language, anywhere within the tolerance
		{PerGap, Response{Gaps: []string{"1", "", ""}}, 250},
		{PerGap, Response{Gaps: []string{"", "", "72"}}, 500},
		{PerGap, Response{Gaps: []string{"0", "case worker", "72"}}, 750},
		{PerGap, Response{Gaps: []string{"0", "police", "1,000"}}, 0},
		{PerGap, Response{Gaps: []string{"", "", ""}}, 0},
		{PerGap, Response{}, 0},
		{AllOrNothing, Response{Gaps: []string{"1", "case worker", "72"}}, 1000},
		{AllOrNothing, Response{Gaps: []string{"1", "case worker", ""}}, 0},
	})
	checkMarks(t, in, reversed, []marking{{PerGap, Response{Gaps: []string{"1", "", ""}}, 250}})
	in.Gaps[0].Options = options("k--")
	checkMarks(t, in, reversed, []marking{{PerGap, Response{Gaps: []string{"0", "", ""}}, 0}, {PerGap, Response{Gaps: []string{"2", "", ""}}, 250}})
}

// TestTypingEverythingEarnsNothing writes all that could be right into each gap at once.
func TestTypingEverythingEarnsNothing(t *testing.T) {
	in := transport()
	for _, joint := range []string{" ", ", ", " or ", "/"} {
		everything := strings.Join([]string{"case-worker", "соцпрацівник", "police", "71", "72", "73"}, joint)
		checkMarks(t, in, Arrangement{Options: identity(3)}, []marking{
			{PerGap, Response{Gaps: []string{"", everything, everything}}, 0},
			{PerGap, Response{Gaps: []string{"1", everything, everything}}, 250},
		})
	}
	if f := in.accept(Response{Gaps: []string{"0 1 2", "", ""}}); f == nil {
		t.Error("a gap takes several options")
	}
}

func TestClozeAnswersThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		gaps []string
		path string
	}{
		"too few gaps":       {[]string{"1"}, "/gaps"},
		"too many":           {[]string{"1", "", "", ""}, "/gaps"},
		"no such option":     {[]string{"3", "", ""}, "/gaps/0"},
		"a negative one":     {[]string{"-1", "", ""}, "/gaps/0"},
		"not in decimal":     {[]string{"01", "", ""}, "/gaps/0"},
		"words for a choice": {[]string{"one", "", ""}, "/gaps/0"},
		"absurd size":        {[]string{"", strings.Repeat("x", maxResponseText+1), ""}, "/gaps/1"},
		"a line break":       {[]string{"", "", "7\n2"}, "/gaps/2"},
	} {
		if f := transport().accept(Response{Gaps: c.gaps}); f == nil || f.Path != c.path {
			t.Errorf("%s: %v, want a fault at %s", name, f, c.path)
		}
	}
	if f := transport().accept(Response{Gaps: []string{"1", "", ""}, Text: "x"}); f == nil || f.Path != "/text" {
		t.Errorf("another member: %v", f)
	}
}

func TestClozeContentFaultsNameTheirPlace(t *testing.T) {
	image := "![a map](" + strings.Repeat("a", 64) + "-10x10.png)"
	for name, c := range map[string]struct {
		spoil func(*ClozeText)
		path  string
	}{
		"a gap is missing in one language": {func(c *ClozeText) { c.Passage["uk"] = "[[1]] [[3]]" }, "/i/passage/uk"},
		"a gap stands twice":               {func(c *ClozeText) { c.Passage["en"] += "[[1]]" }, "/i/passage/en"},
		"a gap that is not described":      {func(c *ClozeText) { c.Passage["en"] += "[[4]]" }, "/i/passage/en"},
		"a mark that is none":              {func(c *ClozeText) { c.Passage["en"] += "[[one]]" }, "/i/passage/en"},
		"gap 0":                            {func(c *ClozeText) { c.Passage["en"] += "[[0]]" }, "/i/passage/en"},
		"an open mark":                     {func(c *ClozeText) { c.Passage["en"] += "[[" }, "/i/passage/en"},
		"no passage":                       {func(c *ClozeText) { delete(c.Passage, "uk") }, "/i/passage/uk"},
		"no gaps":                          {func(c *ClozeText) { c.Gaps = nil }, "/i/gaps"},
		"a gap of nothing":                 {func(c *ClozeText) { c.Gaps[1].Accepted = nil }, "/i/gaps/1"},
		"a gap of two sorts":               {func(c *ClozeText) { c.Gaps[1].Number = c.Gaps[2].Number }, "/i/gaps/1"},
		"two keys":                         {func(c *ClozeText) { c.Gaps[0].Options[0].Key = true }, "/i/gaps/0/options"},
		"an option too long for a list":    {func(c *ClozeText) { c.Gaps[0].Options[0].Text = text("%081d", 1) }, "/i/gaps/0/options/0/text/en"},
		"an option with an image":          {func(c *ClozeText) { c.Gaps[0].Options[0].Text = Text{"en": image, "uk": image} }, "/i/gaps/0/options/0/text/en"},
		"a word without letters":           {func(c *ClozeText) { c.Gaps[1].Accepted = []Text{text("x"), {"en": "…", "uk": "так"}} }, "/i/gaps/1/accepted/1/en"},
		"no number":                        {func(c *ClozeText) { c.Gaps[2].Number = &Number{Value: "many"} }, "/i/gaps/2/number/value"},
		"a unit":                           {func(c *ClozeText) { c.Gaps[2].Number.Unit = text("hours") }, "/i/gaps/2/number/unit"},
		"a weight":                         {func(c *ClozeText) { c.Gaps[2].Weight = 11 }, "/i/gaps/2/weight"},
	} {
		in := transport()
		c.spoil(in)
		var paths []string
		for _, f := range in.check("/i", testLangs) {
			paths = append(paths, f.Path)
		}
		if !slices.Contains(paths, c.path) {
			t.Errorf("%s: faults at %v, want one at %s", name, paths, c.path)
		}
	}
	if faults := transport().check("/i", testLangs); len(faults) > 0 {
		t.Errorf("nothing is wrong: %v", faults)
	}
}

// TestInvariant4GapsKeepTheirOptions: options are shuffled within their gap, and fixed
// ones stay.
func TestInvariant4GapsKeepTheirOptions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := genCloze(t)
		s := in.shape()
		a := arrange(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)), s, false)
		from := 0
		for i := range in.Gaps {
			to := from + len(in.Gaps[i].Options)
			within := slices.Sorted(slices.Values(a.Options[from:to]))
			for n, authored := range within {
				if authored != from+n {
					t.Fatalf("gap %d shows the options %v", i, within)
				}
				if in.Gaps[i].Options[n].Fixed && a.Options[from+n] != authored {
					t.Fatalf("gap %d: the fixed option %d was moved", i, n)
				}
			}
			from = to
		}
	})
}

// TestGapsThatOfferTheSameAreKeptApart corrects an item whose gaps have equal options.
func TestGapsThatOfferTheSameAreKeptApart(t *testing.T) {
	one, two := options("k-"), options("-k")
	in := &ClozeText{Passage: text("[[1]] [[2]]"), Gaps: []Gap{{Options: one}, {Options: two}}}
	asked := Item{ID: "item-1", Kind: Cloze, Stem: text("Fill."), Interaction: in}
	moved := &ClozeText{Passage: in.Passage, Gaps: []Gap{{Options: slices.Clone(one)}, {Options: slices.Clone(two)}}}
	slices.Reverse(moved.Gaps[1].Options)
	other := asked
	other.Interaction = moved
	key, err := sameQuestion(&asked, &other)
	if err != nil {
		t.Fatal(err)
	}
	a := Arrangement{Options: identity(4)}
	if got := moved.key(key.arrange(a)); !slices.Equal(got.Gaps, in.key(a).Gaps) {
		t.Errorf("what is right is %v, by the other revision %v", in.key(a), got)
	}
	other.Interaction = &ClozeText{Passage: text("[[2]] [[1]]"), Gaps: in.Gaps}
	if _, err := sameQuestion(&asked, &other); err == nil {
		t.Error("another passage is taken for the same question")
	}
}

// FuzzPassage takes passages apart. What comes out makes the passage again, and a passage
// that is said to be in order has every gap once.
func FuzzPassage(f *testing.F) {
	for _, s := range []string{"", "a [[1]] b [[2]]", "[[2]][[1]]", "[[01]] [[0]] [[100]]", "[[[[1]]]]", "[[1]", "![a [[1]] b](x)", "**[[1]]** [[2]]*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, passage string) {
		var again strings.Builder
		times := make([]int, 100)
		stretches := Stretches(passage)
		for i, s := range stretches {
			again.WriteString(s.Words)
			if (s.Gap < 0) != (i == len(stretches)-1) {
				t.Fatalf("%q: stretch %d has the gap %d", passage, i, s.Gap)
			}
			if s.Gap >= 0 {
				again.WriteString("[[" + strconv.Itoa(s.Gap+1) + "]]")
				times[s.Gap]++
			}
		}
		if again.String() != passage {
			t.Errorf("%q becomes %q", passage, again.String())
		}
		inOrder := times[0] == 1 && times[1] == 1
		for _, n := range times[2:] {
			inOrder = inOrder && n == 0
		}
		if faults := checkGaps("", passage, 2); len(faults) == 0 && !inOrder {
			t.Errorf("%q is in order with gaps %v", passage, times[:4])
		}
	})
}
