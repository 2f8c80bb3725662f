package openbadge

import (
	"crypto/ed25519"
	"net/url"
	"strings"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// IssuerDID is the did:web identifier of whoever serves the address, which is
// scheme and host, possibly with a port. Its document is to be served at
// /.well-known/did.json there (did:web method specification, section 3.2).
// An address that has no such identifier is fault "did.address".
func IssuerDID(address string) (string, error) {
	u, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil ||
		strings.ContainsFunc(u.Host, func(r rune) bool { return r > 0x7E || strings.ContainsRune("[]%", r) }) {
		return "", fault.New(fault.Invalid, "did.address", "An issuer's address is scheme and host, such as https://exams.example.org; international names in their xn-- form.").Wrap(err)
	}
	return "did:web:" + strings.ReplaceAll(strings.ToLower(u.Host), ":", "%3A"), nil
}

// ListedKey is a key of an issuer's DID document.
type ListedKey struct {
	Public ed25519.PublicKey
	// RevokedAt is when the key was found to be compromised, zero for active
	// and retired keys: these stay good for what they signed.
	RevokedAt time.Time
}

type (
	wireDID struct {
		Context            []string     `json:"@context"`
		ID                 string       `json:"id"`
		VerificationMethod []wireMethod `json:"verificationMethod"`
		AssertionMethod    []string     `json:"assertionMethod"`
	}
	wireMethod struct {
		ID         string `json:"id"`
		Type       string `json:"type"`
		Controller string `json:"controller"`
		Multibase  string `json:"publicKeyMultibase"`
		Revoked    string `json:"revoked,omitempty"`
	}
)

// DIDDocument is the document of an issuer with all keys that it ever signed
// with. did:web keeps no history, so a key that is left out makes every
// credential signed with it unverifiable. A revoked key stays listed, but no
// longer among those that may make assertions.
func DIDDocument(did string, keys []ListedKey) ([]byte, error) {
	w := wireDID{Context: []string{"https://www.w3.org/ns/did/v1", ContextMultikey}, ID: did,
		VerificationMethod: []wireMethod{}, AssertionMethod: []string{}}
	for _, k := range keys {
		method := NewKey(did, k.Public).Method
		w.VerificationMethod = append(w.VerificationMethod, wireMethod{ID: method, Type: "Multikey", Controller: did,
			Multibase: Multikey(k.Public), Revoked: formatTime(k.RevokedAt)})
		if k.RevokedAt.IsZero() {
			w.AssertionMethod = append(w.AssertionMethod, method)
		}
	}
	return encode(w)
}
