package keyring_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/internal/keyring"
)

// both has an Ed25519 and a P-256 key.
func both(t *testing.T) *keyring.Ring {
	t.Helper()
	r, err := generate(t, nil).GenerateES256(rand.Reader, now, keyring.Development)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEachAlgorithmHasItsActiveKey(t *testing.T) {
	r := generate(t, both(t)) // rotates Ed25519 only
	for algorithm, want := range map[keyring.Algorithm]uint16{keyring.EdDSA: 3, keyring.ES256: 2} {
		k, err := r.ActiveFor(algorithm)
		if err != nil || k.Serial != want {
			t.Errorf("%s: key %d, %v; want %d", algorithm, k.Serial, err, want)
		}
	}
}

func TestASignatureIsOfOneMessageAndOneKey(t *testing.T) {
	r := both(t)
	other := both(t)
	for i, k := range r.Keys() {
		signature, err := k.Sign([]byte("message"))
		if err != nil {
			t.Fatal(err)
		}
		again, _ := k.Sign([]byte("message"))
		if !bytes.Equal(signature, again) || len(signature) != 64 {
			t.Errorf("%s: signing again gives another signature, or %d bytes", k.Algorithm, len(signature))
		}
		if !k.Verify([]byte("message"), signature) || k.Verify([]byte("massage"), signature) || other.Keys()[i].Verify([]byte("message"), signature) || k.Verify([]byte("message"), signature[1:]) {
			t.Errorf("%s: verifies what it should not, or not what it should", k.Algorithm)
		}
	}
}

// Invariants 1 to 3, over any order of operations.
func TestInvariantsOfASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r *keyring.Ring
		var err error
		revoked := make(map[string]bool)
		for step, what := range rapid.SliceOfN(rapid.SampledFrom([]string{"ed25519", "es256", "retire", "revoke"}), 1, 12).Draw(t, "steps") {
			kid := ""
			if r != nil && len(r.Keys()) > 0 {
				kid = r.Keys()[step%len(r.Keys())].ID
			}
			next := r
			switch {
			case what == "es256":
				next, err = r.GenerateES256(rand.Reader, now, "test")
			case what == "ed25519" || kid == "":
				next, err = r.Generate(rand.Reader, now, "test")
			case what == "retire":
				if next, err = r.Retire(kid); revoked[kid] {
					if err == nil {
						t.Fatalf("revoked key %s could be retired", kid)
					}
					next, err = r, nil
				}
			case what == "revoke":
				next, err = r.Revoke(kid, now)
				revoked[kid] = true
			}
			if err != nil {
				t.Fatal(err)
			}
			r = next
		}
		data, err := r.Publish(keyring.Publication{Issuer: "did:web:a.test", LogKeys: []string{"a"}})
		if err != nil || bytes.Contains(data, []byte(`"d":`)) {
			t.Fatalf("published with a private half, or %v", err)
		}
		public, err := keyring.Parse(data)
		if err != nil || public.Issuer() != "did:web:a.test" || !slices.Equal(public.LogKeys(), []string{"a"}) {
			t.Fatalf("published set is read as %v %v, %v", public.Issuer(), public.LogKeys(), err)
		}
		active := make(map[keyring.Algorithm]int)
		for i, k := range public.Keys() {
			if k.Serial != uint16(i+1) || (k.State == keyring.Revoked) != revoked[k.ID] || k.ID != r.Keys()[i].ID {
				t.Fatalf("key %d: %+v", i, k)
			}
			if k.State == keyring.Active {
				active[k.Algorithm]++
			}
		}
		if active[keyring.EdDSA] > 1 || active[keyring.ES256] > 1 {
			t.Fatalf("%v keys of one algorithm sign", active)
		}
	})
}

func TestRevokedKeysStandApart(t *testing.T) {
	r := both(t)
	r, err := r.Revoke(r.Keys()[0].ID, now)
	if err != nil {
		t.Fatal(err)
	}
	data, err := r.Publish(keyring.Publication{RevokedIndex: map[string]int64{r.Keys()[0].ID: 7}})
	if err != nil {
		t.Fatal(err)
	}
	var plain struct{ Keys []struct{ KID string } }
	if err := json.Unmarshal(data, &plain); err != nil || len(plain.Keys) != 1 || plain.Keys[0].KID != r.Keys()[1].ID {
		t.Errorf("a reader of RFC 7517 sees %v, %v", plain, err)
	}
	again, err := keyring.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if k, _ := again.Serial(1); k.State != keyring.Revoked || k.RevokedIndex == nil || *k.RevokedIndex != 7 || !k.RevokedAt.Equal(now) {
		t.Errorf("revoked key is read as %+v", k)
	}
}

func TestDIDDocument(t *testing.T) {
	r := generate(t, both(t))
	r, err := r.Revoke(r.Keys()[1].ID, now)
	if err != nil {
		t.Fatal(err)
	}
	did, err := keyring.DID("https://exams.example.org:8443/")
	if err != nil || did != "did:web:exams.example.org%3A8443" {
		t.Fatalf("DID %q, %v", did, err)
	}
	data, err := r.DIDDocument(did)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		ID                 string
		VerificationMethod []struct{ ID, Type, PublicKeyMultibase string }
		AssertionMethod    []string
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	retired, revoked, active := r.Keys()[0], r.Keys()[1], r.Keys()[2]
	want := []string{did + "#" + retired.Multikey(), did + "#" + active.Multikey()}
	if doc.ID != did || len(doc.VerificationMethod) != 3 || !slices.Equal(doc.AssertionMethod, want) {
		t.Errorf("document %s", data)
	}
	if m := doc.VerificationMethod[1]; m.ID != did+"#"+revoked.ID || m.Type != "JsonWebKey" {
		t.Errorf("P-256 method %+v", m)
	}
	if !strings.HasPrefix(retired.Multikey(), "z6Mk") {
		t.Errorf("multikey %s", retired.Multikey())
	}
}
