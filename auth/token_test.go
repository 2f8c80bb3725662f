package auth_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

// forge is the material from which the rows of the table build a token.
type forge struct {
	method jwt.SigningMethod
	key    any
	header map[string]any
	claims jwt.MapClaims
}

func (f forge) token(t testing.TB) string {
	t.Helper()
	token := jwt.NewWithClaims(f.method, f.claims)
	for name, value := range f.header {
		token.Header[name] = value
		if value == nil {
			delete(token.Header, name)
		}
	}
	return must(token.SignedString(f.key))(t)
}

func TestAuthenticateAcceptsOnlyOurTokens(t *testing.T) {
	retired, retiredKey, _ := ed25519.GenerateKey(rand.Reader)
	e := newEnv(t, func(c *auth.Config) { c.Keys.Verify = map[string]ed25519.PublicKey{"k0": retired} })
	_, stranger, _ := ed25519.GenerateKey(rand.Reader)
	public := []byte(e.config.Keys.Signing.Public().(ed25519.PublicKey))
	now := start.Truncate(time.Second)
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }

	rows := []struct {
		name string
		edit func(*forge)
		want string // the code, "" for accepted
	}{
		{"ours", func(f *forge) {}, ""},
		{"full media type", func(f *forge) { f.header["typ"] = "application/at+JWT" }, ""},
		{"several audiences", func(f *forge) { f.claims["aud"] = []string{"https://x.example", issuer} }, ""},
		{"retired key", func(f *forge) { f.header["kid"], f.key = "k0", retiredKey }, ""},
		{"a clock 4 s ahead", func(f *forge) { f.claims["iat"], f.claims["nbf"] = at(4*time.Second), at(4*time.Second) }, ""},
		{"expired 4 s ago", func(f *forge) { f.claims["exp"] = at(-4 * time.Second) }, ""},

		{"expired 6 s ago", func(f *forge) { f.claims["exp"] = at(-6 * time.Second) }, "token.expired"},
		{"expired long ago", func(f *forge) { f.claims["exp"] = at(-24 * time.Hour) }, "token.expired"},

		{"expired and of another issuer", func(f *forge) { f.claims["exp"], f.claims["iss"] = at(-time.Hour), "https://x.example" }, "token.invalid"},
		{"expired and wrongly signed", func(f *forge) { f.claims["exp"], f.key = at(-time.Hour), stranger }, "token.invalid"},
		{"alg none", func(f *forge) { f.method, f.key = jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType }, "token.invalid"},
		{"HS256 with the public key", func(f *forge) { f.method, f.key = jwt.SigningMethodHS256, public }, "token.invalid"},
		{"wrong key", func(f *forge) { f.key = stranger }, "token.invalid"},
		{"unknown kid", func(f *forge) { f.header["kid"] = "k9" }, "token.invalid"},
		{"another key's kid", func(f *forge) { f.header["kid"] = "k0" }, "token.invalid"},
		{"no kid", func(f *forge) { f.header["kid"] = nil }, "token.invalid"},
		{"kid of another type", func(f *forge) { f.header["kid"] = 1 }, "token.invalid"},
		{"typ JWT", func(f *forge) { f.header["typ"] = "JWT" }, "token.invalid"},
		{"no typ", func(f *forge) { f.header["typ"] = nil }, "token.invalid"},
		{"critical header", func(f *forge) { f.header["crit"] = []string{"b64"} }, "token.invalid"},
		{"wrong issuer", func(f *forge) { f.claims["iss"] = "https://exams.example/" }, "token.invalid"},
		{"no issuer", func(f *forge) { delete(f.claims, "iss") }, "token.invalid"},
		{"wrong audience", func(f *forge) { f.claims["aud"] = "https://x.example" }, "token.invalid"},
		{"no audience", func(f *forge) { delete(f.claims, "aud") }, "token.invalid"},
		{"no expiry", func(f *forge) { delete(f.claims, "exp") }, "token.invalid"},
		{"no start", func(f *forge) { delete(f.claims, "nbf") }, "token.invalid"},
		{"future start", func(f *forge) { f.claims["nbf"] = at(6 * time.Second) }, "token.invalid"},
		{"future issue", func(f *forge) { f.claims["iat"] = at(6 * time.Second) }, "token.invalid"},
		{"no subject", func(f *forge) { delete(f.claims, "sub") }, "token.invalid"},
		{"roles of another type", func(f *forge) { f.claims["roles"] = "administrator" }, "token.invalid"},
		{"too long", func(f *forge) { f.claims["padding"] = strings.Repeat("x", 4096) }, "token.invalid"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			f := forge{
				method: jwt.SigningMethodEdDSA, key: e.config.Keys.Signing,
				header: map[string]any{"typ": "at+jwt", "kid": "k1"},
				claims: jwt.MapClaims{
					"iss": issuer, "aud": issuer, "sub": "p1", "jti": "t1", "client_id": "proba",
					"roles": []string{"learner"}, "iat": at(0), "nbf": at(0), "exp": at(time.Minute),
				},
			}
			row.edit(&f)
			p, err := e.Authenticate(f.token(t))
			if row.want == "" {
				want := auth.Principal{PersonID: "p1", Roles: []auth.Role{auth.Learner}}
				if diff := cmp.Diff(want, p); err != nil || diff != "" {
					t.Errorf("refused: %v\n%s", err, diff)
				}
				return
			}
			wantFault(t, err, fault.Unauthenticated, row.want)
			if diff := cmp.Diff(auth.Principal{}, p); diff != "" {
				t.Errorf("a refused token still names a principal:\n%s", diff)
			}
		})
	}
}

