package programmes_test

import (
	"bufio"
	"cmp"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/programmes"
)

// The tests of this file are the rules that authors follow; docs/content.md says
// why.

const (
	// secondary marks a reference that rests on a secondary source.
	secondary = "(secondary source, check wording)"
	// maxStem and maxOption keep an item readable on a phone.
	maxStem   = 900
	maxOption = 240
	// maxSentence is the longest mean sentence of a text, in words.
	maxSentence = 30
	// maxLongestKey is how often the longest option may be the key.
	maxLongestKey = 30 // percent
)

func items(t *testing.T) []exam.Item {
	t.Helper()
	bank, err := programmes.Bank()
	if err != nil {
		t.Fatal(err)
	}
	all := make([]exam.Item, bank.Items())
	for i := range all {
		all[i] = bank.Revision(i).Item
	}
	return all
}

// standings are the facts of the fact base by number.
func standings(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open("testdata/facts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all := make(map[string]string)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if fact, standing, ok := strings.Cut(lines.Text(), "\t"); ok {
			all[fact] = standing
		}
	}
	if len(all) < 200 {
		t.Fatalf("%d facts read", len(all))
	}
	return all
}

func TestItemsRestOnConfirmedFacts(t *testing.T) {
	facts := standings(t)
	for _, it := range items(t) {
		if len(it.References) == 0 {
			t.Errorf("%s rests on nothing", it.ID)
		}
		for _, r := range it.References {
			switch standing := facts[r.Fact]; {
			case standing != "CONFIRMED" && standing != "CONFIRMED-2":
				t.Errorf("%s rests on %s, which is %q", it.ID, r.Fact, cmp.Or(standing, "no fact"))
			case standing == "CONFIRMED-2" && !strings.HasSuffix(r.Source, secondary):
				t.Errorf("%s: %s is %s, its source says %q", it.ID, r.Fact, standing, r.Source)
			}
		}
	}
}

// texts calls visit with every text of the item, by place.
func texts(it *exam.Item, visit func(place string, text exam.Text)) {
	visit("stem", it.Stem)
	visit("rationale", it.Rationale)
	for _, o := range choices(it) {
		visit("option", o.Text)
	}
	switch in := it.Interaction.(type) {
	case *exam.Order:
		for _, step := range in.Steps {
			visit("option", step)
		}
	case *exam.Match:
		for _, row := range in.Rows {
			visit("option", row.Prompt)
			visit("option", row.Match)
		}
		for _, d := range in.Distractors {
			visit("option", d)
		}
	}
}

// choices are the options of an item that has any.
func choices(it *exam.Item) []exam.Option {
	switch in := it.Interaction.(type) {
	case *exam.SingleChoice:
		return in.Options
	case *exam.MultipleChoice:
		return in.Options
	}
	return nil
}

func TestItemsCanBeRead(t *testing.T) {
	sentence := regexp.MustCompile(`[.?!]\s+`)
	for _, it := range items(t) {
		texts(&it, func(place string, text exam.Text) {
			for lang, s := range text {
				limit := map[string]int{"stem": maxStem, "option": maxOption, "rationale": 1200}[place]
				if n := utf8.RuneCountInString(s); n > limit {
					t.Errorf("%s: %s in %s has %d characters, at most %d are read", it.ID, place, lang, n, limit)
				}
				if words, sentences := len(strings.Fields(s)), len(sentence.Split(s, -1)); words/sentences > maxSentence {
					t.Errorf("%s: %s in %s has %d words in %d sentences", it.ID, place, lang, words, sentences)
				}
			}
		})
	}
}

