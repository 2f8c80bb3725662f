package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/certs/verifier"
	"github.com/proba-exam/proba/internal/keyring"
)

// eventually waits for what the reconciler does on its own.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

// logged waits until everything of a certificate is in the log.
func (e *env) logged(t *testing.T, id string) {
	t.Helper()
	eventually(t, "the certificate was not logged", func() bool {
		c, err := e.Certs.Store.Certificate(t.Context(), certs.ID(id))
		if err != nil {
			t.Fatal(err)
		}
		return !c.Unlogged
	})
}

type view struct {
	ID           string
	State        string
	Reason       string
	Name         string
	Supersedes   string
	SupersededBy string `json:"superseded_by"`
	LogIndex     *int64 `json:"log_index"`
}

func TestStatesOverHTTP(t *testing.T) {
	e := start(t)
	u, admin := e.learner(t), e.person(t, auth.Administrator)
	u.pass(t)
	id, _ := u.certificate(t)
	path := "/api/v1/certificates/" + id
	for _, row := range []struct {
		act    string
		status int
		code   string
		state  string
	}{
		{"suspend", 200, "", "suspended"}, {"suspend", 200, "", "suspended"}, {"reissue", 409, "certificate.suspended", "suspended"}, {"resume", 200, "", "valid"},
		{"reissue", 201, "", "superseded"}, {"resume", 409, "certificate.superseded", "superseded"}, {"revoke", 409, "certificate.superseded", "superseded"},
	} {
		body := map[string]string{"reason": "a reason for this"}
		if row.act == "reissue" {
			body["name"] = "Олена Перевірена-Виправлена"
		}
		r := admin.do(t, "POST", path+"/"+row.act, body)
		if r.status != row.status || r.code() != row.code {
			t.Errorf("%s: %d %s", row.act, r.status, r.body)
		}
		var v view
		e.nobody().do(t, "GET", "/api/v1/verify/"+id, nil).into(t, &v)
		if v.State != row.state {
			t.Errorf("after %s it is %s, want %s", row.act, v.State, row.state)
		}
	}
	var old, next view
	e.nobody().do(t, "GET", "/api/v1/verify/"+id, nil).into(t, &old)
	e.nobody().do(t, "GET", "/api/v1/verify/"+old.SupersededBy, nil).into(t, &next)
	if next.State != "valid" || next.Supersedes != id || next.Reason != "" || next.Name != "О*** П***" {
		t.Errorf("the new one: %+v", next)
	}
	if r := admin.do(t, "POST", path+"/suspend", map[string]string{"reason": ""}); r.code() != "request.reason" {
		t.Errorf("no reason: %s", r.body)
	}
	if r := admin.do(t, "POST", "/api/v1/certificates/"+old.SupersededBy+"/reissue", map[string]string{"reason": "misspelt", "name": "王芳"}); r.code() != "certificate.unprintable" {
		t.Errorf("a name that cannot be printed: %s", r.body)
	}
	e.logged(t, old.SupersededBy)
	var record struct {
		Name   string
		Logged bool
		Events []struct {
			State    string
			LogIndex *int64 `json:"log_index"`
		}
	}
	admin.do(t, "GET", path, nil).into(t, &record)
	if record.Name != "Олена Перевірена" || len(record.Events) != 4 {
		t.Errorf("the record: %+v", record)
	}
	var found struct{ Items []view }
	admin.do(t, "GET", "/api/v1/certificates?name="+"%D0%92%D0%B8%D0%BF%D1%80%D0%B0%D0%B2%D0%BB%D0%B5%D0%BD%D0%B0", nil).into(t, &found)
	if len(found.Items) != 1 || found.Items[0].ID != old.SupersededBy {
		t.Errorf("searching for the corrected name finds %+v", found.Items)
	}
}

func TestFilesAreTheHoldersAndStaffs(t *testing.T) {
	e := start(t)
	u, stranger, admin := e.learner(t), e.learner(t), e.person(t, auth.Auditor)
	u.pass(t)
	id, _ := u.certificate(t)
	e.logged(t, id)
	for _, f := range certs.Files() {
		path := "/api/v1/me/certificates/" + id + "/files/" + f.Name
		r := u.do(t, "GET", path, nil)
		if r.status != 200 || len(r.body) == 0 || r.header.Get("Content-Type") != f.MediaType || !strings.Contains(r.header.Get("Content-Disposition"), f.Name) {
			t.Errorf("%s: %d, %d bytes, %v", f.Name, r.status, len(r.body), r.header)
		}
		if r := admin.do(t, "GET", "/api/v1/certificates/"+id+"/files/"+f.Name, nil); r.status != 200 {
			t.Errorf("%s for an auditor: %d %s", f.Name, r.status, r.body)
		}
		if r := stranger.do(t, "GET", path, nil); r.status != 404 {
			t.Errorf("%s for a stranger: %d", f.Name, r.status)
		}
		if r := e.nobody().do(t, "GET", path, nil); r.status != 401 {
			t.Errorf("%s for nobody: %d", f.Name, r.status)
		}
	}
	if r := u.do(t, "GET", "/api/v1/me/certificates/"+id+"/files/keys.json", nil); r.code() != "certificate.no_file" {
		t.Errorf("a file that is none: %s", r.body)
	}
}

