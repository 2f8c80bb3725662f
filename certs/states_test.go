package certs_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/doctor"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/store/storetest"
)

// act is one thing that staff do to a certificate.
func (f fixture) act(t testing.TB, what string, id certs.ID) (certs.Certificate, error) {
	t.Helper()
	ctx := t.Context()
	switch what {
	case "suspend":
		return f.Suspend(ctx, "admin", id, "being looked into")
	case "resume":
		return f.Resume(ctx, "admin", id, "nothing found")
	case "revoke":
		return f.Revoke(ctx, "admin", id, "issued in error")
	}
	return f.Reissue(ctx, "admin", id, "Олександра Шевченко-Галаган", "name misspelt")
}

func TestStates(t *testing.T) {
	for _, row := range []struct {
		from []string // acts that lead to the state
		act  string
		want certs.State
		code string
	}{
		{nil, "suspend", certs.Suspended, ""},
		{nil, "resume", certs.Valid, ""},
		{nil, "revoke", certs.Revoked, ""},
		{nil, "reissue", certs.Superseded, ""},
		{[]string{"suspend"}, "suspend", certs.Suspended, ""},
		{[]string{"suspend"}, "resume", certs.Valid, ""},
		{[]string{"suspend"}, "revoke", certs.Revoked, ""},
		{[]string{"suspend"}, "reissue", certs.Suspended, "certificate.suspended"},
		{[]string{"revoke"}, "suspend", certs.Revoked, "certificate.revoked"},
		{[]string{"revoke"}, "resume", certs.Revoked, "certificate.revoked"},
		{[]string{"revoke"}, "revoke", certs.Revoked, ""},
		{[]string{"revoke"}, "reissue", certs.Revoked, "certificate.revoked"},
		{[]string{"reissue"}, "suspend", certs.Superseded, "certificate.superseded"},
		{[]string{"reissue"}, "resume", certs.Superseded, "certificate.superseded"},
		{[]string{"reissue"}, "revoke", certs.Superseded, "certificate.superseded"},
		{[]string{"suspend", "resume"}, "reissue", certs.Superseded, ""},
	} {
		f := newService(t)
		c := issue(t, f, award("a1"))
		for _, what := range row.from {
			if _, err := f.act(t, what, c.ID); err != nil {
				t.Fatal(err)
			}
		}
		_, err := f.act(t, row.act, c.ID)
		after, readErr := f.Store.Certificate(t.Context(), c.ID)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if fault.Code(err) != row.code || after.State != row.want || after.Events[len(after.Events)-1].State != row.want {
			t.Errorf("after %v, %s: state %s, %v; want %s, %q", row.from, row.act, after.State, err, row.want, row.code)
		}
	}
}

