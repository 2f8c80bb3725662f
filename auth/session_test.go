package auth_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

func TestSignIn(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	s := must(e.SignIn(t.Context(), "  oLENA@EXAMPLE.ORG ", pass))(t)

	got := must(e.Authenticate(s.AccessToken))(t)
	if diff := cmp.Diff(auth.Principal{PersonID: p.ID, Roles: p.Roles}, got); diff != "" {
		t.Errorf("principal:\n%s", diff)
	}
	if want := start.Add(auth.FamilyIdle).UTC().Truncate(time.Millisecond); !s.RefreshExpiresAt.Equal(want) {
		t.Errorf("RefreshExpiresAt = %v, want %v", s.RefreshExpiresAt, want)
	}
	id, secret, _ := strings.Cut(s.RefreshToken, ".")
	family := must(json.Marshal(must(e.store.Family(t.Context(), id))(t)))(t)
	if strings.Contains(string(family), secret) {
		t.Error("the refresh token's secret is stored")
	}
}

func TestSignInFromAnotherKeyboard(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	const password = "їжак\u00a0і йод навесні"
	must(e.SetPassword(t.Context(), p.ID, norm.NFC.String(password)))(t)
	must(e.SignIn(t.Context(), p.Email, strings.ReplaceAll(norm.NFD.String(password), "\u00a0", " ")))(t)
}

func TestSignInRefusesEveryReasonAlike(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	for _, r := range []auth.Registration{
		{Email: "closed@example.org", Roles: []auth.Role{auth.Learner}},
		{Email: "new@example.org", Roles: []auth.Role{auth.Learner}},
		{Email: "demo@example.org", Roles: []auth.Role{auth.Learner}, Demo: true},
	} {
		r.Name, r.Language = "Name", "en"
		q := must(e.Register(t.Context(), r))(t)
		switch r.Email {
		case "closed@example.org":
			must(e.SetPassword(t.Context(), q.ID, pass))(t)
			must(e.Disable(t.Context(), q.ID))(t)
		case "demo@example.org":
			must(e.SetPassword(t.Context(), q.ID, pass))(t)
		}
	}
	_, want := e.SignIn(t.Context(), p.Email, "not the password")
	wantFault(t, want, fault.Unauthenticated, "sign_in.refused")

	for _, row := range []struct{ name, email, password string }{
		{"unknown", "nobody@example.org", pass},
		{"no password yet", "new@example.org", pass},
		{"closed", "closed@example.org", pass},
		{"demo in production", "demo@example.org", pass},
		{"not an e-mail", "nobody", pass},
		{"empty password", p.Email, ""},
		{"overlong password", p.Email, strings.Repeat("x", 5000)},
		{"control characters", p.Email, pass + "\x00"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := e.SignIn(t.Context(), row.email, row.password)
			wantFault(t, err, fault.Unauthenticated, "sign_in.refused")
			got, _, _ := strings.Cut(err.Error(), ": password.weak")
			if got != want.Error() {
				t.Errorf("says %q, want %q", err, want)
			}
		})
	}
}

// patient is a Store that finds people although the context has ended.
type patient struct{ auth.Store }

func (p patient) PersonByEmail(ctx context.Context, key string) (auth.Person, error) {
	return p.Store.PersonByEmail(context.WithoutCancel(ctx), key)
}

// The queue for hashing is where an ended context shows: who gets there would
// have paid for a hash.
func TestSignInHashesForUnknownPeopleToo(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	e.Register(t.Context(), auth.Registration{Email: "new@example.org", Name: "N", Language: "en", Roles: []auth.Role{auth.Learner}})
	service := e.over(t, patient{e.store})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, email := range []string{p.Email, "nobody@example.org", "new@example.org", "no e-mail"} {
		_, err := service.SignIn(ended, email, pass)
		wantFault(t, err, fault.Unavailable, "auth.busy")
	}
}

func TestDemoAccountsWhereAllowed(t *testing.T) {
	e := newEnv(t, func(c *auth.Config) { c.AllowDemo = true })
	r := olena()
	r.Demo = true
	p := must(e.Register(t.Context(), r))(t)
	must(e.SetPassword(t.Context(), p.ID, pass))(t)
	s := e.signIn(t)

	e.config.AllowDemo = false
	production := e.over(t, e.store)
	_, err := production.Refresh(t.Context(), s.RefreshToken)
	wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
	_, _, err = production.CreateLink(t.Context(), p.ID, auth.Reset)
	wantFault(t, err, fault.Conflict, "person.disabled")
}

