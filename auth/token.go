package auth

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/proba-exam/proba/internal/fault"
)

const (
	// AccessLife is how long an access token is good. It is also how long a
	// disabled person or a lost role can still act: checking costs no store.
	AccessLife = 5 * time.Minute
	// clockSkew is the difference between the clocks of two copies of the
	// service that a fresh token survives. Machines with NTP differ by less.
	clockSkew = 5 * time.Second
	// maxAccessToken bounds the work on a stranger's token, in bytes; ours have
	// some 700.
	maxAccessToken = 4096

	accessType = "at+jwt" // RFC 9068 section 2.1
	clientID   = "proba"  // RFC 9068 wants one; we have our own clients only
)

// Keys are the keys of access tokens.
type Keys struct {
	// SigningID is the kid of Signing.
	SigningID string
	Signing   ed25519.PrivateKey
	// Verify holds, by kid, the public keys whose tokens are accepted beside
	// those of Signing: the key before the last rotation, for AccessLife, and
	// the next one, where several copies do not change over at once.
	Verify map[string]ed25519.PublicKey
}

// accessClaims are the claims of RFC 9068 section 2.2, with roles as in its
// section 2.2.3.1.
type accessClaims struct {
	jwt.RegisteredClaims
	ClientID string `json:"client_id"`
	Roles    []Role `json:"roles"`
}

// accessTokens issues and checks access tokens.
type accessTokens struct {
	issuer    string
	signingID string
	signing   ed25519.PrivateKey
	verify    map[string]ed25519.PublicKey
	parser    *jwt.Parser
	now       func() time.Time
	rand      io.Reader
	proved    *lru.Cache[[sha256.Size]byte, proof]
}

// provedTokens is how many tokens are remembered as proved: those of a large sitting,
// in less than 2 MB.
const provedTokens = 4096

// proof is what a token proved when its signature was checked, and between which
// times it does. A client sends the same token with every call for minutes, and the
// signature is three quarters of the work of a check.
type proof struct {
	principal   Principal
	from, until time.Time
}

func newAccessTokens(issuer string, keys Keys, now func() time.Time, rand io.Reader) (*accessTokens, error) {
	if issuer == "" || keys.SigningID == "" || len(keys.Signing) != ed25519.PrivateKeySize {
		return nil, errors.New("access tokens need an issuer and an Ed25519 signing key with an id")
	}
	verify := map[string]ed25519.PublicKey{}
	maps.Copy(verify, keys.Verify)
	for id, key := range verify {
		if id == "" || len(key) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("access tokens: verification key %q is not an Ed25519 key with an id", id)
		}
	}
	own := keys.Signing.Public().(ed25519.PublicKey)
	if listed, ok := verify[keys.SigningID]; ok && !listed.Equal(own) {
		return nil, fmt.Errorf("access tokens: key id %q names two keys", keys.SigningID)
	}
	verify[keys.SigningID] = own
	proved, err := lru.New[[sha256.Size]byte, proof](provedTokens)
	if err != nil {
		return nil, fmt.Errorf("access tokens: %w", err)
	}
	return &accessTokens{
		issuer: issuer, signingID: keys.SigningID, signing: keys.Signing, verify: verify, now: now, rand: rand, proved: proved,
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
			jwt.WithIssuer(issuer),
			jwt.WithAudience(issuer),
			jwt.WithExpirationRequired(),
			jwt.WithNotBeforeRequired(),
			jwt.WithIssuedAt(),
			jwt.WithLeeway(clockSkew),
			jwt.WithTimeFunc(now),
			jwt.WithStrictDecoding(),
		),
	}, nil
}

// issue returns a token for the person and when it expires. The service is the
// issuer and the only audience of its tokens.
func (a *accessTokens) issue(p Person, now time.Time) (token string, expires time.Time, err error) {
	id, err := newID(now, a.rand)
	if err != nil {
		return "", time.Time{}, err
	}
	now = now.Truncate(time.Second) // what a NumericDate of this library keeps
	expires = now.Add(AccessLife)
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, accessClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: a.issuer, Audience: jwt.ClaimStrings{a.issuer}, Subject: p.ID, ID: id,
			IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(expires),
		},
		ClientID: clientID,
		Roles:    p.Roles,
	})
	t.Header["typ"], t.Header["kid"] = accessType, a.signingID
	if token, err = t.SignedString(a.signing); err != nil {
		return "", time.Time{}, fmt.Errorf("sign an access token: %w", err)
	}
	return token, expires, nil
}

// check returns the principal that the token proves, or Unauthenticated:
// "token.expired" for a token of ours whose time is over, which its holder may
// refresh, "token.invalid" for everything else.
func (a *accessTokens) check(token string) (Principal, error) {
	invalid := fault.New(fault.Unauthenticated, "token.invalid", "The access token is not valid here.")
	if len(token) > maxAccessToken {
		return Principal{}, invalid
	}
	sum := sha256.Sum256([]byte(token))
	if p, ok := a.proved.Get(sum); ok && p.at(a.now()) {
		return p.principal.clone(), nil
	}
	var claims accessClaims
	_, err := a.parser.ParseWithClaims(token, &claims, a.key)
	switch {
	case err == nil && claims.Subject != "":
		p := claims.proof()
		a.proved.Add(sum, p)
		return p.principal.clone(), nil
	case err == nil:
		return Principal{}, invalid
	case onlyExpired(err):
		return Principal{}, fault.New(fault.Unauthenticated, "token.expired",
			"The access token has expired. Get another with the refresh token.").Wrap(err)
	}
	return Principal{}, invalid.Wrap(err)
}

func (c *accessClaims) proof() proof {
	p := proof{Principal{PersonID: c.Subject, Roles: c.Roles}, c.NotBefore.Time, c.ExpiresAt.Time}
	if c.IssuedAt != nil && c.IssuedAt.After(p.from) {
		p.from = c.IssuedAt.Time
	}
	return p
}

// at reports whether the token is in its time beyond doubt. At the edges, where the
// clocks of two copies may differ, the whole check decides.
func (p proof) at(now time.Time) bool { return !now.Before(p.from) && now.Before(p.until) }

// key returns the public key that the token's header names, before anything
// else in the token is believed. Claims of other kinds of token that this key
// may sign are kept out by the type (RFC 8725 section 3.11).
func (a *accessTokens) key(t *jwt.Token) (any, error) {
	typ, _ := t.Header["typ"].(string)
	if strings.TrimPrefix(strings.ToLower(typ), "application/") != accessType {
		return nil, errors.New("not an access token")
	}
	if _, critical := t.Header["crit"]; critical { // RFC 7515 section 4.1.11
		return nil, errors.New("critical header that is not understood")
	}
	kid, _ := t.Header["kid"].(string)
	key, ok := a.verify[kid]
	if !ok {
		return nil, errors.New("no such key")
	}
	return key, nil
}

// onlyExpired reports whether the signature was right and time is the token's
// only fault.
func onlyExpired(err error) bool {
	if !errors.Is(err, jwt.ErrTokenExpired) {
		return false
	}
	for _, other := range []error{
		jwt.ErrTokenInvalidIssuer, jwt.ErrTokenInvalidAudience, jwt.ErrTokenNotValidYet,
		jwt.ErrTokenUsedBeforeIssued, jwt.ErrTokenRequiredClaimMissing,
	} {
		if errors.Is(err, other) {
			return false
		}
	}
	return true
}
