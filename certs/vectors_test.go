package certs_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/keyring"
)

// vector is one payload and what has to be said of it, by Go and by the page's
// script alike.
type vector struct {
	Name    string          `json:"name"`
	Payload string          `json:"payload"`
	ID      string          `json:"id"`     // in the path, "" for none
	Answer  string          `json:"answer"` // yes, no, no-key, malformed
	Claims  json.RawMessage `json:"claims,omitempty"`
}

type vectors struct {
	Keys  json.RawMessage `json:"keys"`
	Items []vector        `json:"items"`
}

const vectorFile = "testdata/payloads.json"

// TestVectors holds Go to the file; -update writes it.
func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	var all vectors
	if err := json.Unmarshal(must(os.ReadFile(vectorFile))(t), &all); err != nil {
		t.Fatal(err)
	}
	keys := must(keyring.Parse(all.Keys))(t)
	seen := make(map[string]int)
	for _, v := range all.Items {
		input := v.Payload
		if v.ID != "" {
			input = "https://x.test/v/" + v.ID + "#" + v.Payload
		}
		r, err := certs.Verify(input, keys, now)
		answer := "malformed"
		switch {
		case err != nil:
		case r.Signature:
			answer = "yes"
		case r.KeyState == "":
			answer = "no-key"
		default:
			answer = "no"
		}
		if answer != v.Answer {
			t.Errorf("%s: %s, %v; want %s", v.Name, answer, err, v.Answer)
		}
		seen[answer]++
	}
	if len(seen) != 4 {
		t.Errorf("answers %v: every one should be there", seen)
	}
}

