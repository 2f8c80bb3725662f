package programmes_test

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/bankfile"
	"github.com/proba-exam/proba/internal/programmes"
)

// The tests of this file and of wording_test.go are the rules that authors
// follow; docs/content.md says why.

// secondary marks a reference that rests on a secondary source.
const secondary = "(secondary source, check wording)"

// roles are the four roles of the programmes.
var roles = []string{"police", "investigator", "prosecutor", "judge"}

// stages and topics are the terms that blueprints draw by.
var (
	stages = []string{"recruitment", "transfer", "control", "exploitation", "cross-cutting"}
	topics = []string{
		"legal-definition", "ukrainian-law", "international-cooperation", "technology-recruitment",
		"technology-communication", "technology-payments", "osint-and-undercover-limits", "digital-evidence",
		"victim-centred", "multi-agency", "trial-and-adjudication", "data-protection",
	}
)

// shipped reads the bank once for all tests, which only look at it.
var shipped = sync.OnceValues(programmes.Bank)

func shippedBank(t *testing.T) *exam.Bank {
	t.Helper()
	bank, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return bank
}

func items(t *testing.T) []exam.Item {
	t.Helper()
	bank := shippedBank(t)
	all := make([]exam.Item, bank.Items())
	for i := range all {
		all[i] = bank.Revision(i).Item
	}
	return all
}

// facts is the fact list of the bank, which "proba bank check" reads too.
func facts(t *testing.T) map[string]bankfile.Standing {
	t.Helper()
	file, err := os.Open("bank/" + bankfile.FactList)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, problems, err := bankfile.ReadFacts(file)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	return all
}

func TestItemsRestOnConfirmedFacts(t *testing.T) {
	standings := facts(t)
	if len(standings) != 250 {
		t.Errorf("the fact base has 250 facts, the list has %d", len(standings))
	}
	for _, it := range items(t) {
		if len(it.References) == 0 {
			t.Errorf("%s rests on nothing", it.ID)
		}
		for _, r := range it.References {
			switch standing := standings[r.Fact]; {
			case standing != bankfile.Confirmed && standing != bankfile.ConfirmedSecondary:
				t.Errorf("%s rests on %s, which is %q", it.ID, r.Fact, cmp.Or(standing, "no fact"))
			case standing == bankfile.ConfirmedSecondary && !strings.HasSuffix(r.Source, secondary):
				t.Errorf("%s: %s is %s, its source says %q", it.ID, r.Fact, standing, r.Source)
			case r.Source == "":
				t.Errorf("%s: %s has no instrument", it.ID, r.Fact)
			}
		}
	}
}

func TestItemsAreDescribed(t *testing.T) {
	for _, it := range items(t) {
		if len(it.Rationale) == 0 {
			t.Errorf("%s has no rationale", it.ID)
		}
		if !slices.Contains(stages, it.Stage) || !slices.Contains(topics, it.Topic) {
			t.Errorf("%s: %s / %s is no cell of a blueprint", it.ID, it.Topic, it.Stage)
		}
		for _, role := range it.Roles {
			if !slices.Contains(roles, role) {
				t.Errorf("%s is for %q", it.ID, role)
			}
		}
	}
}

// TestItemsStandInBothLanguages looks at every text. That the languages have the
// same options and the same key is how the format is made: an option has its
// texts side by side and one mark.
func TestItemsStandInBothLanguages(t *testing.T) {
	bank := shippedBank(t)
	visit := func(id, place string, text exam.Text) {
		if languages := slices.Sorted(maps.Keys(text)); !slices.Equal(languages, []string{"en", "uk"}) {
			t.Errorf("%s: %s is in %v", id, place, languages)
		}
		for lang, s := range text {
			if strings.TrimSpace(s) == "" {
				t.Errorf("%s: %s in %s is empty", id, place, lang)
			}
		}
	}
	for _, it := range items(t) {
		texts(&it, func(place string, text exam.Text) { visit(it.ID, place, text) })
	}
	for _, st := range bank.Release.Stimuli {
		visit(st.ID, "text", st.Text)
	}
}

func TestBankIsLargeEnough(t *testing.T) {
	shared, own, kinds, cases := 0, make(map[string]int), make(map[exam.Kind]int), make(map[string]int)
	for _, it := range items(t) {
		kinds[it.Kind]++
		switch len(it.Roles) {
		case len(roles):
			shared++
		case 1:
			own[it.Roles[0]]++
		}
		if it.Stimulus != "" {
			cases[it.Stimulus]++
		}
	}
	if shared < 60 {
		t.Errorf("%d items are shared by all roles, want 60", shared)
	}
	for _, role := range roles {
		if own[role] < 30 {
			t.Errorf("%d items are for %s alone, want 30", own[role], role)
		}
	}
	for kind, want := range map[exam.Kind]int{exam.Multiple: 12, exam.Ordering: 12, exam.Matching: 12, exam.Numeric: 6} {
		if kinds[kind] < want {
			t.Errorf("%d items of kind %s, want %d", kinds[kind], kind, want)
		}
	}
	if len(cases) < 6 {
		t.Errorf("%d cases, want 6", len(cases))
	}
	for id, n := range cases {
		if n != 3 {
			t.Errorf("case %s has %d items, want 3", id, n)
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
