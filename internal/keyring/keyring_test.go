package keyring_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/internal/keyring"
)

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func generate(t *testing.T, r *keyring.Ring) *keyring.Ring {
	t.Helper()
	r, err := r.Generate(rand.Reader, now, keyring.Development)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRotationRetiresAndKeepsTheOldKey(t *testing.T) {
	r := generate(t, generate(t, nil))
	active, err := r.Active()
	if err != nil || active.Serial != 2 {
		t.Fatalf("active key %d, %v; want 2", active.Serial, err)
	}
	if old, ok := r.Serial(1); !ok || old.State != keyring.Retired {
		t.Errorf("old key: %v, state %q; want retired", ok, old.State)
	}
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "issuer.json")
	r := generate(t, nil)
	if err := r.Save(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v; want 0600", info.Mode(), err)
	}
	again, err := keyring.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := r.Active()
	if got, err := again.Active(); err != nil || !want.Public.(ed25519.PublicKey).Equal(got.Public) || got.Private == nil || !got.CreatedAt.Equal(now) {
		t.Errorf("loaded another key: %v", err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Load(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key file that others can read: %v", err)
	}
}

func TestPublicSetHasNoPrivateHalf(t *testing.T) {
	r := generate(t, nil)
	data, err := r.Public()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte(`"d"`)) {
		t.Fatal("the public set has a member d")
	}
	public, err := keyring.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := public.Active(); err == nil {
		t.Error("a public set can sign")
	}
}

func TestParseRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"not JSON":     `keys`,
		"empty":        `{"keys":[]}`,
		"another kind": `{"keys":[{"kty":"EC","crv":"P-256","kid":"a","serial":1,"state":"active"}]}`,
		"short x":      `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","serial":1,"state":"active","x":"AAAA"}]}`,
		"no point":     `{"keys":[{"kty":"EC","crv":"P-256","kid":"a","serial":1,"state":"active","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}`,
		"good revoked": `{"keys":[],"revoked":[{"kty":"OKP","crv":"Ed25519","kid":"a","serial":1,"state":"active","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}`,
		"no serial":    `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","state":"active"}]}`,
		"no state":     `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","serial":1}]}`,
	} {
		if _, err := keyring.Parse([]byte(data)); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","serial":1,"state":"active","x":"AAAA"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := keyring.Parse(data)
		if err == nil && len(r.Keys()) == 0 {
			t.Error("an empty set was taken")
		}
	})
}
