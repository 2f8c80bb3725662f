package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/keyring"
	"github.com/proba-exam/proba/internal/server"
)

// drill runs commands as an operator types them and keeps a transcript.
type drill struct {
	t    *testing.T
	dir  string
	data string
}

// do runs one command, which has to exit with the code, and returns what it wrote.
func (d *drill) do(exit int, args ...string) string {
	d.t.Helper()
	var out, errs bytes.Buffer
	got := run(d.t.Context(), args, &out, &errs)
	said := strings.ReplaceAll(out.String()+errs.String(), d.dir+"/", "")
	d.t.Logf("$ proba %s\n%s[exit %d]", strings.ReplaceAll(strings.Join(args, " "), d.dir+"/", ""), said, got)
	if got != exit {
		d.t.Fatalf("exit %d, want %d", got, exit)
	}
	return said
}

const drillURL = "https://exams.proba.test"

// service starts the service over a data folder, has it work, and stops it.
func (d *drill) service(data string, now func() time.Time, work func(*server.Server)) {
	d.t.Helper()
	c, err := config.Load([]string{"-addr", "127.0.0.1:0", "-ops-addr", "off", "-public-url", drillURL, "-data", data, "-demo=false"}, func(string) string { return "" }, io.Discard)
	if err != nil {
		d.t.Fatal(err)
	}
	s, err := server.Open(context.Background(), c, now, slog.New(slog.DiscardHandler))
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := s.Listen(); err != nil {
		d.t.Fatal(err)
	}
	work(s)
	if err := s.Close(); err != nil {
		d.t.Fatal(err)
	}
}

// issue has the service issue a certificate, and writes its PDF.
func (d *drill) issue(s *server.Server, attempt, file string) certs.Certificate {
	d.t.Helper()
	c, err := s.Certs.Issue(d.t.Context(), certs.Award{Attempt: attempt, Person: "p", Name: "Олена Ґалаґан", Title: "Судовий розгляд", Language: "uk", Role: "judge", Exam: "judge", ValidDays: 365})
	if err == nil {
		err = s.Certs.Settle(d.t.Context())
	}
	if err == nil {
		c, err = s.Certs.Store.Certificate(d.t.Context(), c.ID)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	pdf, err := s.Certs.PDF(d.t.Context(), &c)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.dir, file), pdf, 0o600); err != nil {
		d.t.Fatal(err)
	}
	return c
}

