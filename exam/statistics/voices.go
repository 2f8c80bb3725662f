package statistics

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/proba-exam/proba/exam"
)

const (
	voicesPart = "voices"
	// maxTexts bounds how many texts are kept of the survey and of an item: what authors
	// can read.
	maxTexts = 500
	// ratings are the marks of the survey, 1 to 5.
	ratings = 5
)

// Voices is what learners said of an exam, for who writes its course. It names nobody,
// and holds neither attempts nor dates; texts are sorted, so that their order tells
// nothing.
type Voices struct {
	Schema int    `json:"schema"`
	Exam   string `json:"exam"`
	// Surveys that were answered. Below LeastGroup there is nothing more of them.
	Surveys   int      `json:"surveys"`
	Clear     Rating   `json:"clear"`
	Fair      Rating   `json:"fair"`
	Technical Rating   `json:"technical"`
	Comments  []string `json:"comments,omitempty"`
	// Reports of problems with items, the most reported first.
	Reports []Reported `json:"reports,omitempty"`
}

// Rating counts the marks of one question of the survey.
type Rating struct {
	N     int     `json:"n"`
	Mean  float64 `json:"mean"`
	Marks []int   `json:"marks,omitempty"` // how many gave 1, 2, …
}

// Reported is what learners reported of one item.
type Reported struct {
	Item    string              `json:"item"`
	N       int                 `json:"n"`
	Reasons map[exam.Reason]int `json:"reasons"`
	// Texts are withheld while fewer than LeastGroup people have sat the exam.
	Texts []string `json:"texts,omitempty"`
}

// Voices returns what was collected last. "statistics.part_not_found".
func (s *Service) Voices(ctx context.Context, exam string) (Voices, error) {
	return load[Voices](ctx, s.store, exam, voicesPart)
}

// listen collects what learners said of the exam.
func (w *worker) listen(ctx context.Context, e *exam.Exam, counted int) error {
	v := Voices{Schema: 1, Exam: e.ID}
	reported := make(map[string]*Reported)
	for after := ""; ; {
		all, err := w.service.exams.FeedbackOn(ctx, e.ID, after, page)
		if err != nil {
			return fmt.Errorf("feedback on exam %s: %w", e.ID, err)
		}
		for _, f := range all {
			after = f.Attempt
			v.survey(f.Survey)
			for _, r := range f.Reports {
				report(reported, &r)
			}
		}
		if err := w.tell(ctx, Estimating, stages-1, stages); err != nil {
			return err
		}
		if len(all) < page {
			break
		}
	}
	v.finish(reported, counted >= LeastGroup)
	return save(ctx, w.service.store, Part{Exam: e.ID, Name: voicesPart, Run: w.job.Run}, v)
}

func (v *Voices) survey(s *exam.Survey) {
	if s == nil {
		return
	}
	v.Surveys++
	v.Clear.add(s.Clear)
	v.Fair.add(s.Fair)
	v.Technical.add(s.Technical)
	if s.Comment != "" && len(v.Comments) < maxTexts {
		v.Comments = append(v.Comments, unnamed(s.Comment))
	}
}

func (r *Rating) add(mark int) {
	if mark < 1 || mark > ratings {
		return // left out
	}
	if r.Marks == nil {
		r.Marks = make([]int, ratings)
	}
	r.Marks[mark-1]++
	r.Mean += (float64(mark) - r.Mean) / float64(r.N+1)
	r.N++
}

func report(all map[string]*Reported, r *exam.Report) {
	of := all[r.Item.ID]
	if of == nil {
		of = &Reported{Item: r.Item.ID, Reasons: make(map[exam.Reason]int)}
		all[r.Item.ID] = of
	}
	of.N++
	of.Reasons[r.Reason]++
	if r.Text != "" && len(of.Texts) < maxTexts {
		of.Texts = append(of.Texts, unnamed(r.Text))
	}
}

// finish withholds what few people said.
func (v *Voices) finish(reported map[string]*Reported, enough bool) {
	if v.Surveys < LeastGroup {
		v.Clear, v.Fair, v.Technical, v.Comments = Rating{}, Rating{}, Rating{}, nil
	}
	for _, r := range []*Rating{&v.Clear, &v.Fair, &v.Technical} {
		if r.N < LeastGroup {
			*r = Rating{} // a question that few answered
		}
	}
	slices.Sort(v.Comments)
	for _, r := range reported {
		if slices.Sort(r.Texts); !enough {
			r.Texts = nil
		}
		v.Reports = append(v.Reports, *r)
	}
	slices.SortFunc(v.Reports, func(a, b Reported) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Item, b.Item)) })
}

// contacts are what tells who wrote a text: addresses of mail, and numbers as long as
// those of telephones and papers.
var contacts = regexp.MustCompile(`[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+|\+?\d[\d\s()-]{6,}\d`)

// unnamed takes contacts out of a text. Names that somebody has written stay: whoever
// reads the texts is told so.
func unnamed(text string) string { return contacts.ReplaceAllString(text, "…") }
