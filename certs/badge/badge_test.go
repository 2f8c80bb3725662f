package badge_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"math/big"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

var now = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

const did = "did:web:cert.example.ua"

func newKeys(t testing.TB) *keyring.Ring {
	t.Helper()
	keys, err := (*keyring.Ring)(nil).Generate(rand.Reader, now, "test")
	if err == nil {
		keys, err = keys.GenerateES256(rand.Reader, now, "test")
	}
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func claim() badge.Claim {
	required := 7000
	return badge.Claim{
		ID: "https://cert.example.ua/v/ABCDEFGHIJKLMN23", Issuer: did, IssuerName: "Навчальний центр", IssuerURL: "https://cert.example.ua", Holder: "Олена Ґалаґан-Їжак",
		Achievement: "https://cert.example.ua/achievements/judge", Title: "Судовий розгляд", Description: "Підсумковий іспит", Criteria: "Скласти іспит.", Language: "uk",
		Results:    []badge.Result{{Name: "Результат", Score: 8755, Required: &required}, {Name: "Докази", Score: 10_000}},
		Aligned:    []badge.Alignment{{Name: "Judges", URL: "https://isco.ilo.org/2612", Framework: "ISCO-08", Code: "2612"}},
		Revocation: "https://cert.example.ua/status/0/revocation", Suspension: "https://cert.example.ua/status/0/suspension", Index: 94_567,
		ValidFrom: now, ValidUntil: now.AddDate(3, 0, 0),
	}
}

// both are the credential in both forms.
func both(t testing.TB, keys *keyring.Ring, c badge.Claim) map[string][]byte {
	t.Helper()
	key, err := keys.Active()
	if err != nil {
		t.Fatal(err)
	}
	embedded, err := c.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	if key, err = keys.ActiveFor(keyring.ES256); err != nil {
		t.Fatal(err)
	}
	token, err := c.SignJWT(key)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"embedded": embedded, "jwt": token}
}

func TestCheckReadsWhatWasSigned(t *testing.T) {
	keys := newKeys(t)
	for name, data := range both(t, keys, claim()) {
		k, err := badge.Check(data, keys)
		if err != nil || !k.Known || !k.Signature {
			t.Fatalf("%s: %+v, %v", name, k, err)
		}
		want := claim()
		if k.ID != want.ID || k.Issuer != did || k.IssuerName != want.IssuerName || k.Holder != want.Holder || k.Title != want.Title ||
			!k.ValidFrom.Equal(want.ValidFrom) || !k.ValidUntil.Equal(want.ValidUntil) || *k.Score() != 8755 || *k.Results[0].Required != 7000 || k.Results[1].Required != nil {
			t.Errorf("%s: read %+v", name, k)
		}
		for purpose, list := range map[badge.Purpose]string{badge.Revocation: want.Revocation, badge.Suspension: want.Suspension} {
			if k.Status[purpose] != (badge.Place{List: list, Index: 94_567}) {
				t.Errorf("%s: %s at %+v", name, purpose, k.Status[purpose])
			}
		}
	}
}

