package interchange

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root reads a whole document and returns what is said against it.
func root(source string) string {
	if _, err := NewXML([]byte(source)).Root(); err != nil {
		return err.Error()
	}
	return ""
}

func TestHostileXML(t *testing.T) {
	laughs := `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;">]><lolz>&lol1;</lolz>`
	for name, c := range map[string][2]string{
		"entity expansion":         {laughs, "entities of its own"},
		"external entity":          {`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`, "entities of its own"},
		"an unknown entity":        {`<a>&x;</a>`, "entity"},
		"an external type":         {`<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a>&nbsp;</a>`, ""},
		"deep nesting":             {strings.Repeat("<a>", 100_000), "deep"},
		"many parts":               {"<a>" + strings.Repeat("<b/>", 300_000) + "</a>", "parts"},
		"cut off":                  {"<a><b></b>", "unexpected EOF"},
		"crossed":                  {"<a><b></a></b>", "closed by"},
		"two roots":                {"<a/><b/>", "goes on"},
		"empty":                    {"", "empty"},
		"a processing instruction": {`<?xml-stylesheet href="http://127.0.0.1:1/x.css"?><a/>`, ""},
	} {
		if got := root(c[0]); c[1] == "" && got != "" || c[1] != "" && !strings.Contains(got, c[1]) {
			t.Errorf("%s: %q, want %q", name, got, c[1])
		}
	}
}

func TestXMLKeepsLinesAndMixedContent(t *testing.T) {
	e, err := NewXML([]byte("<a>\n<p class=\"x\">1 &lt; <b>2</b></p>\n<c/></a>")).Root()
	if err != nil {
		t.Fatal(err)
	}
	if p := e.Child("p"); p.Line != 2 || e.Child("c").Line != 3 {
		t.Errorf("lines %d and %d, want 2 and 3", p.Line, e.Child("c").Line)
	}
	if got := e.HTML(func(*Element) (string, bool) { return "", false }); !strings.Contains(got, `<p class="x">1 &lt; <b>2</b></p>`) {
		t.Errorf("written as %q", got)
	}
}

// pack makes a zip file; edit may change each header.
func pack(t *testing.T, files map[string]string, edit func(*zip.FileHeader)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if edit != nil {
			edit(h)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostileZip(t *testing.T) {
	link := func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"path traversal":   {pack(t, map[string]string{"../../etc/passwd": "x"}, nil), "out of the package"},
		"absolute path":    {pack(t, map[string]string{"/etc/passwd": "x"}, nil), "out of the package"},
		"Windows path":     {pack(t, map[string]string{`..\x`: "x"}, nil), "out of the package"},
		"drive":            {pack(t, map[string]string{`C:x`: "x"}, nil), "out of the package"},
		"symlink":          {pack(t, map[string]string{"a": "/etc/passwd"}, link), "link"},
		"no zip":           {[]byte("PK but no"), "not a zip file"},
		"a large file":     {declare(pack(t, map[string]string{"a": "x"}, nil), 10<<30), "more than 64 MB"},
		"many large files": {declare(pack(t, map[string]string{"a": "x", "b": "x", "c": "x", "d": "x", "e": "x"}, nil), MaxFile), "unpacks to more than"},
		"too many files":   {bytes.Repeat([]byte("PK\x01\x02"), MaxEntries+1), "more than 60000 files"},
	} {
		if _, err := OpenZip(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// declare writes another uncompressed size into the central directory.
func declare(data []byte, size uint64) []byte {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("PK\x01\x02"))
		if i < 0 {
			return data
		}
		at += i
		binary.LittleEndian.PutUint32(data[at+24:], uint32(min(size, 0xfffffffe)))
		at += 4
	}
}

// TestZipBombIsMeasured: what is read counts, not what was declared.
func TestZipBombIsMeasured(t *testing.T) {
	files := make(map[string]string)
	bomb := strings.Repeat("\x00", 8<<20)
	for _, name := range []string{"a", "b"} {
		files[name] = bomb
	}
	p, err := OpenZip(declare(pack(t, files, nil), 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range p.Names() {
		if _, err := p.Read(name); err == nil {
			t.Errorf("read %d MB that were declared as one byte", len(bomb)>>20)
		}
	}
	honest, err := OpenZip(pack(t, map[string]string{"a": "x"}, nil))
	if err != nil {
		t.Fatal(err)
	}
	honest.read = MaxUnpacked
	if _, err := honest.Read("a"); err == nil {
		t.Error("read beyond the limit of all files together")
	}
}

func TestFolderDoesNotFollowLinks(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("/etc", filepath.Join(dir, "link")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	if _, err := OpenFolder(os.DirFS(dir)); err == nil {
		t.Error("a folder with a link was taken")
	}
}

func TestResolve(t *testing.T) {
	for href, want := range map[string]string{
		"b.xml": "items/b.xml", "../b.xml": "b.xml", "./x/../b.xml#id": "items/b.xml",
		"../../b.xml": "", "/b.xml": "", "http://127.0.0.1/b.xml": "", "file:b.xml": "", `..\b.xml`: "", "": "",
	} {
		got, err := Resolve("items/a.xml", href)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q means %q, %v; want %q", href, got, err, want)
		}
	}
}

// TestTangledMarkdown: what would take a parser long is refused first.
func TestTangledMarkdown(t *testing.T) {
	for _, source := range []string{strings.Repeat("> ", 40_000), strings.Repeat("[a](", 20_000), strings.Repeat("![", 500), strings.Repeat("a ", 5_000)} {
		if _, losses := FromMarkdown(source); len(losses) != 1 || !losses[0].Refuse {
			t.Errorf("%.20q… was taken: %v", source, losses)
		}
	}
	if text, losses := FromMarkdown("> *a* [b](c)\n\n- d"); text[Unnamed] != "*a* b\n\n• d" || len(losses) != 1 || losses[0].Refuse {
		t.Errorf("plain Markdown gives %q, %v", text, losses)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	im := new(Import)
	for range maxProblems + 5 {
		im.Fail("f", 1, "x", "y")
	}
	rows := im.problems.all()
	if len(rows) != maxProblems+1 || rows[maxProblems].Code != "report.long" || rows[maxProblems].Severity != Error {
		t.Errorf("%d rows, the last %+v", len(rows), rows[len(rows)-1])
	}
}

func TestQuestionsAreBounded(t *testing.T) {
	im := new(Import)
	for range MaxQuestions + 2 {
		im.Add(im.Draft("f", 1, "x"))
	}
	if len(im.drafts) != MaxQuestions || len(im.problems.rows) != 1 || im.problems.rows[0].Code != "file.too_many" {
		t.Errorf("%d questions, %+v", len(im.drafts), im.problems.rows)
	}
}
