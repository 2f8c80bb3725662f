package auth_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

// places returns the paths of a fault's fields.
func places(err error) []string {
	var paths []string
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		for _, field := range f.Fields {
			paths = append(paths, field.Path)
		}
	}
	return paths
}

func TestRegisterStoresTidied(t *testing.T) {
	e := newEnv(t, nil)
	p := must(e.Register(t.Context(), auth.Registration{
		Email: " Olena@Example.ORG", Name: " Олена\tШевченко-Й ", Language: "UK",
		Roles: []auth.Role{auth.Author, auth.Learner, auth.Author}, Region: " Київ ", Organisation: "NAU",
	}))(t)
	want := auth.Person{
		ID: p.ID, Schema: auth.PersonSchema, Version: 1, Email: "Olena@Example.ORG", EmailKey: "olena@example.org",
		Name: "Олена Шевченко-Й", Language: "uk", Roles: []auth.Role{auth.Learner, auth.Author},
		Region: "Київ", Organisation: "NAU", Epoch: 1, CreatedAt: p.CreatedAt, UpdatedAt: p.CreatedAt,
	}
	for name, got := range map[string]auth.Person{
		"returned": p, "stored": must(e.Person(t.Context(), p.ID))(t),
		"by e-mail": must(e.PersonByEmail(t.Context(), "OLENA@example.org"))(t),
	} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if p.CreatedAt.Nanosecond() != 123_000_000 || p.CreatedAt.Location().String() != "UTC" {
		t.Errorf("CreatedAt = %v, want UTC milliseconds", p.CreatedAt)
	}
	_, err := e.Register(t.Context(), olena())
	wantFault(t, err, fault.Conflict, "person.email_taken")
}

func TestRegisterNamesEveryFault(t *testing.T) {
	e := newEnv(t, func(c *auth.Config) {
		c.CheckName = func(name string) error {
			if strings.Contains(name, "漢") {
				return fault.New(fault.Invalid, "name.script", "The letter 漢 is not in the typeface.")
			}
			return nil
		}
	})
	rows := []struct {
		name string
		edit func(*auth.Registration)
		want []string
	}{
		{"fine", func(r *auth.Registration) {}, nil},
		{"everything", func(r *auth.Registration) { *r = auth.Registration{} }, []string{"email", "name", "language", "roles"}},
		{"display name", func(r *auth.Registration) { r.Email = "O <o@example.org>" }, []string{"email"}},
		{"two addresses", func(r *auth.Registration) { r.Email = "a@x.org,b@x.org" }, []string{"email"}},
		{"long e-mail", func(r *auth.Registration) { r.Email = strings.Repeat("a", 250) + "@x.org" }, []string{"email"}},
		{"not printable", func(r *auth.Registration) { r.Name = "漢字" }, []string{"name"}},
		{"no letter", func(r *auth.Registration) { r.Name = "12" }, []string{"name"}},
		{"long name", func(r *auth.Registration) { r.Name = strings.Repeat("ї", 121) }, []string{"name"}},
		{"reordered name", func(r *auth.Registration) { r.Name = "Anna\u202egrebnetug" }, []string{"name"}},
		{"control in region", func(r *auth.Registration) { r.Region = "a\x00b" }, []string{"region"}},
		{"bytes in organisation", func(r *auth.Registration) { r.Organisation = "\xff" }, []string{"organisation"}},
		{"no such language", func(r *auth.Registration) { r.Language = "ukrainian!" }, []string{"language"}},
		{"no such role", func(r *auth.Registration) { r.Roles = []auth.Role{auth.Learner, "owner"} }, []string{"roles"}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := olena()
			row.edit(&r)
			_, err := e.Register(t.Context(), r)
			if row.want == nil {
				must(0, err)(t)
				return
			}
			wantFault(t, err, fault.Invalid, "person.invalid")
			if diff := cmp.Diff(row.want, places(err)); diff != "" {
				t.Error(diff)
			}
			if row.name == "not printable" && !strings.Contains(err.Error(), "The letter 漢 is not in the typeface.") {
				t.Errorf("the reason is lost: %v", err)
			}
		})
	}
}

func list(n int) []auth.Registration {
	rows := make([]auth.Registration, n)
	for i := range rows {
		rows[i] = auth.Registration{
			Email: fmt.Sprintf("p%d@example.org", i), Name: fmt.Sprintf("Person %d", i),
			Language: "uk", Roles: []auth.Role{auth.Learner},
		}
	}
	return rows
}

