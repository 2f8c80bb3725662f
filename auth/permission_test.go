package auth_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

// The table of who may do what is frozen: a change shows as a change of the
// golden file, for a second pair of eyes.
func TestPermissionTable(t *testing.T) {
	var b strings.Builder
	for _, p := range auth.Permissions() {
		fmt.Fprintf(&b, "%s:", p)
		for _, r := range auth.Roles() {
			if r.Allows(p) {
				fmt.Fprintf(&b, " %s", r)
			}
		}
		b.WriteByte('\n')
	}
	const golden = "testdata/permissions.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := must(os.ReadFile(golden))(t)
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestRolesKeepApart(t *testing.T) {
	for _, p := range auth.Permissions() {
		held := false
		for _, r := range auth.Roles() {
			held = held || r.Allows(p)
		}
		if !held {
			t.Errorf("nobody has %s", p)
		}
		reads := strings.HasSuffix(string(p), ".read")
		if auth.Auditor.Allows(p) != reads {
			t.Errorf("the auditor and %s: %v", p, auth.Auditor.Allows(p))
		}
		if auth.Role("owner").Allows(p) || auth.Role("").Allows(p) {
			t.Errorf("an unknown role has %s", p)
		}
	}
	if auth.Author.Allows(auth.BanksApprove) || auth.Reviewer.Allows(auth.BanksImport) || auth.Reviewer.Allows(auth.BanksWrite) || auth.Administrator.Allows(auth.BanksApprove) {
		t.Error("one role both writes and approves items")
	}
	for _, r := range []auth.Role{auth.Learner, auth.Invigilator} {
		if r.Allows(auth.BanksRead) || r.Allows(auth.ResultsRead) {
			t.Errorf("a %s sees keys or other people's results", r)
		}
	}
}

func TestPrincipal(t *testing.T) {
	p := auth.Principal{PersonID: "p", Roles: []auth.Role{auth.Learner, auth.Invigilator}}
	if err := p.Require(auth.AttemptsExtend); err != nil {
		t.Error(err)
	}
	wantFault(t, p.Require(auth.AttemptsVoid), fault.Forbidden, "permission.denied")
	wantFault(t, auth.Principal{}.Require(auth.SelfRead), fault.Forbidden, "permission.denied")

	ctx := auth.WithPrincipal(context.Background(), p)
	if got, ok := auth.PrincipalFrom(ctx); !ok || !cmp.Equal(p, got) {
		t.Errorf("got %v, %v", got, ok)
	}
	if _, ok := auth.PrincipalFrom(context.Background()); ok {
		t.Error("a principal out of nothing")
	}
}