func TestReissueLinksBothWays(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	*f.clock = now.Add(24 * time.Hour)
	next, err := f.act(t, "reissue", c.ID)
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.act(t, "reissue", c.ID)
	if err != nil || again.ID != next.ID {
		t.Errorf("the same correction again gives %s, %v; want %s", again.ID, err, next.ID)
	}
	if _, err := f.Reissue(t.Context(), "admin", c.ID, "Інша Людина", "another correction"); fault.Code(err) != "certificate.superseded" {
		t.Errorf("another correction of the old one: %v", err)
	}
	old, err := f.Store.Certificate(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if old.SupersededBy != next.ID || next.Supersedes != old.ID || next.Person != old.Person {
		t.Errorf("links %s, %s", old.SupersededBy, next.Supersedes)
	}
	if !next.Statement.ExpiresAt.Equal(c.Statement.ExpiresAt) || !next.Statement.IssuedAt.Equal(*f.clock) || next.Statement.Name != "Олександра Шевченко-Галаган" || *next.Statement.Score != 8750 {
		t.Errorf("the new one states %+v", next.Statement)
	}
	if current, err := f.Current(t.Context(), "a1"); err != nil || current.ID != next.ID {
		t.Errorf("current is %s, %v", current.ID, err)
	}
	for name, bad := range map[string]string{"emoji": "Olena 🙂", "nothing": "", "bidi": "Olena\u202e"} {
		if _, err := f.Reissue(t.Context(), "admin", next.ID, bad, "why not"); fault.Of(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := f.Lookup(t.Context(), next.ID)
	if err != nil || p.Reason != "" || p.Supersedes != old.ID {
		t.Errorf("public view of the new one %+v, %v: why a name was corrected is not the public's", p, err)
	}
}

// What replaces a certificate has room in its code for the short title too, also where the
// old one was issued before short titles were kept.
func TestReissueKeepsTheShortTitle(t *testing.T) {
	f := newService(t)
	for attempt, kept := range map[string]bool{"kept": true, "from before": false} {
		a := award(attempt)
		a.Title, a.ShortTitle = strings.TrimSpace(strings.Repeat("Розслідування торгівлі людьми ", 5)), "Розслідування"
		c := issue(t, f, a)
		if !kept {
			c.ShortTitle = ""
			if err := f.Store.UpdateCertificate(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		next := must(f.act(t, "reissue", c.ID))(t)
		report := must(certs.Verify(f.URL(&next), f.keys, *f.clock))(t)
		if report.Claims.Title != "Розслідування" || next.Statement.Title != a.Title {
			t.Errorf("%s: the code says %q, the certificate %q", attempt, report.Claims.Title, next.Statement.Title)
		}
	}
}

// An expired certificate is not suspended and not issued anew, for the new one would be
// born expired; it can be revoked, and a suspension that outlived it can be ended.
func TestWhatIsDoneToAnExpiredCertificate(t *testing.T) {
	f := newService(t)
	expired, suspended := issue(t, f, award("a1")), issue(t, f, award("a2"))
	must(f.act(t, "suspend", suspended.ID))(t)
	*f.clock = now.AddDate(2, 0, 0)
	for _, what := range []string{"suspend", "reissue"} {
		if _, err := f.act(t, what, expired.ID); fault.Code(err) != "certificate.expired" {
			t.Errorf("%s: %v", what, err)
		}
	}
	score := 5000
	corrected := award("a1")
	corrected.Score = &score
	if c, err := f.Restate(t.Context(), "admin", corrected, certs.ResultCorrected); err != nil || c.ID != expired.ID || c.State != certs.Valid {
		t.Errorf("with another result: %s %s, %v; want it left as it is", c.ID, c.State, err)
	}
	if c, err := f.act(t, "revoke", expired.ID); err != nil || c.StateAt(*f.clock) != certs.Revoked {
		t.Errorf("revoke: %s, %v", c.State, err)
	}
	if c, err := f.act(t, "resume", suspended.ID); err != nil || c.StateAt(*f.clock) != certs.Expired {
		t.Errorf("resume: %s, %v", c.State, err)
	}
}

// examine has doctor find nothing.
func (f fixture) examine(t testing.TB) doctor.Report {
	t.Helper()
	report, err := doctor.Examine(t.Context(), f.store, doctor.Keys{Issuer: f.keys, Log: f.logs})
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range report.Findings {
		if finding.Kind != "attempt" { // the awards of these tests have none
			t.Errorf("doctor: %+v", finding)
		}
	}
	return report
}

func (f fixture) settle(t testing.TB) {
	t.Helper()
	if err := f.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// list reads a published list.
func (f fixture) list(t testing.TB, purpose badge.Purpose) (badge.List, []byte) {
	t.Helper()
	published, err := f.StatusListCredential(t.Context(), 0, purpose)
	if err != nil {
		t.Fatal(err)
	}
	l, err := badge.CheckList(published.Credential, f.keys)
	if err != nil || !l.Signature {
		t.Fatalf("published list: signature %v, %v", l.Signature, err)
	}
	return l, published.Credential
}

func TestStatusListsFollowTheState(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	for _, row := range []struct {
		act                string
		revoked, suspended bool
	}{{"", false, false}, {"suspend", false, true}, {"resume", false, false}, {"suspend", false, true}, {"revoke", true, false}} {
		if row.act != "" {
			*f.clock = f.clock.Add(time.Minute)
			if _, err := f.act(t, row.act, c.ID); err != nil {
				t.Fatal(err)
			}
		}
		f.settle(t)
		for purpose, want := range map[badge.Purpose]bool{badge.Revocation: row.revoked, badge.Suspension: row.suspended} {
			l, _ := f.list(t, purpose)
			if got, err := l.Bits.Get(c.StatusIndex); err != nil || got != want {
				t.Errorf("after %q the bit for %s is %v, %v", row.act, purpose, got, err)
			}
		}
	}
	next := issue(t, f, award("a2"))
	if _, err := f.act(t, "reissue", next.ID); err != nil {
		t.Fatal(err)
	}
	f.settle(t)
	if l, _ := f.list(t, badge.Revocation); must(l.Bits.Get(next.StatusIndex))(t) != true {
		t.Error("a superseded certificate is in force as far as lists go")
	}
	f.examine(t)
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestStatusListsArePublishedDaily(t *testing.T) {
	f := newService(t)
	issue(t, f, award("a1"))
	f.settle(t)
	_, first := f.list(t, badge.Revocation)
	*f.clock = now.Add(23 * time.Hour)
	f.settle(t)
	if _, again := f.list(t, badge.Revocation); string(again) != string(first) {
		t.Error("a list in which nothing changed was published again within the day")
	}
	*f.clock = now.Add(24 * time.Hour)
	f.settle(t)
	l, _ := f.list(t, badge.Revocation)
	if !l.ValidFrom.Equal(*f.clock) || !l.ValidUntil.Equal(f.clock.AddDate(0, 0, 7)) {
		t.Errorf("a day later the list is valid from %s until %s", l.ValidFrom, l.ValidUntil)
	}
	f.examine(t)
}

func TestWhatHappensIsLogged(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	for _, what := range []string{"suspend", "resume", "revoke"} {
		*f.clock = f.clock.Add(time.Second)
		must(f.act(t, what, c.ID))(t)
	}
	f.settle(t)
	c = must(f.Store.Certificate(t.Context(), c.ID))(t)
	var logged []translog.Type
	_, findings, err := translog.Audit(t.Context(), f.store, f.Log.Trust(), func(index int64, data []byte) {
		what, _, err := translog.ParseEntry(data)
		if err != nil {
			t.Error(err)
		}
		if what != translog.StatusList {
			logged = append(logged, what)
		}
		for i, e := range c.Events {
			if string(data) == string(c.LogEntry(i).Data) && *e.Index != index {
				t.Errorf("event %d says index %d, the log has it at %d", i, *e.Index, index)
			}
		}
	})
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	want := []translog.Type{translog.Issue, translog.Suspend, translog.Resume, translog.Revoke}
	if len(logged) != len(want) {
		t.Fatalf("logged %v, want %v", logged, want)
	}
	for i := range want {
		if logged[i] != want[i] {
			t.Fatalf("logged %v, want %v in the order of time", logged, want)
		}
	}
	proof := must(translog.ParseProof(c.Proof))(t)
	if _, err := proof.Verify(translog.EntryData(translog.Issue, c.Payload), f.Log.Trust()); err != nil || c.Unlogged {
		t.Errorf("its proof: %v, unlogged %v", err, c.Unlogged)
	}
}

// Whatever write fails, before or after it took effect, the next settling makes
// good, and doctor finds nothing.
func TestSettlingAfterEveryFailure(t *testing.T) {
	if testing.Short() {
		t.Skip("one call after the other, many times")
	}
	for _, method := range []string{"InsertCertificate", "UpdateCertificate", "UpdateCertificates", "EnqueueEntries", "WidenTiles", "AdvanceLog", "PutStatusList"} {
		for _, after := range []bool{false, true} {
			f := newService(t)
			other := issue(t, f, award("a0"))
			f.settle(t)
			f.store.Fail(method, after)
			steps := []func() error{
				func() error { _, err := f.Issue(t.Context(), award("a1")); return err },
				func() error { _, err := f.act(t, "reissue", other.ID); return err },
				func() error { return f.Settle(t.Context()) },
			}
			failures := 0
			for _, step := range steps {
				err := step()
				if errors.Is(err, storetest.ErrLost) {
					failures++
					err = step()
				}
				if err != nil {
					t.Fatalf("%s, after %v: %v", method, after, err)
				}
			}
			if failures != 1 {
				t.Errorf("%s, after %v: %d failures were seen, want one", method, after, failures)
			}
			f.settle(t)
			all := must(f.Store.Certificates(t.Context(), "", 10))(t)
			if len(all) != 3 {
				t.Errorf("%s, after %v: %d certificates, want three", method, after, len(all))
			}
			for _, c := range all {
				if c.Unlogged || c.Proof == nil {
					t.Errorf("%s, after %v: certificate %s is not logged", method, after, c.ID)
				}
			}
			if r := f.examine(t); r.StatusLists != 2 || r.LogEntries == 0 {
				t.Errorf("%s, after %v: doctor saw %d status lists and %d log entries", method, after, r.StatusLists, r.LogEntries)
			}
		}
	}
}

// A reissue whose second half never happened is completed by settling, also when
// the old certificate was revoked meanwhile.
func TestReissueCutOff(t *testing.T) {
	for _, revoked := range []bool{false, true} {
		f := newService(t)
		c := issue(t, f, award("a1"))
		f.store.Fail("UpdateCertificate", false)
		if _, err := f.act(t, "reissue", c.ID); !errors.Is(err, storetest.ErrLost) {
			t.Fatal(err)
		}
		want, next := certs.Superseded, certs.Valid
		if revoked {
			must(f.act(t, "revoke", c.ID))(t)
			want, next = certs.Revoked, certs.Revoked
		}
		f.settle(t)
		f.settle(t)
		old := must(f.Store.Certificate(t.Context(), c.ID))(t)
		replacing := must(f.Store.CertificateByAttempt(t.Context(), "a1+"))(t)
		if old.State != want || replacing.State != next {
			t.Errorf("revoked %v: the old one is %s, the new one %s; want %s and %s", revoked, old.State, replacing.State, want, next)
		}
		f.examine(t)
	}
}

// Invariant 3 over any order of acts by two copies: events only grow, their times
// and states agree, revoked and superseded are final, and doctor agrees.
func TestInvariant3EventsOnlyGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("one call after the other, many times")
	}
	rapid.Check(t, func(r *rapid.T) {
		f := newService(t)
		c := issue(t, f, award("a1"))
		before := c
		for _, what := range rapid.SliceOfN(rapid.SampledFrom([]string{"suspend", "resume", "revoke", "reissue", "settle"}), 1, 6).Draw(r, "acts") {
			*f.clock = f.clock.Add(time.Minute)
			if what == "settle" {
				f.settle(t)
			} else if _, err := f.act(t, what, c.ID); err != nil && fault.Of(err) != fault.Conflict {
				r.Fatal(err)
			}
			now := must(f.Store.Certificate(t.Context(), c.ID))(t)
			if len(now.Events) < len(before.Events) || (before.State == certs.Revoked || before.State == certs.Superseded) && now.State != before.State {
				r.Fatalf("%s led from %s with %d events to %s with %d", what, before.State, len(before.Events), now.State, len(now.Events))
			}
			for i, e := range before.Events {
				if !now.Events[i].At.Equal(e.At) || now.Events[i].State != e.State || now.Events[i].Reason != e.Reason {
					r.Fatalf("event %d changed after %s", i, what)
				}
			}
			if string(now.Payload) != string(c.Payload) || string(now.Credential) != string(c.Credential) {
				r.Fatal("what was signed changed")
			}
			before = now
		}
		f.settle(t)
		f.examine(t)
	})
}

// A log that refuses to sign keeps nobody from a certificate, nor from seeing what
// was revoked.
func TestCertificatesGoOnWithoutTheLog(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	f.settle(t)
	head := must(f.store.LogHead(t.Context()))(t)
	head.Version, head.Root = head.Version+1, make([]byte, 32)
	if err := f.store.AdvanceLog(t.Context(), head); err != nil {
		t.Fatal(err)
	}
	log := must(translog.Open(t.Context(), f.Log.Config))(t)
	if log.Refused() == nil {
		t.Fatal("a log with a wrong root signs")
	}
	f.Service.Log = log
	must(f.act(t, "revoke", c.ID))(t)
	if err := f.Settle(t.Context()); fault.Code(err) != "log.refused" {
		t.Errorf("settling says %v", err)
	}
	if l, _ := f.list(t, badge.Revocation); !must(l.Bits.Get(c.StatusIndex))(t) {
		t.Error("the revocation is not in the status list")
	}
	late := issue(t, f, award("a2"))
	if _, err := f.PDF(t.Context(), &late); err != nil {
		t.Error(err)
	}
}
