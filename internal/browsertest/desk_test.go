package browsertest

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// staff registers somebody with the roles and returns the e-mail address.
func (w *world) staff(t *testing.T, roles ...auth.Role) string {
	t.Helper()
	email := strings.ToLower(rand.Text()) + "@proba.test"
	p, err := w.Auth.Register(t.Context(), auth.Registration{Email: email, Name: "Марта Укладачка", Language: "uk", Roles: roles})
	if err == nil {
		_, err = w.Auth.SetPassword(t.Context(), p.ID, password)
	}
	if err != nil {
		t.Fatal(err)
	}
	return email
}

// atDesk is somebody with the roles, signed in to the workbench on a device of their own.
func (w *world) atDesk(t *testing.T, roles ...auth.Role) *device {
	t.Helper()
	d := w.device(t)
	d.enterDesk(w.staff(t, roles...))
	d.open("/workbench?lang=uk")
	return d
}

// sat has a learner sit the sitting with everything right but the slots for which wrong
// says so, without a browser, and returns the attempt.
func (w *world) sat(t *testing.T, email, held string, wrong func(exam.Item) bool) string {
	t.Helper()
	person, err := w.Auth.PersonByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Exams.Start(t.Context(), person.ID, held, "uk")
	if err != nil {
		t.Fatal(err)
	}
	bank, err := w.Exams.Bank(t.Context(), s.Attempt.Form.Release)
	if err != nil {
		t.Fatal(err)
	}
	save := exam.Save{Writer: s.Attempt.Writer, Seq: 1}
	for slot, key := range w.keys(t, s.Attempt.ID) {
		n, _ := bank.Number(s.Attempt.Form.Slots[slot].Item.ID)
		if it := bank.Revision(n).Item; wrong(it) {
			key.Choices = []int{(key.Choices[0] + 1) % len(s.View.Slots[slot].Options)}
		}
		save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: key})
	}
	if _, err = w.Exams.Save(t.Context(), person.ID, s.Attempt.ID, save); err == nil {
		_, err = w.Exams.Submit(t.Context(), person.ID, s.Attempt.ID, s.Attempt.Writer, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Attempt.ID
}

// enterDesk signs in somebody who has work at the desk.
func (d *device) enterDesk(email string) {
	d.t.Helper()
	d.open("/sign-in?lang=uk")
	d.insert("#email", email)
	d.insert("#password", password)
	d.click("form button")
	d.at("/workbench")
}

// clickIn is click on a page that is longer than the window. A field that has the focus
// is scrolled into view when the window has changed its size, maybe under the mouse: it
// loses the focus first.
func (d *device) clickIn(css string) {
	d.t.Helper()
	value[bool](d, fmt.Sprintf("(document.activeElement.blur(), document.querySelector(%q).scrollIntoView({ block: 'center', behavior: 'instant' }), true)", css))
	d.click(css)
}

// fill writes into a field as a person types: the page hears of it.
func (d *device) fill(name, text string) {
	d.t.Helper()
	value[bool](d, fmt.Sprintf("(() => { const f = document.querySelector('[name=\"%s\"]'); f.value = %s; return f.dispatchEvent(new Event('input', { bubbles: true })); })()", name, quoted(text)))
}