// Invariant 4.
func TestTheSameStatementGivesTheSameBytes(t *testing.T) {
	keys := newKeys(t)
	first := both(t, keys, claim())
	for name, data := range both(t, keys, claim()) {
		if !bytes.Equal(data, first[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

// TestShape holds what conformance of Open Badges and its validators ask for.
func TestShape(t *testing.T) {
	keys := newKeys(t)
	var doc map[string]any
	if err := json.Unmarshal(both(t, keys, claim())["embedded"], &doc); err != nil {
		t.Fatal(err)
	}
	contexts := doc["@context"].([]any)
	if contexts[0] != "https://www.w3.org/ns/credentials/v2" || contexts[1] != "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json" {
		t.Errorf("contexts %v", contexts)
	}
	proof := doc["proof"].([]any)[0].(map[string]any)
	if proof["cryptosuite"] != "eddsa-rdfc-2022" || !strings.HasPrefix(proof["verificationMethod"].(string), did+"#z6Mk") {
		t.Errorf("proof %v", proof)
	}
	status := doc["credentialStatus"].([]any)
	first, second := status[0].(map[string]any), status[1].(map[string]any)
	if first["statusPurpose"] != "revocation" || second["statusPurpose"] != "suspension" || first["statusListIndex"] != "94567" {
		t.Errorf("status %v: revocation has to come first, the index is a string", status)
	}
	subject := doc["credentialSubject"].(map[string]any)
	if id, _ := subject["id"].(string); !strings.HasPrefix(id, "urn:uuid:") {
		t.Errorf("subject %v", subject["id"])
	}
	if value := subject["result"].([]any)[0].(map[string]any)["value"]; value != "87.55" {
		t.Errorf("result %v, want a string", value)
	}
	other := claim()
	other.ID = "https://cert.example.ua/v/BBCDEFGHIJKLMN23"
	var again map[string]any
	if err := json.Unmarshal(both(t, keys, other)["embedded"], &again); err != nil {
		t.Fatal(err)
	}
	if again["credentialSubject"].(map[string]any)["id"] == subject["id"] {
		t.Error("two credentials of one holder name them alike")
	}
}

// TestJWTByTheLibrary has golang-jwt check the signature in its own way, and holds the
// header to its bytes.
func TestJWTByTheLibrary(t *testing.T) {
	keys := newKeys(t)
	key, err := keys.ActiveFor(keyring.ES256)
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.MapClaims{}
	token, err := jwt.NewParser(jwt.WithValidMethods([]string{"ES256"}), jwt.WithTimeFunc(func() time.Time { return now })).
		ParseWithClaims(string(both(t, keys, claim())["jwt"]), claims, func(*jwt.Token) (any, error) { return key.Public.(*ecdsa.PublicKey), nil })
	if err != nil {
		t.Fatal(err)
	}
	if token.Header["typ"] != "JWT" || token.Header["kid"] != did+"#"+key.ID || len(token.Header) != 3 || claims["iss"] != did || claims["jti"] != claim().ID {
		t.Errorf("header %v, claims %v", token.Header, claims)
	}
	// The bytes, and the signature by the standard library (RFC 7518 section 3.4).
	parts := strings.Split(token.Raw, ".")
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	if want := `{"alg":"ES256","kid":"` + did + "#" + key.ID + `","typ":"JWT"}`; err != nil || string(head) != want {
		t.Errorf("header %s, want %s", head, want)
	}
	sum, half := sha256.Sum256([]byte(parts[0]+"."+parts[1])), len(token.Signature)/2
	if half != 32 || !ecdsa.Verify(key.Public.(*ecdsa.PublicKey), sum[:], new(big.Int).SetBytes(token.Signature[:half]), new(big.Int).SetBytes(token.Signature[half:])) {
		t.Error("the signature is not r and s of 32 bytes each")
	}
}

// Invariant 1 and 2: what would not be signed is refused, not left out.
func TestNothingIsLeftOut(t *testing.T) {
	keys := newKeys(t)
	good := string(both(t, keys, claim())["embedded"])
	for name, row := range map[string][2]string{
		"member without meaning":    {`"name": "Судовий`, `"fullNameUk": "Олена", "name": "Судовий`},
		"member inside the subject": {`"identityType": "name"`, `"identityType": "name", "rank": "colonel"`},
		"type without meaning":      {`"OpenBadgeCredential"`, `"OpenBadgeCredential", "SecretAgent"`},
		"context from elsewhere":    {`"https://www.w3.org/ns/credentials/v2",`, `"https://www.w3.org/ns/credentials/v2", "https://evil.test/context",`},
		"member twice":              {`"name": "Судовий`, `"name": "Інший", "name": "Судовий`},
		"no proof":                  {`"proof": [`, `"evidence": [`},
		"another suite":             {`eddsa-rdfc-2022`, `eddsa-jcs-2022`},
		"something behind":          {"\n}\n", "\n} {}"},
	} {
		changed := strings.Replace(good, row[0], row[1], 1)
		if changed == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		k, err := badge.Check([]byte(changed), keys)
		if k.Signature || fault.Code(err) != "credential.malformed" {
			t.Errorf("%s: signature %v, %v; want credential.malformed", name, k.Signature, err)
		}
	}
}

// Invariant 3, and that any change of a value is seen.
func TestAnyChangeBreaksTheSignature(t *testing.T) {
	keys, others := newKeys(t), newKeys(t)
	files := both(t, keys, claim())
	for name, data := range files {
		if k, err := badge.Check(data, others); err != nil || k.Known || k.Signature {
			t.Errorf("%s under other keys: known %v, signature %v, %v", name, k.Known, k.Signature, err)
		}
	}
	for name, row := range map[string][2]string{
		"name":        {"Олена", "Ольга"},
		"score":       {"87.55", "97.55"},
		"date":        {"2026-03-01T09:30:00Z\",\n  \"validUntil", "2025-03-01T09:30:00Z\",\n  \"validUntil"},
		"expiry":      {"2029", "2039"},
		"status list": {`"statusListCredential": "https://cert.example.ua/status/0`, `"statusListCredential": "https://cert.example.ua/status/1`},
		"created":     {`"created": "2026`, `"created": "2025`},
		"issuer":      {`"id": "did:web:cert.example.ua"`, `"id": "did:web:evil.test"`},
	} {
		changed := strings.Replace(string(files["embedded"]), row[0], row[1], 1)
		if changed == string(files["embedded"]) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if k, err := badge.Check([]byte(changed), keys); err == nil && k.Signature {
			t.Errorf("%s changed and the signature still holds", name)
		}
	}
	parts := strings.Split(string(files["jwt"]), ".")
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"` + did + `#k2","typ":"JWT"}`))
	for name, token := range map[string]string{"alg none": head + "." + parts[1] + ".", "no signature": parts[0] + "." + parts[1] + ".", "two parts": parts[0] + "." + parts[1]} {
		if k, err := badge.Check([]byte(token), keys); err == nil && k.Signature {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestStatusList(t *testing.T) {
	keys := newKeys(t)
	key, err := keys.Active()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		bits, want := badge.NewBits(), make(map[int]bool)
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, badge.ListBits-1), 0, 20).Draw(t, "set") {
			bits.Set(i)
			want[i] = true
		}
		data, err := badge.SignList("https://cert.example.ua/status/0/revocation", did, badge.Revocation, bits, key, now)
		if err != nil {
			t.Fatal(err)
		}
		l, err := badge.CheckList(data, keys)
		if err != nil || !l.Signature || l.Purpose != badge.Revocation || !l.ValidFrom.Equal(now) || !l.ValidUntil.Equal(now.AddDate(0, 0, 7)) {
			t.Fatalf("list %+v, %v", l, err)
		}
		for _, i := range append(rapid.SliceOfN(rapid.IntRange(0, badge.ListBits-1), 5, 5).Draw(t, "asked"), 0, badge.ListBits-1) {
			if got, err := l.Bits.Get(i); err != nil || got != want[i] {
				t.Fatalf("bit %d is %v, %v", i, got, err)
			}
		}
	})
	bits := badge.NewBits()
	bits.Set(0)
	if bits[0] != 0x80 {
		t.Errorf("bit 0 is %08b, want the left-most", bits[0])
	}
	if _, err := bits.Get(badge.ListBits); err == nil {
		t.Error("a place outside the list has a bit")
	}
}

// TestListsThatAreBombs: what inflates without end, or to less than a list.
func TestListsThatAreBombs(t *testing.T) {
	keys := newKeys(t)
	key, err := keys.Active()
	if err != nil {
		t.Fatal(err)
	}
	for name, bits := range map[string]badge.Bits{"ten megabytes": make(badge.Bits, 10<<20), "a short list": make(badge.Bits, 100)} {
		data, err := badge.SignList("https://cert.example.ua/status/0/revocation", did, badge.Revocation, bits, key, now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := badge.CheckList(data, keys); fault.Code(err) != "credential.malformed" {
			t.Errorf("%s: %v, want credential.malformed", name, err)
		}
	}
}

func TestBaking(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	credential := both(t, newKeys(t), claim())["embedded"]
	baked, err := badge.BakePNG(picture.Bytes(), credential)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(baked)); err != nil {
		t.Errorf("the baked image is no PNG any more: %v", err)
	}
	if got, err := badge.FromPNG(baked); err != nil || !bytes.Equal(got, credential) {
		t.Errorf("PNG gives %q, %v", got, err)
	}
	if got, err := badge.FromPNG(picture.Bytes()); err != nil || got != nil {
		t.Errorf("an unbaked PNG gives %q, %v", got, err)
	}
	twice, err := badge.BakePNG(baked, credential)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Replace(baked, []byte("Судовий"), []byte("Судовии"), 1)
	for name, bad := range map[string][]byte{"two credentials": twice, "changed behind the checksum": damaged, "cut short": baked[:len(baked)-20], "words": []byte("not an image")} {
		if got, err := badge.FromPNG(bad); err == nil {
			t.Errorf("%s gives %d bytes", name, len(got))
		}
	}

	drawn, err := badge.BakeSVG([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg>`), credential)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := badge.FromSVG(drawn); err != nil || !bytes.Equal(got, bytes.TrimSpace(credential)) {
		t.Errorf("SVG gives %q, %v", got, err)
	}
	token := `<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><openbadges:credential verify="a.b.c"></openbadges:credential></svg>`
	if got, err := badge.FromSVG([]byte(token)); err != nil || string(got) != "a.b.c" {
		t.Errorf("a VC-JWT in SVG gives %q, %v", got, err)
	}
	if _, err := badge.BakeSVG([]byte("<html></html>"), credential); err == nil {
		t.Error("a page is baked")
	}
	if _, err := badge.BakeSVG([]byte("<svg></svg>"), []byte("]]>")); err == nil {
		t.Error("what ends the CDATA section is baked")
	}
	if path, err := exec.LookPath("python3"); err == nil { // an XML reader that is not ours
		c := exec.Command(path, "-c", "import sys,xml.dom.minidom as m; print(m.parse(sys.stdin).getElementsByTagName('openbadges:credential')[0].firstChild.data,end='')")
		c.Stdin = bytes.NewReader(drawn)
		if out, err := c.Output(); err != nil || !bytes.Equal(bytes.TrimSpace(out), bytes.TrimSpace(credential)) {
			t.Errorf("another reader of XML finds %q, %v", out, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":"VerifiableCredential","proof":{}}`, `{"proof":[{"type":"DataIntegrityProof"}]}`,
		`{"credentialSubject":{"encodedList":"uH4sI"}}`, "eyJhbGciOiJFUzI1NiJ9.e30.AA"} {
		f.Add([]byte(seed))
	}
	others := newKeys(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if k, err := badge.Check(data, others); err == nil && (k.Signature || k.Known && k.Key.ID == "") {
			t.Error("signed by a key that signed nothing")
		}
		if l, err := badge.CheckList(data, others); err == nil && l.Signature {
			t.Error("a list signed by a key that signed nothing")
		}
	})
}

func FuzzFromImage(f *testing.F) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		f.Fatal(err)
	}
	baked, err := badge.BakePNG(picture.Bytes(), []byte("{}"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(baked)
	f.Add([]byte(`<svg xmlns:o="https://purl.imsglobal.org/ob/v3p0"><o:credential>{}</o:credential></svg>`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _ = badge.FromPNG(data)
		_, _ = badge.FromSVG(data)
	})
}

// BenchmarkSign signs a credential with embedded proof.
func BenchmarkSign(b *testing.B) {
	key, err := newKeys(b).Active()
	if err != nil {
		b.Fatal(err)
	}
	c := claim()
	for b.Loop() {
		if _, err := c.Sign(key); err != nil {
			b.Fatal(err)
		}
	}
}
