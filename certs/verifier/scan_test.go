package verifier_test

import (
	"bytes"
	"compress/zlib"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os"
	"testing"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/verifier"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

func readFile(path string) ([]byte, error) { return os.ReadFile(path) }

func seedOf(k keyring.Key) (seed, public []byte) {
	private, ok := k.Private.(ed25519.PrivateKey)
	if !ok {
		return nil, nil
	}
	return private.Seed(), private.Public().(ed25519.PublicKey)
}

// bombPDF has a stream that inflates to 64 MB.
func bombPDF(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n1 0 obj\n<< /Type /EmbeddedFile /Filter /FlateDecode >>\nstream\n")
	w := must(zlib.NewWriterLevel(&out, zlib.BestCompression))(t)
	zeros := make([]byte, 1<<20)
	for range 64 {
		must(w.Write(zeros))(t)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out.WriteString("\nendstream\nendobj\n%%EOF")
	return out.Bytes()
}

// picture puts QR codes of the texts beside each other on white.
func picture(t testing.TB, pixels int, texts ...string) *image.Gray {
	t.Helper()
	page := image.NewGray(image.Rect(0, 0, (pixels+60)*max(1, len(texts))+60, pixels+120))
	draw.Draw(page, page.Bounds(), image.White, image.Point{}, draw.Src)
	for i, text := range texts {
		code := must(png.Decode(bytes.NewReader(must(certs.QRPNG(text))(t))))(t)
		at := image.Pt(60+i*(pixels+60), 60)
		draw.Draw(page, code.Bounds().Add(at), code, image.Point{}, draw.Src)
	}
	return page
}

func asPNG(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: 70}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImages(t *testing.T) {
	i := newIssuer(t)
	a, b := i.certificate(t, "a1"), i.certificate(t, "a2")
	kit := i.kit(t)
	for name, row := range map[string]struct {
		input []byte
		code  string
	}{
		"JPEG":                    {asJPEG(t, picture(t, 500, i.URL(&a))), ""},
		"PNG":                     {asPNG(t, picture(t, 500, i.URL(&a))), ""},
		"large photograph":        {asJPEG(t, picture(t, 2800, i.URL(&a))), ""},
		"beside another code":     {asPNG(t, picture(t, 500, "https://example.org/", i.URL(&a))), ""},
		"no code":                 {asPNG(t, picture(t, 500)), "evidence.none"},
		"a code of something":     {asPNG(t, picture(t, 500, "https://example.org/")), "evidence.none"},
		"two certificates":        {asPNG(t, picture(t, 500, i.URL(&a), i.URL(&b))), "evidence.two_codes"},
		"JPEG of two":             {asJPEG(t, picture(t, 600, i.URL(&a), i.URL(&b))), "evidence.two_codes"},
		"damaged":                 {asPNG(t, picture(t, 500, i.URL(&a)))[:3000], "image.malformed"},
		"a billion pixels":        {hugePNG(t), "evidence.too_large"},
		"PDF that is a scan":      {scannedPDF(asJPEG(t, picture(t, 500, i.URL(&a)))), ""},
		"PDF that is two scans":   {scannedPDF(asJPEG(t, picture(t, 500, i.URL(&a))), asJPEG(t, picture(t, 500, i.URL(&b)))), "evidence.two_codes"},
		"PDF scan of a blank one": {scannedPDF(asJPEG(t, picture(t, 500))), "evidence.none"},
	} {
		r, err := check(t, row.input, kit)
		if fault.Code(err) != row.code || row.code == "" && r.Verdict != verifier.Valid {
			t.Errorf("%s: %+v, %v; want %q", name, r, err, row.code)
		}
	}
}

// hugePNG says that it is 40,000 by 40,000 pixels.
func hugePNG(t testing.TB) []byte {
	t.Helper()
	data := asPNG(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	header := data[12:29] // type and content of the first chunk
	binary.BigEndian.PutUint32(header[4:], 40_000)
	binary.BigEndian.PutUint32(header[8:], 40_000)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(header))
	return data
}

func scannedPDF(pages ...[]byte) []byte {
	out := []byte("%PDF-1.4\n")
	for n, page := range pages {
		out = fmt.Appendf(out, "%d 0 obj\n<< /Subtype /Image /Filter /DCTDecode /Length %d >>\nstream\n", n+1, len(page))
		out = append(append(out, page...), "\nendstream\nendobj\n"...)
	}
	return append(out, "%%EOF"...)
}

// Reading many codes of many payloads from images: the decoder has no payload that
// it never reads.
func TestManyPayloadsAreRead(t *testing.T) {
	i := newIssuer(t)
	for n := range 60 {
		c := must(i.Issue(t.Context(), certs.Award{Attempt: fmt.Sprint(n), Person: "p", Name: fmt.Sprintf("Олена Ґалаґан %d", n), Title: "Судовий розгляд", Language: "uk", Role: "judge"}))(t)
		e, err := verifier.Read(i.file(t, c, "badge.png"))
		if err != nil || e.Code != i.URL(&c) {
			t.Errorf("payload %d: %q, %v", n, e.Code, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	i := newIssuer(f)
	c := i.certificate(f, "a1")
	f.Add([]byte(i.URL(&c)))
	for _, seed := range []string{"%PDF-1.4\nstream\nx\nendstream", `<svg xmlns:o="https://purl.imsglobal.org/ob/v3p0"><o:credential>{}</o:credential></svg>`, "{}", "eyJhbGciOiJFUzI1NiJ9.e30.AA", "GIF87a", "\xff\xd8\xff"} {
		f.Add([]byte(seed))
	}
	other := newIssuer(f)
	other.certificate(f, "a1")
	kit := other.kit(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := check(t, data, kit)
		if err == nil && (r.Verdict == verifier.Valid || r.Verdict == verifier.Genuine) {
			t.Errorf("an input of another issuer is %s", r.Verdict)
		}
	})
}

// BenchmarkPDF checks a PDF with everything: credential, code, proof, lists.
func BenchmarkPDF(b *testing.B) {
	i := newIssuer(b)
	c := i.certificate(b, "a1")
	kit, pdf := i.kit(b), i.file(b, c, "certificate.pdf")
	b.ReportMetric(float64(len(pdf)), "B/pdf")
	for b.Loop() {
		if r, err := check(b, pdf, kit); err != nil || r.Verdict != verifier.Valid {
			b.Fatal(r, err)
		}
	}
}
