package verifier_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/certs/verifier"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

// inputs are all forms of a certificate.
func (i *issuer) inputs(t testing.TB, c certs.Certificate) map[string][]byte {
	t.Helper()
	all := map[string][]byte{"url": []byte(i.URL(&c)), "payload": []byte(certs.EncodePayload(c.Payload))}
	for _, name := range []string{"certificate.pdf", "credential.json", "credential.jwt", "certificate.cose", "badge.png", "badge.svg"} {
		all[name] = i.file(t, c, name)
	}
	return all
}

func TestEveryFormOfACertificate(t *testing.T) {
	i := newIssuer(t)
	c := i.certificate(t, "a1")
	kit := i.kit(t)
	bare := verifier.Trust{Keys: kit.Keys, Now: kit.Now}
	for name, input := range i.inputs(t, c) {
		r, err := check(t, input, kit)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := verifier.Valid
		if name == "credential.json" || name == "credential.jwt" || name == "badge.svg" {
			want = verifier.Genuine // the log is about the signed statement, which these do not carry
		}
		if r.Verdict != want || r.Name != "Олена Ґалаґан" || r.ID != c.ID.Printed() || *r.Score != 8750 || !r.IssuedAt.Equal(start) {
			t.Errorf("%s with the kit: %+v, want %s", name, r, want)
		}
		if r, err = check(t, input, bare); err != nil || r.Verdict != verifier.Genuine && name != "certificate.pdf" || r.Status.Answer != verifier.NotChecked {
			t.Errorf("%s with keys alone: %+v, %v; want genuine, status not checked", name, r, err)
		}
	}
}

// Every state and every date, for every form: what is not valid is never valid.
func TestEveryState(t *testing.T) {
	acts := map[string]func(*issuer, certs.ID) error{
		"valid": func(*issuer, certs.ID) error { return nil },
		"suspended": func(i *issuer, id certs.ID) error {
			_, err := i.Suspend(context.Background(), "a", id, "why")
			return err
		},
		"revoked": func(i *issuer, id certs.ID) error {
			_, err := i.Revoke(context.Background(), "a", id, "why")
			return err
		},
		"superseded": func(i *issuer, id certs.ID) error {
			_, err := i.Reissue(context.Background(), "a", id, "Олена Галаган", "why")
			return err
		},
		"expired": func(i *issuer, _ certs.ID) error { i.now = i.now.AddDate(1, 0, 2); return nil },
	}
	for state, act := range acts {
		i := newIssuer(t)
		c := i.certificate(t, "a1")
		if err := act(i, c.ID); err != nil {
			t.Fatal(err)
		}
		c = i.settled(t, c)
		kit := i.kit(t)
		for name, input := range i.inputs(t, c) {
			r, err := check(t, input, kit)
			if err != nil {
				t.Fatalf("%s, %s: %v", state, name, err)
			}
			if good := r.Verdict == verifier.Valid || r.Verdict == verifier.Genuine; good != (state == "valid") || r.Signature.Answer != verifier.Yes {
				t.Errorf("%s, %s: %+v", state, name, r)
			}
			dates, status := verifier.Yes, verifier.Yes
			switch state {
			case "expired":
				dates = verifier.No
			case "suspended", "revoked", "superseded":
				status = verifier.No
			}
			if r.Dates.Answer != dates || r.Status.Answer != status {
				t.Errorf("%s, %s: dates %+v, status %+v", state, name, r.Dates, r.Status)
			}
		}
	}
}

