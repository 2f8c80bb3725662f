package keyring

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// DID is the did:web identifier (W3C CCG did:web method) of a service at the
// public URL: the host, its port percent-encoded.
func DID(publicURL string) (string, error) {
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("%q has no host to make a did:web of", publicURL)
	}
	did := "did:web:" + strings.ReplaceAll(u.Host, ":", "%3A")
	if path := strings.Trim(u.Path, "/"); path != "" {
		did += ":" + strings.ReplaceAll(path, "/", ":")
	}
	return did, nil
}

// method is a verification method of a DID document.
type method struct {
	ID                 string     `json:"id"`
	Type               string     `json:"type"`
	Controller         string     `json:"controller"`
	PublicKeyMultibase string     `json:"publicKeyMultibase,omitempty"`
	PublicKeyJWK       *publicJWK `json:"publicKeyJwk,omitempty"`
}

type publicJWK struct {
	KTY string `json:"kty"`
	CRV string `json:"crv"`
	KID string `json:"kid"`
	ALG string `json:"alg"`
	X   string `json:"x"`
	Y   string `json:"y,omitempty"`
}

// VerificationMethod is the id of the key in the DID document: the multikey
// behind the #, as Open Badges validators resolve it, or the kid of a P-256 key.
func (k Key) VerificationMethod(did string) string {
	if k.Algorithm == EdDSA {
		return did + "#" + k.Multikey()
	}
	return did + "#" + k.ID
}

// DIDDocument is /.well-known/did.json: every key that ever signed, and in
// assertionMethod those whose signatures count without further proof. A retired
// key stays, or what it signed could not be checked any more.
func (r *Ring) DIDDocument(did string) ([]byte, error) {
	doc := struct {
		Context            []string `json:"@context"`
		ID                 string   `json:"id"`
		VerificationMethod []method `json:"verificationMethod"`
		AssertionMethod    []string `json:"assertionMethod"`
	}{
		Context: []string{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1"},
		ID:      did, VerificationMethod: []method{}, AssertionMethod: []string{},
	}
	for _, k := range r.keys {
		m := method{ID: k.VerificationMethod(did), Type: "Multikey", Controller: did, PublicKeyMultibase: k.Multikey()}
		if k.Algorithm != EdDSA {
			w := k.jwk()
			m.Type, m.PublicKeyJWK = "JsonWebKey", &publicJWK{w.KTY, w.CRV, w.KID, w.ALG, w.X, w.Y}
		}
		doc.VerificationMethod = append(doc.VerificationMethod, m)
		if k.State != Revoked {
			doc.AssertionMethod = append(doc.AssertionMethod, m.ID)
		}
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the DID document: %w", err)
	}
	return append(data, '\n'), nil
}
