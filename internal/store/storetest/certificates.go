package storetest

import (
	"testing"

	"github.com/proba-exam/proba/certs"
)

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
