package api

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/internal/fault"
)

var update = flag.Bool("update", false, "write the golden files anew")

const goldenFaults = "testdata/faults.golden"

// kinds are the kinds of fault by the name of their constants.
var kinds = map[string]fault.Kind{
	"Internal": fault.Internal, "Invalid": fault.Invalid, "Unauthenticated": fault.Unauthenticated, "Forbidden": fault.Forbidden, "NotFound": fault.NotFound,
	"Conflict": fault.Conflict, "TooLarge": fault.TooLarge, "Unsupported": fault.Unsupported, "TooMany": fault.TooMany, "Unavailable": fault.Unavailable,
}

// TestEveryFaultCodeIsFrozen collects each code of the source with the status that
// it is answered with. Clients act on both: a line that is changed or gone breaks
// them. A new line is written with -update.
func TestEveryFaultCodeIsFrozen(t *testing.T) {
	lines := append(codesOfSource(t), codesOfServer()...)
	slices.Sort(lines)
	got := strings.Join(slices.Compact(lines), "\n") + "\n"
	if *update {
		if err := os.WriteFile(goldenFaults, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFaults)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the codes have changed; -update writes them when that is meant:\n%s", diff)
	}
}

// codesOfSource reads every call of fault.New that is no test's, as "code status".
func codesOfSource(t *testing.T) (lines []string) {
	t.Helper()
	foreign := func(name string) bool { // what is no part of the service
		return name == filepath.Join("..", "internal", "ferret") || filepath.Base(name) == "storetest"
	}
	inspectSources(t, "..", foreign, func(name string, n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && isFaultNew(call) {
			line, err := codeOf(call)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			lines = append(lines, line)
		}
		return true
	})
	if len(lines) < 80 {
		t.Fatalf("only %d calls of fault.New are found", len(lines))
	}
	return lines
}

// inspectSources visits what the sources below a root say, but for tests and for the folders
// that are skipped; see ast.Inspect.
func inspectSources(t *testing.T, root string, skip func(name string) bool, visit func(name string, n ast.Node) bool) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (skip(name) || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool { return visit(name, n) })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func isFaultNew(call *ast.CallExpr) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "New" {
		return false
	}
	x, ok := f.X.(*ast.Ident)
	return ok && x.Name == "fault"
}

// codeOf wants kind and code written out: a code that is put together cannot be
// found by who reads the source either.
func codeOf(call *ast.CallExpr) (string, error) {
	kind, ok := call.Args[0].(*ast.SelectorExpr)
	if !ok {
		return "", errors.New("a fault whose kind is no constant")
	}
	literal, ok := call.Args[1].(*ast.BasicLit)
	if !ok {
		return "", errors.New("a fault whose code is no literal")
	}
	code, err := strconv.Unquote(literal.Value)
	if err != nil {
		return "", err
	}
	return answered(fault.New(kinds[kind.Sel.Name], code, "")), nil
}

// codesOfServer are those that stand for the HTTP server's own refusals, and for
// what is no fault.
func codesOfServer() (lines []string) {
	for _, status := range []int{400, 404, 405, 408, 413, 431, 502} {
		lines = append(lines, answered(fiber.NewError(status)))
	}
	return append(lines, answered(errors.New("anything")))
}

func answered(err error) string {
	p := problemOf(err)
	return fmt.Sprintf("%s %d", p.Code, p.Status)
}

// TestTheContractNamesCodesThatExist checks the codes that the contract tells
// clients to act on, written as `code` in the descriptions of operations.
func TestTheContractNamesCodesThatExist(t *testing.T) {
	golden, err := os.ReadFile(goldenFaults)
	if err != nil {
		t.Fatal(err)
	}
	contract, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]int{}
	for _, o := range contract.operations() {
		for _, m := range regexp.MustCompile("`([a-z_]+\\.[a-z_]+)` \\((\\d+)\\)").FindAllStringSubmatch(o.Description, -1) {
			named[o.ID]++
			if !strings.Contains("\n"+string(golden), "\n"+m[1]+" "+m[2]+"\n") {
				t.Errorf("%s names %s with %s, which nothing answers", o.ID, m[1], m[2])
			}
		}
	}
	for _, id := range []string{"signIn", "refresh", "startAttempt", "resumeAttempt", "saveResponses", "submitAttempt", "importRelease", "extendAttempt"} {
		if named[id] == 0 {
			t.Errorf("the contract names no code that a client of %s acts on", id)
		}
	}
}
