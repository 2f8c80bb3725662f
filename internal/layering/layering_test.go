// Package layering holds the test of what may import what, as drawn in
// docs/architecture.md.
package layering

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/proba-exam/proba/"

// mayImport lists what of this module each package imports. Packages that are
// not listed (cmd, internal/server and what only tests use) stand at the top and
// may import everything.
var mayImport = map[string][]string{
	"internal/fault":        {},
	"internal/strictjson":   {},
	"internal/lookup":       {},
	"internal/csvfile":      {},
	"internal/config":       {},
	"internal/keyring":      {},
	"exam":                  {"internal/fault", "exam/forms", "exam/psychometrics", "exam/psychometrics/irt", "exam/psychometrics/standard", "exam/psychometrics/agreement", "internal/strictjson"},
	"exam/authoring":        {"internal/fault", "internal/lookup", "exam"},
	"exam/statistics":       {"internal/fault", "exam", "exam/psychometrics", "exam/psychometrics/responses", "exam/psychometrics/ctt", "exam/psychometrics/irt", "exam/psychometrics/dif", "exam/psychometrics/forensic", "exam/psychometrics/standard"},
	"exam/bankfile":         {"internal/fault", "exam", "exam/picture"},
	"exam/picture":          {"internal/fault", "exam"},
	"exam/forms":            {"internal/csvfile", "internal/fault", "exam/psychometrics/irt"},
	"auth":                  {"internal/fault", "internal/lookup"},
	"certs":                 {"internal/fault", "internal/lookup", "internal/keyring", "certs/badge", "certs/translog"},
	"certs/badge":           {"internal/fault", "internal/keyring"},
	"certs/translog":        {"internal/fault", "internal/keyring"},
	"certs/verifier":        {"internal/fault", "internal/keyring", "certs", "certs/badge", "certs/translog"},
	"internal/programmes":   {"exam", "exam/bankfile"},
	"internal/store":        {"internal/fault"},
	"internal/audit":        {"internal/fault"},
	"internal/store/sqlite": {"internal/fault", "internal/lookup", "internal/store", "internal/audit", "exam", "exam/authoring", "exam/statistics", "auth", "certs", "certs/translog"},
	"internal/store/mongo":  {"internal/fault", "internal/lookup", "internal/store", "internal/audit", "exam", "exam/authoring", "exam/statistics", "auth", "certs", "certs/translog"},
	"internal/reconcile":    {"internal/fault", "exam", "exam/authoring", "exam/statistics", "auth", "certs"},
	"internal/doctor":       {"internal/fault", "internal/keyring", "exam", "certs", "internal/audit", "certs/badge", "certs/translog"},
	"api":                   {"internal/fault", "internal/keyring", "exam", "exam/authoring", "exam/statistics", "exam/psychometrics", "exam/psychometrics/ctt", "exam/psychometrics/irt", "internal/plot", "exam/bankfile", "exam/picture", "exam/interchange", "exam/interchange/formats", "auth", "certs", "internal/strictjson", "internal/mail", "internal/audit", "certs/badge", "certs/translog", "certs/verifier"},

	"exam/interchange":           {"internal/fault", "exam", "exam/picture"},
	"exam/interchange/aiken":     {"exam/interchange"},
	"exam/interchange/gift":      {"exam", "exam/interchange"},
	"exam/interchange/moodlexml": {"exam", "exam/interchange"},
	"exam/interchange/table":     {"exam", "exam/interchange", "internal/csvfile"},
	"exam/interchange/qti":       {"exam", "exam/interchange"},
	"exam/interchange/formats":   {"internal/fault", "exam", "exam/picture", "exam/interchange", "exam/interchange/aiken", "exam/interchange/gift", "exam/interchange/moodlexml", "exam/interchange/table", "exam/interchange/qti"},
	"internal/mail":              {},
	"internal/plot":              {},
}

// statistics are what packages of exam/psychometrics may import: the response
// container and the basic models, nothing of exams.
var statistics = []string{"internal/csvfile", "internal/fault", "exam/psychometrics", "exam/psychometrics/responses", "exam/psychometrics/ctt", "exam/psychometrics/irt"}

