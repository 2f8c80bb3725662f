package badge

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/proba-exam/proba/internal/keyring"
)

// jwtClaims are the registered claims beside the credential's own members.
type jwtClaims struct {
	jwt.Claims `json:"-"` // what the library asks when it validates; it only signs here
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
	token := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	// alg, kid and typ are all that Open Badges 3.0 section 8.2.4.1 allows.
	token.Header["kid"] = key.VerificationMethod(c.Issuer)
	message, err := token.SigningString()
	if err != nil {
		return nil, fmt.Errorf("encode the VC-JWT: %w", err)
	}
	// The library draws a number for each signature; ours are the same each time.
	signature, err := key.Sign([]byte(message))
	if err != nil {
		return nil, err
	}
	return []byte(message + "." + token.EncodeSegment(signature)), nil
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
	var claims parsedClaims
	token, parts, err := jwt.NewParser(jwt.WithStrictDecoding()).ParseUnverified(text, &claims)
	if err != nil {
		return fail(err.Error())
	}
	if token.Method != jwt.SigningMethodES256 || token.Header["crit"] != nil {
		return fail("its algorithm is not ES256")
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return fail("a part is not base64url")
	}
	doc = claims.doc
	if err := sameClaims(doc); err != nil {
		return fail(err.Error())
	}
	kid, _ := token.Header["kid"].(string)
	controller, fragment, _ := strings.Cut(kid, "#")
	if key, known = keys.ByID(fragment); !known || key.Algorithm != keyring.ES256 {
		return doc, keyring.Key{}, false, false, nil
	}
	ok = controller == issuerOf(doc) && token.Method.Verify(parts[0]+"."+parts[1], signature, key.Public) == nil
	return doc, key, true, ok, nil
}

// parsedClaims reads the claims as strictly as any credential.
type parsedClaims struct {
	jwt.MapClaims
	doc map[string]any
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *parsedClaims) UnmarshalJSON(data []byte) (err error) {
	c.doc, err = parse(data)
	return err
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
