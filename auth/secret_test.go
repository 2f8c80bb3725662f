package auth

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// Invariant 2 for random secrets: what is stored is SHA-256 of the 32 bytes.
func TestSecretIsStoredAsItsHash(t *testing.T) {
	text, hash, err := newSecret(bytes.NewReader(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	if text != strings.Repeat("A", 43) {
		t.Errorf("text = %q", text)
	}
	// printf of 32 zero bytes into sha256sum
	const want = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
	if again, ok := hashSecret(text); hash != want || again != want || !ok {
		t.Errorf("hash = %q, again %q, want %q", hash, again, want)
	}
	if _, _, err := newSecret(bytes.NewReader(make([]byte, 31))); err == nil {
		t.Error("a short read made a secret")
	}
	if _, err := newID(time.Now(), bytes.NewReader(make([]byte, 9))); err == nil {
		t.Error("a short read made an id")
	}
}

func TestIDIsUUIDv7OfItsTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(0, 1<<48-1).Draw(t, "ms")
		text, err := newID(time.UnixMilli(ms), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		id, err := uuid.Parse(text)
		if err != nil || id.Version() != 7 || id.Variant() != uuid.RFC4122 || id.String() != text {
			t.Fatalf("%s is not a UUID version 7: %v", text, err)
		}
		var got int64
		for _, b := range id[:6] {
			got = got<<8 | int64(b)
		}
		if got != ms {
			t.Fatalf("%s says %d ms, want %d", text, got, ms)
		}
	})
}

func FuzzParseRefresh(f *testing.F) {
	secret, _, _ := newSecret(rand.Reader)
	id, _ := newID(time.UnixMilli(1), rand.Reader)
	f.Add(formatRefresh(id, secret))
	f.Add("{" + id + "}." + secret)
	f.Add("urn:uuid:" + id + "." + secret)
	f.Add(id + "." + secret + "\n")
	f.Fuzz(func(t *testing.T, token string) {
		family, hash, ok := parseRefresh(token)
		if !ok {
			return
		}
		if len(token) != 36+1+secretChars || len(hash) != 64 || formatRefresh(family, token[37:]) != token {
			t.Errorf("accepted %q as family %q", token, family)
		}
	})
}