func TestAuthenticateRefusesWhatIsNoToken(t *testing.T) {
	e := newEnv(t, nil)
	e.olena(t)
	good := e.signIn(t).AccessToken
	parts := strings.Split(good, ".")
	rows := map[string]string{
		"empty":          "",
		"two parts":      parts[0] + "." + parts[1],
		"four parts":     good + ".",
		"no signature":   parts[0] + "." + parts[1] + ".",
		"scheme kept":    "Bearer " + good,
		"padded":         good + "=",
		"spare bits set": good[:len(good)-1] + string(nextLetter(good[len(good)-1])),
		"a refresh":      e.signIn(t).RefreshToken,
	}
	for name, token := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := e.Authenticate(token)
			wantFault(t, err, fault.Unauthenticated, "token.invalid")
		})
	}
}

// nextLetter returns the base64url letter after c, whose unused low bits differ.
func nextLetter(c byte) byte {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return letters[(strings.IndexByte(letters, c)+1)%64]
}

func TestAccessTokenIsWhatRFC9068Says(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	s := e.signIn(t)

	var header, claims map[string]any
	for i, into := range []*map[string]any{&header, &claims} {
		b := must(base64.RawURLEncoding.DecodeString(strings.Split(s.AccessToken, ".")[i]))(t)
		if err := json.Unmarshal(b, into); err != nil {
			t.Fatal(err)
		}
	}
	now := float64(start.Unix())
	if jti, _ := claims["jti"].(string); len(jti) != 36 {
		t.Errorf("jti = %v, want an id", claims["jti"])
	}
	delete(claims, "jti")
	if diff := cmp.Diff(map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": "k1"}, header); diff != "" {
		t.Errorf("header:\n%s", diff)
	}
	want := map[string]any{
		"iss": issuer, "aud": []any{issuer}, "sub": p.ID, "client_id": "proba", "roles": []any{"learner"},
		"iat": now, "nbf": now, "exp": now + 300,
	}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Errorf("claims:\n%s", diff)
	}
	if !s.AccessExpiresAt.Equal(time.Unix(int64(now)+300, 0)) {
		t.Errorf("AccessExpiresAt = %v", s.AccessExpiresAt)
	}
}

