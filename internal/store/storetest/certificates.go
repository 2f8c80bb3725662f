package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/certs"
)

func certificatesFound(t *testing.T, s Store) {
	ctx := t.Context()
	serial, err := s.NextStatusSerial(ctx)
	must(t, err)
	list, person := 2_000_000+int(serial), id()
	states := []certs.State{certs.Valid, certs.Suspended, certs.Revoked, certs.Superseded}
	var all []certs.Certificate
	for i, state := range states {
		c := certs.Certificate{Schema: 2, ID: certs.ID(id()), Version: 1, Attempt: id(), Person: person, StatusList: list, StatusIndex: i, State: state,
			Statement: certs.Statement{Name: "Ґалаґан Їжак-" + person + " " + string(state), IssuedAt: now, Exam: "exam-" + string(state)}, Events: []certs.Event{{At: now, State: state}}, Unlogged: state == certs.Revoked}
		if state != certs.Revoked { // which never expires
			c.Statement.ExpiresAt = now.Truncate(time.Second).Add(time.Duration(i) * time.Hour)
		}
		must(t, s.InsertCertificate(ctx, c))
		all = append(all, c)
	}
	sorted := func(list []certs.Certificate) []certs.Certificate {
		list = slices.Clone(list)
		slices.SortFunc(list, func(a, b certs.Certificate) int { return strings.Compare(string(a.ID), string(b.ID)) })
		return list
	}
	notValid := sorted(all[1:])
	got, err := s.CertificatesNotValid(ctx, list, "", 10)
	must(t, err)
	same(t, "not valid", got, notValid)
	got, err = s.CertificatesNotValid(ctx, list, notValid[0].ID, 1)
	must(t, err)
	same(t, "not valid, next page", got, notValid[1:2])
	got, err = s.CertificatesUnlogged(ctx, "", 1000)
	must(t, err)
	if !slices.ContainsFunc(got, func(c certs.Certificate) bool { return c.ID == all[2].ID }) || slices.ContainsFunc(got, func(c certs.Certificate) bool { return !c.Unlogged }) {
		t.Errorf("unlogged: %d certificates, the marked one not among them or others", len(got))
	}
	for name, row := range map[string]struct {
		filter certs.Filter
		want   []certs.Certificate
	}{
		"person and state": {certs.Filter{Person: person, State: certs.Revoked}, all[2:3]},
		"name":             {certs.Filter{Words: certs.NameWords("susp галаґ їЖАК " + person)}, all[1:2]},
		"name, all":        {certs.Filter{Words: certs.NameWords(person)}, sorted(all)},
		"name and exam":    {certs.Filter{Words: certs.NameWords(person), Exam: "exam-suspended"}, all[1:2]},
		"name and end":     {certs.Filter{Words: certs.NameWords(person), LastsBeyond: all[1].Statement.ExpiresAt}, sorted(all[2:])},
		"exam":             {certs.Filter{Person: person, Exam: "exam-suspended"}, all[1:2]},
		"ended":            {certs.Filter{Person: person, EndedBy: all[0].Statement.ExpiresAt}, all[:1]},
		"not ended yet":    {certs.Filter{Person: person, EndedBy: all[0].Statement.ExpiresAt.Add(-time.Second)}, nil},
		"lasts":            {certs.Filter{Person: person, LastsBeyond: all[1].Statement.ExpiresAt}, sorted(all[2:])},
		"no such name":     {certs.Filter{Person: person, Words: []string{"nobody"}}, nil},
	} {
		got, err := s.FindCertificates(ctx, row.filter, "", 10)
		must(t, err)
		same(t, name, got, row.want)
	}
}

// several replaces many certificates in one write, among them one that was changed
// meanwhile and one that is not there.
func several(t *testing.T, s Store, c certs.Certificate) {
	t.Helper()
	ctx := t.Context()
	serial, err := s.NextStatusSerial(ctx)
	must(t, err)
	changed := c
	changed.ID, changed.Attempt, changed.Person, changed.StatusIndex, changed.Version = certs.ID(id()), id(), id(), int(serial), 1
	must(t, s.InsertCertificate(ctx, changed))
	must(t, s.UpdateCertificate(ctx, changed))
	stale, none, next := changed, changed, c
	stale.Unlogged, next.Unlogged = true, true
	none.ID, none.Attempt = certs.ID(id()), id()
	must(t, s.UpdateCertificates(ctx, []certs.Certificate{stale, none, next}))
	must(t, s.UpdateCertificates(ctx, nil))
	next.Version++
	got, err := s.Certificate(ctx, next.ID)
	must(t, err)
	same(t, "one of several", got, next)
	named, err := s.FindCertificates(ctx, certs.Filter{Person: c.Person, Words: certs.NameWords(c.Statement.Name)}, "", 10)
	must(t, err)
	same(t, "one of several by name", named, []certs.Certificate{next})
	changed.Version = 2
	got, err = s.Certificate(ctx, changed.ID)
	must(t, err)
	same(t, "one that was changed meanwhile", got, changed)
	_, err = s.Certificate(ctx, none.ID)
	wantCode(t, "one that is not there", err, "certificate.not_found")
}

func certificates(t *testing.T, s Store) {
	ctx := t.Context()
	score := 9000
	serial, err := s.NextStatusSerial(ctx)
	must(t, err)
	c := certs.Certificate{Schema: 1, ID: certs.ID(id()), Version: 1, Attempt: id(), Person: id(), Payload: []byte{0, 255}, Key: 1, StatusList: 7, StatusIndex: int(serial), State: certs.Valid,
		Statement: certs.Statement{Name: "Олена", Title: "Т", Language: "uk", Score: &score, IssuedAt: now}, Events: []certs.Event{{At: now, State: certs.Valid}}}
	must(t, s.InsertCertificate(ctx, c))
	for name, change := range map[string]func(*certs.Certificate){
		"id":      func(o *certs.Certificate) { o.Attempt, o.StatusIndex = id(), -1 },
		"attempt": func(o *certs.Certificate) { o.ID, o.StatusIndex = certs.ID(id()), -2 },
		"status":  func(o *certs.Certificate) { o.ID, o.Attempt = certs.ID(id()), id() },
	} {
		other := c
		change(&other)
		wantCode(t, "taken "+name, s.InsertCertificate(ctx, other), "certificate.exists")
	}
	got, err := s.CertificateByAttempt(ctx, c.Attempt)
	must(t, err)
	same(t, "certificate", got, c)
	c.State = certs.Revoked
	must(t, s.UpdateCertificate(ctx, c))
	wantCode(t, "old version", s.UpdateCertificate(ctx, c), "certificate.stale")
	c.Version = 2
	several(t, s, c)
	c.Version, c.Unlogged = 3, true
	mine, err := s.CertificatesOf(ctx, c.Person, "", 10)
	must(t, err)
	same(t, "own certificates", mine, []certs.Certificate{c})
	_, err = s.Certificate(ctx, "none")
	wantCode(t, "missing", err, "certificate.not_found")
	next, err := s.NextStatusSerial(ctx)
	if err != nil || next <= serial {
		t.Errorf("serial %d after %d, %v", next, serial, err)
	}
}
