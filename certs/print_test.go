package certs_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// streams are the compressed parts of a PDF.
func streams(t testing.TB, pdf []byte) (all []string) {
	t.Helper()
	for _, part := range regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`).FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(part[1]))
		if err != nil {
			continue // not a compressed one
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(data))
	}
	return all
}

// The code is one path with one fill: separate rectangles leave hairlines between them,
// which readers stumble over.
func TestTheCodeIsOnePath(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	text := regexp.MustCompile(`(?m)^(q .*)?BT .*ET`) // by which a page is told from fonts and attachments
	pages := slices.DeleteFunc(streams(t, must(f.PDF(t.Context(), &c))(t)), func(s string) bool { return !text.MatchString(s) })
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	fills := regexp.MustCompile(`(?m)(^|\s)(f|F|f\*|B|b)\s*$`).FindAllString(pages[0], -1)
	if dots := strings.Count(pages[0], "h\n"); len(fills) != 1 || dots < 500 {
		t.Errorf("%d fills of %d shapes, want one fill", len(fills), dots)
	}
}

// What a person reads on the paper: the statement, where to check it and the number in
// groups of four; the day is that of the issuer's zone. And what a program finds in it.
func TestWhatThePaperSays(t *testing.T) {
	pdftotext := tool(t, "pdftotext")
	f := newService(t)
	*f.clock = time.Date(2026, 3, 1, 22, 30, 0, 0, time.UTC) // the second of March in Kyiv
	a := award("a1")
	a.Name = "Мар’яна Ґалаґан-Їжакевич, Євгенія Зоряʼна"
	c := issue(t, f, a)
	f.settle(t)
	c = must(f.Record(t.Context(), c.ID))(t)
	pdf := must(f.PDF(t.Context(), &c))(t)
	path := filepath.Join(t.TempDir(), "c.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out := must(exec.Command(pdftotext, "-layout", path, "-").Output())(t)
	text := strings.Join(strings.Fields(string(out)), " ")
	for _, want := range []string{a.Name, "Розслідування торгівлі людьми", "87,50", "2 березня 2026", "2 березня 2027", "cert.example.ua/v", c.ID.Printed()} {
		if !strings.Contains(text, want) {
			t.Errorf("the paper does not say %q:\n%s", want, out)
		}
	}
	if ok, _ := regexp.MatchString(`^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$`, c.ID.Printed()); !ok {
		t.Errorf("the number is printed as %s", c.ID.Printed())
	}
	for _, want := range []string{"/Lang (uk)", "/URI (" + f.URL(&c) + ")", "/EmbeddedFile"} {
		if !bytes.Contains(pdf, []byte(want)) {
			t.Errorf("the PDF has no %s", want)
		}
	}
	all := strings.Join(streams(t, pdf), "\n")
	if !strings.Contains(all, string(c.Credential)) || !strings.Contains(all, string(c.Proof)) {
		t.Error("credential and proof are not attached")
	}
}