// only lists who may import a library that must not spread.
var only = map[string][]string{
	"github.com/gofiber/fiber/v2":    {"api", "internal/server"},
	"github.com/valyala/fasthttp":    {"api"},
	"go.mongodb.org/mongo-driver/v2": {"internal/store/mongo"},
	"modernc.org/sqlite":             {"internal/store/sqlite"},
	"database/sql":                   {"internal/store/sqlite"},
	"github.com/golang-jwt/jwt/v5":   {"auth", "certs/badge", "exam"},
	"github.com/skip2/go-qrcode":     {"certs"},
	"codeberg.org/go-pdf/fpdf":       {"certs"},
	"go.yaml.in/yaml/v3":             {"api", "exam/bankfile", "exam/forms"},
	"github.com/wneessen/go-mail":    {"internal/mail"},
	"github.com/piprate/json-gold":   {"certs/badge"},
	"github.com/makiuchi-d/gozxing":  {"certs/verifier"},
	"golang.org/x/mod":               {"certs/translog"},
	"github.com/prometheus":          {"internal/server"},
	"github.com/FerretDB/FerretDB":   {"internal/ferret"},
	"gonum.org/v1/gonum":             {"exam/psychometrics/ctt", "exam/psychometrics/irt", "exam/psychometrics/dif", "exam/psychometrics/standard", "exam/psychometrics/forensic", "exam/psychometrics/equate"},

	"golang.org/x/net/html":    {"exam/interchange"},
	"github.com/yuin/goldmark": {"exam/interchange"},

	"github.com/go-json-experiment/json": {"internal/strictjson"},

	"github.com/srwiley/oksvg":     {"certs"},
	"github.com/srwiley/rasterx":   {"certs"},
	"github.com/xuri/excelize/v2":  {"api", "exam/interchange/table"},
	"github.com/fxamacker/cbor/v2": {"certs"},
	"golang.org/x/image":           {"certs", "exam/picture"},
}

// clocks may read the machine's clock: what runs the service, what measures, and
// what starts servers for tests. Everything else is given the time.
var clocks = []string{"cmd/proba", "internal/bench", "internal/proctest", "internal/servicetest", "internal/ferret"}

// file is one source file that is no test.
type file struct {
	dir, name string
	ast       *ast.File
}

func TestImportsPointOneWay(t *testing.T) {
	for _, f := range files(t) {
		allowed, listed := mayImport[f.dir]
		if strings.HasPrefix(f.dir, "exam/psychometrics") {
			allowed, listed = statistics, true
		}
		for _, spec := range f.ast.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			if inner, ours := strings.CutPrefix(imported, module); ours && listed && !slices.Contains(allowed, inner) {
				t.Errorf("%s/%s imports %s; %s may import %v", f.dir, f.name, inner, f.dir, allowed)
			}
			for library, users := range only {
				if (imported == library || strings.HasPrefix(imported, library+"/")) && !slices.Contains(users, f.dir) {
					t.Errorf("%s/%s imports %s, which is for %v only", f.dir, f.name, imported, users)
				}
			}
		}
	}
}

func TestTimeIsGiven(t *testing.T) {
	for _, f := range files(t) {
		if slices.Contains(clocks, f.dir) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if s, ok := call.Fun.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, s.Sel.Name) {
					t.Errorf("%s/%s calls time.%s; the time comes in as a parameter", f.dir, f.name, s.Sel.Name)
				}
			}
			return true
		})
	}
}

// TestEveryPackageSaysWhatItIs asks for a package comment.
func TestEveryPackageSaysWhatItIs(t *testing.T) {
	said := make(map[string]bool)
	for _, f := range files(t) {
		said[f.dir] = said[f.dir] || f.ast.Doc != nil
	}
	for dir, ok := range said {
		if !ok {
			t.Errorf("package %s has no comment that says what lives there", dir)
		}
	}
}

func files(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []file
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		all = append(all, file{dir: path.Dir(relative), name: path.Base(relative), ast: parsed})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("%d files found: looked in the wrong place", len(all))
	}
	return all
}
