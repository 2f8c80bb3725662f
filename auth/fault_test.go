package auth_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

// scenario is an operation on a service whose store may fail.
type scenario struct {
	name string
	// prepare returns the operation and what must hold when it has succeeded.
	prepare func(t *testing.T, e *env) (do func(*auth.Service) error, holds func(*testing.T))
}

func scenarios() []scenario {
	ctx := context.Background()
	return []scenario{
		{"Register", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			return func(s *auth.Service) error { _, err := s.Register(ctx, olena()); return err },
				func(t *testing.T) { must(e.PersonByEmail(ctx, olena().Email))(t) }
		}},
		{"RegisterMany", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			return func(s *auth.Service) error { _, err := s.RegisterMany(ctx, list(5)); return err },
				func(t *testing.T) {
					if n := e.count(t); n != 5 {
						t.Errorf("%d people, want 5", n)
					}
				}
		}},
		{"SignIn", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			p := e.olena(t)
			var token string
			return func(s *auth.Service) error {
					session, err := s.SignIn(ctx, p.Email, pass)
					token = session.RefreshToken
					return err
				},
				func(t *testing.T) { must(e.Refresh(ctx, token))(t) }
		}},
		{"SignIn with renewal", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			p := e.olena(t)
			e.config.Passwords = cheap(t, auth.Argon{Memory: 16, Time: 1, Threads: 1})
			var token string
			return func(s *auth.Service) error {
					session, err := s.SignIn(ctx, p.Email, pass)
					token = session.RefreshToken
					return err
				},
				func(t *testing.T) { must(e.Refresh(ctx, token))(t); e.signIn(t) }
		}},
		{"Refresh", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			e.olena(t)
			before := e.signIn(t).RefreshToken
			var after string
			return func(s *auth.Service) error {
					session, err := s.Refresh(ctx, before)
					after = session.RefreshToken
					return err
				},
				func(t *testing.T) { must(e.Refresh(ctx, after))(t) }
		}},
		{"Refresh of a spent token", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			e.olena(t)
			before := e.signIn(t).RefreshToken
			after := must(e.Refresh(ctx, before))(t).RefreshToken
			return func(s *auth.Service) error {
					_, err := s.Refresh(ctx, before)
					if fault.Code(err) == "refresh.reused" || fault.Code(err) == "refresh.revoked" {
						return nil
					}
					return err
				},
				func(t *testing.T) {
					_, err := e.Refresh(ctx, after)
					wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
				}
		}},
		{"SignOut", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			e.olena(t)
			token := e.signIn(t).RefreshToken
			return func(s *auth.Service) error { return s.SignOut(ctx, token) },
				func(t *testing.T) {
					_, err := e.Refresh(ctx, token)
					wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
				}
		}},
		{"CreateLink", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			p := e.olena(t)
			var token string
			return func(s *auth.Service) (err error) { token, _, err = s.CreateLink(ctx, p.ID, auth.Reset); return err },
				func(t *testing.T) { must(e.RedeemLink(ctx, token, other))(t) }
		}},
		{"RedeemLink", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			p := e.olena(t)
			session := e.signIn(t)
			token, _ := mustLink(t, e, p.ID, auth.Reset)
			return func(s *auth.Service) error { _, err := s.RedeemLink(ctx, token, other); return err },
				func(t *testing.T) {
					must(e.SignIn(ctx, p.Email, other))(t)
					_, err := e.Refresh(ctx, session.RefreshToken)
					wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
					_, err = e.RedeemLink(ctx, token, pass)
					wantFault(t, err, fault.Conflict, "link.spent")
				}
		}},
		{"ChangePassword", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			p := e.olena(t)
			return func(s *auth.Service) error { _, err := s.ChangePassword(ctx, p.ID, pass, other); return err },
				func(t *testing.T) { must(e.SignIn(ctx, p.Email, other))(t) }
		}},
		{"SetRoles", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			p := e.olena(t)
			return func(s *auth.Service) error {
					_, err := s.SetRoles(ctx, p.ID, []auth.Role{auth.Auditor})
					return err
				},
				func(t *testing.T) {
					if got := must(e.Person(ctx, p.ID))(t); got.Roles[0] != auth.Auditor {
						t.Errorf("roles = %v", got.Roles)
					}
				}
		}},
		{"Disable", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			p := e.olena(t)
			token := e.signIn(t).RefreshToken
			return func(s *auth.Service) error { _, err := s.Disable(ctx, p.ID); return err },
				func(t *testing.T) {
					_, err := e.Refresh(ctx, token)
					wantFault(t, err, fault.Unauthenticated, "refresh.revoked")
					_, err = e.SignIn(ctx, p.Email, pass)
					wantFault(t, err, fault.Unauthenticated, "sign_in.refused")
				}
		}},
		{"EnsureAdministrator", func(t *testing.T, e *env) (func(*auth.Service) error, func(*testing.T)) {
			var token string
			return func(s *auth.Service) (err error) {
					token, err = s.EnsureAdministrator(ctx, "admin@example.org", "Administrator", "uk")
					return err
				},
				func(t *testing.T) {
					must(e.RedeemLink(ctx, token, pass))(t)
					if e.count(t) != 1 {
						t.Errorf("%d administrators", e.count(t))
					}
				}
		}},
	}
}

// Every write of every operation fails once in each of the two ways. Then the
// operation has succeeded, or it says that it has not and does when it is
// simply called again.
func TestOperationsSurviveAFailingWrite(t *testing.T) {
	if testing.Short() {
		t.Skip("one call after the other, many times")
	}
	for _, sc := range scenarios() {
		for _, applied := range []bool{false, true} {
			name := sc.name + map[bool]string{false: ", not applied", true: ", answer lost"}[applied]
			t.Run(name, func(t *testing.T) {
				for nth := 1; ; nth++ {
					e := newEnv(t, nil)
					do, holds := sc.prepare(t, e)
					store := &failing{Store: e.store, nth: nth, applied: applied}
					service := e.over(t, store)
					err := do(service)
					if err != nil {
						if !errors.Is(err, errDown) {
							t.Errorf("write %d: %v, want the store's error", nth, err)
						}
						if err := do(service); err != nil {
							t.Errorf("write %d: again: %v", nth, err)
						}
					}
					holds(t)
					if store.nth > 0 { // there is no nth write
						if nth == 1 {
							t.Fatal("nothing was written")
						}
						return
					}
				}
			})
		}
	}
}

// When the store is down so long that the write cannot be read back, the
// client's token is spent without an answer: the case that a grace is for.
func TestRefreshWhoseAnswerIsLostForGood(t *testing.T) {
	for grace, want := range map[time.Duration]string{0: "refresh.reused", 10 * time.Second: ""} {
		e := newEnv(t, func(c *auth.Config) { c.Grace = grace })
		e.olena(t)
		token := e.signIn(t).RefreshToken
		store := &failing{Store: e.store, nth: 1, applied: true, blind: true}
		if _, err := e.over(t, store).Refresh(t.Context(), token); !errors.Is(err, errDown) {
			t.Fatalf("got %v, want the store's error", err)
		}
		_, err := e.Refresh(t.Context(), token)
		if fault.Code(err) != want {
			t.Errorf("grace %v: %v, want %q", grace, err, want)
		}
	}
}