// TestDrill is the drill of docs/operations.md: a key is stolen. Certificates that
// were issued before stay valid; what the thief signs, dated back, does not pass.
func TestDrill(t *testing.T) {
	d := &drill{t: t, dir: t.TempDir()}
	d.data = filepath.Join(d.dir, "data")
	path := func(name string) string { return filepath.Join(d.dir, name) }
	issuerKeys := server.IssuerKeysPath(d.data)

	d.service(d.data, time.Now, func(s *server.Server) { d.issue(s, "a1", "before.pdf") })
	d.do(exitFine, "kit", "-data", d.data, "-public-url", drillURL, path("kit-before"))
	d.do(exitFine, "verify", "-strict", "-kit", path("kit-before"), path("before.pdf"))
	stolen, err := os.ReadFile(issuerKeys)
	if err != nil {
		t.Fatal(err)
	}

	// The operator notices: new keys, and the old ones are known to others.
	kids := strings.Fields(d.do(exitFine, "keys", "list", issuerKeys))
	ed25519Kid, p256Kid := kids[0], kids[5]
	if said := d.do(exitUsage, "keys", "revoke", issuerKeys, ed25519Kid); !strings.Contains(said, "rotate first") {
		t.Errorf("revoking the only key says %q", said)
	}
	d.do(exitFine, "keys", "rotate", issuerKeys)
	d.do(exitFine, "keys", "revoke", issuerKeys, ed25519Kid)
	d.do(exitFine, "keys", "revoke", issuerKeys, p256Kid)
	d.service(d.data, time.Now, func(s *server.Server) { d.issue(s, "a2", "after.pdf") })
	d.do(exitFine, "kit", "-data", d.data, "-public-url", drillURL, path("kit"))

	// The thief runs the same program with the stolen keys, a year back in time.
	thief := filepath.Join(d.dir, "thief")
	if err := os.MkdirAll(filepath.Dir(server.IssuerKeysPath(thief)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(server.IssuerKeysPath(thief), stolen, 0o600); err != nil {
		t.Fatal(err)
	}
	var forged certs.Certificate
	d.service(thief, func() time.Time { return time.Now().AddDate(0, -11, 0) }, func(s *server.Server) { forged = d.issue(s, "f", "forged.pdf") })

	d.documented(d.do(exitFine, "verify", "-kit", path("kit"), path("before.pdf")), "-kit kit before.pdf")
	d.do(exitFine, "verify", "-strict", "-kit", path("kit"), path("before.pdf"))
	d.do(exitFine, "verify", "-strict", "-kit", path("kit"), path("after.pdf"))
	d.documented(d.do(exitNo, "verify", "-kit", path("kit"), path("forged.pdf")), "-kit kit forged.pdf")
	d.do(exitUsage, "verify", "-kit", path("kit"), certs.EncodePayload(forged.Payload))

	// The log only grew; a log that was rewritten is caught by the kept checkpoint.
	d.documented(d.do(exitFine, "verify", "consistency", "-keys", path("kit/jwks.json"), path("kit-before/log/checkpoint"), path("kit/log/checkpoint")),
		"consistency -keys kit/jwks.json kit-before/log/checkpoint kit/log/checkpoint")
	rewritten := d.rewrittenLog()
	d.documented(d.do(exitNo, "verify", "consistency", "-keys", path("kit/jwks.json"), path("kit-before/log/checkpoint"), filepath.Join(rewritten, "log", "checkpoint")),
		"consistency -keys kit/jwks.json kit-before/log/checkpoint kit-other/log/checkpoint")
	var report struct {
		Findings   []any
		LogEntries int `json:"log_entries"`
	}
	var out bytes.Buffer
	if code := run(t.Context(), []string{"doctor", "-json", "-data", d.data}, &out, io.Discard); code != exitNo && code != exitFine {
		t.Fatalf("doctor: exit %d", code)
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || len(report.Findings) > 0 || report.LogEntries < 10 {
		t.Errorf("doctor: %s, %v", out.Bytes(), err)
	}
}

// documented holds what was said against the transcript in docs/operations.md, which
// leaves lines out. Key ids are drawn anew each time, and what is logged in one round
// stands in the order of its hashes.
func (d *drill) documented(said, args string) {
	d.t.Helper()
	doc, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		d.t.Fatal(err)
	}
	_, transcript, found := strings.Cut(string(doc), "$ proba verify "+args+"\n")
	if !found {
		d.t.Fatalf("the drill of docs/operations.md does not say proba verify %s", args)
	}
	transcript, _, _ = strings.Cut(transcript, "```")
	transcript, _, _ = strings.Cut(transcript, "\n$ ")
	varies := regexp.MustCompile(`k1-[\w-]+|(at|entry) \d+`)
	said = varies.ReplaceAllString(said, "…")
	for line := range strings.SplitSeq(strings.TrimSpace(transcript), "\n") {
		if line = varies.ReplaceAllString(line, "…"); !strings.Contains(said, line+"\n") {
			d.t.Errorf("docs/operations.md says %q of proba verify %s, the command:\n%s", line, args, said)
		}
	}
}

// rewrittenLog is a kit of the log as a dishonest issuer would show it: the same
// keys, another history, longer than the one before.
func (d *drill) rewrittenLog() string {
	d.t.Helper()
	other := filepath.Join(d.dir, "other")
	for from, to := range map[string]string{server.IssuerKeysPath(d.data): server.IssuerKeysPath(other), server.LogKeysPath(d.data): server.LogKeysPath(other)} {
		data, err := os.ReadFile(from)
		if err != nil {
			d.t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			d.t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
	d.service(other, time.Now, func(s *server.Server) {
		for n := range 12 {
			d.issue(s, fmt.Sprint("other", n), "other.pdf")
		}
	})
	kit := filepath.Join(d.dir, "kit-other")
	d.do(exitFine, "kit", "-data", other, "-public-url", drillURL, kit)
	return kit
}

// TestKeysCommand makes and rotates sets of every kind.
func TestKeysCommand(t *testing.T) {
	d := &drill{t: t, dir: t.TempDir()}
	path := filepath.Join(d.dir, "keys.json")
	for _, kind := range []string{"issuer", "log", "token"} {
		file := path + "." + kind
		d.do(exitFine, "keys", "generate", "-kind", kind, file)
		d.do(exitUsage, "keys", "generate", "-kind", kind, file)
		d.do(exitFine, "keys", "rotate", file)
		ring, err := keyring.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"issuer": 4, "log": 2, "token": 2}[kind]
		if len(ring.Keys()) != want {
			t.Errorf("%s: %d keys after a rotation, want %d", kind, len(ring.Keys()), want)
		}
		if _, ok := ring.Keys()[0].Public.(ed25519.PublicKey); !ok {
			t.Errorf("%s: the first key is %s", kind, ring.Keys()[0].Algorithm)
		}
		if said := d.do(exitFine, "keys", "public", file); strings.Contains(said, `"d"`) {
			t.Errorf("%s: public halves with private ones", kind)
		}
	}
	d.do(exitUsage, "keys", "generate", "-kind", "other", path)
	d.do(exitUsage, "keys", "revoke", path+".log", "nokey")
	d.do(exitUsage, "keys", "melt", path)
	d.do(exitUsage, "keys")
}

// TestDemo holds the contract that others script against.
func TestDemo(t *testing.T) {
	d := &drill{t: t, dir: t.TempDir()}
	out := filepath.Join(d.dir, "out")
	var stdout bytes.Buffer
	if code := run(t.Context(), []string{"demo", "--json", "--out", out}, &stdout, io.Discard); code != exitFine {
		t.Fatalf("demo: exit %d", code)
	}
	var report demoReport
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil || len(report.Roles) != 4 {
		t.Fatalf("%s, %v", stdout.Bytes(), err)
	}
	for n, r := range report.Roles {
		c := r.Certificate
		exit := exitFine
		if c.ID == report.Revoked.ID {
			exit = exitNo
		}
		for _, input := range []string{c.PDF, c.PNG, c.SVG, c.Credential, c.JWT, c.COSE, c.Payload} {
			var said, errs bytes.Buffer
			if code := run(t.Context(), []string{"verify", input, "--kit", out}, &said, &errs); code != exit {
				t.Errorf("role %d, %s: exit %d, want %d\n%s%s", n, filepath.Base(input), code, exit, said.String(), errs.String())
			}
			if code := run(t.Context(), []string{"verify", "--keys", filepath.Join(out, "jwks.json"), input}, io.Discard, io.Discard); code != exitFine {
				t.Errorf("role %d, %s with keys alone: exit %d", n, filepath.Base(input), code)
			}
			if code := run(t.Context(), []string{"verify", "--strict", "--keys", filepath.Join(out, "jwks.json"), input}, io.Discard, io.Discard); code != exitUsage {
				t.Errorf("role %d, %s with keys alone, strictly: exit %d", n, filepath.Base(input), code)
			}
		}
		proof, err := os.ReadFile(c.Proof)
		if err != nil || !translog.IsProof(proof) {
			t.Errorf("role %d: proof %q, %v", n, proof, err)
		}
	}
	payload := report.Roles[0].Certificate.Payload
	for name, args := range map[string]struct {
		args []string
		exit int
	}{
		"flipped":      {[]string{"verify", "--keys", filepath.Join(out, "jwks.json"), payload[:60] + map[bool]string{true: "B", false: "A"}[payload[60] == 'A'] + payload[61:]}, exitNo},
		"cut":          {[]string{"verify", "--keys", filepath.Join(out, "jwks.json"), payload[:len(payload)-8]}, exitNo},
		"words":        {[]string{"verify", "--keys", filepath.Join(out, "jwks.json"), "hello"}, exitUsage},
		"no keys":      {[]string{"verify", "--keys", filepath.Join(out, "none.json"), payload}, exitUsage},
		"two files":    {[]string{"verify", payload, payload}, exitUsage},
		"a status":     {[]string{"verify", "--keys", filepath.Join(out, "jwks.json"), "--status", filepath.Join(out, "status", "0-revocation.json"), payload}, exitUsage},
		"both of them": {[]string{"verify", "--keys", filepath.Join(out, "jwks.json"), "--status", filepath.Join(out, "status", "0-revocation.json"), "--status", filepath.Join(out, "status", "0-suspension.json"), payload}, exitFine},
	} {
		if code := run(t.Context(), append(args.args, "--json"), io.Discard, io.Discard); code != args.exit {
			t.Errorf("%s: exit %d, want %d", name, code, args.exit)
		}
	}
}

// TestVerifySaysWhatIsWrong holds what is said to who names the wrong thing.
func TestVerifySaysWhatIsWrong(t *testing.T) {
	d := &drill{t: t, dir: t.TempDir()}
	keys, proof := filepath.Join(d.dir, "keys.json"), filepath.Join(d.dir, "a.tlog-proof")
	d.do(exitFine, "keys", "generate", "-kind", "issuer", keys)
	if err := os.WriteFile(proof, []byte("c2sp.org/tlog-proof@v1\nindex 0\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		say  string
		args []string
	}{
		{"there is no file", []string{filepath.Join(d.dir, "nosuch.pdf")}},
		{"is a folder", []string{d.dir}},
		{"give this with -proof", []string{proof}},
		{"name two files", []string{"consistency", proof}},
		{"Nothing of a certificate", []string{"hello"}},
	} {
		if said := d.do(exitUsage, append([]string{"verify", "-keys", keys}, row.args...)...); !strings.Contains(said, row.say) {
			t.Errorf("%v: %q, want %q", row.args, said, row.say)
		}
	}
}
