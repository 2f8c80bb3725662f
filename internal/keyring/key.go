package keyring

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math"
	"math/big"
	"time"

	"github.com/mr-tron/base58"
)

// State says what a key may still do.
type State string

// The states of a key.
const (
	Active  State = "active"
	Retired State = "retired"
	Revoked State = "revoked"
)

// Algorithm is how a key signs, by its name in JOSE (RFC 7518, RFC 8037).
type Algorithm string

// The algorithms.
const (
	EdDSA Algorithm = "EdDSA" // Ed25519
	ES256 Algorithm = "ES256" // ECDSA on P-256 with SHA-256
)

// Development is the environment of keys that are made without being asked for.
// Production refuses them.
const Development = "development"

const maxSerial = math.MaxUint16

// Key is one key pair. Private is nil in a public set.
type Key struct {
	// Serial numbers the keys of a set from 1.
	Serial uint16
	// ID is the "kid" of RFC 7517: unique within the set.
	ID        string
	Algorithm Algorithm
	// Private and Public are of crypto/ed25519 or crypto/ecdsa, by Algorithm.
	Private     crypto.Signer
	Public      crypto.PublicKey
	CreatedAt   time.Time
	Environment string
	State       State
	// RevokedAt is when a revoked key was revoked.
	RevokedAt time.Time
	// RevokedIndex is where the log records the revocation: what stands before
	// it was signed by the issuer. nil when the set does not say.
	RevokedIndex *int64
}

// Sign signs the message. The same message gives the same signature: Ed25519 is
// deterministic, and ECDSA draws its nonce by RFC 6979. An ECDSA signature is r
// and s, 32 bytes each (RFC 7518 section 3.4).
func (k Key) Sign(message []byte) ([]byte, error) {
	switch private := k.Private.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(private, message), nil
	case *ecdsa.PrivateKey:
		digest := sha256.Sum256(message)
		der, err := private.Sign(nil, digest[:], crypto.SHA256)
		if err != nil {
			return nil, fmt.Errorf("sign with key %s: %w", k.ID, err)
		}
		var pair struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(der, &pair); err != nil {
			return nil, fmt.Errorf("sign with key %s: %w", k.ID, err)
		}
		signature := make([]byte, 64)
		pair.R.FillBytes(signature[:32])
		pair.S.FillBytes(signature[32:])
		return signature, nil
	}
	return nil, fmt.Errorf("key %s has no private half", k.ID)
}

// Verify reports whether the key made the signature. It does not look at State.
func (k Key) Verify(message, signature []byte) bool {
	switch public := k.Public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(public, message, signature)
	case *ecdsa.PublicKey:
		if len(signature) != 64 {
			return false
		}
		digest := sha256.Sum256(message)
		return ecdsa.Verify(public, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	}
	return false
}

// Multikey is an Ed25519 public key as W3C Controlled Identifiers section 2.2.2
// writes it: multibase base58btc of the multicodec prefix and the key; "" for
// other keys.
func (k Key) Multikey() string {
	public, ok := k.Public.(ed25519.PublicKey)
	if !ok {
		return ""
	}
	return "z" + base58.Encode(append([]byte{0xed, 0x01}, public...))
}

// Thumbprint is the JSON that RFC 7638 hashes to name a public key.
func (k Key) Thumbprint() []byte {
	x, y := k.coordinates()
	if k.Algorithm == EdDSA {
		return fmt.Appendf(nil, `{"crv":"Ed25519","kty":"OKP","x":%q}`, x)
	}
	return fmt.Appendf(nil, `{"crv":"P-256","kty":"EC","x":%q,"y":%q}`, x, y)
}

// coordinates are the members x and y of the key's JWK.
func (k Key) coordinates() (x, y string) {
	switch public := k.Public.(type) {
	case ed25519.PublicKey:
		return base64.RawURLEncoding.EncodeToString(public), ""
	case *ecdsa.PublicKey:
		point, err := public.Bytes() // 4, x, y: SEC 1 section 2.3.3
		if err != nil {
			return "", ""
		}
		return base64.RawURLEncoding.EncodeToString(point[1:33]), base64.RawURLEncoding.EncodeToString(point[33:])
	}
	return "", ""
}
