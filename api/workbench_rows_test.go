package api

import (
	"go/ast"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam/authoring"
)

// rowCode is a code of a row in the sources of what reads banks; names of files look alike.
// givenCode is what stands for one in a call that makes a row.
var (
	rowCode   = regexp.MustCompile(`^(aiken|answer|answers|bank|case|cloze|csv|default|encoding|essay|facts|feedback|file|gift|hotspot|item|key|kind|lang|matching|media|moodle|package|qti|report|scoring|stimulus|table|tags|text|xlsx|xml)\.[a-z_]+$`)
	givenCode = regexp.MustCompile(`^[a-z0-9]+(\.[a-z0-9_]+)?$`)
	fileName  = regexp.MustCompile(`\.(csv|txt|xml|gift|zip|json|xlsx|tsv)$`)
)

// TestRowsAreSaidInUkrainian holds that each code of a row says in Ukrainian what it means,
// and that nothing is said of codes that no row has.
func TestRowsAreSaidInUkrainian(t *testing.T) {
	rows, err := learnRows(os.DirFS("web"))
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]bool)
	for _, dir := range []string{"../exam/interchange", "../exam/bankfile", "../exam/authoring/importing.go"} {
		inspectSources(t, dir, func(string) bool { return false }, func(_ string, n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "New" {
					return false // a fault, which is no row
				}
				if code, ok := rowCodeOf(call); ok {
					found[code] = true
				}
			}
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil && rowCode.MatchString(s) && !fileName.MatchString(s) {
					found[s] = true
				}
			}
			return true
		})
	}
	inspectSources(t, "../exam/picture", func(string) bool { return false }, func(_ string, n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && isFaultNew(call) { // rows have the codes of images that are refused
			if lit, ok := call.Args[1].(*ast.BasicLit); ok {
				found[strings.Trim(lit.Value, `"`)] = true
			}
		}
		return true
	})
	if len(found) < 100 {
		t.Fatalf("only %d codes were found", len(found))
	}
	for code := range found {
		if rows["uk"][code] == "" {
			t.Errorf("what %s means is not said", code)
		}
	}
	for code := range rows["uk"] {
		if !found[code] {
			t.Errorf("no row has the code %s", code)
		}
	}
}

// rowCodeOf is the code that a call which makes a row gives it: the first of its strings.
func rowCodeOf(call *ast.CallExpr) (code string, ok bool) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	if !slices.Contains([]string{"Refuse", "Lose", "Remark", "Fail", "Warn", "Note", "refuse", "complain"}, name) {
		return "", false
	}
	for _, arg := range call.Args {
		if lit, isLit := arg.(*ast.BasicLit); isLit && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && s != "" { // "" is the file of the whole import
				return s, givenCode.MatchString(s)
			}
		}
	}
	return "", false
}

// TestARowOfAnImportIsInTheLanguageOfThePage shows one in both languages: in Ukrainian what its
// code means comes first, and what varies stays as the reader of the file said it.
func TestARowOfAnImportIsInTheLanguageOfThePage(t *testing.T) {
	p, err := loadPages(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	i := authoring.Import{ID: "i", File: "law.gift", State: authoring.ImportChecked, Problems: []authoring.Problem{
		{File: "law.gift", Item: "one", Severity: "error", Code: "gift.matching", Message: "the row \"x\" has no ->"}, {Severity: "note", Code: "no.such", Message: "something new"},
		{Severity: "error", Code: "item.invalid", Message: "interaction/options/1/text/en: says the same as number 1"}, {Severity: "error", Code: "item.invalid", Message: "Two words: of no place"}, {Severity: "error", Code: "key.missing", Message: "gap 2: no number earns the point"}}}
	for lang, want := range map[string][]string{
		"uk": {"У рядку відповідності немає -&gt;. <span class=\"note\" lang=\"en\">the row &#34;x&#34; has no -&gt;</span>", "<td><span class=\"note\" lang=\"en\">something new", "<strong>варіант 2 текст англійською</strong>: повторює номер 1 <span", "lang=\"en\">Two words: of no place", "<strong>пропуск 2</strong>: <span class=\"note\" lang=\"en\">no number"},
		"en": {"<td>the row &#34;x&#34; has no -&gt; <span", "<td>something new", "<strong>option 2 text in English</strong>: says the same as number 1 <span", "<strong>gap 2</strong>: no number earns the point <span"},
	} {
		var b strings.Builder
		if err := p.workbench.ExecuteTemplate(&b, "import_part.html", importPage{deskView: storyView(p, lang), I: &i}); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("in %s the rows do not say %s:\n%s", lang, w, b.String())
			}
		}
	}
}