func TestRegisterManyIsAllOrNone(t *testing.T) {
	e := newEnv(t, nil)
	e.olena(t)
	rows := list(9)
	rows[1].Name = ""
	rows[3].Email = "P2@example.org"
	rows[4] = olena()
	rows[4].Name = "Somebody Else"
	rows[7].Email, rows[7].Roles = "-", nil

	want := []string{"/1/name", "/3/email", "/4/email", "/7/email", "/7/roles"}
	for name, call := range map[string]func(context.Context, []auth.Registration) ([]auth.Person, error){"checked": e.CheckMany, "registered": e.RegisterMany} {
		_, err := call(t.Context(), rows)
		wantFault(t, err, fault.Invalid, "people.invalid")
		if diff := cmp.Diff(want, places(err)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if n := e.count(t); n != 1 {
		t.Errorf("%d people are registered, want the one from before", n)
	}
	_, err := e.RegisterMany(t.Context(), make([]auth.Registration, auth.MaxRegistrations+1))
	wantFault(t, err, fault.TooLarge, "people.too_many")
}

func TestRegisterManyAgainChangesNothing(t *testing.T) {
	e := newEnv(t, nil)
	before := e.olena(t) // has a password by now
	rows := append(list(20), olena())
	first := must(e.RegisterMany(t.Context(), rows))(t)
	for i, p := range first {
		if p.Email != rows[i].Email {
			t.Fatalf("row %d is %s", i, p.Email)
		}
	}
	if diff := cmp.Diff(before, first[20]); diff != "" {
		t.Errorf("the one who was registered has changed:\n%s", diff)
	}
	again := must(e.RegisterMany(t.Context(), rows))(t)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	if n := e.count(t); n != 21 {
		t.Errorf("%d people, want 21", n)
	}
}

func TestCheckManyTellsWhoIsRegisteredAndAddsNobody(t *testing.T) {
	e := newEnv(t, nil)
	e.olena(t)
	people := must(e.CheckMany(t.Context(), append(list(2), olena())))(t)
	if len(people) != 3 || people[0].ID != "" || people[1].ID != "" || people[2].Email != olena().Email {
		t.Errorf("%+v", people)
	}
	if n := e.count(t); n != 1 {
		t.Errorf("%d people, want the one from before", n)
	}
}

func TestPeoplePages(t *testing.T) {
	e := newEnv(t, nil)
	must(e.RegisterMany(t.Context(), list(7)))(t)
	var seen []string
	after := ""
	for {
		page := must(e.People(t.Context(), after, 3))(t)
		if len(page) == 0 {
			break
		}
		for _, p := range page {
			seen = append(seen, p.ID)
		}
		after = page[len(page)-1].ID
	}
	if len(seen) != 7 || !slices.IsSorted(seen) {
		t.Errorf("saw %v", seen)
	}
	if n := len(must(e.People(t.Context(), "", -1))(t)); n != 1 {
		t.Errorf("limit -1 gives %d people, want 1", n)
	}
}

func TestSetRoles(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	got := must(e.SetRoles(t.Context(), p.ID, []auth.Role{auth.Auditor, auth.Learner}))(t)
	if diff := cmp.Diff([]auth.Role{auth.Learner, auth.Auditor}, got.Roles); diff != "" {
		t.Error(diff)
	}
	for _, bad := range [][]auth.Role{nil, {"owner"}, {auth.Learner, ""}} {
		_, err := e.SetRoles(t.Context(), p.ID, bad)
		wantFault(t, err, fault.Invalid, "person.invalid")
	}
	_, err := e.SetRoles(t.Context(), "nobody", []auth.Role{auth.Learner})
	wantFault(t, err, fault.NotFound, "person.not_found")
	if stored := must(e.Person(t.Context(), p.ID))(t); !cmp.Equal(stored, got) {
		t.Errorf("stored and returned differ:\n%s", cmp.Diff(stored, got))
	}
}

// TestRename corrects a name and nothing else: who is signed in stays so.
func TestRename(t *testing.T) {
	e := newEnv(t, func(c *auth.Config) {
		c.CheckName = func(name string) error {
			if strings.Contains(name, "漢") {
				return errors.New("no glyph")
			}
			return nil
		}
	})
	p := e.olena(t)
	session := e.signIn(t)
	want := must(e.Person(t.Context(), p.ID))(t)
	got := must(e.Rename(t.Context(), p.ID, "  Олена   Коваленко-Ґудзь "))(t)
	want.Name, want.Version, want.UpdatedAt = "Олена Коваленко-Ґудзь", want.Version+1, got.UpdatedAt
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("returned:\n%s", diff)
	}
	if diff := cmp.Diff(want, must(e.Person(t.Context(), p.ID))(t)); diff != "" {
		t.Errorf("stored:\n%s", diff)
	}
	must(e.Refresh(t.Context(), session.RefreshToken))(t)
	for _, bad := range []string{"", " ", "12", "漢", "a\u202eb", strings.Repeat("я", 121)} {
		_, err := e.Rename(t.Context(), p.ID, bad)
		wantFault(t, err, fault.Invalid, "person.name_invalid")
	}
	if kept := must(e.Person(t.Context(), p.ID))(t); kept.Name != want.Name {
		t.Errorf("a refused name was stored: %q", kept.Name)
	}
	_, err := e.Rename(t.Context(), "nobody", "Олена")
	wantFault(t, err, fault.NotFound, "person.not_found")
}

func TestOvertakenChangesDecideAnew(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	disable := func() { must(e.Disable(t.Context(), p.ID))(t) }
	enable := func() { must(e.Enable(t.Context(), p.ID))(t) }
	change := func() { must(e.SetPassword(t.Context(), p.ID, pass))(t) }

	t.Run("both changes are kept", func(t *testing.T) {
		s := e.over(t, &overtaken{Store: e.store, other: disable})
		got := must(s.SetRoles(t.Context(), p.ID, []auth.Role{auth.Auditor}))(t)
		if !got.Disabled || got.Roles[0] != auth.Auditor {
			t.Errorf("a change was lost: %+v", got)
		}
	})
	t.Run("a harmless change does not cost the link", func(t *testing.T) {
		enable()
		token, _ := mustLink(t, e, p.ID, auth.Reset)
		s := e.over(t, &overtaken{Store: e.store, other: enable})
		must(s.RedeemLink(t.Context(), token, pass))(t)
	})
	t.Run("a link that was voided meanwhile is spent", func(t *testing.T) {
		token, _ := mustLink(t, e, p.ID, auth.Reset)
		s := e.over(t, &overtaken{Store: e.store, other: change})
		_, err := s.RedeemLink(t.Context(), token, other)
		wantFault(t, err, fault.Conflict, "link.spent")
		e.signIn(t)
	})
	t.Run("a password that was changed meanwhile is not the present one", func(t *testing.T) {
		s := e.over(t, &overtaken{Store: e.store, other: change})
		_, err := s.ChangePassword(t.Context(), p.ID, pass, other)
		wantFault(t, err, fault.Forbidden, "password.wrong")
		e.signIn(t)
	})
	t.Run("a session that was ended meanwhile is not refreshed", func(t *testing.T) {
		token := e.signIn(t).RefreshToken
		s := e.over(t, &overtaken{Store: e.store, other: change})
		_, err := s.Refresh(t.Context(), token)
		wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
	})
}

// racing is a Store in which somebody registers Olena right before the first
// insertion, in the words of r.
type racing struct {
	auth.Store
	r    func()
	once sync.Once
}

func (o *racing) InsertPerson(ctx context.Context, p auth.Person) error {
	o.once.Do(o.r)
	return o.Store.InsertPerson(ctx, p)
}

func TestRegisterManyBesideAnother(t *testing.T) {
	for name, want := range map[string]string{"Олена Шевченко": "", "Somebody Else": "people.invalid"} {
		e := newEnv(t, nil)
		s := e.over(t, &racing{Store: e.store, r: func() {
			r := olena()
			r.Name = name
			must(e.Register(t.Context(), r))(t)
		}})
		_, err := s.RegisterMany(t.Context(), []auth.Registration{olena()})
		if fault.Code(err) != want || (want != "" && !slices.Equal(places(err), []string{"/0/email"})) {
			t.Errorf("beside %s: %v, want %q", name, err, want)
		}
	}
}

func TestEnsureAdministrator(t *testing.T) {
	ensure := func(t *testing.T, e *env) string {
		t.Helper()
		return must(e.EnsureAdministrator(t.Context(), "admin@example.org", "Administrator", "uk"))(t)
	}
	t.Run("new store", func(t *testing.T) {
		e := newEnv(t, nil)
		first, second := ensure(t, e), ensure(t, e) // the first one was lost
		if first == "" || second == "" {
			t.Fatal("no link")
		}
		p := must(e.RedeemLink(t.Context(), second, pass))(t)
		if !(auth.Principal{Roles: p.Roles}).Can(auth.PeopleWrite) {
			t.Errorf("roles = %v", p.Roles)
		}
		_, err := e.RedeemLink(t.Context(), first, other)
		wantFault(t, err, fault.Conflict, "link.spent")
		if ensure(t, e) != "" {
			t.Error("a link although there is an administrator")
		}
	})
	t.Run("somebody is there", func(t *testing.T) {
		e := newEnv(t, nil)
		e.olena(t)
		if ensure(t, e) != "" || e.count(t) != 1 {
			t.Error("an administrator appeared in a store in use")
		}
	})
	t.Run("a learner has the e-mail", func(t *testing.T) {
		e := newEnv(t, nil)
		r := olena()
		r.Email = "admin@example.org"
		must(e.Register(t.Context(), r))(t)
		if ensure(t, e) != "" {
			t.Error("a learner got the link")
		}
	})
	t.Run("copies start at once", func(t *testing.T) {
		e := newEnv(t, nil)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				token, err := e.EnsureAdministrator(t.Context(), "admin@example.org", "Administrator", "uk")
				if err != nil || token == "" {
					t.Errorf("link %q, error %v", token, err)
				}
			})
		}
		wg.Wait()
		if e.count(t) != 1 {
			t.Errorf("%d administrators", e.count(t))
		}
	})
}

func TestPersonIsOnlyAnIDInLogs(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "person", p)
	if s := log.String(); !strings.Contains(s, p.ID) || strings.Contains(s, "lena") || strings.Contains(s, "argon2") {
		t.Errorf("logged %s", s)
	}
}
