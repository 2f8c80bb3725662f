package interchange

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/proba-exam/proba/exam"
)

func TestFromHTML(t *testing.T) {
	one := func(s string) exam.Text { return exam.Text{Unnamed: s} }
	for _, c := range []struct {
		name, source string
		want         exam.Text
		codes        []string
	}{
		{"white space", " a \n\t b ", one("a b"), nil},
		{"no-break space stays", "5&nbsp;kg", one("5\u00a0kg"), nil},
		{"paragraphs and lines", "<p>a</p><div>b<br>c</div>d", one("a\n\nb\nc\n\nd"), nil},
		{"emphasis touches its words", "x<b> y </b>z<i>w</i>", one("x **y** z*w*"), nil},
		{"emphasis does not span lines", "<b>a<br>b</b>", one("**a**\n**b**"), nil},
		{"emphasis within emphasis", "<b>a <i>b</i></b> <strong></strong>", one("**a** **b**"), nil},
		{"lists", "<ol><li>a<li>b</ol><ul><li>c</ul>", one("1. a\n2. b\n\n• c"), nil},
		{"table", "<table><tr><td>a<td>b</tr></table>", one("| a | b"), []string{"text.table"}},
		{"raised", "m<sup>2</sup>", one("m^2"), []string{"text.script_position"}},
		{"link", `<a href="http://x.example/">x</a>`, one("x"), []string{"text.link"}},
		{"script", `a<script>alert("<b>")</script>b`, one("ab"), []string{"text.script"}},
		{"handlers and comments", `<p onclick="x()">a<!-- b --></p>`, one("a"), nil},
		{"image", `a<img src=x>`, one("a"), []string{"media.image"}},
		{"decorative image", `a<img src=x alt="">`, one("a"), []string{"media.image"}},
		{"formula", "<math><mi>x</mi></math>", one("x"), []string{"text.formula"}},
		{"no HTML after all", "if a<x and c>d & e", one("if a<x and c>d & e"), nil},
		{"an unfinished tag", "a <b", one("a <b"), nil},
		{"asterisks", "2 * 3 and *x*", one("2 * 3 and *x*"), []string{"text.asterisks"}},
		{"languages", `x <span lang="en" class="multilang">a</span> <span class="multilang" lang="UK"><p>б</p></span>`, exam.Text{"en": "x a", "uk": "x\n\nб"}, nil},
		{"deep nesting", strings.Repeat("<div>", 50_000) + "a", one("a"), nil},
	} {
		got, losses := FromHTML(c.source)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		var codes []string
		for _, l := range losses {
			codes = append(codes, l.Code)
		}
		if !slices.Equal(codes, c.codes) {
			t.Errorf("%s: losses %v, want %v", c.name, codes, c.codes)
		}
	}
}

func FuzzFromHTML(f *testing.F) {
	f.Add(`<p>a <b>b</b></p>`)
	f.Add("a<b & **c** <i")
	f.Fuzz(func(t *testing.T, source string) {
		text, losses := FromHTML(source)
		// The author was told that these asterisks would be taken for emphasis.
		stars := slices.ContainsFunc(losses, func(l Loss) bool { return l.Code == "text.asterisks" })
		for lang, s := range text {
			if s != tidy(s) {
				t.Errorf("%q is not tidy in %q", s, lang)
			}
			if stars {
				continue
			}
			back, _ := FromHTML(ToHTML(s))
			if again, _ := FromHTML(ToHTML(back[Unnamed])); again[Unnamed] != back[Unnamed] {
				t.Errorf("%q does not settle: %q, %q", s, back[Unnamed], again[Unnamed])
			}
		}
	})
}

func TestDecode(t *testing.T) {
	const words = "Хто є свідком? Дівчина з Ґданська"
	encoded := func(name string) []byte {
		var out []byte
		var err error
		switch name {
		case Windows1251:
			out, err = charmap.Windows1251.NewEncoder().Bytes([]byte(words))
		case UTF16LE:
			out, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewEncoder().Bytes([]byte(words))
		case UTF16BE:
			out, err = unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewEncoder().Bytes([]byte(words))
		}
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	western, err := charmap.Windows1252.NewEncoder().Bytes([]byte("Qui était le témoin à Genève?"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, declared string
		data           []byte
		want, code     string
	}{
		{"UTF-8", "", []byte(words), words, ""},
		{"UTF-8 with a mark", "", []byte("\xef\xbb\xbf" + words), words, ""},
		{"UTF-16 little", "", encoded(UTF16LE), words, "encoding.converted"},
		{"UTF-16 big", "", encoded(UTF16BE), words, "encoding.converted"},
		{"windows-1251, guessed", "", encoded(Windows1251), words, "encoding.converted"},
		{"windows-1251, asked for", "cp1251", encoded(Windows1251), words, "encoding.converted"},
		{"windows-1252, guessed", "", western, "Qui était le témoin à Genève?", "encoding.converted"},
		{"declared in XML", "", append([]byte(`<?xml version="1.0" encoding="windows-1251"?><a>`), encoded(Windows1251)...), `<?xml version="1.0" encoding="windows-1251"?><a>` + words, "encoding.converted"},
		{"not in it", "utf-8", encoded(Windows1251), "", "encoding.broken"},
		{"no text", "", []byte("PNG\x00\x01"), "", "file.binary"},
		{"unknown", "klingon", []byte("a"), "", "encoding.unknown"},
	} {
		im := new(Import)
		got, ok := im.Decode("f", c.data, c.declared)
		if string(got) != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %v", c.name, got, ok)
		}
		code := ""
		if len(im.problems.rows) > 0 {
			code = im.problems.rows[0].Code
		}
		if code != c.code {
			t.Errorf("%s: problem %q, want %q", c.name, code, c.code)
		}
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Core 001": "core-001", "Щедрий Єнот’ік": "shchedryi-ienotik", "--a__b--": "a-b", "Café": "cafe", "¿?": "", "III.2": "iii-2",
		strings.Repeat("ab-", 40): strings.TrimSuffix(strings.Repeat("ab-", 20), "-"),
	} {
		if got := Slug(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

// TestALanguageWithoutWords has a span all the same: what is behind it is said in it too.
func TestALanguageWithoutWords(t *testing.T) {
	text, losses := FromHTML(`<span lang="en" class="multilang">The </span><span lang="uk" class="multilang"></span>end`)
	if text["en"] != "The end" || text["uk"] != "end" || len(losses) > 0 {
		t.Errorf("read %q, %v", text, losses)
	}
}
