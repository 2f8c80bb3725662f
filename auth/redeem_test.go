package auth_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

func mustLink(t testing.TB, e *env, person string, purpose auth.Purpose) (string, auth.Link) {
	t.Helper()
	token, link, err := e.CreateLink(context.Background(), person, purpose)
	if err != nil {
		t.Fatal(err)
	}
	return token, link
}

func TestRedeemLinkSetsThePasswordAndEndsSessions(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	session := e.signIn(t)
	token, link := mustLink(t, e, p.ID, auth.Reset)
	second, _ := mustLink(t, e, p.ID, auth.Reset)

	must(e.RedeemLink(t.Context(), token, other))(t)
	must(e.SignIn(t.Context(), p.Email, other))(t)
	_, err := e.SignIn(t.Context(), p.Email, pass)
	wantFault(t, err, fault.Unauthenticated, "sign_in.refused")
	_, err = e.Refresh(t.Context(), session.RefreshToken)
	wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
	for name, token := range map[string]string{"the same link": token, "an older link": second} {
		t.Run(name, func(t *testing.T) {
			_, err := e.RedeemLink(t.Context(), token, pass)
			wantFault(t, err, fault.Conflict, "link.spent")
		})
	}

	if stored := must(e.store.Link(t.Context(), link.Hash))(t); stored.UsedAt.IsZero() {
		t.Error("the link is not marked as used")
	}
	family := must(e.store.Family(t.Context(), session.RefreshToken[:36]))(t)
	if family.RevokedAt.IsZero() {
		t.Error("the family is not marked as revoked")
	}
}

func TestRedeemLinkRefuses(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	token, _ := mustLink(t, e, p.ID, auth.Reset)

	t.Run("weak password, link still good", func(t *testing.T) {
		for _, weak := range []string{"short", "olena@example.org", "1234567890"} {
			_, err := e.RedeemLink(t.Context(), token, weak)
			wantFault(t, err, fault.Invalid, "password.weak")
		}
	})
	t.Run("unknown", func(t *testing.T) {
		for _, unknown := range []string{"", "x", token[1:] + "A", token + "="} {
			_, err := e.RedeemLink(t.Context(), unknown, other)
			wantFault(t, err, fault.NotFound, "link.not_found")
		}
	})
	t.Run("closed account", func(t *testing.T) {
		q := must(e.Register(t.Context(), auth.Registration{Email: "q@example.org", Name: "Q", Language: "en", Roles: []auth.Role{auth.Learner}}))(t)
		token, _ := mustLink(t, e, q.ID, auth.Invitation)
		must(e.Disable(t.Context(), q.ID))(t)
		_, err := e.RedeemLink(t.Context(), token, other)
		wantFault(t, err, fault.Conflict, "link.spent")
		_, _, err = e.CreateLink(t.Context(), q.ID, auth.Invitation)
		wantFault(t, err, fault.Conflict, "person.disabled")
	})
	t.Run("too late", func(t *testing.T) {
		e.clock.move(auth.ResetLife)
		_, err := e.RedeemLink(t.Context(), token, other)
		wantFault(t, err, fault.Conflict, "link.expired")
	})
}

func TestLinkLives(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	for purpose, life := range map[auth.Purpose]time.Duration{
		auth.Invitation: auth.InvitationLife, auth.Reset: auth.ResetLife, auth.Bootstrap: auth.BootstrapLife,
	} {
		_, link := mustLink(t, e, p.ID, purpose)
		if got := link.ExpiresAt.Sub(link.CreatedAt); got != life {
			t.Errorf("%s lives %v, want %v", purpose, got, life)
		}
	}
	_, _, err := e.CreateLink(t.Context(), p.ID, "gift")
	wantFault(t, err, fault.Invalid, "link.purpose")
	_, _, err = e.CreateLink(t.Context(), "nobody", auth.Reset)
	wantFault(t, err, fault.NotFound, "person.not_found")
}

func TestConcurrentRedemptionHasOneWinner(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	token, _ := mustLink(t, e, p.ID, auth.Reset)
	const callers = 16
	errs := make([]error, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			_, errs[i] = e.RedeemLink(context.Background(), token, other+string(rune('a'+i)))
		})
	}
	wg.Wait()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner < 0:
			winner = i
		case err == nil:
			t.Error("two callers won")
		case fault.Code(err) != "link.spent":
			t.Errorf("a loser got %v", err)
		}
	}
	if winner < 0 {
		t.Fatal("nobody won")
	}
	must(e.SignIn(t.Context(), p.Email, other+string(rune('a'+winner))))(t)
}

func TestChangePassword(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	session := e.signIn(t)
	for _, row := range []struct {
		present, next string
		kind          fault.Kind
		code          string
	}{
		{other, other, fault.Forbidden, "password.wrong"},
		{"", other, fault.Forbidden, "password.wrong"},
		{pass, "short", fault.Invalid, "password.weak"},
	} {
		_, err := e.ChangePassword(t.Context(), p.ID, row.present, row.next)
		wantFault(t, err, row.kind, row.code)
	}
	must(e.Refresh(t.Context(), session.RefreshToken))(t)
	must(e.ChangePassword(t.Context(), p.ID, pass, other))(t)
	must(e.SignIn(t.Context(), p.Email, other))(t)
	_, err := e.ChangePassword(t.Context(), "nobody", pass, other)
	wantFault(t, err, fault.NotFound, "person.not_found")
}
