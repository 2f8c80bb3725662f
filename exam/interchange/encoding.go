package interchange

import (
	"bytes"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// Encodings by name, beside those that a source declares.
const (
	UTF8        = "utf-8"
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	Windows1251 = "windows-1251"
	Windows1252 = "windows-1252"
)

// declaration finds the encoding that an XML document declares (XML 1.0, 4.3.3).
var declaration = regexp.MustCompile(`^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// Decode turns a source into UTF-8 without a byte order mark and notes how. The
// encoding is, in this order: what the byte order mark says; declared, the
// caller's word, "" for none; what an XML declaration says; UTF-8 if the bytes are
// valid; else windows-1251 or windows-1252, whichever the letters look like. It
// reports a failure and returns ok false when the bytes are not in it.
func (im *Import) Decode(file string, data []byte, declared string) (text []byte, ok bool) {
	if len(data) > MaxFile {
		im.Fail(file, 0, "file.too_large", "is larger than %d MB; split it", MaxFile>>20)
		return nil, false
	}
	name, how := detect(data, declared)
	// Such bytes are the same in every encoding but UTF-16.
	ascii := !bytes.ContainsFunc(data, func(r rune) bool { return r >= 0x80 || r == 0 })
	var enc encoding.Encoding
	switch name {
	case UTF8:
		enc = encoding.Nop
		data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	case UTF16LE:
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case UTF16BE:
		enc = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	default:
		var err error
		if enc, err = htmlindex.Get(name); err != nil {
			im.Fail(file, 0, "encoding.unknown", "is said to be in %q, which is no known encoding; save it as UTF-8", name)
			return nil, false
		}
	}
	if enc != encoding.Nop {
		decoded, err := enc.NewDecoder().Bytes(data)
		if err != nil {
			im.Fail(file, 0, "encoding.broken", "cannot be read as %s; save it as UTF-8", name)
			return nil, false
		}
		data = decoded
	}
	if i := invalid(data); i >= 0 {
		im.Fail(file, 1+bytes.Count(data[:i], []byte("\n")), "encoding.broken", "is %s in name but not in its bytes; save it as UTF-8", name)
		return nil, false
	}
	if bytes.IndexByte(data, 0) >= 0 {
		im.Fail(file, 0, "file.binary", "is no text file: it holds zero bytes")
		return nil, false
	}
	if name != UTF8 && !ascii {
		im.Note(file, 0, "encoding.converted", "was read as %s (%s)", name, how)
	}
	return data, true
}

func invalid(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

func detect(data []byte, declared string) (name, how string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return UTF8, "byte order mark"
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return UTF16LE, "byte order mark"
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return UTF16BE, "byte order mark"
	case declared != "":
		return canonical(declared), "as asked for"
	case bytes.HasPrefix(data, []byte("<\x00")):
		return UTF16LE, "zero bytes"
	case bytes.HasPrefix(data, []byte("\x00<")):
		return UTF16BE, "zero bytes"
	}
	if m := declaration.FindSubmatch(data); m != nil {
		return canonical(string(m[1])), "declared"
	}
	if utf8.Valid(data) {
		return UTF8, "valid"
	}
	if likeCyrillic(data) {
		return Windows1251, "guessed from the letters; say --encoding if this is wrong"
	}
	return Windows1252, "guessed from the letters; say --encoding if this is wrong"
}

// canonical is the WHATWG name; ISO-8859-1 is windows-1252 there, since that is
// what files so labelled hold.
func canonical(label string) string {
	enc, err := htmlindex.Get(label)
	if err != nil {
		return label
	}
	name, err := htmlindex.Name(enc)
	if err != nil {
		return label
	}
	return name
}

// likeCyrillic tells Ukrainian in windows-1251 from western text in windows-1252:
// in Cyrillic text most letters beside a high letter are high too, in western text
// an accented letter stands among plain ones.
func likeCyrillic(data []byte) bool {
	together, apart := 0, 0
	high := func(i int) bool {
		if i < 0 || i >= len(data) {
			return false
		}
		r := charmap.Windows1251.DecodeByte(data[i])
		return r >= 0x400 && r < 0x500
	}
	plain := func(i int) bool {
		return i >= 0 && i < len(data) && (data[i]|0x20 >= 'a' && data[i]|0x20 <= 'z')
	}
	for i := range data {
		if !high(i) {
			continue
		}
		if high(i-1) || high(i+1) {
			together++
		} else if plain(i-1) || plain(i+1) {
			apart++
		}
	}
	return together > apart
}
