package badge

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/mr-tron/base58"

	"github.com/proba-exam/proba/internal/keyring"
)

// vector is the Linked Data Proof test vector of 1EdTech's implementation guide.
type vector struct {
	PublicKeyMultibase, SecretKeyMultibase string
	ProofOptions                           map[string]any
	DocumentHashHex, ProofHashHex          string
	SignatureHex, ProofValue               string
	Document                               map[string]any
}

func readVector(t *testing.T) (vector, keyring.Key) {
	t.Helper()
	data, err := os.ReadFile("testdata/ob3-eddsa-rdfc-2022-vector.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vector
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	secret, err := base58.Decode(v.SecretKeyMultibase[1:])
	if err != nil {
		t.Fatal(err)
	}
	// Two bytes of multicodec, then the seed.
	private := ed25519.NewKeyFromSeed(secret[2 : 2+ed25519.SeedSize])
	return v, keyring.Key{Serial: 1, ID: "k", Algorithm: keyring.EdDSA, Private: private, Public: private.Public()}
}

// TestOfficialVector reproduces the published hashes and signature byte for byte.
func TestOfficialVector(t *testing.T) {
	v, key := readVector(t)
	if key.Multikey() != v.PublicKeyMultibase {
		t.Fatalf("multikey %s, want %s", key.Multikey(), v.PublicKeyMultibase)
	}
	message, err := hashes(v.Document, v.ProofOptions)
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(message); got != v.ProofHashHex+v.DocumentHashHex {
		t.Errorf("hashes %s, want %s%s", got, v.ProofHashHex, v.DocumentHashHex)
	}
	signature, err := key.Sign(message)
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(signature); got != v.SignatureHex {
		t.Errorf("signature %s, want %s", got, v.SignatureHex)
	}
	if got := "z" + base58.Encode(signature); got != v.ProofValue {
		t.Errorf("proof value %s, want %s", got, v.ProofValue)
	}
}
