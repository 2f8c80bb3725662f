package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/fault"
)

type auditPage struct {
	deskView
	Rows []auditRow
	Next int64
	// The filters as they were sent.
	Actor, Action, Object, From, Until string
	Actions                            []string
}

type auditRow struct {
	audit.Entry
	// Who is the actor's name: staff, or the operator.
	Who string
	// Link leads to the object, "" when it has no page that the reader may see.
	Link string
}

// auditLog lists what staff ordered, newest first.
func (w workbench) auditLog(c *fiber.Ctx) error {
	p := auditPage{deskView: w.desk(c, "wAudit"), Actor: strings.TrimSpace(c.Query("actor")), Action: c.Query("action"),
		Object: strings.TrimSpace(c.Query("object")), From: c.Query("from"), Until: c.Query("until")}
	for _, r := range w.routes() {
		if r.method == fiber.MethodPost && atWorkbenchPath(r.path) || r.permission != "" && r.method != fiber.MethodGet && r.permission != auth.ExamsSit {
			p.Actions = append(p.Actions, r.operation)
		}
	}
	f, err := w.auditFilter(c, &p)
	if err != nil {
		return err
	}
	before, _ := strconv.ParseInt(c.Query("before"), 10, 64) // a number that is none shows the newest
	all, err := w.Audit.Entries(c.UserContext(), f, max(0, before), rowsShown+1)
	if err != nil {
		return err
	}
	if len(all) > rowsShown {
		all = all[:rowsShown]
		p.Next = all[rowsShown-1].Number
	}
	names := map[string]string{audit.Operator: p.T["wOperator"]}
	for _, e := range all {
		if names[e.Actor] == "" {
			who, err := w.nameOf(c, e.Actor)
			if err != nil {
				return err
			}
			names[e.Actor] = who.Name
		}
		p.Rows = append(p.Rows, auditRow{e, names[e.Actor], linkOf(e.Object)})
	}
	return w.show(c, fiber.StatusOK, "audit", p)
}

func (w workbench) auditFilter(c *fiber.Ctx, p *auditPage) (audit.Filter, error) {
	f := audit.Filter{Actor: p.Actor, Action: p.Action, Object: p.Object}
	if strings.Contains(p.Actor, "@") { // people know addresses, the log knows ids
		person, err := w.Auth.PersonByEmail(c.UserContext(), p.Actor)
		switch {
		case fault.Of(err) == fault.NotFound:
			p.Fault = p.T["wNobody"]
		case err != nil:
			return f, err
		}
		f.Actor = person.ID
		if f.Actor == "" {
			f.Actor = p.Actor // which nobody has
		}
	}
	for _, day := range []struct {
		text string
		into *time.Time
		add  int
	}{{p.From, &f.From, 0}, {p.Until, &f.Until, 1}} {
		if day.text == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, day.text, w.Certs.Zone)
		if err != nil {
			p.Fault = p.T["wNoDate"]
			continue
		}
		*day.into = at.AddDate(0, 0, day.add)
	}
	return f, nil
}

// linkOf is the page of an object of the log.
func linkOf(object string) string {
	kind, id, ok := strings.Cut(object, "/")
	switch {
	case !ok:
		return ""
	case kind == "sittings":
		sitting, _, _ := strings.Cut(id, "/")
		return "/workbench/sittings/" + sitting
	case kind == "writing", kind == "attempts", kind == "people", kind == "certificates", kind == "exams", kind == "regrades", kind == "panels":
		return workbenchPath + "/" + object
	case kind == "templates":
		return "/workbench/templates"
	case kind == "releases":
		return "/workbench/banks/" + id
	}
	return ""
}
