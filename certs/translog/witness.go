package translog

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// witness verifies cosignatures of one witness (C2SP tlog-cosignature, version 1):
// eight bytes of time and an Ed25519 signature over time and checkpoint.
type witness struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

// parseWitness reads a verifier key if it is a witness's.
func parseWitness(key string) (w *witness, is bool, err error) {
	name, rest, _ := strings.Cut(key, "+")
	hash, encoded, found := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if !found || err != nil || len(raw) == 0 {
		return nil, false, fmt.Errorf("verifier key %q is malformed", key)
	}
	if raw[0] != algCosignature {
		return nil, false, nil
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), raw...))
	w = &witness{name: name, hash: binary.BigEndian.Uint32(sum[:]), public: raw[1:]}
	if stated, err := strconv.ParseUint(hash, 16, 32); err != nil || uint32(stated) != w.hash || len(w.public) != ed25519.PublicKeySize || name == "" {
		return nil, false, fmt.Errorf("verifier key %q is malformed", key)
	}
	return w, true, nil
}

// Name implements note.Verifier.
func (w *witness) Name() string { return w.name }

// KeyHash implements note.Verifier.
func (w *witness) KeyHash() uint32 { return w.hash }

// Verify implements note.Verifier.
func (w *witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(signature)
	signed := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
	return ed25519.Verify(w.public, signed, signature[8:])
}
