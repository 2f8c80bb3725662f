package certs

import (
	"net/url"
	"strings"
	"time"

	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

// Report is what can be said of a payload without asking anybody. The answers
// are separate, and a certificate is to be trusted only when none is bad.
type Report struct {
	Claims Claims
	// Signature is true when a key of the issuer signed exactly these claims.
	Signature bool
	// KeyState is the state of the key that signed, "" when the set has none.
	KeyState keyring.State
	// Revoked is true when a key signed that is known to others now. Only the
	// log can tell then whether the issuer signed, or who stole the key.
	Revoked bool
	// Payload is what was checked.
	Payload []byte
	// InDate is true when it is issued and not expired at the time asked for.
	InDate bool
	// Status is always unknown offline; only the issuer knows what it revoked.
	Status State
}

// Good reports whether everything that was checked is in order.
func (r *Report) Good() bool { return r.Signature && r.InDate }

// clockSkew is how far the issuer's clock may be ahead of the verifier's.
const clockSkew = 5 * time.Minute

// Verify checks a payload, given as itself or in the URL of a QR code, against
// the issuer's keys. The host of the URL is not looked at: trust is in the keys.
// An input that is no payload at all is fault "payload.malformed".
func Verify(input string, keys *keyring.Ring, now time.Time) (Report, error) {
	text, id, err := splitInput(strings.TrimSpace(input))
	if err != nil {
		return Report{}, err
	}
	data, err := DecodePayload(text)
	if err != nil {
		return Report{}, err
	}
	claims, signed, signature, err := parsePayload(data)
	if err != nil {
		return Report{}, err
	}
	r := Report{Claims: claims, Payload: data}
	if key, ok := keys.Serial(claims.Key); ok && key.Algorithm == keyring.EdDSA {
		r.KeyState = key.State
		genuine := key.Verify(signed, signature) && (id == "" || id == claims.ID)
		r.Signature = genuine && key.State != keyring.Revoked
		r.Revoked = genuine && key.State == keyring.Revoked
	}
	r.InDate = !now.Add(clockSkew).Before(claims.IssuedAt) && (claims.ExpiresAt.IsZero() || now.Before(claims.ExpiresAt))
	return r, nil
}

// splitInput takes the payload and the id out of a URL.
func splitInput(input string) (payload string, id ID, err error) {
	if !strings.Contains(input, "/") {
		return input, "", nil
	}
	u, err := url.Parse(input)
	if err != nil {
		return "", "", errMalformed.Wrap(err)
	}
	_, last, found := strings.Cut(u.Path, "/v/")
	if !found || u.Fragment == "" {
		return "", "", fault.New(fault.Invalid, "payload.missing", "This address holds no signed payload; scan the whole QR code, or look the certificate up online.")
	}
	if id, err = ParseID(last); err != nil {
		return "", "", err
	}
	return u.Fragment, id, nil
}
