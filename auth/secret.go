package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"
)

// secretBytes is the size of refresh and link secrets: 256 bits, beyond any
// guessing, so that an unsalted fast hash of them is safe to store.
const secretBytes = 32

// secretChars is the size of a secret in text.
const secretChars = (secretBytes*8 + 5) / 6

// newSecret draws a secret and returns it as base64url text without padding
// (RFC 4648 section 5) together with what is stored of it.
func newSecret(rand io.Reader) (text, hash string, err error) {
	var b [secretBytes]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", "", fmt.Errorf("draw a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), hashOf(b[:]), nil
}

// hashSecret returns what is stored of the secret, and false when the text is
// not one that newSecret can return.
func hashSecret(text string) (hash string, ok bool) {
	if len(text) != secretChars || strings.ContainsAny(text, "\r\n") {
		return "", false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return "", false
	}
	return hashOf(b), true
}

func hashOf(secret []byte) string {
	sum := sha256.Sum256(secret)
	return hex.EncodeToString(sum[:])
}

func equalHash(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// newID returns a UUID version 7 (RFC 9562 section 5.7) for the given time, so
// that ids ascend with the millisecond of their making.
func newID(now time.Time, rand io.Reader) (string, error) {
	var id uuid.UUID
	if _, err := io.ReadFull(rand, id[6:]); err != nil {
		return "", fmt.Errorf("draw an id: %w", err)
	}
	ms := now.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6] = id[6]&0x0f | 0x70 // version 7
	id[8] = id[8]&0x3f | 0x80 // the variant of RFC 9562
	return id.String(), nil
}

// formatRefresh returns the text of a refresh token: the family's id, a dot and
// the secret.
func formatRefresh(family, secret string) string { return family + "." + secret }

// parseRefresh splits a refresh token into the family's id and the hash of the
// secret. It accepts exactly what formatRefresh can return.
func parseRefresh(token string) (family, hash string, ok bool) {
	family, secret, found := strings.Cut(token, ".")
	if !found {
		return "", "", false
	}
	id, err := uuid.Parse(family)
	if err != nil || id.String() != family {
		return "", "", false
	}
	hash, ok = hashSecret(secret)
	return family, hash, ok
}
