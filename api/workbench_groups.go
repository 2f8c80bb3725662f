package api

import (
	"slices"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/proba-exam/proba/exam"
)

// group is the sittings of an exam that belong to one region, organisation or cohort,
// summed up.
type group struct {
	Name     string
	Sittings int
	Tally    exam.Tally
}

// minShown is how many results a group needs before its figures are shown: the mean of
// fewer tells what single people scored.
const minShown = 10

// Shown reports whether the group's figures are shown.
func (g group) Shown() bool { return g.Tally.Graded >= minShown }

// Low and High bound the share that passes, with 95 % confidence.
func (g group) Low() float64 { low, _ := g.Tally.PassInterval(); return low }

// High is the other bound.
func (g group) High() float64 { _, high := g.Tally.PassInterval(); return high }

// groupings are what results are put side by side by.
var groupings = map[string]func(exam.Sitting) string{
	"region":       func(s exam.Sitting) string { return s.Region },
	"organisation": func(s exam.Sitting) string { return s.Organisation },
	"cohort":       func(s exam.Sitting) string { return s.Cohort },
}

type regionsPage struct {
	deskView
	Exams []exam.Exam
	Exam  string
	// By is the grouping.
	By     string
	Groups []group
	// Total is all of them together.
	Total group
	// Least is minShown.
	Least int
	// Cut says that there are more sittings than were summed up.
	Cut bool
}

// TotalShown reports whether the figures of all together are shown: not while those of a
// group are kept back, which could be found by subtracting.
func (p regionsPage) TotalShown() bool {
	return p.Total.Shown() && !slices.ContainsFunc(p.Groups, func(g group) bool { return g.Tally.Graded > 0 && !g.Shown() })
}

// Groupings lists them for the page.
func (p regionsPage) Groupings() []string { return []string{"region", "organisation", "cohort"} }

// maxSummed is how many sittings of one exam are gone through for a page: more than a
// national service holds in some years, read in a second.
const maxSummed = 2000

// regions puts the regions, organisations or cohorts of an exam side by side.
func (w workbench) regions(c *fiber.Ctx) error {
	p := regionsPage{deskView: w.desk(c, "wRegions"), Exam: c.Query("exam"), By: c.Query("by"), Least: minShown}
	if groupings[p.By] == nil {
		p.By = "region"
	}
	var err error
	if p.Exams, err = w.allExams(c); err != nil {
		return err
	}
	if p.Exam != "" {
		if err := w.fillGroups(c, &p); err != nil {
			return err
		}
	}
	return w.show(c, fiber.StatusOK, "regions", p)
}

func (w workbench) fillGroups(c *fiber.Ctx, p *regionsPage) error {
	found := map[string]*group{}
	gone := 0
	for after := ""; ; {
		all, err := w.Exams.FindSittings(c.UserContext(), exam.SittingFilter{Exam: p.Exam}, after, maxPage)
		if err != nil {
			return err
		}
		ids := make([]string, len(all))
		for i, s := range all {
			ids[i], after = s.ID, s.ID
		}
		tallies, err := w.Exams.Tallies(c.UserContext(), ids)
		if err != nil {
			return err
		}
		for _, s := range all {
			t, name := tallies[s.ID], groupings[p.By](s)
			if found[name] == nil {
				found[name] = &group{Name: name}
			}
			found[name].Sittings++
			found[name].Tally.Sum(t)
			p.Total.Sittings++
			p.Total.Tally.Sum(t)
		}
		gone += len(all)
		if p.Cut = gone >= maxSummed && len(all) == maxPage; p.Cut || len(all) < maxPage {
			break
		}
	}
	for _, g := range found {
		p.Groups = append(p.Groups, *g)
	}
	byAlphabet(p.Lang, p.Groups)
	return nil
}

// byAlphabet puts groups in the order of the language's alphabet: by code,
// Івано-Франківськ would come before Вінниця.
func byAlphabet(lang string, groups []group) {
	alphabet := collate.New(language.Make(lang))
	slices.SortFunc(groups, func(a, b group) int { return alphabet.CompareString(a.Name, b.Name) })
}
