package browsertest

import (
	"slices"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/programmes"
)

// counts are how many items of each kind a medley has; its testlet is among the single
// choices.
var counts = []struct {
	kind  exam.Kind
	count int
}{{exam.Single, 5}, {exam.Multiple, 2}, {exam.TrueFalse, 1}, {exam.Matching, 1}, {exam.Ordering, 1}, {exam.Numeric, 1}, {exam.ShortText, 1}}

// acceptedWord is the right answer to the item that is answered by a word.
const acceptedWord = "метадані"

// written are items of the kinds that the bank that ships has none of.
func written() []exam.Item {
	no := false
	common := exam.Item{Roles: []string{"police"}, Topic: "digital-evidence", Stage: "cross-cutting", Level: "remember", Difficulty: exam.Basic}
	claim, word := common, common
	claim.ID, claim.Kind = "medley-claim", exam.TrueFalse
	claim.Stem = exam.Text{"uk": "Знімок екрана замінює копію носія.", "en": "A screenshot replaces a copy of the device."}
	claim.Interaction = &exam.TrueOrFalse{True: &no}
	claim.Rationale = exam.Text{"uk": "Знімок не має метаданих носія.", "en": "A screenshot lacks the metadata of the device."}
	word.ID, word.Kind = "medley-word", exam.ShortText
	word.Stem = exam.Text{"uk": "Як одним словом назвати дані про файл, що зберігаються разом із ним?", "en": "Which one word names the data about a file that are stored with it?"}
	word.Interaction = &exam.Words{Accepted: []exam.Text{{"uk": acceptedWord, "en": "metadata"}}}
	word.Rationale = exam.Text{"uk": "Метадані описують файл.", "en": "Metadata describe the file."}
	return []exam.Item{claim, word}
}

// medley holds an exam with every kind of item and a case, short enough to be answered
// whole, whose result shows everything, and returns its id.
func (w *world) medley(t *testing.T) string {
	t.Helper()
	shipped, err := programmes.Bank()
	if err != nil {
		t.Fatal(err)
	}
	r := shipped.Release
	items, taken := written(), make(map[exam.Kind]int)
	cased := slices.IndexFunc(shipped.Revisions(), func(rev exam.Revision) bool {
		return rev.Item.Stimulus != "" && slices.Contains(rev.Item.Roles, "police")
	})
	shown := shipped.Revisions()[cased].Item.Stimulus
	for _, rev := range shipped.Revisions() {
		it := rev.Item
		it.Enemies = nil // they may be missing here
		alone := it.Stimulus == "" && slices.Contains(it.Roles, "police") && taken[it.Kind] < 8
		if alone {
			taken[it.Kind]++
		}
		if alone || it.Stimulus == shown {
			items = append(items, it)
		}
	}
	stimuli := slices.Clone(r.Stimuli)
	bank, err := exam.NewBank("medley", r.Title, r.Languages, slices.DeleteFunc(stimuli, func(s exam.Stimulus) bool { return s.ID != shown }), items)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Exams.ImportBank(t.Context(), "test", bank); err != nil {
		t.Fatal(err)
	}
	e, err := w.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	e.ID, e.Release, e.Policy.Review = "medley", bank.Release.Hash, exam.Review{Show: exam.ShowKeys, When: exam.AtOnce}
	e.Blueprint.Testlets, e.Blueprint.Gates, e.Blueprint.Sections, e.Blueprint.Cells = 1, nil, e.Blueprint.Sections[:1], nil
	for _, c := range counts {
		e.Blueprint.Cells = append(e.Blueprint.Cells, exam.Cell{Section: e.Blueprint.Sections[0].ID, Kinds: []exam.Kind{c.kind}, Count: c.count})
	}
	w.sitting(t, e)
	return e.ID
}