// Invariant 1: what is missing, old or of somebody else is never good enough.
func TestWhatCannotBeTold(t *testing.T) {
	i := newIssuer(t)
	c := i.certificate(t, "a1")
	kit := i.kit(t)
	other := newIssuer(t)
	other.certificate(t, "a1")
	foreign := other.kit(t)
	rotated := *i
	rotated.issuer = must(i.issuer.Generate(rand.Reader, start, "test"))(t)
	rotated.restart(t)
	newer := rotated.certificate(t, "a2")
	for name, row := range map[string]struct {
		input   []byte
		change  func(*verifier.Trust)
		verdict verifier.Verdict
		part    string
	}{
		"one list only":            {nil, func(k *verifier.Trust) { k.Lists = k.Lists[:1] }, verifier.CannotTell, "was not given"},
		"old lists":                {nil, func(k *verifier.Trust) { k.Now = k.Now.AddDate(0, 0, 8) }, verifier.CannotTell, "too old"},
		"lists of the future":      {nil, func(k *verifier.Trust) { k.Now = k.Now.Add(-time.Hour) }, verifier.NotValid, "dated in the future"},
		"lists of another issuer":  {nil, func(k *verifier.Trust) { k.Lists = foreign.Lists }, verifier.CannotTell, "not signed by the issuer"},
		"lists that are none":      {nil, func(k *verifier.Trust) { k.Lists = [][]byte{[]byte("{}")} }, verifier.CannotTell, "cannot be read"},
		"a key that is not there":  {[]byte(i.URL(&newer)), func(*verifier.Trust) {}, verifier.CannotTell, "not in the key set"},
		"keys of another issuer":   {nil, func(k *verifier.Trust) { k.Keys = foreign.Keys }, verifier.NotValid, "not what key"},
		"another log's checkpoint": {nil, func(k *verifier.Trust) { k.Checkpoint = foreign.Checkpoint }, verifier.CannotTell, "saved checkpoint"},
		"no checkpoint, no tiles":  {nil, func(k *verifier.Trust) { k.Checkpoint, k.Tiles = nil, nil }, verifier.Valid, ""},
		"a checkpoint, no tiles":   {nil, func(k *verifier.Trust) { k.Tiles = nil }, verifier.Valid, ""}, // of the proof's own size
	} {
		input, trust := row.input, kit
		if input == nil {
			input = i.file(t, c, "certificate.pdf")
		}
		row.change(&trust)
		r, err := check(t, input, trust)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		details := r.Signature.Detail + r.Dates.Detail + r.Status.Detail + r.Log.Detail
		if r.Verdict != row.verdict || !strings.Contains(details, row.part) {
			t.Errorf("%s: %+v; want %s with %q", name, r, row.verdict, row.part)
		}
	}
}

// The drill of a stolen key: rotate, revoke, and the log tells what the issuer
// signed from what the thief did.
func TestStolenKey(t *testing.T) {
	i := newIssuer(t)
	before := i.certificate(t, "a1")
	stolen := must(i.issuer.Active())(t)
	i.issuer = must(i.issuer.Generate(rand.Reader, i.now, "test"))(t)
	i.issuer = must(i.issuer.Revoke(stolen.ID, i.now))(t)
	i.restart(t)
	after := i.certificate(t, "a2")

	// The thief runs a service of his own with the stolen key, and dates back.
	thief := newIssuer(t)
	thief.now = start.AddDate(0, 0, -1)
	thief.issuer = must(keyring.Parse(private(t, stolen)))(t)
	thief.restart(t)
	forged := thief.certificate(t, "f")
	thief.now = i.now

	kit := i.kit(t)
	revoked, _ := kit.Keys.Serial(stolen.Serial)
	if revoked.State != keyring.Revoked || revoked.RevokedIndex == nil {
		t.Fatalf("the kit says of the stolen key: %+v", revoked)
	}
	for name, row := range map[string]struct {
		input   []byte
		verdict verifier.Verdict
	}{
		"issued before, PDF":        {i.file(t, before, "certificate.pdf"), verifier.Valid},
		"issued before, code":       {[]byte(i.URL(&before)), verifier.Valid}, // found in the saved log
		"issued after":              {i.file(t, after, "certificate.pdf"), verifier.Valid},
		"forged, PDF":               {thief.file(t, forged, "certificate.pdf"), verifier.NotValid}, // his log is not ours
		"forged, code":              {[]byte(thief.URL(&forged)), verifier.CannotTell},             // our log does not have it
		"forged, credential":        {thief.file(t, forged, "credential.json"), verifier.CannotTell},
		"issued before, credential": {i.file(t, before, "credential.json"), verifier.CannotTell}, // nothing ties it to the log
	} {
		r, err := check(t, row.input, kit)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r.Verdict != row.verdict {
			t.Errorf("%s: %+v; want %s", name, r, row.verdict)
		}
	}
	// Even if he gets it into our log, it comes after the key's revocation.
	if err := i.Log.Add(t.Context(), translog.NewEntry(translog.Issue, forged.Payload, i.now)); err != nil {
		t.Fatal(err)
	}
	must(i.Log.Round(t.Context()))(t)
	if r, err := check(t, []byte(thief.URL(&forged)), i.kit(t)); err != nil || r.Verdict != verifier.NotValid || !strings.Contains(r.Signature.Detail, "after its revocation") {
		t.Errorf("forged and logged late: %+v, %v", r, err)
	}
}

