package auth_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

// issued is a refresh token or a link as the model knows it.
type issued struct {
	token string
	epoch int
	ends  time.Time // absolute
	idle  time.Time // refresh tokens only
	spent bool
	fam   *bool // refresh tokens only: whether the family has been ended
}

// model is one person's account as doc.go describes it, without the tricks of
// the code.
type model struct {
	e        *env
	person   string
	password string
	epoch    int
	disabled bool
	refresh  []*issued
	links    []*issued
}

func (m *model) signIn(t *rapid.T) {
	password := rapid.SampledFrom([]string{pass, other}).Draw(t, "password")
	s, err := m.e.SignIn(context.Background(), "olena@example.org", password)
	if let := password == m.password && !m.disabled; let != (err == nil) {
		t.Fatalf("sign in with the right password and an open account: %v, got %v", let, err)
	}
	if err == nil {
		now := m.e.clock.now()
		m.refresh = append(m.refresh, &issued{
			token: s.RefreshToken, epoch: m.epoch, fam: new(bool),
			ends: now.Add(auth.FamilyLife), idle: now.Add(auth.FamilyIdle),
		})
	}
}

func (m *model) doRefresh(t *rapid.T) {
	if len(m.refresh) == 0 {
		t.Skip("none")
	}
	r := rapid.SampledFrom(m.refresh).Draw(t, "token")
	now := m.e.clock.now()
	want := ""
	switch {
	case r.epoch != m.epoch || m.disabled || *r.fam:
		want = "refresh.revoked"
	case !now.Before(m.familyEnd(r)):
		want = "refresh.expired"
	case r.spent:
		want = "refresh.reused"
	}
	s, err := m.e.Refresh(context.Background(), r.token)
	if fault.Code(err) != want || (want == "") != (err == nil) {
		t.Fatalf("refresh: got %v, want %q", err, want)
	}
	switch want {
	case "refresh.reused":
		*r.fam = true
	case "":
		r.spent = true
		next := *r
		next.token, next.spent, next.idle = s.RefreshToken, false, now.Add(auth.FamilyIdle)
		m.refresh = append(m.refresh, &next)
	}
}

// familyEnd is when r's family dies of time: the idle time runs from the newest
// token's issue.
func (m *model) familyEnd(r *issued) time.Time {
	idle := r.idle
	for _, other := range m.refresh {
		if other.fam == r.fam && other.idle.After(idle) {
			idle = other.idle
		}
	}
	if idle.Before(r.ends) {
		return idle
	}
	return r.ends
}

func (m *model) createLink(t *rapid.T) {
	token, _, err := m.e.CreateLink(context.Background(), m.person, auth.Reset)
	if m.disabled != (err != nil) {
		t.Fatalf("create a link: disabled %v, got %v", m.disabled, err)
	}
	if err == nil {
		m.links = append(m.links, &issued{token: token, epoch: m.epoch, ends: m.e.clock.now().Add(auth.ResetLife)})
	}
}

func (m *model) redeem(t *rapid.T) {
	if len(m.links) == 0 {
		t.Skip("none")
	}
	l := rapid.SampledFrom(m.links).Draw(t, "link")
	password := rapid.SampledFrom([]string{pass, other}).Draw(t, "password")
	want := ""
	switch {
	case l.spent || l.epoch != m.epoch:
		want = "link.spent"
	case !m.e.clock.now().Before(l.ends):
		want = "link.expired"
	}
	_, err := m.e.RedeemLink(context.Background(), l.token, password)
	if fault.Code(err) != want || (want == "") != (err == nil) {
		t.Fatalf("redeem: got %v, want %q", err, want)
	}
	if want == "" {
		l.spent = true
		m.password = password
		m.epoch++
	}
}

func (m *model) disable(t *rapid.T) {
	if _, err := m.e.Disable(context.Background(), m.person); err != nil {
		t.Fatal(err)
	}
	m.disabled = true
	m.epoch++
}

func (m *model) enable(t *rapid.T) {
	if _, err := m.e.Enable(context.Background(), m.person); err != nil {
		t.Fatal(err)
	}
	m.disabled = false
}

// check holds after every step: at most one token of each family is good.
func (m *model) check(t *rapid.T) {
	good := map[*bool]int{}
	for _, r := range m.refresh {
		if !r.spent && !*r.fam {
			good[r.fam]++
		}
	}
	for _, n := range good {
		if n > 1 {
			t.Fatalf("%d good tokens in a family", n)
		}
	}
	p, err := m.e.Person(context.Background(), m.person)
	if err != nil || p.Disabled != m.disabled || p.Epoch != int64(m.epoch) || !slices.Equal(p.Roles, []auth.Role{auth.Learner}) {
		t.Fatalf("the person is %+v, %v", p, err)
	}
}

// Invariants 3 to 7, in any order of events.
func TestSessionsAndLinksFollowTheModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		e := newEnv(t, nil)
		p := e.olena(t)
		m := &model{e: e, person: p.ID, password: pass, epoch: int(p.Epoch)}
		rt.Repeat(map[string]func(*rapid.T){
			"sign in":  m.signIn,
			"sign on":  m.signIn, // more often than the rest
			"refresh":  m.doRefresh,
			"refresh2": m.doRefresh,
			"link":     m.createLink,
			"redeem":   m.redeem,
			"disable":  m.disable,
			"enable":   m.enable,
			"enable2":  m.enable,
			"time": func(t *rapid.T) {
				e.clock.move(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
			},
			"": m.check,
		})
	})
}
