package certs_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/fault"
)

// longName and longTitle are at the 99th percentile of Ukrainian names and titles:
// 56 and 74 letters.
const (
	longName  = "Олександра-Вікторія Костянтинівна Довгополова-Загребельна"
	longTitle = "Розслідування торгівлі людьми, вчиненої з використанням цифрових технологій"
)

// version is that of the QR code's symbol.
func version(t testing.TB, url string) int {
	t.Helper()
	return must(qrcode.New(url, qrcode.Medium))(t).VersionNumber
}

// TestQRBudget: the symbol never gets denser than version 13, whatever has to be
// left out of it.
func TestQRBudget(t *testing.T) {
	f := newService(t)
	for name, row := range map[string]struct {
		name, title, short string
		want               string // title in the code
	}{
		"usual":               {"Олена Ґалаґан", "Судовий розгляд", "", "Судовий розгляд"},
		"99th percentile":     {longName, longTitle, "", longTitle},
		"long, short title":   {longName, strings.Repeat(longTitle+" ", 2), "Розслідування", "Розслідування"},
		"long, no short one":  {longName, strings.Repeat(longTitle+" ", 2), "", ""},
		"long short one too":  {longName, strings.Repeat(longTitle+" ", 2), longTitle + longTitle, ""},
		"Greek, two bytes":    {"Αλεξάνδρα Παπαδοπούλου", longTitle, "", longTitle},
		"very long, no title": {strings.TrimSpace(strings.Repeat("Олександра ", 9)), longTitle, "", ""},
	} {
		a := award(name)
		a.Name, a.Title, a.ShortTitle = row.name, row.title, row.short
		c := issue(t, f, a)
		r, err := certs.Verify(f.URL(&c), f.keys, now)
		if err != nil || !r.Good() || r.Claims.Title != row.want || version(t, f.URL(&c)) > 13 {
			t.Errorf("%s: version %d, title %q, %v; want at most 13 and %q", name, version(t, f.URL(&c)), r.Claims.Title, err, row.want)
		}
	}
	a := award("too long")
	a.Name = strings.TrimSpace(strings.Repeat("Олександра ", 30))
	if _, err := f.Issue(t.Context(), a); fault.Code(err) != "certificate.name_too_long" {
		t.Errorf("a name of 300 letters: %v", err)
	}
}

// Certificates of later status lists name their list; those of the first do not.
func TestPayloadOfALaterStatusList(t *testing.T) {
	f := newService(t)
	first := issue(t, f, award("a1"))
	f.store.Serial = 65_536 * 3
	later := issue(t, f, award("a2"))
	for name, row := range map[string]struct {
		c    certs.Certificate
		list int
	}{"first": {first, 0}, "fourth": {later, 3}} {
		r, err := certs.Verify(f.URL(&row.c), f.keys, now)
		if err != nil || !r.Good() || r.Claims.List != row.list || row.c.StatusList != row.list || r.Claims.Status != row.c.StatusIndex {
			t.Errorf("%s: list %d place %d, %v", name, r.Claims.List, r.Claims.Status, err)
		}
	}
}

// tool finds a program that only tests need. In CI it has to be there.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing", name)
		}
		t.Skipf("SKIPPED: %s is missing, so that printed codes are not read back", name)
	}
	return path
}

// rasters is how many certificates are printed and read at each resolution. Set
// PROBA_RASTERS=100 for the figure in docs/performance.md.
func rasters() int {
	n := 3
	if _, err := fmt.Sscan(os.Getenv("PROBA_RASTERS"), &n); err != nil {
		return 3
	}
	return n
}

// TestPrintedCodesAreRead prints certificates with long names and titles, rasters
// them as a printer does, and has zbarimg read the code.
func TestPrintedCodesAreRead(t *testing.T) {
	if testing.Short() {
		t.Skip("one call after the other, many times")
	}
	pdftoppm, zbarimg := tool(t, "pdftoppm"), tool(t, "zbarimg")
	f := newService(t)
	dir := t.TempDir()
	read := make(map[string]int)
	for n := range rasters() {
		a := award(fmt.Sprint(n))
		a.Name, a.Title = longName, longTitle
		c := issue(t, f, a)
		path := filepath.Join(dir, "certificate.pdf")
		if err := os.WriteFile(path, must(f.PDF(t.Context(), &c))(t), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, dpi := range []string{"150", "200", "300"} {
			page := filepath.Join(dir, "page")
			if out, err := exec.Command(pdftoppm, "-r", dpi, "-png", "-singlefile", path, page).CombinedOutput(); err != nil {
				t.Fatalf("pdftoppm: %v\n%s", err, out)
			}
			out, err := exec.Command(zbarimg, "-q", "--raw", page+".png").Output()
			if err != nil || string(bytes.TrimSpace(out)) != f.URL(&c) {
				t.Errorf("at %s dpi the code of %s is read as %q, %v", dpi, f.URL(&c), out, err)
				continue
			}
			read[dpi]++
		}
	}
	t.Logf("codes read of %d: %v", rasters(), read)
}
