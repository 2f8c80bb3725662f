package certs_test

import (
	"testing"
	"time"

	"github.com/proba-exam/proba/certs"
)

// What is public of the reasons: the one of the present state where the state needs
// one, and no other, whatever came before.
func TestThePublicReason(t *testing.T) {
	year := 2 * 365 * 24 * time.Hour
	for name, row := range map[string]struct {
		acts   []string
		later  time.Duration
		state  certs.State
		public bool
	}{
		"issued":                    {nil, 0, certs.Valid, false},
		"suspended":                 {[]string{"suspend"}, 0, certs.Suspended, true},
		"resumed":                   {[]string{"suspend", "resume"}, 0, certs.Valid, false},
		"revoked":                   {[]string{"revoke"}, 0, certs.Revoked, true},
		"revoked while suspended":   {[]string{"suspend", "revoke"}, 0, certs.Revoked, true},
		"superseded":                {[]string{"reissue"}, 0, certs.Superseded, true},
		"expired":                   {nil, year, certs.Expired, false},
		"resumed and expired":       {[]string{"suspend", "resume"}, year, certs.Expired, false},
		"revoked, then out of date": {[]string{"revoke"}, year, certs.Revoked, true},
	} {
		f := newService(t)
		c := issue(t, f, award("a1"))
		for _, what := range row.acts {
			if _, err := f.act(t, what, c.ID); err != nil {
				t.Fatal(err)
			}
		}
		*f.clock = f.clock.Add(row.later)
		record := must(f.Record(t.Context(), c.ID))(t)
		want := ""
		if row.public {
			want = record.Events[len(record.Events)-1].Reason
		}
		if p := must(f.Lookup(t.Context(), c.ID))(t); p.State != row.state || p.Reason != want || row.public == (p.Reason == "") {
			t.Errorf("%s: %s with reason %q, want %s with %q", name, p.State, p.Reason, row.state, want)
		}
		if record.SupersededBy == "" {
			continue
		}
		// The successor keeps to itself why it was made, also when it has expired.
		for _, later := range []time.Duration{0, year} {
			*f.clock = f.clock.Add(later)
			if p := must(f.Lookup(t.Context(), record.SupersededBy))(t); p.Reason != "" {
				t.Errorf("%s: the new one says %q", name, p.Reason)
			}
		}
	}
}

// What the service states by itself has a code, also on records of before there were
// codes; what people write has none.
func TestReasonsHaveCodes(t *testing.T) {
	f := newService(t)
	for _, code := range certs.ReasonCodes() {
		c := issue(t, f, award(string(code)))
		c = must(f.Withdraw(t.Context(), "admin", c.ID, code))(t)
		p := must(f.Lookup(t.Context(), c.ID))(t)
		if p.ReasonCode != code || p.Reason == "" {
			t.Errorf("%s: public are %q and %q", code, p.ReasonCode, p.Reason)
		}
		if old := (certs.Event{Reason: p.Reason}); old.Coded() != code {
			t.Errorf("%q of an old record has the code %q, want %q", p.Reason, old.Coded(), code)
		}
	}
	c := issue(t, f, award("written"))
	must(f.act(t, "revoke", c.ID))(t)
	if p := must(f.Lookup(t.Context(), c.ID))(t); p.ReasonCode != "" || p.Reason != "issued in error" {
		t.Errorf("what somebody wrote: %q, code %q", p.Reason, p.ReasonCode)
	}
	// One that was to replace a certificate that was revoked meanwhile.
	first := issue(t, f, award("first"))
	f.store.Fail("UpdateCertificate", false)
	if _, err := f.act(t, "reissue", first.ID); err == nil {
		t.Fatal("the failure was not seen")
	}
	must(f.act(t, "revoke", first.ID))(t)
	f.settle(t)
	next := must(f.Store.CertificateByAttempt(t.Context(), "first+"))(t)
	if p := must(f.Lookup(t.Context(), next.ID))(t); p.State != certs.Revoked || p.ReasonCode != certs.PredecessorWithdrawn {
		t.Errorf("the successor is %s with %q", p.State, p.ReasonCode)
	}
}