// TestWhatAVerifierSaves takes everything public without a session, and checks a
// certificate with it when the service is gone.
func TestWhatAVerifierSaves(t *testing.T) {
	e := start(t)
	u, admin := e.learner(t), e.person(t, auth.Administrator)
	u.pass(t)
	id, url := u.certificate(t)
	e.logged(t, id)
	pdf := u.do(t, "GET", "/api/v1/me/certificates/"+id+"/files/certificate.pdf", nil).body
	get := func(path string) []byte {
		r := e.nobody().do(t, "GET", path, nil)
		if r.status != 200 || len(r.header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: %d, cookies %v", path, r.status, r.header.Values("Set-Cookie"))
		}
		return r.body
	}
	keys, err := keyring.Parse(get("/.well-known/jwks.json"))
	if err != nil {
		t.Fatal(err)
	}
	trust := verifier.Trust{Keys: keys, Lists: [][]byte{get("/status/0/revocation"), get("/status/0/suspension")}, Checkpoint: get("/log/checkpoint"), Now: e.Clock.Now()}
	evidence, err := verifier.Read(pdf)
	if err != nil {
		t.Fatal(err)
	}
	logs, err := translog.NewTrust(keys.LogKeys())
	if err != nil {
		t.Fatal(err)
	}
	proof, err := translog.ParseProof(evidence.Proof)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := logs.Open(trust.Checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	trust.Tiles = servedTiles{t, get, saved.Size}
	r, err := verifier.Check(t.Context(), evidence, trust)
	if err != nil || r.Verdict != verifier.Valid || evidence.Code != url {
		t.Errorf("the PDF (proof at %d of %d): %+v, %v", proof.Index, saved.Size, r, err)
	}
	did := string(get("/.well-known/did.json"))
	if !strings.Contains(did, `"did:web:proba.test#z6Mk`) || !strings.Contains(did, `"JsonWebKey"`) {
		t.Errorf("DID document %s", did)
	}
	first := e.nobody().do(t, "GET", "/status/0/revocation", nil)
	header := http.Header{"If-None-Match": {first.header.Get("ETag")}}
	if again := e.nobody().raw(t, "GET", "/status/0/revocation", header, nil); again.status != 304 || len(again.body) > 0 {
		t.Errorf("a list that I have: %d, %d bytes", again.status, len(again.body))
	}
	for path, status := range map[string]int{"/status/1/revocation": 404, "/status/00/revocation": 404, "/status/0/refresh": 404, "/log/tile/0/999": 404, "/log/tile/entries/000.p/200": 404} {
		if r := e.nobody().do(t, "GET", path, nil); r.status != status {
			t.Errorf("%s: %d, want %d", path, r.status, status)
		}
	}
	archive := admin.do(t, "GET", "/api/v1/verification-kit", nil).body
	kit, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, f := range kit.File {
		names += f.Name + " "
	}
	for _, want := range []string{"jwks.json", "did.json", "status/0-revocation.json", "log/checkpoint", "log/tile/0/000.p/", "log/tile/entries/000.p/"} {
		if !strings.Contains(names, want) {
			t.Errorf("the kit holds %s, not %s", names, want)
		}
	}
	if bytes.Contains(archive, []byte("Перевірена")) || strings.Contains(e.Log.String(), "Перевірена") {
		t.Error("a name is in the kit or in the log of requests")
	}
}

// servedTiles reads tiles over HTTP, as wide as a log of the size has them.
type servedTiles struct {
	t    *testing.T
	get  func(string) []byte
	size int64
}

func (s servedTiles) LogTile(_ context.Context, name string) (translog.Tile, error) {
	width := int(s.size) // a small log: one tile a level
	path, err := translog.TilePath(translog.Tile{Name: name, Width: width})
	if err != nil {
		return translog.Tile{}, err
	}
	return translog.Tile{Name: name, Width: width, Data: s.get("/log/" + path)}, nil
}

func TestVerifyBatch(t *testing.T) {
	e := start(t)
	u, admin := e.learner(t), e.person(t, auth.Administrator)
	u.pass(t)
	id, url := u.certificate(t)
	_, payload, _ := strings.Cut(url, "#")
	flipped := strings.Replace(payload, payload[len(payload)-9:len(payload)-8], map[bool]string{true: "B", false: "A"}[payload[len(payload)-9] == 'A'], 1)
	if r := admin.do(t, "POST", "/api/v1/certificates/"+id+"/suspend", map[string]string{"reason": "being looked into"}); r.status != 200 {
		t.Fatalf("%s", r.body)
	}
	var out struct {
		Items []struct {
			Signature, Name, Problem string
			Record                   *view
		}
	}
	inputs := []string{id, url, payload, "AAAAAAAAAAAAAAAA", "nonsense", flipped}
	r := e.nobody().do(t, "POST", "/api/v1/verify", map[string]any{"items": inputs})
	r.into(t, &out)
	for i, want := range []struct {
		signature, name, problem string
		record                   bool
	}{
		{"none", "", "", true}, {"valid", "Олена Перевірена", "", true}, {"valid", "Олена Перевірена", "", true}, {"none", "", "certificate.not_found", false}, {"none", "", "payload.malformed", false},
	} {
		got := out.Items[i]
		if got.Signature != want.signature || got.Name != want.name || got.Problem != want.problem || (got.Record != nil) != want.record {
			t.Errorf("%s: %+v, want %+v", inputs[i], got, want)
		}
		if got.Record != nil && got.Record.State != "suspended" {
			t.Errorf("%s is %s", inputs[i], got.Record.State)
		}
	}
	if got := out.Items[5]; got.Signature == "valid" || got.Name != "" {
		t.Errorf("a changed payload: %+v", got)
	}
	for name, items := range map[string][]string{"none": {}, "101": make([]string, 101)} {
		if r := e.nobody().do(t, "POST", "/api/v1/verify", map[string]any{"items": items}); r.code() != "request.batch" {
			t.Errorf("%s items: %d %s", name, r.status, r.body)
		}
	}
	limited := false
	for range 12 {
		limited = limited || e.nobody().do(t, "POST", "/api/v1/verify", map[string]any{"items": []string{id}}).status == 429
	}
	if !limited {
		t.Error("batches are not limited")
	}
}

func TestCosignaturesOfStrangers(t *testing.T) {
	e := start(t)
	checkpoint := e.nobody().do(t, "GET", "/log/checkpoint", nil).body
	text := http.Header{"Content-Type": {"text/plain"}}
	for name, row := range map[string]struct {
		header http.Header
		body   []byte
		code   string
	}{
		"as it is":   {text, checkpoint, "log.unknown_witness"},
		"words":      {text, []byte("I saw it"), "log.cosignature"},
		"JSON":       {http.Header{"Content-Type": {"application/json"}}, checkpoint, "request.media_type"},
		"a megabyte": {text, make([]byte, 1<<20), "request.too_large"},
	} {
		if r := e.nobody().raw(t, "POST", "/log/cosignatures", row.header, row.body); r.code() != row.code {
			t.Errorf("%s: %d %s, want %s", name, r.status, r.body, row.code)
		}
	}
}

func TestPreviewIsNoCertificate(t *testing.T) {
	e := start(t)
	admin := e.person(t, auth.Administrator)
	r := admin.do(t, "POST", "/api/v1/certificates/preview", map[string]any{"name": "Олена Ґалаґан", "title": "Судовий розгляд", "language": "uk", "score_basis_points": 8750, "valid_days": 365})
	if r.status != 200 || !bytes.HasPrefix(r.body, []byte("%PDF-")) {
		t.Fatalf("%d %s", r.status, r.body[:min(len(r.body), 300)])
	}
	if evidence, err := verifier.Read(r.body); err == nil {
		t.Errorf("a sample gives evidence: %+v", evidence)
	}
	all, err := e.Certs.Store.Certificates(t.Context(), "", 10)
	if err != nil || len(all) != 0 {
		t.Errorf("%d certificates were stored, %v", len(all), err)
	}
	for name, body := range map[string]map[string]any{
		"emoji":        {"name": "Olena 🙂", "title": "T", "language": "en"},
		"no name":      {"name": "", "title": "T", "language": "en"},
		"a huge name":  {"name": strings.Repeat("n", 301), "title": "T", "language": "en"},
		"score":        {"name": "N", "title": "T", "language": "en", "score_basis_points": 10_001},
		"a millennium": {"name": "N", "title": "T", "language": "en", "valid_days": 365_000},
	} {
		if r := admin.do(t, "POST", "/api/v1/certificates/preview", body); r.status != 422 {
			t.Errorf("%s: %d %s", name, r.status, r.body[:min(len(r.body), 300)])
		}
	}
}
