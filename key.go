package openbadge

import (
	"bytes"
	"crypto/ed25519"

	"github.com/mr-tron/base58"

	"github.com/proba-exam/proba/internal/fault"
)

// Key is a public key that a verifier trusts, with the one name that it may sign
// under.
type Key struct {
	// Method is the verification method that proofs name: the controller, a #,
	// and the multikey.
	Method string
	Public ed25519.PublicKey
}

// NewKey is the key of a controller: an issuer's DID.
func NewKey(controller string, public ed25519.PublicKey) Key {
	return Key{Method: controller + "#" + Multikey(public), Public: public}
}

// multibase58 is the multibase prefix of base58 in Bitcoin's alphabet.
const multibase58 = "z"

// ed25519Header is the multicodec prefix of Ed25519 public keys, 0xed as an
// unsigned varint (Controlled Identifiers 1.0, section 2.2.2).
func ed25519Header() []byte { return []byte{0xed, 0x01} }

// Multikey is the public key as the value of publicKeyMultibase.
func Multikey(public ed25519.PublicKey) string {
	return multibase58 + base58.Encode(append(ed25519Header(), public...))
}

// ParseMultikey reads what Multikey writes. Anything else is fault
// "key.malformed".
func ParseMultikey(s string) (ed25519.PublicKey, error) {
	raw, err := decodeBase58(s)
	public, isEd25519 := bytes.CutPrefix(raw, ed25519Header())
	if err != nil || !isEd25519 || len(public) != ed25519.PublicKeySize {
		return nil, fault.New(fault.Invalid, "key.malformed", "This is not an Ed25519 public key in multibase form (z6Mk…).").Wrap(err)
	}
	return public, nil
}

// decodeBase58 reads base58 with its multibase prefix. It takes one text for one
// value.
func decodeBase58(s string) ([]byte, error) {
	errMultibase := fault.New(fault.Invalid, "key.malformed", "This is not multibase base58.")
	if len(s) < 2 || s[:1] != multibase58 || len(s) > 128 {
		return nil, errMultibase
	}
	raw, err := base58.Decode(s[1:])
	if err != nil || base58.Encode(raw) != s[1:] {
		return nil, errMultibase.Wrap(err)
	}
	return raw, nil
}
