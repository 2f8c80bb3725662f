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

// witness verifies cosignatures of one witness, or of the log itself (C2SP tlog-cosignature, version 1):
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
	w = &witness{name: name, hash: keyHash(name, raw), public: raw[1:]}
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
	return ed25519.Verify(w.public, cosigned(at, text), signature[8:])
}

// cosigned is what a cosignature signs.
func cosigned(at uint64, text []byte) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
}

// keyHash is the key id of C2SP signed-note; raw is the type and the public key.
func keyHash(name string, raw []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), raw...))
	return binary.BigEndian.Uint32(sum[:])
}
