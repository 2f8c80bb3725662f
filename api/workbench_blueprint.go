package api

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
)

// blueprintTable is the comparison of a blueprint that is being written.
func (w workbench) blueprintTable() table {
	return table{byCookie, []route{
		{"POST", "/workbench/exam-comparison", "compareExamDesk", auth.ExamsWrite, maxBody, unlimited, w.compareExam},
	}}
}

// compareExam shows the form as it was sent beside what the bank holds for it, and stores
// nothing: a button does it, and the page's script after each change.
func (w workbench) compareExam(c *fiber.Ctx) error {
	p := examPage{deskView: w.desk(c, "wEditExam"), E: w.readExam(c)}
	if p.E.ID = c.FormValue("exam"); p.E.ID == "" {
		p.New, p.E.ID = true, strings.TrimSpace(c.FormValue("id"))
		p.Title = p.T["wNewExam"]
	}
	return w.showExam(c, fiber.StatusOK, "exam_form", p)
}

// codes are what a field of codes names. Whoever types the word that the pages show, such
// as "пам’ятати" for remember, means the code; what is neither stays as it was typed.
func (w workbench) codes(c *fiber.Ctx, name, kind string, all []string) []string {
	var found []string
	for _, said := range strings.FieldsFunc(c.FormValue(name), func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '\t' }) {
		plain := plainWord(said)
		at := slices.IndexFunc(all, func(code string) bool {
			return code == plain || slices.ContainsFunc(pageLanguages, func(lang string) bool { return plainWord(w.pages.words[lang][kind+"_"+code]) == plain })
		})
		if at >= 0 {
			found = append(found, all[at])
		} else {
			found = append(found, strings.Fields(said)...)
		}
	}
	return found
}

// plainWord is a word without what people type in several ways.
func plainWord(said string) string {
	return strings.NewReplacer("'", "’", "ʼ", "’", "`", "’").Replace(strings.ToLower(strings.Join(strings.Fields(said), " ")))
}

// kindNames are the kinds of items that can be written here.
func kindNames() []string {
	var names []string
	for _, e := range editors() {
		names = append(names, string(e.kind))
	}
	return names
}
