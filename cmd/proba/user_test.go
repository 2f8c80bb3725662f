package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
)

// TestUsersAreKeptByCommand adds, lists, changes and closes an account on a store, and
// finds every change in its audit log.
func TestUsersAreKeptByCommand(t *testing.T) {
	t.Setenv("PROBA_STORE", "")
	data := filepath.Join(t.TempDir(), "data")
	call := func(want int, args ...string) []userShown {
		t.Helper()
		var stdout, stderr bytes.Buffer
		args = append([]string{"user", args[0], "-json", "-data", data, "-public-url", "https://exams.test"}, args[1:]...)
		if got := run(t.Context(), args, &stdout, &stderr); got != want {
			t.Fatalf("%v: exit %d, want %d\n%s", args, got, want, stderr.String())
		}
		var out struct{ People []userShown }
		if want == exitFine {
			if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
				t.Fatalf("%v: %v\n%s", args, err, stdout.String())
			}
		}
		return out.People
	}
	added := call(exitFine, "add", "-name", "Олена Приклад", "-roles", "author,reviewer", "olena@proba.test")
	if len(added) != 1 || !strings.HasPrefix(added[0].Link, "https://exams.test/enter#") || added[0].Password {
		t.Errorf("added %+v", added)
	}
	call(exitUsage, "add", "-name", "Олена Приклад", "-roles", "author", "OLENA@proba.test")
	call(exitUsage, "add", "-name", "Марко", "-roles", "king", "marko@proba.test")
	call(exitUsage, "link", "nobody@proba.test")
	call(exitUsage, "link")
	call(exitUsage, "remove", "olena@proba.test")
	if got := call(exitFine, "link", "olena@proba.test"); got[0].Link == added[0].Link || got[0].Link == "" {
		t.Errorf("another link is %q", got[0].Link)
	}
	if got := call(exitFine, "roles", "-roles", "auditor", "olena@proba.test"); len(got[0].Roles) != 1 || got[0].Roles[0] != auth.Auditor {
		t.Errorf("roles %v", got[0].Roles)
	}
	call(exitFine, "disable", "olena@proba.test")
	if got := call(exitFine, "list"); len(got) != 1 || !got[0].Disabled || got[0].Link != "" {
		t.Errorf("listed %+v", got)
	}
	call(exitFine, "enable", "olena@proba.test")
	report, err := doctorReport(t.Context(), data)
	if err != nil || len(report.Findings) > 0 || report.Audit.Number < 5 {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestCommandsLookWhereTheServiceLooks has PROBA_DATA name the folder for every command
// that opens a store.
func TestCommandsLookWhereTheServiceLooks(t *testing.T) {
	t.Setenv("PROBA_STORE", "")
	t.Setenv("PROBA_DATA", filepath.Join(t.TempDir(), "elsewhere"))
	t.Chdir(t.TempDir())
	call := func(args ...string) string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if got := run(t.Context(), args, &stdout, &stderr); got != exitFine {
			t.Errorf("%v: exit %d\n%s", args, got, stderr.String())
		}
		return stdout.String() + stderr.String()
	}
	if err := os.WriteFile("law.gift", []byte("::one::Thirty days?{TRUE}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	call("user", "add", "-public-url", "https://exams.test", "-name", "Олена", "-roles", "author", "olena@proba.test")
	imported := regexp.MustCompile(`[0-9a-f]{64}`).FindString(call("bank", "import", "--json", "law.gift"))
	call("bank", "export", "--format", "gift", "--release", imported)
	call("doctor")
	if _, err := os.Stat("proba-data"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a command made a store of its own beside that of PROBA_DATA: %v", err)
	}
}
