package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

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

// workbenchAssets are what its pages load beside the learners' style.
var workbenchAssets = []string{"workbench.css", "room.js"}

// loadWorkbench adds the workbench's words, assets and templates. Its templates are a
// set of their own that knows the learners' ones, so that an item looks the same to
// staff as in the exam.
func (p *pages) loadWorkbench(web fs.FS, zone *time.Location) error {
	for _, lang := range pageLanguages {
		data, err := fs.ReadFile(web, "workbench/"+lang+".json")
		if err != nil {
			return fmt.Errorf("words: %w", err)
		}
		more := make(map[string]string)
		if err := json.Unmarshal(data, &more); err != nil {
			return fmt.Errorf("words of the workbench in %s: %w", lang, err)
		}
		for key, word := range more {
			if _, twice := p.words[lang][key]; twice {
				return fmt.Errorf("words of the workbench in %s: %q is said already", lang, key)
			}
			p.words[lang][key] = word
		}
	}
	for _, name := range workbenchAssets {
		data, err := fs.ReadFile(web, "workbench/"+name)
		if err != nil {
			return fmt.Errorf("asset: %w", err)
		}
		sum := sha256.Sum256(data)
		p.hashed[name] = hex.EncodeToString(sum[:6]) + "-" + name
		p.assets[p.hashed[name]] = data
	}
	set, err := p.templates.Clone()
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	p.workbench, err = set.Funcs(workbenchFuncs(zone)).ParseFS(web, "workbench/*.html")
	if err != nil {
		return fmt.Errorf("templates of the workbench: %w", err)
	}
	return nil
}

func workbenchFuncs(zone *time.Location) template.FuncMap {
	return template.FuncMap{
		// local is a time as the field datetime-local holds it.
		"local":   func(t time.Time) string { return t.In(zone).Format(localTime) },
		"percent": func(lang string, share float64) string { return decimal(lang, share*100) + " %" },
		// hundredths are basis points as a percentage.
		"hundredths": func(lang string, basisPoints int) string { return decimal(lang, float64(basisPoints)/100) },
		"minutesOf":  func(seconds int) string { return strconv.FormatFloat(float64(seconds)/60, 'f', -1, 64) },
		"days":       func(seconds int) int { return seconds / (24 * 3600) },
		"summed":     sumUp,
		"length":     func(b exam.Blueprint) int { return b.Length() },
		"rule":       func(it exam.Item) exam.Rule { return it.Rule() },
		"count":      func(t exam.Tally, state exam.State) int { return t.States[state] },
		"tab":        func(id, tab string) map[string]string { return map[string]string{"ID": id, "Tab": tab} },
		"has":        func(list []string, s string) bool { return slices.Contains(list, s) },
		"join":       join,
		"clip":       clip,
		// row gives a row of a form its page, its number from 0 and what it holds.
		"row":     func(page any, n int, of any) map[string]any { return map[string]any{"Page": page, "N": n, "Of": of} },
		"nothing": func() any { return nil },
		// blanks are the numbers of n rows after the first ones.
		"blanks": func(first, n int) []int { return numbered(first, n) },
		"choice": func(page any, name, label string, values []string, chosen, words string) map[string]any {
			return map[string]any{"Page": page, "Name": name, "Label": label, "Values": values, "Chosen": chosen, "Words": words}
		},
		// word is what the catalogue says for a term of the domain, such as "state" and
		// "running", else the term.
		"word": func(page interface {
			term(kind, name string) string
		}, kind string, name any) string {
			return page.term(kind, fmt.Sprint(name))
		},
	}
}

// term is what the catalogue says for a term of the domain, else the term.
func (v view) term(kind, name string) string {
	if said, ok := v.T[kind+"_"+name]; ok {
		return said
	}
	return name
}

func numbered(first, n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = first + i
	}
	return all
}

// join lists the terms of a list of any kind of text.
func join(list any) string {
	v := reflect.ValueOf(list)
	all := make([]string, v.Len())
	for i := range all {
		all[i] = v.Index(i).String()
	}
	return strings.Join(all, ", ")
}

// clipped is how many characters of a stem a list shows: what fits two lines.
const clipped = 140

func clip(s string) string {
	s = strings.ReplaceAll(s, "*", "") // the signs of emphasis
	if runes := []rune(s); len(runes) > clipped {
		return string(runes[:clipped]) + "…"
	}
	return s
}

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
	{"/workbench/banks", "wBanks", auth.BanksRead},
	{"/workbench/regions", "wRegions", auth.ResultsRead},
	{"/workbench/people", "wPeople", auth.PeopleRead},
	{"/workbench/certificates", "wCertificates", auth.CertificatesRead},
	{"/workbench/audit", "wAudit", auth.AuditRead},
}

// staff guards a page of the workbench: a session with the permission, and no form of
// another site.
func (w workbench) staff(p auth.Permission, handle func(*fiber.Ctx) error) func(*fiber.Ctx) error {
	return w.sameOrigin(w.page(p, handle))
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
	for _, f := range p.Errors {
		v.Faults = append(v.Faults, fieldFault{Place: v.place(f.Path), Message: v.said(f.Message)})
	}
	return p.Status, nil
}

// place says a path such as "/blueprint/cells/2/count" for people, who count from 1.
func (v *deskView) place(path string) string {
	var parts []string
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if n, err := strconv.Atoi(part); err == nil {
			part = strconv.Itoa(n + 1)
		} else if said, ok := v.T["place_"+part]; ok {
			part = said
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

// said is a service's message in the page's language where the catalogue has it. The
// catalogue's keys hold {} for what varies in a message; its words hold {1}, {2} for the
// first and second of them, or {} in the same order.
func (v *deskView) said(message string) string {
	for key, words := range v.T {
		pattern, ok := strings.CutPrefix(key, "said_")
		if !ok {
			continue
		}
		if varying, ok := match(pattern, message); ok {
			for i, s := range varying {
				words = strings.ReplaceAll(words, fmt.Sprintf("{%d}", i+1), s)
				words = strings.Replace(words, "{}", s, 1)
			}
			return words
		}
	}
	return message
}

// match returns what stands in the message where the pattern has {}.
func match(pattern, message string) (varying []string, ok bool) {
	fixed := strings.Split(pattern, "{}")
	rest, ok := strings.CutPrefix(message, fixed[0])
	if !ok {
		return nil, false
	}
	for i, next := range fixed[1:] {
		at := strings.Index(rest, next)
		if i == len(fixed)-2 && strings.HasSuffix(rest, next) {
			at = len(rest) - len(next)
		}
		if at < 0 {
			return nil, false
		}
		varying = append(varying, rest[:at])
		rest = rest[at+len(next):]
	}
	return varying, rest == ""
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
	return w.show(c, p.Status, "trouble", deskProblem{v, p.Request})
}

type deskHome struct {
	deskView
	Running []sittingRow
	Name    string
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