func TestSignInRenewsAHashOfOldCost(t *testing.T) {
	e := newEnv(t, nil)
	before := e.olena(t)
	now := auth.Argon{Memory: 16, Time: 1, Threads: 1}
	e.config.Passwords = cheap(t, now)
	dearer := e.over(t, e.store)

	s := must(dearer.SignIn(t.Context(), before.Email, pass))(t)
	after := must(e.Person(t.Context(), before.ID))(t)
	if !strings.Contains(after.PasswordHash, "$m=16,t=1,p=1$") {
		t.Errorf("hash = %q, want the new cost", after.PasswordHash)
	}
	if after.Epoch != before.Epoch {
		t.Error("a renewed hash ended the sessions")
	}
	must(dearer.Refresh(t.Context(), s.RefreshToken))(t)
	must(dearer.SignIn(t.Context(), before.Email, pass))(t)
	if again := must(e.Person(t.Context(), before.ID))(t); again.Version != after.Version {
		t.Error("a hash of today's cost was renewed")
	}
}

func TestRefreshRotates(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	first := e.signIn(t)
	must(e.SetRoles(t.Context(), p.ID, []auth.Role{auth.Author, auth.Learner}))(t)

	e.clock.move(time.Hour)
	second := must(e.Refresh(t.Context(), first.RefreshToken))(t)
	principal := must(e.Authenticate(second.AccessToken))(t)
	if !principal.Can(auth.BanksRead) {
		t.Error("the new token has the old roles")
	}

	_, err := e.Refresh(t.Context(), first.RefreshToken)
	wantFault(t, err, fault.Unauthenticated, "refresh.reused")
	_, err = e.Refresh(t.Context(), second.RefreshToken)
	wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
	must(e.Refresh(t.Context(), e.signIn(t).RefreshToken))(t) // another family lives
}

func TestRefreshRefuses(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	good := e.signIn(t).RefreshToken
	family, secret, _ := strings.Cut(good, ".")

	for name, token := range map[string]string{
		"empty":            "",
		"no secret":        family + ".",
		"no family":        "." + secret,
		"other family":     "0190b7a0-0000-7000-8000-000000000000." + secret,
		"spare bits set":   good[:len(good)-1] + string(nextLetter(good[len(good)-1])),
		"upper case":       strings.ToUpper(family) + "." + secret,
		"trailing newline": good + "\n",
		"access token":     e.signIn(t).AccessToken,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := e.Refresh(t.Context(), token)
			wantFault(t, err, fault.Unauthenticated, "refresh.invalid")
		})
	}
	good = must(e.Refresh(t.Context(), good))(t).RefreshToken // none of them harmed it

	must(e.Disable(t.Context(), p.ID))(t)
	_, err := e.Refresh(t.Context(), good)
	wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
	must(e.Enable(t.Context(), p.ID))(t)
	_, err = e.Refresh(t.Context(), good)
	wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
	e.signIn(t)
}

func TestRefreshEndsWithTime(t *testing.T) {
	t.Run("idle", func(t *testing.T) {
		e := newEnv(t, nil)
		e.olena(t)
		token := e.signIn(t).RefreshToken
		e.clock.move(auth.FamilyIdle - time.Millisecond)
		token = must(e.Refresh(t.Context(), token))(t).RefreshToken
		e.clock.move(auth.FamilyIdle)
		_, err := e.Refresh(t.Context(), token)
		wantFault(t, err, fault.Unauthenticated, "refresh.expired")
	})
	t.Run("absolute", func(t *testing.T) {
		e := newEnv(t, nil)
		e.olena(t)
		s := e.signIn(t)
		end := e.clock.now().Add(auth.FamilyLife)
		for e.clock.now().Add(time.Hour).Before(end) {
			e.clock.move(time.Hour)
			s = must(e.Refresh(t.Context(), s.RefreshToken))(t)
			if s.RefreshExpiresAt.After(end) {
				t.Errorf("promised %v, after %v", s.RefreshExpiresAt, end)
			}
		}
		e.clock.move(time.Hour)
		_, err := e.Refresh(t.Context(), s.RefreshToken)
		wantFault(t, err, fault.Unauthenticated, "refresh.expired")
	})
}