func TestNewRefusesUnusableConfigurations(t *testing.T) {
	public, _, _ := ed25519.GenerateKey(rand.Reader)
	rows := map[string]func(*auth.Config){
		"no store":          func(c *auth.Config) { c.Store = nil },
		"no clock":          func(c *auth.Config) { c.Now = nil },
		"no issuer":         func(c *auth.Config) { c.Issuer = "" },
		"no key id":         func(c *auth.Config) { c.Keys.SigningID = "" },
		"no key":            func(c *auth.Config) { c.Keys.Signing = nil },
		"negative grace":    func(c *auth.Config) { c.Grace = -1 },
		"long grace":        func(c *auth.Config) { c.Grace = auth.MaxGrace + 1 },
		"short public key":  func(c *auth.Config) { c.Keys.Verify = map[string]ed25519.PublicKey{"k0": public[:31]} },
		"one id, two keys":  func(c *auth.Config) { c.Keys.Verify = map[string]ed25519.PublicKey{"k1": public} },
		"public without id": func(c *auth.Config) { c.Keys.Verify = map[string]ed25519.PublicKey{"": public} },
	}
	for name, spoil := range rows {
		t.Run(name, func(t *testing.T) {
			c := newEnv(t, nil).config
			spoil(&c)
			if _, err := auth.New(c); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func FuzzAuthenticate(f *testing.F) {
	e := newEnv(f, nil)
	p := e.olena(f)
	good := e.signIn(f).AccessToken
	f.Add(good)
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add(strings.Replace(good, ".", "..", 1))
	f.Add("e30.eyJleHAiOjFlNDAwfQ.AA")
	f.Fuzz(func(t *testing.T, token string) {
		got, err := e.Authenticate(token)
		switch {
		case err == nil && (token != good || got.PersonID != p.ID || !slices.Equal(got.Roles, p.Roles)):
			t.Errorf("accepted %q as %v", token, got)
		case err != nil && fault.Of(err) != fault.Unauthenticated:
			t.Errorf("answered %v", err)
		}
	})
}

// TestAProvedTokenEndsInTime is a token that was checked before: being remembered
// gives it no second more, and no other token anything.
func TestAProvedTokenEndsInTime(t *testing.T) {
	e := newEnv(t, nil)
	p := e.olena(t)
	token := e.signIn(t).AccessToken
	for range 2 { // the second is answered from memory
		got := must(e.Authenticate(token))(t)
		if got.PersonID != p.ID || !slices.Equal(got.Roles, p.Roles) {
			t.Fatalf("the token proves %v", got)
		}
		got.Roles[0] = auth.Administrator // a caller's own copy
	}
	_, err := e.Authenticate(token[:len(token)-4] + "AAAA")
	wantFault(t, err, fault.Unauthenticated, "token.invalid")
	e.clock.move(-auth.AccessLife)
	_, err = e.Authenticate(token)
	wantFault(t, err, fault.Unauthenticated, "token.invalid")
	e.clock.move(auth.AccessLife + auth.AccessLife - time.Second)
	must(e.Authenticate(token))(t)
	e.clock.move(time.Minute)
	_, err = e.Authenticate(token)
	wantFault(t, err, fault.Unauthenticated, "token.expired")
}

// Limit: 100 µs an operation; every request of the API pays it.
func BenchmarkAuthenticate(b *testing.B) {
	e := newEnv(b, nil)
	e.olena(b)
	again := e.signIn(b).AccessToken
	// More tokens in turn than are remembered: each is checked as for the first time.
	many := make([]string, 5000)
	for i := range many {
		many[i] = forge{
			method: jwt.SigningMethodEdDSA, key: e.config.Keys.Signing,
			header: map[string]any{"typ": "at+jwt", "kid": "k1"},
			claims: jwt.MapClaims{
				"iss": issuer, "aud": issuer, "sub": "p1", "jti": strconv.Itoa(i), "client_id": "proba", "roles": []string{"learner"},
				"iat": start.Unix(), "nbf": start.Unix(), "exp": start.Add(time.Minute).Unix(),
			},
		}.token(b)
	}
	for name, tokens := range map[string][]string{"first": many, "again": {again}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				if _, err := e.Authenticate(tokens[n%len(tokens)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
