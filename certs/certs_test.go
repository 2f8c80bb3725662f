package certs_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/veraison/go-cose"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
	"github.com/proba-exam/proba/internal/store/sqlite"
	"github.com/proba-exam/proba/internal/store/storetest"
)

var (
	now    = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	update = flag.Bool("update", false, "write golden files anew")
	sample = flag.String("sample", "", "write a sample certificate to this file, to look at")
)

type fixture struct {
	*certs.Service
	keys  *keyring.Ring
	logs  *keyring.Ring
	store *storetest.Flaky
	clock *time.Time
}

func newService(t testing.TB) fixture {
	t.Helper()
	store, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	keys, err := (*keyring.Ring)(nil).Generate(rand.Reader, now, "test")
	if err == nil {
		keys, err = keys.GenerateES256(rand.Reader, now, "test")
	}
	if err != nil {
		t.Fatal(err)
	}
	logs, err := (*keyring.Ring)(nil).Generate(rand.Reader, now, "test")
	if err != nil {
		t.Fatal(err)
	}
	flaky := &storetest.Flaky{Store: store}
	clock := now
	log, err := translog.Open(context.Background(), translog.Config{Store: flaky, Origin: "cert.example.ua/log", Keys: logs, Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Kyiv")
	if err != nil {
		t.Fatal(err)
	}
	service, err := certs.NewService(certs.Deps{
		Store: flaky, Keys: keys, Log: log, Now: func() time.Time { return clock }, PublicURL: "https://cert.example.ua", Zone: zone,
		Issuer: map[string]string{"uk": "Навчальний центр з протидії торгівлі людьми", "en": "Training Centre against Human Trafficking"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return fixture{service, keys, logs, flaky, &clock}
}

func award(attempt string) certs.Award {
	score := 8750
	return certs.Award{Attempt: attempt, Person: "p1", Name: "Олександра Шевченко-Ґудзь", Title: "Розслідування торгівлі людьми, вчиненої з використанням цифрових технологій: слідчі",
		Language: "uk", Role: "investigator", Score: &score, ValidDays: 365}
}

func issue(t testing.TB, f fixture, a certs.Award) certs.Certificate {
	t.Helper()
	c, err := f.Issue(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestIssueOncePerAttempt(t *testing.T) {
	f := newService(t)
	const callers = 16
	ids := make(chan certs.ID, callers)
	for range callers {
		go func() {
			c, err := f.Issue(context.Background(), award("a1"))
			if err != nil {
				t.Error(err)
			}
			ids <- c.ID
		}()
	}
	first := <-ids
	for range callers - 1 {
		if id := <-ids; id != first {
			t.Errorf("attempt has certificates %s and %s", first, id)
		}
	}
}

func TestVerifyWhatWasIssued(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	public, err := f.keys.Public()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keyring.Parse(public)
	if err != nil {
		t.Fatal(err)
	}
	for name, input := range map[string]string{"URL": f.URL(&c), "payload": certs.EncodePayload(c.Payload)} {
		r, err := certs.Verify(input, keys, now)
		if err != nil || !r.Good() {
			t.Fatalf("%s: %+v, %v; want good", name, r, err)
		}
		if r.Claims.Name != c.Statement.Name || r.Claims.Title != c.Statement.Title || *r.Claims.Score != 8750 || r.Claims.ID != c.ID {
			t.Errorf("%s: claims %+v differ from the statement", name, r.Claims)
		}
	}
	lastMoment := time.Date(2027, 3, 1, 21, 59, 59, 0, time.UTC) // the end of 1 March in Kyiv
	for _, row := range []struct {
		name   string
		at     time.Time
		inDate bool
	}{{"before", now.Add(-time.Hour), false}, {"last second", lastMoment, true}, {"a second later", lastMoment.Add(time.Second), false}} {
		if r, _ := certs.Verify(f.URL(&c), keys, row.at); r.InDate != row.inDate || !r.Signature {
			t.Errorf("%s: in date %v, signature %v", row.name, r.InDate, r.Signature)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	f := newService(t)
	c, other := issue(t, f, award("a1")), newService(t)
	foreign := issue(t, other, award("a1"))
	text := certs.EncodePayload(c.Payload)
	another := issue(t, f, award("a2"))
	rows := []struct{ name, input, code string }{
		{"foreign key", f.URL(&foreign), ""},
		{"id of another certificate", "https://x/v/" + string(another.ID) + "#" + text, ""},
		{"no payload", "https://x/v/" + string(c.ID), "payload.missing"},
		{"lower case", strings.ToLower(text), "payload.malformed"},
		{"cut short", text[:len(text)-8], "payload.malformed"},
		{"words", "not a payload", "payload.malformed"},
		{"empty", "", "payload.malformed"},
	}
	for _, row := range rows {
		r, err := certs.Verify(row.input, f.keys, now)
		if fault.Code(err) != row.code || r.Good() {
			t.Errorf("%s: good %v, %v; want fault %q", row.name, r.Good(), err, row.code)
		}
	}
}

func TestInvariant4AnyChangeBreaksTheSignature(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	text := certs.EncodePayload(c.Payload)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		letter := rapid.SampledFrom([]byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")).Draw(t, "letter")
		if text[at] == letter {
			t.Skip()
		}
		changed := text[:at] + string(letter) + text[at+1:]
		if r, _ := certs.Verify(changed, f.keys, now); r.Good() {
			t.Fatalf("character %d became %c and the payload still verifies", at, letter)
		}
	})
}

// TestPayloadIsCOSE has another implementation of COSE check the signature.
func TestPayloadIsCOSE(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	key, _ := f.keys.Active()
	verifier, err := cose.NewVerifier(cose.AlgorithmEdDSA, key.Public.(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	var message cose.Sign1Message
	if err := message.UnmarshalCBOR(c.Payload); err != nil {
		t.Fatal(err)
	}
	if err := message.Verify(nil, verifier); err != nil {
		t.Fatal(err)
	}
}

func TestRevocation(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	*f.clock = now.Add(time.Hour)
	for range 2 { // repeating changes nothing
		if _, err := f.Revoke(t.Context(), "admin", c.ID, "issued in error"); err != nil {
			t.Fatal(err)
		}
	}
	p, err := f.Lookup(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if p.State != certs.Revoked || p.Reason != "issued in error" || !p.Since.Equal(now.Add(time.Hour)) {
		t.Errorf("public view %+v, want revoked an hour later with its reason", p)
	}
	again := issue(t, f, award("a1"))
	if again.ID != c.ID || again.State != certs.Revoked || len(again.Events) != 2 {
		t.Errorf("issuing again gave %s in state %s with %d events", again.ID, again.State, len(again.Events))
	}
}

func TestPublicViewShowsNoFullNameAndNoScore(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	p, err := f.Lookup(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "О*** Ш***" {
		t.Errorf("name %q, want initials only", p.Name)
	}
	*f.clock = c.Statement.ExpiresAt
	if p, _ = f.Lookup(t.Context(), c.ID); p.State != certs.Expired || !p.Since.Equal(c.Statement.ExpiresAt) {
		t.Errorf("at its end it is %s since %s", p.State, p.Since)
	}
}

func TestNamesThatCannotBePrinted(t *testing.T) {
	for _, name := range []string{"Ірина Ґалаґан", "Євгенія Їжакевич", "Мар’яна Дем'яненко", "Marʼjana", "Łukasz Żółć", "Zoë Ångström", "Ελένη", "И\u0306ван"} {
		if err := certs.CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name, bad := range map[string]string{"emoji": "Olena 🙂", "Chinese": "王芳", "control": "Olena\x00", "bidi": "Olena\u202e", "Georgian": "ნინო"} {
		if err := certs.CheckName(bad); fault.Code(err) != "certificate.unprintable" {
			t.Errorf("%s: %v, want certificate.unprintable", name, err)
		}
	}
}

func TestIDsAsPeopleTypeThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id, err := certs.NewID(bytes.NewReader(rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "bits")))
		if err != nil {
			t.Fatal(err)
		}
		typed := strings.NewReplacer("O", "0", "I", "1", "B", "8", "-", " ").Replace(id.Printed())
		for _, s := range []string{string(id), id.Printed(), strings.ToLower(id.Printed()), typed} {
			if got, err := certs.ParseID(s); err != nil || got != id {
				t.Fatalf("%q is read as %q, %v; want %q", s, got, err, id)
			}
		}
	})
	for _, s := range []string{"", "ABCD", "ABCD-EFGH-IJKL-MN2", "ABCD-EFGH-IJKL-MN9X", "ABCDEFGHIJKLMN23AA"} {
		if _, err := certs.ParseID(s); fault.Code(err) != "certificate.malformed_id" {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestPDF(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	pdf, err := f.PDF(t.Context(), &c)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := f.PDF(t.Context(), &c); !bytes.Equal(pdf, again) {
		t.Error("printing twice gives other bytes")
	}
	if len(pdf) > 80_000 {
		t.Errorf("the PDF has %d bytes; a phone on a bad line wants less than 80,000", len(pdf))
	}
	if *sample != "" {
		if err := os.WriteFile(*sample, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestQRCodeIsReadByAnotherDecoder(t *testing.T) {
	f := newService(t)
	a := award("a1")
	for name, holder := range map[string]string{"usual": a.Name, "long": strings.TrimSpace(strings.Repeat("Олександра ", 8))} {
		a.Attempt, a.Name = name, holder
		c := issue(t, f, a)
		data, err := certs.QRPNG(f.URL(&c))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			t.Fatal(err)
		}
		// The image is the symbol itself and no photograph: the decoder's search
		// for corners, which we do not test, misses some dense symbols.
		read, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r, err := certs.Verify(read.GetText(), f.keys, now); err != nil || !r.Good() || r.Claims.Name != holder {
			t.Errorf("%s: decoded to %q: %+v, %v", name, read.GetText(), r, err)
		}
	}
}

// payloadSeeds are what the fuzz target begins with, and what the browser's parser reads
// too.
var payloadSeeds = []string{
	"2KCEJINC",
	"2KCEO", // the tag, the array, and nothing
	"", "A", "AA", "77777777",
	"2KCEOIQBE4CEEAABUBMKG", // a header, and what follows cut off
	"2KCF6",                 // an array of indefinite length
	"https://cert.example.ua/v/ABCDEFGHIJKLMN23#2KCEJINC",
}

func FuzzVerify(f *testing.F) {
	keys, err := (*keyring.Ring)(nil).Generate(rand.Reader, now, "test")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range payloadSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		r, err := certs.Verify(input, keys, now)
		if err != nil && r.Good() {
			t.Error("an error and a good report")
		}
		if r.Signature {
			t.Errorf("%q verifies under a key that signed nothing", input)
		}
	})
}

// BenchmarkIssue: limit 30 certificates a second and core, 33 ms.
func BenchmarkIssue(b *testing.B) {
	f := newService(b)
	for i := 0; b.Loop(); i++ {
		c := issue(b, f, award(time.Duration(i).String()))
		if _, err := f.PDF(b.Context(), &c); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify: limit 200 µs.
func BenchmarkVerify(b *testing.B) {
	f := newService(b)
	c := issue(b, f, award("a1"))
	url := f.URL(&c)
	for b.Loop() {
		if r, err := certs.Verify(url, f.keys, now); err != nil || !r.Good() {
			b.Fatal(r, err)
		}
	}
}