func TestGraceReplacesALostSuccessor(t *testing.T) {
	e := newEnv(t, func(c *auth.Config) { c.Grace = 10 * time.Second })
	e.olena(t)
	first := e.signIn(t).RefreshToken
	lost := must(e.Refresh(t.Context(), first))(t).RefreshToken
	e.clock.move(9 * time.Second)
	second := must(e.Refresh(t.Context(), first))(t).RefreshToken

	t.Run("the successor in hand works", func(t *testing.T) {
		second = must(e.Refresh(t.Context(), second))(t).RefreshToken
	})
	t.Run("its use ends the grace of the one before", func(t *testing.T) {
		_, err := e.Refresh(t.Context(), first)
		wantFault(t, err, fault.Unauthenticated, "refresh.reused")
	})

	first = e.signIn(t).RefreshToken
	lost = must(e.Refresh(t.Context(), first))(t).RefreshToken
	must(e.Refresh(t.Context(), first))(t)
	t.Run("the lost one is spent", func(t *testing.T) {
		_, err := e.Refresh(t.Context(), lost)
		wantFault(t, err, fault.Unauthenticated, "refresh.reused")
	})

	first = e.signIn(t).RefreshToken
	must(e.Refresh(t.Context(), first))(t)
	e.clock.move(6 * time.Second)
	must(e.Refresh(t.Context(), first))(t)
	e.clock.move(4 * time.Second)
	t.Run("the grace counts from the first use", func(t *testing.T) {
		_, err := e.Refresh(t.Context(), first)
		wantFault(t, err, fault.Unauthenticated, "refresh.reused")
	})
}

func TestConcurrentRefreshHasOneWinner(t *testing.T) {
	e := newEnv(t, nil)
	e.olena(t)
	token := e.signIn(t).RefreshToken

	const callers = 32
	sessions := make([]auth.Session, callers)
	errs := make([]error, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() { sessions[i], errs[i] = e.Refresh(context.Background(), token) })
	}
	wg.Wait()

	var winner string
	for i, err := range errs {
		switch {
		case err == nil && winner == "":
			winner = sessions[i].RefreshToken
		case err == nil:
			t.Error("two callers won")
		case fault.Code(err) != "refresh.reused" && fault.Code(err) != "refresh.revoked":
			t.Errorf("a loser got %v", err)
		}
	}
	if winner == "" {
		t.Fatal("nobody won")
	}
	_, err := e.Refresh(t.Context(), winner)
	wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
}

func TestSignOut(t *testing.T) {
	e := newEnv(t, nil)
	e.olena(t)
	first, second := e.signIn(t).RefreshToken, e.signIn(t).RefreshToken
	for range 2 {
		if err := e.SignOut(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		e.clock.move(time.Minute)
	}
	if f := must(e.store.Family(t.Context(), first[:36]))(t); !f.RevokedAt.Equal(start.Truncate(time.Millisecond)) {
		t.Errorf("revoked at %v, want the first sign-out's time", f.RevokedAt)
	}
	for _, unknown := range []string{"", "nonsense", "0190b7a0-0000-7000-8000-000000000000" + first[36:]} {
		if err := e.SignOut(t.Context(), unknown); err != nil {
			t.Errorf("SignOut(%q) = %v", unknown, err)
		}
	}
	_, err := e.Refresh(t.Context(), first)
	wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
	must(e.Refresh(t.Context(), second))(t)
}

func TestDeleteExpiredKeepsAWeek(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	e.signIn(t)
	token, _ := mustLink(t, e, p.ID, auth.Reset)
	e.clock.move(7 * 24 * time.Hour)
	if n := must(e.DeleteExpired(t.Context()))(t); n != 0 {
		t.Errorf("deleted %d too early", n)
	}
	_, err := e.RedeemLink(t.Context(), token, other)
	wantFault(t, err, fault.Conflict, "link.expired")
	e.clock.move(auth.FamilyLife)
	if n := must(e.DeleteExpired(t.Context()))(t); n != 2 {
		t.Errorf("deleted %d, want the family and the link", n)
	}
	_, err = e.RedeemLink(t.Context(), token, other)
	wantFault(t, err, fault.NotFound, "link.not_found")
}

// Limit: 100 ms an operation, and a wrong password and an unknown e-mail within
// a tenth of each other.
func BenchmarkSignInRefused(b *testing.B) {
	passwords, err := auth.NewPasswords(auth.DefaultArgon(), 1, rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	e := newEnv(b, func(c *auth.Config) { c.Passwords = passwords })
	p := e.olena(b)
	for name, email := range map[string]string{"wrong": p.Email, "unknown": "nobody@example.org"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := e.SignIn(b.Context(), email, "not the password"); err == nil {
					b.Fatal("let in")
				}
			}
		})
	}
}

// A refresh is one read of the family, one of the person and one durable write.
func BenchmarkRefresh(b *testing.B) {
	e := newEnv(b, nil)
	e.olena(b)
	token := e.signIn(b).RefreshToken
	for b.Loop() {
		token = must(e.Refresh(b.Context(), token))(b).RefreshToken
	}
}
