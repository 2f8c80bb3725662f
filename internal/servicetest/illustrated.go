package servicetest

import (
	"maps"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/picture"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/programmes"
)

// Picture makes an image of a bank of the bytes.
func Picture(t testing.TB, data []byte) exam.Medium {
	t.Helper()
	m, err := picture.Clean(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Illustrate holds an exam of the id, each of whose items shows one image, and another in
// its rationale, and opens a sitting of the same id. Nobody is entitled to it yet, and of
// the result the score is shown.
func (s *Service) Illustrate(t testing.TB, id string, shown, hidden exam.Medium) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	bank := illustrated(t, id, shown, hidden)
	if _, _, err := s.Exams.ImportBank(t.Context(), "test", bank); fault.Code(err) != "bank.media" {
		t.Fatalf("a bank without its images: %v", err)
	}
	bank.Bring([]exam.Medium{shown, hidden})
	_, _, err := s.Exams.ImportBank(t.Context(), "test", bank)
	must(err)
	drafts, err := programmes.Exams(bank.Release.Hash)
	must(err)
	e := drafts[0]
	e.ID, e.Policy.Review.Show = id, exam.ShowScore
	_, _, err = s.Exams.CreateExam(t.Context(), e)
	must(err)
	_, err = s.Exams.PublishExam(t.Context(), "test", id)
	must(err)
	now := s.Clock.Now()
	_, _, err = s.Exams.CreateSitting(t.Context(), exam.Sitting{ID: id, Exam: id, Title: e.Title, Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour)})
	must(err)
}

// illustrated is the bank that ships, with images in its texts.
func illustrated(t testing.TB, id string, shown, hidden exam.Medium) *exam.Bank {
	t.Helper()
	shipped, err := programmes.Bank()
	if err != nil {
		t.Fatal(err)
	}
	var items []exam.Item
	for _, rev := range shipped.Revisions() {
		it := rev.Item
		it.Stem, it.Rationale = maps.Clone(it.Stem), maps.Clone(it.Rationale)
		for lang := range it.Stem {
			it.Stem[lang] += "\n\n" + exam.Image{Alt: "Схема", Name: shown.Name}.String()
			it.Rationale[lang] += "\n\n" + exam.Image{Alt: "Ключ", Name: hidden.Name}.String()
		}
		items = append(items, it)
	}
	r := shipped.Release
	bank, err := exam.NewBank(id, r.Title, r.Languages, r.Stimuli, items)
	if err != nil {
		t.Fatal(err)
	}
	return bank
}
