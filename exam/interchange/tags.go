package interchange

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/exam"
)

// The keys of tags that carry metadata, as "key:value". Foreign formats have no
// place for most of it, and all of them have keywords of some sort.
const (
	tagRole       = "role"
	tagTopic      = "topic"
	tagStage      = "stage"
	tagLevel      = "level"
	tagDifficulty = "difficulty"
	tagFact       = "fact"
	tagSource     = "source"
	tagEnemy      = "enemy"
	tagScoring    = "scoring"
	tagStimulus   = "stimulus"
	tagFixed      = "fixed"   // numbers of the options that stay in place, from 1; of gaps as in 2.1
	tagChoose     = "choose"  // "yes": the learner is told how many are right
	tagInteger    = "integer" // "yes": a whole number is asked for; of gaps their numbers
	tagOrder      = "order"   // of gaps: their numbers as they stand in the text
	tagKind       = "kind"    // "cloze": the question is a text with one gap

	tagMaxCharacters = "max_characters" // of an essay
	tagMinWords      = "min_words"
	tagMaxWords      = "max_words"
	tagTolerance     = "tolerance" // points by which two markers may differ
)

// DefaultRule is what the tag of the scoring rule says of an item that leaves it to
// its kind, in formats whose own rules would else be read.
const DefaultRule = "default"

// pairSign stands between fact and source in one tag.
const pairSign = " = "

// Tags writes the item's metadata as tags that every importer understands.
func Tags(it *exam.Item) []string {
	var tags []string
	add := func(key string, values ...string) {
		for _, v := range values {
			if v != "" {
				tags = append(tags, key+":"+v)
			}
		}
	}
	add(tagRole, it.Roles...)
	add(tagTopic, it.Topic)
	add(tagStage, it.Stage)
	add(tagLevel, it.Level)
	add(tagDifficulty, string(it.Difficulty))
	for _, r := range it.References {
		// One tag for a pair: what was cited for which fact must stay together.
		switch {
		case r.Source == "":
			add(tagFact, r.Fact)
		case r.Fact != "" || strings.Contains(r.Source, pairSign):
			add(tagSource, strings.TrimLeft(r.Fact+pairSign+r.Source, " "))
		default:
			add(tagSource, r.Source)
		}
	}
	add(tagEnemy, it.Enemies...)
	add(tagScoring, string(it.Scoring))
	add(tagStimulus, it.Stimulus)
	switch in := it.Interaction.(type) {
	case *exam.SingleChoice:
		add(tagFixed, fixedNumbers(in.Options))
	case *exam.MultipleChoice:
		add(tagFixed, fixedNumbers(in.Options))
		if in.Choose > 0 {
			add(tagChoose, "yes")
		}
	case *exam.Number:
		if in.Integer {
			add(tagInteger, "yes")
		}
	}
	return tags
}

// AllTags are Tags, and what Moodle's formats have no place for of texts with gaps and of
// essays, as the languages of the export have it.
func (x *Export) AllTags(it *exam.Item) []string {
	tags := Tags(it)
	add := func(key, value string) {
		if value != "" {
			tags = append(tags, key+":"+value)
		}
	}
	switch in := it.Interaction.(type) {
	case *exam.ClozeText:
		fixed, integers := gapTags(in)
		add(tagOrder, x.renumbered(in)) // first: the others count as the item does
		add(tagFixed, strings.Join(fixed, " "))
		add(tagInteger, strings.Join(integers, " "))
	case *exam.Essay:
		add(tagMaxCharacters, itoa(in.MaxCharacters))
		add(tagMinWords, positive(in.MinWords))
		add(tagMaxWords, positive(in.MaxWords))
		add(tagTolerance, positive(in.Rubric.Tolerance))
	}
	return tags
}

