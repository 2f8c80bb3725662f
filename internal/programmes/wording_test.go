package programmes_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/proba-exam/proba/exam"
)

const (
	// maxSentence is the longest mean sentence of a text, in words.
	maxSentence = 30
	// maxLongestKey is how often, in percent, the longest option may be a key.
	maxLongestKey = 30
	// maxUneven is how far, in percentage points, the share of an authored
	// position among the keys may be from a quarter.
	maxUneven = 5
)

// maxLength keeps an item readable on a phone, in characters by place.
var maxLength = map[string]int{"stimulus": 1500, "stem": 900, "option": 240, "rationale": 1200}

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

// allTexts calls visit with every text of every item and case.
func allTexts(t *testing.T, visit func(id, place, lang, s string)) {
	t.Helper()
	each := func(id, place string, text exam.Text) {
		for lang, s := range text {
			visit(id, place, lang, s)
		}
	}
	for _, it := range items(t) {
		texts(&it, func(place string, text exam.Text) { each(it.ID, place, text) })
	}
	for _, st := range shippedBank(t).Release.Stimuli {
		each(st.ID, "stimulus", st.Text)
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
	allTexts(t, func(id, place, lang, s string) {
		if n := utf8.RuneCountInString(s); n > maxLength[place] {
			t.Errorf("%s: %s in %s has %d characters, at most %d are read", id, place, lang, n, maxLength[place])
		}
		if words, sentences := len(strings.Fields(s)), len(sentence.Split(s, -1)); words > maxSentence*sentences {
			t.Errorf("%s: %s in %s has %d words in %d sentences", id, place, lang, words, sentences)
		}
	})
}

func TestSingleChoiceHasFourOptionsAndNoWayOut(t *testing.T) {
	for _, it := range items(t) {
		if n := len(choices(&it)); it.Kind == exam.Single && n != 4 {
			t.Errorf("%s has %d options", it.ID, n)
		}
	}
	forbidden := regexp.MustCompile(`(?i)(all|none|both|any) of the (above|options|answers)|(ус[еі]|всі) (зазначен|перелічен|наведен|відповіді|варіанти)|жодн\S+ (з|із) (відповідей|варіантів|наведен)|обидва варіанти|a (and|та|і) b`)
	allTexts(t, func(id, place, lang, s string) {
		if found := forbidden.FindString(s); found != "" && place == "option" {
			t.Errorf("%s: %s in %s says %q", id, place, lang, found)
		}
	})
}

// TestRationalesDoNotCountOptions holds because forms shuffle the options.
func TestRationalesDoNotCountOptions(t *testing.T) {
	counted := regexp.MustCompile(`(?i)(first|second|third|last|two) (option|distractor|answer)s?\b|(перш|друг|трет|четверт|останн)\S{1,4} (хибн\S+ )?(варіант|відповід)|варіант\S* [абвгabcd]\b|\boptions? [A-D]\b`)
	allTexts(t, func(id, place, lang, s string) {
		if found := counted.FindString(s); found != "" && place == "rationale" {
			t.Errorf("%s: the rationale in %s counts options: %q", id, lang, found)
		}
	})
}

// TestNegationsAreEmphasised looks at the question, which is the last sentence.
func TestNegationsAreEmphasised(t *testing.T) {
	plain := map[string]*regexp.Regexp{"en": regexp.MustCompile(`(?i)\b(which|what) [^?]*\s(not|never|except)\s[^?]*\?`), "uk": regexp.MustCompile(`(?i)(^|\s)(який|яка|яке|які|що)\s[^?]*\s(не|крім)\s[^?]*\?`)}
	whether := strings.NewReplacer(" чи не ", " чи ") // which negates nothing
	for _, it := range items(t) {
		for lang, s := range it.Stem {
			parts := strings.Split(whether.Replace(s), ". ")
			if question := parts[len(parts)-1]; plain[lang].MatchString(question) {
				t.Errorf("%s: the question in %s is negative without emphasis: %s", it.ID, lang, question)
			}
		}
	}
}

// TestLengthDoesNotGiveTheKeyAway counts a key that is among the longest, too.
func TestLengthDoesNotGiveTheKeyAway(t *testing.T) {
	for _, lang := range []string{"en", "uk"} {
		longest, all := 0, 0
		for _, it := range items(t) {
			options := choices(&it)
			if options == nil {
				continue
			}
			all++
			length := func(o exam.Option) int { return utf8.RuneCountInString(o.Text[lang]) }
			top := slices.MaxFunc(options, func(a, b exam.Option) int { return length(a) - length(b) })
			if slices.ContainsFunc(options, func(o exam.Option) bool { return o.Key && length(o) == length(top) }) {
				longest++
			}
		}
		if longest*100 > all*maxLongestKey {
			t.Errorf("in %s the longest option is a key in %d of %d items", lang, longest, all)
		}
		t.Logf("in %s the longest option is a key in %d of %d items", lang, longest, all)
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
		if n*100 < all*(25-maxUneven) || n*100 > all*(25+maxUneven) {
			t.Errorf("%d of %d keys stand at position %d: %v", n, all, position+1, at)
		}
	}
	t.Logf("keys of %d items by position: %v", all, at)
}

// TestSafetyWords looks for names of products and for words that the safety rules
// keep out: an item names classes of technology, and never says how to hide.
func TestSafetyWords(t *testing.T) {
	products := `telegram|whatsapp|viber|instagram|facebook|tiktok|onlyfans|discord|snapchat|skype|tinder|roblox|youtube|google|iphone|android|bitcoin|ethereum|monero|tether|binance|paypal|western ?union|телеграм|вотсап|вайбер|інстаграм|фейсбук|тікток|скайп|ютуб|біткоїн|монеро|айфон|андроїд`
	hiding := `\bVPN\b|\bTor\b|\bproxy\b|проксі|анонімайзер|dark ?net|dark web|даркнет|jailbreak|burner|одноразов\S+ (номер|телефон)|міксер`
	terms := `child porn\S*|kiddie|дитяч\S+ порнограф\S*|prostitut(e|es)\b|повія|повії`
	kept := regexp.MustCompile(`(?i)` + products + `|` + hiding + `|` + terms)
	allTexts(t, func(id, place, lang, s string) {
		if found := kept.FindString(s); found != "" {
			t.Errorf("%s: %s in %s says %q", id, place, lang, found)
		}
	})
}

// TestUkrainianIsUkrainian finds what slips in from other keyboards, and words
// for which docs/glossary.md has one of its own.
func TestUkrainianIsUkrainian(t *testing.T) {
	strange := regexp.MustCompile(`[ыэъёЫЭЪЁ]|[а-яіїєґ]['"][а-яіїєґ]|[а-яіїєґ][a-z]|[a-z][а-яіїєґ]`)
	other := regexp.MustCompile(`(?i)скріншот|хеш|жертв\S* торгівлі|очн\S+ ставк|риболовл|трафік|провайдер|аккаунт|акаунт`)
	allTexts(t, func(id, place, lang, s string) {
		if lang != "uk" {
			return
		}
		if found := strange.FindString(s); found != "" {
			t.Errorf("%s: %s has %q", id, place, found)
		}
		if found := other.FindString(s); found != "" {
			t.Errorf("%s: %s says %q; the glossary has another word", id, place, found)
		}
	})
}
