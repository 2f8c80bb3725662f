package api

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

type peoplePage struct {
	deskView
	Rows   []auth.Person
	Next   string
	Sought string // the name or address that was looked for
	// P is the form of a new person.
	P     auth.Registration
	Roles []auth.Role
}

// Has reports whether the role is ticked, for the page.
func (p peoplePage) Has(r auth.Role) bool { return slices.Contains(p.P.Roles, r) }

// peopleList lists accounts in the order of registration, or finds some by name, or one by
// e-mail.
func (w workbench) peopleList(c *fiber.Ctx) error {
	p := peoplePage{deskView: w.desk(c, "wPeople"), Sought: strings.TrimSpace(c.Query("q"))}
	if strings.Contains(p.Sought, "@") {
		person, err := w.Auth.PersonByEmail(c.UserContext(), p.Sought)
		if err == nil {
			return c.Redirect("/workbench/people/"+person.ID, fiber.StatusSeeOther)
		}
		if fault.Of(err) != fault.NotFound {
			return err
		}
		p.Fault = p.T["wNobody"]
	}
	return w.showPeople(c, fiber.StatusOK, p)
}

func (w workbench) showPeople(c *fiber.Ctx, status int, p peoplePage) error {
	ctx, after := c.UserContext(), c.Query("after")
	var all []auth.Person
	var err error
	switch {
	case p.Sought == "":
		all, err = w.Auth.People(ctx, after, rowsShown+1)
	case len([]rune(p.Sought)) <= maxSearch:
		all, err = w.Auth.FindPeople(ctx, p.Sought, after, rowsShown+1)
	}
	if err != nil {
		return err
	}
	if len(all) == 0 && p.Sought != "" && p.Fault == "" {
		p.Fault = p.T["wNobodyNamed"]
	}
	if len(all) > rowsShown {
		all = all[:rowsShown]
		p.Next = all[rowsShown-1].ID
	}
	p.Rows, p.Roles = all, auth.Roles()
	return w.show(c, status, "people", p)
}

func formRoles(c *fiber.Ctx) []auth.Role {
	var roles []auth.Role
	for _, value := range c.Request().PostArgs().PeekMulti("role") {
		roles = append(roles, auth.Role(value))
	}
	return roles
}

// addPerson registers somebody with roles.
func (w workbench) addPerson(c *fiber.Ctx) error {
	p := peoplePage{deskView: w.desk(c, "wPeople")}
	p.P = auth.Registration{Email: c.FormValue("email"), Name: c.FormValue("name"), Language: c.FormValue("language"),
		Region: c.FormValue("region"), Organisation: c.FormValue("organisation"), Roles: formRoles(c)}
	if err := w.record(c, "people", "roles="+rolesNote(p.P.Roles)); err != nil {
		return err
	}
	person, err := w.Auth.Register(c.UserContext(), p.P)
	if err == nil {
		return done(c, "/workbench/people/"+person.ID, "person")
	}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showPeople(c, status, p)
}

func rolesNote(roles []auth.Role) string {
	var known []string
	for _, r := range auth.Roles() {
		if slices.Contains(roles, r) {
			known = append(known, string(r))
		}
	}
	return strings.Join(known, "+")
}

type personPage struct {
	deskView
	P            auth.Person
	Roles        []auth.Role
	Offers       []exam.Offer
	Certificates []certs.Certificate
	// Link is a one-time link that was just made; it is shown here and never again.
	Link string
	// Self says that this is who looks.
	Self bool
	// Name is in the form to correct it: as it was sent when it was refused.
	Name string
	// Renaming says that the name was refused, so that its form is open.
	Renaming bool
}

// Has reports whether the person has the role, for the page.
func (p personPage) Has(r auth.Role) bool { return slices.Contains(p.P.Roles, r) }

func (w workbench) person(c *fiber.Ctx) error {
	return w.showPerson(c, fiber.StatusOK, personPage{deskView: w.desk(c, "wPerson")})
}

func (w workbench) showPerson(c *fiber.Ctx, status int, p personPage) error {
	ctx, id := c.UserContext(), c.Params("person")
	var err error
	if p.P, err = w.Auth.Person(ctx, id); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	p.Roles, p.Self = auth.Roles(), by == id
	if !p.Renaming {
		p.Name = p.P.Name
	}
	if p.may(auth.SittingsRead) && p.may(auth.AttemptsRead) {
		if p.Offers, err = w.Exams.Offers(ctx, id, "", listed); err != nil {
			return err
		}
	}
	if p.may(auth.CertificatesRead) {
		if p.Certificates, err = w.Certs.Of(ctx, id, "", listed); err != nil {
			return err
		}
	}
	return w.show(c, status, "person", p)
}

// changePerson does one thing to the person of the path.
func (w workbench) changePerson(c *fiber.Ctx, note, what string, do func(id string) error) error {
	id := c.Params("person")
	if err := w.record(c, "people/"+id, note); err != nil {
		return err
	}
	err := do(id)
	if err == nil {
		return done(c, "/workbench/people/"+id, what)
	}
	p := personPage{deskView: w.desk(c, "wPerson"), Name: c.FormValue("name"), Renaming: what == "renamed"}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showPerson(c, status, p)
}

// notOneself keeps an administrator from locking themselves out.
func notOneself(c *fiber.Ctx, id string) error {
	by, err := caller(c)
	if err == nil && by == id {
		return fault.New(fault.Conflict, "person.oneself", "Ask another administrator to change your own account.")
	}
	return err
}

// renamePerson corrects a name. What was typed stays in the form when it is refused.
func (w workbench) renamePerson(c *fiber.Ctx) error {
	return w.changePerson(c, "", "renamed", func(id string) error {
		_, err := w.Auth.Rename(c.UserContext(), id, c.FormValue("name"))
		return err
	})
}

func (w workbench) setRoles(c *fiber.Ctx) error {
	roles := formRoles(c)
	return w.changePerson(c, "roles="+rolesNote(roles), "saved", func(id string) error {
		if err := notOneself(c, id); err != nil {
			return err
		}
		_, err := w.Auth.SetRoles(c.UserContext(), id, roles)
		return err
	})
}

func (w workbench) disablePerson(c *fiber.Ctx) error {
	return w.changePerson(c, "", "saved", func(id string) error {
		if err := notOneself(c, id); err != nil {
			return err
		}
		_, err := w.Auth.Disable(c.UserContext(), id)
		return err
	})
}

func (w workbench) enablePerson(c *fiber.Ctx) error {
	return w.changePerson(c, "", "saved", func(id string) error {
		_, err := w.Auth.Enable(c.UserContext(), id)
		return err
	})
}

// linkPerson makes a one-time link to set a password: an invitation for who has none
// yet, else a reset. It is shown in the answer and nowhere else.
func (w workbench) linkPerson(c *fiber.Ctx) error {
	p := personPage{deskView: w.desk(c, "wPerson")}
	person, err := w.Auth.Person(c.UserContext(), c.Params("person"))
	if err != nil {
		return err
	}
	purpose := auth.Reset
	if person.PasswordHash == "" {
		purpose = auth.Invitation
	}
	if err := w.record(c, "people/"+person.ID, "purpose="+string(purpose)); err != nil {
		return err
	}
	token, _, err := w.Auth.CreateLink(c.UserContext(), person.ID, purpose)
	if err != nil {
		status, err := p.blame(c, err)
		if err != nil {
			return err
		}
		return w.showPerson(c, status, p)
	}
	p.Link, p.Here = w.enterLink(person, token), ""
	return w.showPerson(c, fiber.StatusOK, p)
}