// positive writes a number that 0 stands for none of.
func positive(n int) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// renumbered is the order of the gaps in the text, "" when they are numbered in it.
func (x *Export) renumbered(c *exam.ClozeText) string {
	var numbers []string
	asTheyStand := true
	for i, n := range gapOrder(x.Text(c.Passage).In("")) {
		if n >= 0 {
			numbers = append(numbers, itoa(n+1))
			asTheyStand = asTheyStand && n == i
		}
	}
	if asTheyStand {
		return ""
	}
	return strings.Join(numbers, " ")
}

// gapTags are the options that stay in place, each as the numbers of gap and option,
// and the gaps that ask for a whole number.
func gapTags(c *exam.ClozeText) (fixed, integers []string) {
	for i, g := range c.Gaps {
		for j, o := range g.Options {
			if o.Fixed {
				fixed = append(fixed, itoa(i+1)+"."+itoa(j+1))
			}
		}
		if g.Number != nil && g.Number.Integer {
			integers = append(integers, itoa(i+1))
		}
	}
	return fixed, integers
}

func fixedNumbers(options []exam.Option) string {
	var numbers []string
	for i, o := range options {
		if o.Fixed {
			numbers = append(numbers, itoa(i+1))
		}
	}
	return strings.Join(numbers, " ")
}

// applyTags moves what the tags say into the item. Tags that say nothing to Proba
// are lost.
func (d *Draft) applyTags() {
	it := &d.Item
	if len(d.Tags) > maxTags {
		d.Lose("tags.too_many", "has %d tags; those after the first %d are left out", len(d.Tags), maxTags)
		d.Tags = d.Tags[:maxTags]
	}
	var lost []string
	for _, tag := range d.Tags {
		key, value, ok := strings.Cut(tag, ":")
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		if !ok || value == "" || !d.applyTag(it, key, value) {
			lost = append(lost, shorten(tag))
		}
	}
	if len(lost) > 0 {
		d.Lose("tags.unknown", "tags without a meaning here are left out: %s", strings.Join(lost, ", "))
	}
}

func (d *Draft) applyTag(it *exam.Item, key, value string) bool {
	switch key {
	case tagRole:
		if role := Term(value); !slices.Contains(it.Roles, role) {
			it.Roles = append(it.Roles, role)
		}
	case tagTopic:
		it.Topic = Term(value)
	case tagStage:
		it.Stage = Term(value)
	case tagLevel:
		it.Level = strings.ToLower(value)
	case tagDifficulty:
		it.Difficulty = exam.Difficulty(strings.ToLower(value))
	case tagFact:
		it.References = append(it.References, exam.Reference{Fact: value})
	case tagSource:
		if fact, source, ok := strings.Cut(" "+value, pairSign); ok {
			it.References = append(it.References, exam.Reference{Fact: strings.TrimSpace(fact), Source: source})
		} else {
			it.References = append(it.References, exam.Reference{Source: value})
		}
	case tagEnemy:
		it.Enemies = append(it.Enemies, value)
	case tagScoring:
		if it.Scoring = exam.Rule(value); value == DefaultRule {
			it.Scoring = ""
		}
	case tagStimulus:
		it.Stimulus = value
	default:
		return d.applyInteractionTag(key, value)
	}
	return true
}

func (d *Draft) applyInteractionTag(key, value string) bool {
	switch in := d.Item.Interaction.(type) {
	case *exam.SingleChoice:
		return key == tagFixed && fix(in.Options, value)
	case *exam.MultipleChoice:
		if key == tagChoose && value == "yes" {
			in.Choose = 0
			for _, o := range in.Options {
				if o.Key {
					in.Choose++
				}
			}
			return true
		}
		return key == tagFixed && fix(in.Options, value)
	case *exam.Number:
		if key == tagInteger && value == "yes" {
			in.Integer = true
			return true
		}
	case *exam.ClozeText:
		if key == tagOrder {
			return renumber(in, strings.Fields(value))
		}
		return key == tagKind && value == string(exam.Cloze) || applyGapTag(in, key, value)
	case *exam.Essay:
		return applyEssayTag(in, key, value)
	}
	return false
}

