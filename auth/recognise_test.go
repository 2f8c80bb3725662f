package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

func TestRecogniseSpendsNothing(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	s := must(e.SignIn(t.Context(), p.Email, pass))(t)
	for range 3 { // as three tabs do
		got := must(e.Recognise(t.Context(), s.RefreshToken))(t)
		if diff := cmp.Diff(auth.Principal{PersonID: p.ID, Roles: p.Roles}, got); diff != "" {
			t.Errorf("principal:\n%s", diff)
		}
	}
	must(e.Refresh(t.Context(), s.RefreshToken))(t)
}

// TestRecogniseRefuses changes one thing each time and wants the session over at
// once.
func TestRecogniseRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*testing.T, *env, auth.Person, *auth.Session)
		code   string
	}{
		"no token": {func(_ *testing.T, _ *env, _ auth.Person, s *auth.Session) { s.RefreshToken = "" }, "refresh.invalid"},
		"another secret of the family": {func(t *testing.T, e *env, p auth.Person, s *auth.Session) {
			other := must(e.SignIn(t.Context(), p.Email, pass))(t)
			id, _, _ := strings.Cut(s.RefreshToken, ".")
			_, secret, _ := strings.Cut(other.RefreshToken, ".")
			s.RefreshToken = id + "." + secret
		}, "refresh.invalid"},
		"spent by a refresh": {func(t *testing.T, e *env, _ auth.Person, s *auth.Session) {
			must(e.Refresh(t.Context(), s.RefreshToken))(t)
		}, "refresh.invalid"},
		"signed out": {func(t *testing.T, e *env, _ auth.Person, s *auth.Session) {
			if err := e.SignOut(t.Context(), s.RefreshToken); err != nil {
				t.Fatal(err)
			}
		}, "refresh.revoked"},
		"disabled": {func(t *testing.T, e *env, p auth.Person, _ *auth.Session) {
			must(e.Disable(t.Context(), p.ID))(t)
		}, "refresh.revoked"},
		"another password": {func(t *testing.T, e *env, p auth.Person, _ *auth.Session) {
			must(e.SetPassword(t.Context(), p.ID, "twelve loud herons at dusk"))(t)
		}, "refresh.revoked"},
		"left alone": {func(_ *testing.T, e *env, _ auth.Person, _ *auth.Session) { e.clock.move(auth.FamilyIdle) }, "refresh.expired"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEnv(t, nil)
			p := e.olena(t)
			s := must(e.SignIn(t.Context(), p.Email, pass))(t)
			c.change(t, e, p, &s)
			if _, err := e.Recognise(t.Context(), s.RefreshToken); fault.Code(err) != c.code || fault.Of(err) != fault.Unauthenticated {
				t.Errorf("%v, want %q", err, c.code)
			}
		})
	}
}

// TestUseKeepsAPageSessionAlive uses a session all day: it outlives the idle time,
// and ends with its life.
func TestUseKeepsAPageSessionAlive(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	s := must(e.SignIn(t.Context(), p.Email, pass))(t)
	const pause = auth.FamilyIdle / 2
	for used := pause; used < auth.FamilyLife; used += pause {
		e.clock.move(pause)
		if _, err := e.Recognise(t.Context(), s.RefreshToken); err != nil {
			t.Fatalf("after %v of use: %v", used, err)
		}
	}
	e.clock.move(pause)
	if _, err := e.Recognise(t.Context(), s.RefreshToken); fault.Code(err) != "refresh.expired" {
		t.Errorf("after its life: %v", err)
	}
}

// TestUseCostsNoWriteEachTime reads the stored family: it is written down again
// only after minutes.
func TestUseCostsNoWriteEachTime(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	s := must(e.SignIn(t.Context(), p.Email, pass))(t)
	id, _, _ := strings.Cut(s.RefreshToken, ".")
	before := must(e.store.Family(t.Context(), id))(t)
	e.clock.move(time.Minute)
	must(e.Recognise(t.Context(), s.RefreshToken))(t)
	if after := must(e.store.Family(t.Context(), id))(t); after.Version != before.Version {
		t.Errorf("a page wrote the family: version %d to %d", before.Version, after.Version)
	}
}
