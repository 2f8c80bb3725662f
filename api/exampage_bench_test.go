package api

import (
	"bytes"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/programmes"
)

// BenchmarkExamPage renders the whole exam page of the longest exams that ship, which
// everybody in a hall asks for in the minute in which they press Start.
func BenchmarkExamPage(b *testing.B) {
	pages, err := loadPages(time.UTC)
	if err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	for _, form := range drawnForms(b) {
		session := form
		b.Run(session.Attempt.Exam, func(b *testing.B) {
			p := attemptPage{view: view{Lang: "uk", T: pages.words["uk"]}, Attempt: session.Attempt.ID, Mine: true, Here: 1, Last: len(session.View.Slots), Places: make([]place, len(session.View.Slots)), Languages: []string{"en"}}
			p.showWhole(session)
			b.ReportAllocs()
			for b.Loop() {
				out.Reset()
				if err := pages.templates.ExecuteTemplate(&out, "attempt.html", p); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(out.Len())/1024, "page-kB")
		})
	}
}

// drawnForms are a form of each exam that ships, as it is presented in Ukrainian.
func drawnForms(t testing.TB) (all []exam.Session) {
	t.Helper()
	bank, err := programmes.Bank()
	if err != nil {
		t.Fatal(err)
	}
	exams, err := programmes.Exams("")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exams {
		plan, err := exam.NewCalibratedPlan(bank, e.Blueprint, nil)
		if err != nil {
			t.Fatal(err)
		}
		form, err := plan.Assemble(exam.Seed{1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		view, err := bank.Present(form, "uk")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, exam.Session{Attempt: exam.Attempt{ID: "01900000-0000-7000-8000-000000000000", Exam: e.ID, Form: form}, View: view})
	}
	return all
}