// TestVectorsInTheBrowsersLanguage has the page's script answer the same vectors.
func TestVectorsInTheBrowsersLanguage(t *testing.T) {
	node := tool(t, "node")
	script := `
import { readFileSync } from "node:fs";
import { check, Malformed } from "` + must(filepath.Abs("../api/web/payload.js"))(t) + `";
const all = JSON.parse(readFileSync("` + vectorFile + `", "utf8"));
let wrong = 0;
for (const v of all.items) {
  let answer, claims;
  try { ({ answer, claims } = await check(v.payload, v.id, all.keys)); } catch (e) { if (!(e instanceof Malformed)) throw e; answer = "malformed"; }
  const same = !v.claims || JSON.stringify(Object.entries(claims).sort()) === JSON.stringify(Object.entries(v.claims).sort());
  if (answer !== v.answer || !same) { wrong++; console.log(v.name, answer, "want", v.answer, JSON.stringify(claims)); }
}
console.log(all.items.length, "vectors,", wrong, "wrong");
process.exit(wrong ? 1 : 0);`
	command := exec.Command(node, "--input-type=module", "-e", script)
	if out, err := command.CombinedOutput(); err != nil || !bytes.Contains(out, []byte(" 0 wrong")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// writeVectors makes the file with keys of fixed seeds.
func writeVectors(t *testing.T) {
	t.Helper()
	f := newService(t)
	seed := bytes.Repeat([]byte{7}, ed25519.SeedSize)
	private := ed25519.NewKeyFromSeed(seed)
	key := keyring.Key{Serial: 1, ID: "k1", Algorithm: keyring.EdDSA, Private: private, Public: private.Public(), CreatedAt: now, Environment: "test", State: keyring.Active}
	ring := must(keyring.Parse(jwksOf(t, key)))(t)
	f.Service.Keys = ring
	f.Rand = &counting{}
	all := vectors{Keys: must(ring.Public())(t)}
	add := func(name, payload, id, answer string, claims json.RawMessage) {
		all.Items = append(all.Items, vector{name, payload, id, answer, claims})
	}
	var good certs.Certificate
	for n, row := range []struct {
		name, holder, title string
		days                int
		score               bool
		serial              int64
	}{
		{"usual", "Олена Ґалаґан", "Судовий розгляд", 365, true, 0}, {"no expiry, no score", "Іван Їжак", "Розслідування", 0, false, 0},
		{"latin", "Marta Kowalska", "Judging", 365, true, 0}, {"beyond windows-1251", "Łukasz Żółć", "Prowadzenie śledztwa", 30, true, 0},
		{"later status list", "Олена Ґалаґан", "Судовий розгляд", 365, true, 65_536 * 3}, {"greek", "Ελένη", "Τίτλος", 365, false, 0},
	} {
		a := award(row.name)
		a.Name, a.Title, a.ValidDays = row.holder, row.title, row.days
		if !row.score {
			a.Score = nil
		}
		f.store.Serial = row.serial
		c := issue(t, f, a)
		if n == 0 {
			good = c
		}
		r := must(certs.Verify(f.URL(&c), ring, now))(t)
		claims := map[string]any{"key": r.Claims.Key, "list": r.Claims.List, "issued": r.Claims.IssuedAt.Unix(), "id": r.Claims.ID, "name": r.Claims.Name,
			"title": r.Claims.Title, "score": r.Claims.Score, "status": r.Claims.Status}
		if !r.Claims.ExpiresAt.IsZero() {
			claims["expires"] = r.Claims.ExpiresAt.Unix()
		}
		add(row.name, certs.EncodePayload(c.Payload), string(c.ID), "yes", must(json.Marshal(claims))(t))
	}
	text := certs.EncodePayload(good.Payload)
	add("without an address", text, "", "yes", nil)
	add("another number in the address", text, "AAAAAAAAAAAAAAAA", "no", nil)
	changed := func(change func([]byte)) string {
		data := bytes.Clone(good.Payload)
		change(data)
		return certs.EncodePayload(data)
	}
	add("signature changed", changed(func(b []byte) { b[len(b)-1] ^= 1 }), "", "no", nil)
	add("letter of the name changed", changed(func(b []byte) { b[bytes.Index(b, []byte{0xce, 0xeb, 0xe5})+1]++ }), "", "no", nil)
	add("key that is not there", changed(func(b []byte) { b[bytes.Index(b, []byte{0x42, 0, 1})+2] = 9 }), "", "no-key", nil)
	add("another algorithm", changed(func(b []byte) { b[bytes.Index(b, []byte{0xa2, 0x01, 0x27})+2] = 0x26 }), "", "malformed", nil)
	add("another tag", changed(func(b []byte) { b[0] = 0xd1 }), "", "malformed", nil)
	add("nothing in place of the empty header", changed(func(b []byte) { b[bytes.Index(b, []byte{0xa0, 0x58})] = 0xf6 }), "", "malformed", nil)
	add("cut short", text[:len(text)-8], "", "malformed", nil)
	add("lower case", strings.ToLower(text), "", "malformed", nil)
	add("padding", text+"=", "", "malformed", nil)
	add("something behind", certs.EncodePayload(append(bytes.Clone(good.Payload), 0)), "", "malformed", nil)
	add("empty", "", "", "malformed", nil)
	for name, payload := range odd(t, key) {
		add(name, payload, "", "malformed", nil)
	}
	slices.SortStableFunc(all.Items, func(a, b vector) int { return strings.Compare(a.Answer, b.Answer) })
	data := must(json.MarshalIndent(all, "", " "))(t)
	if err := os.MkdirAll(filepath.Dir(vectorFile), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorFile, append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// odd are payloads with a genuine signature over what no certificate is: another
// encoding of the same, or other members.
func odd(t *testing.T, key keyring.Key) map[string]string {
	t.Helper()
	head := []byte{0xa2, 0x01, 0x27, 0x04, 0x42, 0, 1}
	name := append([]byte{0x45}, "\xce\xeb\xe5\xed\xe0"...) // Олена in windows-1251
	claim := func(exp, iat, statement []byte) []byte {
		id := append([]byte{0x07, 0x4a}, bytes.Repeat([]byte{1}, 10)...)
		members := byte(0xa3)
		if exp != nil {
			members++
		}
		return slices.Concat([]byte{members}, exp, []byte{0x06}, iat, id, []byte{0x3a, 0, 1, 0, 0}, statement)
	}
	iat := []byte{0x1a, 0x69, 0xa4, 0x00, 0x00}
	statement := func(parts ...[]byte) []byte {
		return append([]byte{0x80 | byte(len(parts))}, slices.Concat(parts...)...)
	}
	one, title, null, place := []byte{1}, []byte{0x61, 'T'}, []byte{0xf6}, []byte{5}
	sign := func(head, body []byte) string {
		signed := must(cbor.Marshal([]any{"Signature1", head, []byte{}, body}))(t)
		message := must(cbor.Marshal(cbor.Tag{Number: 18, Content: []any{head, map[int]any{}, body, must(key.Sign(signed))(t)}}))(t)
		return certs.EncodePayload(message)
	}
	good := statement(one, name, title, null, place)
	far := []byte{0x1b, 0x10, 0, 0, 0, 0, 0, 0, 0} // 2^60
	body := claim(nil, iat, good)
	short := must(cbor.Marshal(cbor.Tag{Number: 18, Content: []any{head, map[int]any{}, body, make([]byte, 63)}}))(t)
	return map[string]string{
		"signature of 63 bytes":           certs.EncodePayload(short),
		"a date beyond 2^53":              sign(head, claim(nil, far, good)),
		"a place beyond 2^53":             sign(head, claim(nil, iat, statement(one, name, title, null, far))),
		"a negative place":                sign(head, claim(nil, iat, statement(one, name, title, null, []byte{0x20}))),
		"a score beyond all":              sign(head, claim(nil, iat, statement(one, name, title, []byte{0x19, 0x27, 0x11}, place))),
		"a list beyond 2^53":              sign(head, claim(nil, iat, statement(one, name, title, null, place, far))),
		"text that is not UTF-8":          sign(head, claim(nil, iat, statement(one, name, []byte{0x61, 0xff}, null, place))),
		"number not in its shortest form": sign(head, claim(nil, iat, statement(one, name, title, null, []byte{0x18, 5}))),
		"name in UTF-8 that fits 1251":    sign(head, claim(nil, iat, statement(one, append([]byte{0x6a}, "Олена"...), title, null, place))),
		"latin title as bytes":            sign(head, claim(nil, iat, statement(one, name, []byte{0x41, 'T'}, null, place))),
		"a member more":                   sign(head, claim(nil, iat, statement(one, name, title, null, place, []byte{1}, []byte{1}))),
		"the first status list is named":  sign(head, claim(nil, iat, statement(one, name, title, null, place, []byte{0}))),
		"another version":                 sign(head, claim(nil, iat, statement([]byte{2}, name, title, null, place))),
		"name is a number":                sign(head, claim(nil, iat, statement(one, []byte{1}, title, null, place))),
		"members in another order":        sign([]byte{0xa2, 0x04, 0x42, 0, 1, 0x01, 0x27}, claim(nil, iat, good)),
		"indefinite length":               sign(head, append(append([]byte{0xbf}, claim(nil, iat, good)[1:]...), 0xff)),
		"expiry of zero":                  sign(head, claim([]byte{0x04, 0x00}, iat, good)),
	}
}

// jwksOf is a set of one key, with its private half.
func jwksOf(t *testing.T, k keyring.Key) []byte {
	t.Helper()
	private := k.Private.(ed25519.PrivateKey)
	set := map[string]any{"keys": []map[string]any{{"kty": "OKP", "crv": "Ed25519", "kid": k.ID, "use": "sig", "alg": "EdDSA", "x": base64.RawURLEncoding.EncodeToString(private.Public().(ed25519.PublicKey)),
		"d": base64.RawURLEncoding.EncodeToString(private.Seed()), "serial": k.Serial, "created_at": now.Format(time.RFC3339), "environment": "test", "state": "active"}}}
	return must(json.Marshal(set))(t)
}

// counting is a source of ids that gives the same ones every time.
type counting struct{ n byte }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		c.n++
		p[i] = c.n * 37
	}
	return len(p), nil
}
