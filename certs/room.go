package certs

import (
	"fmt"
	"math"
	"strings"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/internal/fault"
)

// What a certificate has room for. Both are asked when a person is enrolled and when
// an exam is published, so that nothing is refused when somebody has passed.

const (
	// symbolBits is what version 13 holds at error correction M: 334 codewords
	// (ISO/IEC 18004 table 7).
	symbolBits = 334 * 8
	// modeBits are two segments, bytes and alphanumeric, with their lengths.
	modeBits = 4 + 16 + 4 + 11
	// symbolMargin is kept free, in bytes of the payload: the encoder chooses its
	// segments by the letters that it meets, and those of a signature are random.
	symbolMargin = 16
	// fontLines is how many lines names and titles may have on the PDF.
	fontLines = 2
)

// payloadRoom is the longest payload, in bytes, whose code behind an address fits
// the symbol whatever its signature is.
func payloadRoom(publicURL string) int {
	address := len(URL(publicURL, sampleID, nil))
	characters := (symbolBits - modeBits - 8*address) * 2 / 11 // two characters take 11 bits
	return characters*5/8 - symbolMargin
}

// NameCheck returns what reports why certificates that lead to the address cannot
// carry a name: its letters, its length in print, its length in the QR code.
func NameCheck(publicURL string) func(name string) error {
	room := payloadRoom(publicURL)
	return func(name string) error {
		if err := CheckName(name); err != nil {
			return err
		}
		size, err := longestPayload(norm.NFC.String(name))
		if err == nil && size > room {
			err = errNameTooLong
		}
		return err
	}
}

var errNameTooLong = fault.New(fault.Invalid, "certificate.name_too_long", "The name is too long for the QR code of a certificate; shorten it.")

// longestPayload is the size of a payload with the name, no title, and everything
// else as long as it gets.
func longestPayload(name string) (int, error) {
	enc, _, err := codec()
	if err != nil {
		return 0, err
	}
	score, far := 10_000, time.Unix(math.MaxUint32, 0)
	claims := Claims{ID: sampleID, Key: math.MaxUint16, Name: name, Score: &score, List: math.MaxUint16, Status: badge.ListBits - 1, IssuedAt: far, ExpiresAt: far}
	head, body, err := claims.encode(enc)
	if err != nil {
		return 0, err
	}
	data, err := enc.Marshal(message(head, body, make([]byte, signatureBytes)))
	return len(data), err
}

// checkFits reports that a text is too long for its place on the PDF.
func checkFits(what, s string, size float64) error {
	parsed, err := parsedBold()
	if err != nil {
		return fmt.Errorf("certificate font: %w", err)
	}
	lines, err := wrapped(parsed, norm.NFC.String(s), size, textWidth-2*cellMargin)
	if err == nil && lines > fontLines {
		err = fault.New(fault.Invalid, "certificate.too_wide", "The %s is too long for the two lines that a certificate has for it; shorten it.", what)
	}
	return err
}

// wrapped is how many lines of a width in millimetres the text takes, at a size in
// points. A word that is longer than a line counts as too many.
func wrapped(f *sfnt.Font, s string, size, width float64) (int, error) {
	var buf sfnt.Buffer
	const mmPerPoint = 25.4 / 72
	em := fixed.I(int(f.UnitsPerEm()))
	measure := func(word string) (sum float64, err error) {
		for _, r := range word {
			glyph, err := f.GlyphIndex(&buf, r)
			if err != nil {
				return 0, err
			}
			advance, err := f.GlyphAdvance(&buf, glyph, em, font.HintingNone)
			if err != nil {
				return 0, err
			}
			sum += float64(advance) / float64(em) * size * mmPerPoint
		}
		return sum, nil
	}
	space, err := measure(" ")
	if err != nil {
		return 0, err
	}
	lines, at := 1, 0.0
	for word := range strings.FieldsSeq(s) {
		w, err := measure(word)
		switch {
		case err != nil:
			return 0, err
		case w > width:
			return math.MaxInt, nil
		case at == 0:
			at = w
		case at+space+w > width:
			lines, at = lines+1, w
		default:
			at += space + w
		}
	}
	return lines, nil
}