func TestSingleChoiceHasFourOptionsAndNoWayOut(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)all of the above|none of the above|both of the above|усе зазначене|усі відповіді|жодна з відповідей|жоден із варіантів`)
	for _, it := range items(t) {
		if n := len(choices(&it)); it.Kind == exam.Single && n != 4 {
			t.Errorf("%s has %d options", it.ID, n)
		}
		texts(&it, func(place string, text exam.Text) {
			for _, s := range text {
				if found := forbidden.FindString(s); found != "" {
					t.Errorf("%s: %s says %q", it.ID, place, found)
				}
			}
		})
	}
}

// TestNegationsAreEmphasised looks at the question, which is the last sentence.
func TestNegationsAreEmphasised(t *testing.T) {
	plain := map[string]*regexp.Regexp{"en": regexp.MustCompile(`(?i)\bwhich [^?]*\s(not|never|except)\s[^?]*\?`), "uk": regexp.MustCompile(`(?i)(^|\s)(який|яка|яке|які)\s[^?]*\s(не|крім)\s[^?]*\?`)}
	for _, it := range items(t) {
		for lang, s := range it.Stem {
			parts := strings.Split(strings.ReplaceAll(s, " чи не ", " чи "), ". ") // "whether" negates nothing
			if question := parts[len(parts)-1]; plain[lang].MatchString(question) {
				t.Errorf("%s: the question in %s is negative without emphasis: %s", it.ID, lang, question)
			}
		}
	}
}

func TestNoTwoItemsShareAStem(t *testing.T) {
	for _, lang := range []string{"en", "uk"} {
		seen := make(map[string]string)
		for _, it := range items(t) {
			stem := strings.ToLower(strings.Join(strings.Fields(it.Stem[lang]), " "))
			if other := seen[stem]; other != "" {
				t.Errorf("%s and %s ask the same in %s", other, it.ID, lang)
			}
			seen[stem] = it.ID
		}
	}
}

func TestLengthDoesNotGiveTheKeyAway(t *testing.T) {
	for _, lang := range []string{"en", "uk"} {
		longest, all := 0, 0
		for _, it := range items(t) {
			options := choices(&it)
			if options == nil {
				continue
			}
			all++
			top := slices.MaxFunc(options, func(a, b exam.Option) int {
				return utf8.RuneCountInString(a.Text[lang]) - utf8.RuneCountInString(b.Text[lang])
			})
			if top.Key {
				longest++
			}
		}
		if longest*100 > all*maxLongestKey {
			t.Errorf("in %s the longest option is a key in %d of %d items", lang, longest, all)
		}
	}
}

// TestKeysAreSpread bounds the share of each authored position. Forms shuffle
// the options, but the files are read and printed too.
func TestKeysAreSpread(t *testing.T) {
	var at [4]int
	all := 0
	for _, it := range items(t) {
		if it.Kind == exam.Single {
			at[slices.IndexFunc(choices(&it), func(o exam.Option) bool { return o.Key })]++
			all++
		}
	}
	for position, n := range at {
		if share := n * 100 / all; share < 20 || share > 30 {
			t.Errorf("%d of %d keys stand at position %d: %v", n, all, position+1, at)
		}
	}
}

// TestSafetyWords looks for names of products and for words that the safety rules
// keep out: an item names classes of technology, and never says how to hide.
func TestSafetyWords(t *testing.T) {
	kept := regexp.MustCompile(`(?i)telegram|whatsapp|viber|instagram|facebook|tiktok|onlyfans|signal messenger|bitcoin|monero|paypal|westernunion|western union|\bVPN\b|\bTor\b|телеграм|вотсап|вайбер|інстаграм|фейсбук|тікток|біткоїн|монеро|child pornography|kiddie|дитяч\S+ порнограф`)
	for _, it := range items(t) {
		texts(&it, func(place string, text exam.Text) {
			for lang, s := range text {
				if found := kept.FindString(s); found != "" {
					t.Errorf("%s: %s in %s says %q", it.ID, place, lang, found)
				}
			}
		})
	}
}

// TestUkrainianIsUkrainian finds what slips in from other keyboards.
func TestUkrainianIsUkrainian(t *testing.T) {
	strange := regexp.MustCompile(`[ыэъёЫЭЪЁ]|[а-яіїєґ]['"][а-яіїєґ]|[а-яіїєґ][a-z]|[a-z][а-яіїєґ]`)
	for _, it := range items(t) {
		texts(&it, func(place string, text exam.Text) {
			if found := strange.FindString(text["uk"]); found != "" {
				t.Errorf("%s: %s has %q", it.ID, place, found)
			}
		})
	}
}
