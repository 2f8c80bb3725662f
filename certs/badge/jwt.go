package badge

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/proba-exam/proba/internal/keyring"
)

// jwtHeader has the members that Open Badges 3.0 section 8.2.4.1 allows, and no
// other.
type jwtHeader struct {
	ALG string `json:"alg"`
	KID string `json:"kid"`
	TYP string `json:"typ"`
}

// jwtClaims are the registered claims beside the credential's own members.
type jwtClaims struct {
	credential
	ISS string `json:"iss"`
	JTI string `json:"jti"`
	NBF int64  `json:"nbf"`
	SUB string `json:"sub"`
	EXP int64  `json:"exp,omitempty"`
}

// SignJWT returns the credential as VC-JWT. Its algorithm is ES256: validators of
// Open Badges take RS256 and ES256 only.
func (c *Claim) SignJWT(key keyring.Key) ([]byte, error) {
	if key.Algorithm != keyring.ES256 {
		return nil, fmt.Errorf("key %s is for %s, a VC-JWT needs %s", key.ID, key.Algorithm, keyring.ES256)
	}
	doc := c.credential()
	claims := jwtClaims{credential: doc, ISS: c.Issuer, JTI: c.ID, NBF: c.ValidFrom.Unix(), SUB: doc.Subject.ID}
	if !c.ValidUntil.IsZero() {
		claims.EXP = c.ValidUntil.Unix()
	}
	head, err := json.Marshal(jwtHeader{ALG: string(key.Algorithm), KID: key.VerificationMethod(c.Issuer), TYP: "JWT"})
	if err != nil {
		return nil, fmt.Errorf("encode the header: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return nil, fmt.Errorf("encode the claims: %w", err)
	}
	message := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	signature, err := key.Sign([]byte(message))
	if err != nil {
		return nil, err
	}
	return []byte(message + "." + base64.RawURLEncoding.EncodeToString(signature)), nil
}

// IsJWT reports whether the text looks like a JWS in compact form.
func IsJWT(data []byte) bool {
	text := bytes.TrimSpace(data)
	return bytes.HasPrefix(text, []byte("eyJ")) && bytes.Count(text, []byte(".")) == 2
}

// checkJWT checks a VC-JWT and returns the credential in it. The algorithm is
// ours, never the header's choice.
func checkJWT(data []byte, keys *keyring.Ring) (doc map[string]any, key keyring.Key, known, ok bool, err error) {
	fail := func(why string) (map[string]any, keyring.Key, bool, bool, error) {
		return nil, keyring.Key{}, false, false, errCredential.Wrap(fmt.Errorf("VC-JWT: %s", why))
	}
	text := string(bytes.TrimSpace(data))
	if len(text) > maxCredential {
		return fail("it is too long")
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return fail("it has not three parts")
	}
	decoded := make([][]byte, 3)
	for i, part := range parts {
		if decoded[i], err = base64.RawURLEncoding.Strict().DecodeString(part); err != nil {
			return fail("a part is not base64url")
		}
	}
	head, err := parse(decoded[0])
	if err != nil {
		return nil, keyring.Key{}, false, false, err
	}
	if head["alg"] != string(keyring.ES256) || head["crit"] != nil {
		return fail("its algorithm is not ES256")
	}
	if doc, err = parse(decoded[1]); err != nil {
		return nil, keyring.Key{}, false, false, err
	}
	if err := sameClaims(doc); err != nil {
		return fail(err.Error())
	}
	kid, _ := head["kid"].(string)
	controller, fragment, _ := strings.Cut(kid, "#")
	if key, known = keys.ByID(fragment); !known || key.Algorithm != keyring.ES256 {
		return doc, keyring.Key{}, false, false, nil
	}
	ok = controller == issuerOf(doc) && key.Verify([]byte(parts[0]+"."+parts[1]), decoded[2])
	return doc, key, true, ok, nil
}

// sameClaims reports whether the registered claims say what the credential says.
func sameClaims(doc map[string]any) error {
	subject, _ := doc["credentialSubject"].(map[string]any)
	for _, pair := range []struct {
		claim string
		want  any
	}{{"iss", issuerOf(doc)}, {"jti", doc["id"]}, {"sub", subject["id"]}} {
		if doc[pair.claim] != pair.want {
			return fmt.Errorf("claim %s differs from the credential", pair.claim)
		}
		delete(doc, pair.claim)
	}
	for claim, member := range map[string]string{"nbf": "validFrom", "exp": "validUntil"} {
		seconds, has := doc[claim].(float64)
		at, err := instant(doc[member])
		if err != nil || has == at.IsZero() || has && int64(seconds) != at.Unix() {
			return fmt.Errorf("claim %s differs from %s", claim, member)
		}
		delete(doc, claim)
	}
	return nil
}