// private is a set with one key and its private half.
func private(t testing.TB, k keyring.Key) []byte {
	t.Helper()
	path := t.TempDir() + "/k.json"
	ring := must(keyring.Parse([]byte(`{"keys":[` + privateJWK(t, k) + `]}`)))(t)
	if err := ring.Save(path); err != nil {
		t.Fatal(err)
	}
	return must(readFile(path))(t)
}

// Invariant 2: two pieces of evidence that disagree.
func TestEvidenceThatDisagrees(t *testing.T) {
	i := newIssuer(t)
	a, b := i.certificate(t, "a1"), i.certificate(t, "a2")
	kit := i.kit(t)
	mixed := a
	mixed.Credential, mixed.Proof = b.Credential, a.Proof
	r, err := check(t, must(i.PDF(t.Context(), &mixed))(t), kit)
	if err != nil || r.Verdict != verifier.NotValid || !strings.Contains(r.Signature.Detail, "different things") {
		t.Errorf("code of one, credential of another: %+v, %v", r, err)
	}
	mixed = a
	mixed.Proof = b.Proof
	if r, err = check(t, must(i.PDF(t.Context(), &mixed))(t), kit); err != nil || r.Verdict != verifier.NotValid || r.Log.Answer != verifier.No {
		t.Errorf("proof of another: %+v, %v", r, err)
	}
	both := append(i.file(t, a, "certificate.pdf"), i.file(t, b, "certificate.pdf")...)
	if _, err := check(t, both, kit); fault.Code(err) != "evidence.two_codes" {
		t.Errorf("two certificates in one file: %v", err)
	}
}