// renumber gives the gaps, which are numbered as they stand, the numbers of an order.
func renumber(c *exam.ClozeText, numbers []string) bool {
	gaps, taken := make([]exam.Gap, len(c.Gaps)), make(map[string]bool)
	if len(numbers) != len(gaps) {
		return false
	}
	for i, word := range numbers {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > len(gaps) || taken[word] || itoa(n) != word {
			return false
		}
		taken[word], gaps[n-1] = true, c.Gaps[i]
	}
	c.Gaps = gaps
	for lang, s := range c.Passage {
		var b strings.Builder
		for _, part := range exam.Stretches(s) {
			b.WriteString(part.Words)
			if part.Gap >= 0 && part.Gap < len(numbers) {
				b.WriteString("[[" + numbers[part.Gap] + "]]")
			}
		}
		c.Passage[lang] = b.String()
	}
	return true
}

func applyGapTag(c *exam.ClozeText, key, value string) bool {
	known := key == tagFixed || key == tagInteger
	for _, word := range strings.Fields(value) {
		gap, option, _ := strings.Cut(word, ".")
		n, err := strconv.Atoi(gap)
		if err != nil || n < 1 || n > len(c.Gaps) {
			return false
		}
		switch g := &c.Gaps[n-1]; {
		case key == tagFixed:
			known = known && option != "" && fix(g.Options, option)
		case key == tagInteger && g.Number != nil:
			g.Number.Integer = true
		default:
			return false
		}
	}
	return known
}

func applyEssayTag(e *exam.Essay, key, value string) bool {
	n, err := strconv.Atoi(value)
	to := map[string]*int{tagMaxCharacters: &e.MaxCharacters, tagMinWords: &e.MinWords, tagMaxWords: &e.MaxWords, tagTolerance: &e.Rubric.Tolerance}[key]
	if err != nil || to == nil {
		return false
	}
	*to = n
	return true
}

func fix(options []exam.Option, numbers string) bool {
	for _, n := range strings.Fields(numbers) {
		found := false
		for i := range options {
			if itoa(i+1) == n {
				options[i].Fixed, found = true, true
			}
		}
		if !found {
			return false
		}
	}
	return true
}

var termPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{1,62}$`)

// Term is the value when it is a term already, else one made of it.
func Term(value string) string {
	if termPattern.MatchString(value) {
		return value
	}
	return Slug(value)
}

// romanisation of Ukrainian, after resolution 55 of the Cabinet of Ministers of
// Ukraine of 27 January 2010, without its exceptions at the start of a word, and
// of the Russian letters beyond it.
var romanisation = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "h", 'ґ': "g", 'д': "d", 'е': "e", 'є': "ie", 'ж': "zh", 'з': "z", 'и': "y",
	'і': "i", 'ї': "i", 'й': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s",
	'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "shch", 'ь': "", 'ю': "iu", 'я': "ia",
	'ё': "io", 'ы': "y", 'э': "e", 'ъ': "",
}

// Slug makes an id or term of a name: small letters, digits and hyphens, at most
// 60 characters. Cyrillic is romanised. It is "" when nothing is left.
func Slug(name string) string {
	var b strings.Builder
	hyphen := false
	for _, r := range norm.NFC.String(name) {
		r = unicode.ToLower(r)
		part, known := romanisation[r]
		switch {
		case known:
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			part = string(r)
		case r == '\'' || r == '’' || r == 'ʼ':
			continue
		default:
			if base := []rune(norm.NFD.String(string(r)))[0]; base >= 'a' && base <= 'z' {
				part = string(base)
				break
			}
			hyphen = b.Len() > 0
			continue
		}
		if part == "" {
			continue
		}
		if hyphen {
			b.WriteByte('-')
			hyphen = false
		}
		if b.WriteString(part); b.Len() >= 60 {
			break
		}
	}
	s := b.String()
	return strings.Trim(s[:min(len(s), 60)], "-")
}
