package api

import (
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// workbench is the pages of staff. Its handlers are in the files workbench_*.go, one
// for each thing that staff look after; like those of the JSON interface they decode,
// call one service and show, and decide nothing.
type workbench struct{ *server }

// workbenchPath is where all its pages are.
const workbenchPath = "/workbench"

// fewGraded is below which a share says little; it is said so beside it.
const fewGraded = 30

// summary is a tally with its shares.
type summary struct {
	exam.Tally
	Rate, Mean float64
	// Few says that the shares stand on few results.
	Few bool
}

func sumUp(t exam.Tally) summary {
	s := summary{Tally: t, Few: t.Graded < fewGraded}
	s.Rate, _ = t.PassRate()
	s.Mean, _ = t.MeanScore()
	return s
}

// localTime is how browsers send a date with a time of the service's zone.
const localTime = "2006-01-02T15:04"

// deskView is what every page of the workbench needs.
type deskView struct {
	view
	// Here is the address of this page, for the link to the other language.
	Here string
	Nav  []navItem
	// query is this page's, for links that change a part of it.
	query url.Values
	// May holds the permissions of who looks, by name.
	May map[string]bool
	// Done says what the step before this page did, "" for nothing.
	Done string
	// Faults are the faulty places of what was sent.
	Faults []fieldFault
}

type navItem struct {
	Path, Title string
	Current     bool
}

// fieldFault is one faulty place for people.
type fieldFault struct{ Place, Message string }

// section is an entry of the navigation, with the permission that its first page
// needs.
type section struct {
	path, title string
	permission  auth.Permission
}

var sections = []section{
	{"/workbench/sittings", "wSittings", auth.SittingsRead},
	{"/workbench/exams", "wExams", auth.ExamsRead},
	{"/workbench/writing", "wWriting", auth.BanksRead},
	{"/workbench/banks", "wBanks", auth.BanksRead},
	{"/workbench/panels", "wPanels", auth.StandardsRate},
	{"/workbench/marking", "wMarking", auth.MarkingMark},
	{"/workbench/regions", "wRegions", auth.ResultsRead},
	{"/workbench/people", "wPeople", auth.PeopleRead},
	{"/workbench/certificates", "wCertificates", auth.CertificatesRead},
	{"/workbench/templates", "wTpTemplates", auth.CertificatesRead},
	{"/workbench/audit", "wAudit", auth.AuditRead},
}

// languageCookie keeps the language that somebody chose for the workbench.
const languageCookie = "proba-lang"

// desk is the frame of a page: language, navigation, and what the step before said.
func (w workbench) desk(c *fiber.Ctx, title string) deskView {
	v := deskView{view: w.view(c, title), May: make(map[string]bool)}
	lang := c.Query("lang")
	if _, known := w.pages.words[lang]; known {
		w.setCookie(c, languageCookie, lang)
	} else if lang = c.Cookies(languageCookie); w.pages.words[lang] != nil {
		v.speak(lang, w.pages.words[lang], title)
	}
	v.query = url.Values{}
	for key, value := range c.Queries() {
		if key != "lang" && key != "done" && key != "part" {
			v.query.Set(key, value)
		}
	}
	if c.Method() == fiber.MethodGet { // there is no way back to what a form was answered with
		v.Here = v.Beyond("lang", v.Other)
	}
	if done := c.Query("done"); done != "" {
		v.Done = v.T["done_"+done]
	}
	principal, _ := auth.PrincipalFrom(c.UserContext())
	for _, p := range auth.Permissions() {
		v.May[string(p)] = principal.Can(p)
	}
	for _, s := range sections {
		if v.may(s.permission) {
			v.Nav = append(v.Nav, navItem{s.path, v.T[s.title], strings.HasPrefix(c.Path(), s.path)})
		}
	}
	return v
}

func (v deskView) may(p auth.Permission) bool { return v.May[string(p)] }

// Beyond is the link to this page with one part of its query changed.
func (v deskView) Beyond(key string, value any) string {
	q := maps.Clone(v.query)
	if q == nil {
		q = url.Values{}
	}
	q.Set(key, fmt.Sprint(value))
	return "?" + q.Encode()
}

// speak changes the language of a view.
func (v *view) speak(lang string, words map[string]string, title string) {
	v.Other = pageLanguages[0]
	if lang == v.Other {
		v.Other = pageLanguages[1]
	}
	v.Lang, v.T, v.Title = lang, words, words[title]
}

// show renders a page of the workbench whole or not at all.
func (w workbench) show(c *fiber.Ctx, status int, name string, data any) error {
	var b bytes.Buffer
	if err := w.pages.workbench.ExecuteTemplate(&b, name+".html", data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(status).Send(b.Bytes())
}

// blame puts an error that the reader can act on into the page and returns its status;
// any other error comes back.
func (v *deskView) blame(c *fiber.Ctx, err error) (status int, other error) {
	p := problemOf(err)
	if p.Status >= fiber.StatusInternalServerError || p.Status == fiber.StatusNotFound {
		return 0, err
	}
	c.Locals(refusalKey, p.Code)
	v.Fault = v.words(p.Code, p.Detail)
	v.Faults = append(v.Faults, v.faultsOf(p)...)
	return p.Status, nil
}

// faultsOf are the faults of a problem in the language of the page.
func (v *deskView) faultsOf(p problem) []fieldFault {
	var faults []fieldFault
	for _, f := range p.Errors {
		faults = append(faults, fieldFault{Place: v.place(f.Path), Message: v.said(f.Message)})
	}
	return faults
}

// done goes to a page that says what was done.
func done(c *fiber.Ctx, path, what string) error {
	return c.Redirect(path+"?done="+what, fiber.StatusSeeOther)
}

type deskProblem struct {
	deskView
	Request string
}

// sendProblem shows a problem within the workbench.
func (w workbench) sendProblem(c *fiber.Ctx, p problem) error {
	v := w.desk(c, "problem")
	v.Fault = v.words(p.Code, p.Detail)
	v.Faults = v.faultsOf(p)
	return w.show(c, p.Status, "trouble", deskProblem{v, p.Request})
}

type deskHome struct {
	deskView
	Running []sittingRow
	Name    string
	// Waiting is work for who looks. Awaits says that there can be some.
	Waiting []waitingRow
	Awaits  bool
}

// home shows what is going on. A learner without another role is sent to the exams.
func (w workbench) home(c *fiber.Ctx) error {
	p := deskHome{deskView: w.desk(c, "workbench")}
	if len(p.Nav) == 0 {
		return c.Redirect("/my", fiber.StatusSeeOther)
	}
	id, err := caller(c)
	if err != nil {
		return err
	}
	person, err := w.Auth.Person(c.UserContext(), id)
	if err != nil {
		return err
	}
	p.Name = person.Name
	if err := w.waiting(c, id, &p); err != nil {
		return err
	}
	if p.may(auth.SittingsRead) {
		if p.Running, err = w.openSittings(c); err != nil {
			return err
		}
	}
	return w.show(c, fiber.StatusOK, "desk", p)
}

// isStaff reports whether some page of the workbench is for these roles.
func isStaff(roles []auth.Role) bool {
	principal := auth.Principal{Roles: roles}
	return slices.ContainsFunc(sections, func(s section) bool { return principal.Can(s.permission) })
}

// atWorkbench reports whether the request is for a page of the workbench.
func atWorkbench(c *fiber.Ctx) bool { return atWorkbenchPath(c.Path()) }

func atWorkbenchPath(path string) bool {
	return path == workbenchPath || strings.HasPrefix(path, workbenchPath+"/")
}