func TestBadInput(t *testing.T) {
	i := newIssuer(t)
	c := i.certificate(t, "a1")
	kit := i.kit(t)
	pdf, url := i.file(t, c, "certificate.pdf"), i.URL(&c)
	payload := certs.EncodePayload(c.Payload)
	for name, row := range map[string]struct {
		input []byte
		code  string
	}{
		"nothing":                 {nil, "evidence.none"},
		"words":                   {[]byte("Сертифікат № 5"), "evidence.none"},
		"a page of text":          {[]byte("see https://cert.example.ua/v/ABC for more\n"), "evidence.none"},
		"url without payload":     {[]byte("https://cert.example.ua/v/ABCDEFGHIJKLMN23"), "payload.missing"},
		"url of something else":   {[]byte("https://cert.example.ua/news#A"), "payload.missing"},
		"lower case":              {[]byte(strings.ToLower(url)), "payload.malformed"},
		"cut short":               {[]byte(url[:len(url)-8]), "payload.malformed"},
		"non-canonical base32":    {[]byte(nonCanonical(t, payload)), "payload.malformed"},
		"50 MB":                   {make([]byte, 50<<20), "evidence.too_large"},
		"PDF of nothing":          {[]byte("%PDF-1.7\n%%EOF"), "evidence.none"},
		"PDF with a bomb":         {bombPDF(t), "pdf.too_much"},
		"PDF with many streams":   {append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("stream\nendstream\n"), 3000)...), "pdf.too_much"},
		"credential of nothing":   {[]byte("{}"), "credential.malformed"},
		"JSON of something else":  {[]byte(`{"a":[1,2]}`), "credential.malformed"},
		"JSON nested deep":        {[]byte(strings.Repeat(`{"a":`, 10_000)), "credential.malformed"},
		"token of something else": {[]byte("eyJhbGciOiJub25lIn0.e30."), "credential.malformed"},
		"SVG of nothing":          {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "evidence.none"},
		"SVG with an entity":      {[]byte(`<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>`), "image.malformed"},
	} {
		r, err := check(t, row.input, kit)
		if fault.Code(err) != row.code {
			t.Errorf("%s: %+v, %v; want %s", name, r, err, row.code)
		}
	}
	// A PDF that ends anywhere is never valid, unless all evidence was before.
	for _, at := range []int{len(pdf) / 10, len(pdf) / 2, len(pdf) * 9 / 10} {
		if r, err := check(t, pdf[:at], kit); err == nil && r.Verdict == verifier.Valid && r.Log.Answer != verifier.Yes {
			t.Errorf("PDF cut at %d: %+v", at, r)
		}
	}
	wrong := strings.Replace(url, string(c.ID), "AAAAAAAAAAAAAAAA", 1)
	if r, err := check(t, []byte(wrong), kit); err != nil || r.Verdict != verifier.NotValid {
		t.Errorf("another id in the path: %+v, %v", r, err)
	}
}

// One flipped character anywhere in any text form is never valid.
func TestFlippedCharacters(t *testing.T) {
	i := newIssuer(t)
	c := i.certificate(t, "a1")
	kit := i.kit(t)
	forms := map[string][]byte{"payload": []byte(certs.EncodePayload(c.Payload)), "jwt": i.file(t, c, "credential.jwt"), "json": i.file(t, c, "credential.json")}
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.SampledFrom([]string{"payload", "jwt", "json"}).Draw(r, "form")
		data := bytes.Clone(forms[name])
		at := rapid.IntRange(0, len(data)-1).Draw(r, "at")
		to := rapid.SampledFrom([]byte("AB27az_-{}\":,")).Draw(r, "to")
		if data[at] == to || bytes.ContainsRune([]byte(" \n"), rune(data[at])) {
			r.Skip()
		}
		data[at] = to
		if report, err := check(t, data, kit); err == nil && (report.Verdict == verifier.Valid || report.Verdict == verifier.Genuine) {
			r.Fatalf("%s with byte %d changed to %c is %s", name, at, to, report.Verdict)
		}
	})
}

// nonCanonical has unused bits set in its last character.
func nonCanonical(t testing.TB, payload string) string {
	t.Helper()
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	if len(payload)%8 == 0 {
		return payload + "A" // a length that base32 does not have
	}
	last := strings.IndexByte(alphabet, payload[len(payload)-1])
	return payload[:len(payload)-1] + string(alphabet[last|1])
}

func privateJWK(t testing.TB, k keyring.Key) string {
	t.Helper()
	d, x := seedOf(k)
	if d == nil {
		t.Fatalf("key %s has no private half", k.ID)
	}
	return `{"kty":"OKP","crv":"Ed25519","kid":"` + k.ID + `","use":"sig","alg":"EdDSA","x":"` + base64.RawURLEncoding.EncodeToString(x) +
		`","d":"` + base64.RawURLEncoding.EncodeToString(d) + `","serial":1,"created_at":"2026-01-01T00:00:00Z","environment":"test","state":"active"}`
}
