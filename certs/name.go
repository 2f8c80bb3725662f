package certs

import (
	"embed"
	"fmt"
	"sync"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/lookup"
)

//go:embed fonts/*.ttf
var fonts embed.FS

// regularFont and boldFont are subsets of Noto Serif; see fonts/README.md.
const (
	regularFont = "fonts/NotoSerif-Regular.ttf"
	boldFont    = "fonts/NotoSerif-Bold.ttf"
)

var (
	parsedFont = sync.OnceValues(func() (*sfnt.Font, error) { return parseFont(regularFont) })
	parsedBold = sync.OnceValues(func() (*sfnt.Font, error) { return parseFont(boldFont) })
)

func parseFont(name string) (*sfnt.Font, error) {
	data, err := fonts.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("certificate font: %w", err)
	}
	return sfnt.Parse(data)
}

// CheckName reports why a name cannot be printed on a certificate. NameCheck asks for
// room in the QR code too.
func CheckName(name string) error {
	if err := checkPrintable("name", name); err != nil {
		return err
	}
	return checkFits("name", name, leastName)
}

// CheckTitle reports why a certificate cannot carry the title. Ask before the first
// certificate is due. A title that is printable but too long for the QR code is left
// out of the code, which is no reason to refuse it.
func CheckTitle(title string) error {
	if err := checkPrintable("title", title); err != nil {
		return err
	}
	return checkFits("title", title, leastTitle)
}

func checkPrintable(what, s string) error {
	r, found, err := firstUnprintable(s)
	switch {
	case err != nil:
		return err
	case !found:
		return nil
	case invisible(r):
		return fault.New(fault.Invalid, "certificate.unprintable", "The %s holds an invisible control character (U+%04X); remove it.", what, r)
	}
	return fault.New(fault.Invalid, "certificate.unprintable", "The certificate's font has no character %q (U+%04X); write the %s in Latin, Cyrillic or Greek letters.", r, r, what)
}

// firstUnprintable is the first character that cannot be printed, when one is found.
func firstUnprintable(s string) (r rune, found bool, err error) {
	font, err := parsedFont()
	if err != nil {
		return 0, false, fmt.Errorf("certificate font: %w", err)
	}
	var buf sfnt.Buffer
	for _, r := range norm.NFC.String(s) {
		if invisible(r) {
			return r, true, nil
		}
		// The PDF writer indexes glyphs by 16 bits.
		if glyph, err := font.GlyphIndex(&buf, r); r > 0xFFFF || err != nil || glyph == 0 {
			return r, true, nil
		}
	}
	return 0, false, nil
}

// checkPrintable reports why the statement cannot be printed.
func (s *Statement) checkPrintable() error {
	for _, part := range [][2]string{{"name", s.Name}, {"title", s.Title}, {"issuer", s.Issuer}} {
		if err := checkPrintable(part[0], part[1]); err != nil {
			return err
		}
	}
	return nil
}

// NameWords makes the words of a filter of what somebody typed.
func NameWords(typed string) []string { return lookup.First(lookup.Name(typed)) }
