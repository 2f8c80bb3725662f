package certs_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/fault"
)

// A name and a title that are allowed give a certificate, at the very limit too and
// whatever the signature is; one letter more is refused before anybody passes.
func TestWhatIsAllowedIsIssued(t *testing.T) {
	const site = "https://cert.example.ua"
	allowed := certs.NameCheck(site)
	for script, letter := range map[string]string{"Cyrillic": "я", "Greek": "α", "Latin": "i", "wide Cyrillic": "Щ"} {
		longest := ""
		for n := 1; n < 400; n++ {
			name := words(letter, n)
			if err := allowed(name); err != nil {
				if code := fault.Code(err); code != "certificate.name_too_long" && code != "certificate.too_wide" {
					t.Fatal(err)
				}
				break
			}
			longest = name
		}
		f := newService(t)
		f.store.Serial = 65_536 * 60_000 // a list whose number takes three bytes
		for n := range 12 {
			a := award(fmt.Sprint(script, n))
			a.Name = longest
			c := issue(t, f, a)
			if v := version(t, f.URL(&c)); v > 13 {
				t.Errorf("%s: version %d", script, v)
			}
			if n == 0 {
				must(f.PDF(t.Context(), &c))(t)
			}
		}
		t.Logf("%s: up to %d letters", script, len([]rune(longest)))
	}
	for name, row := range map[string]struct{ name, code string }{
		"Greek, too long for the code":     {words("α", 110), "certificate.name_too_long"},
		"wide letters, too long for print": {words("Щ", 120), "certificate.too_wide"},
		"one long word":                    {strings.Repeat("щ", 60), "certificate.too_wide"},
		"emoji":                            {"Олена 🙂", "certificate.unprintable"},
		"NFD":                              {"И\u0306осипа І\u0308жак", ""}, // printed in NFC
		"CJK":                              {"王芳", "certificate.unprintable"},
		"bidi":                             {"Олена \u202eанелО", "certificate.unprintable"},
		"99th percentile":                  {longName, ""},
	} {
		if err := allowed(row.name); fault.Code(err) != row.code {
			t.Errorf("%s: %v, want %s", name, err, row.code)
		}
	}
	if err := certs.CheckTitle(strings.Repeat(longTitle+" ", 4)); fault.Code(err) != "certificate.too_wide" || !strings.Contains(err.Error(), "title") {
		t.Errorf("a title of four lines: %v", err)
	}
	if err := certs.CheckTitle(longTitle); err != nil {
		t.Error(err)
	}
}

// What cannot be issued is tried again and again; it must not use up status lists.
func TestFailuresUseNoPlaces(t *testing.T) {
	f := newService(t)
	first := must(f.store.NextStatusSerial(t.Context()))(t)
	broken := award("broken")
	broken.Name = "王芳"
	for range 20 {
		if _, err := f.Issue(t.Context(), broken); fault.Code(err) != "certificate.unprintable" {
			t.Fatal(err)
		}
		f.store.Fail("InsertCertificate", false)
		if _, err := f.Issue(t.Context(), award("lost")); err == nil {
			t.Fatal("a lost write is no failure")
		}
	}
	issue(t, f, award("lost"))
	if next := must(f.store.NextStatusSerial(t.Context()))(t); next != first+2 {
		t.Errorf("one certificate took %d places", next-first-1)
	}
}

// words is a text of n letters in words of at most twelve.
func words(letter string, n int) string {
	var b strings.Builder
	for i := range n {
		if i%13 == 12 {
			b.WriteByte(' ')
		} else {
			b.WriteString(letter)
		}
	}
	return strings.TrimSpace(b.String())
}

// The room is that of the encoder, for addresses of any length: random payloads of
// that size never need version 14.
func TestPayloadRoom(t *testing.T) {
	r := rand.NewChaCha8([32]byte{1})
	for _, site := range []string{"https://a.ua", "https://cert.example.ua", "https://certificates.training.example.gov.ua/exams"} {
		room := certs.PayloadRoom(site)
		for range 25 {
			payload := make([]byte, room)
			if _, err := r.Read(payload); err != nil {
				t.Fatal(err)
			}
			if v := version(t, certs.URL(site, "ABCDEFGHIJKLMN23", payload)); v > 13 {
				t.Errorf("%s: %d bytes need version %d", site, room, v)
			}
		}
		t.Logf("%s: %d bytes", site, room)
	}
}
