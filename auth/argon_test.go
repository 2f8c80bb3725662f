package auth

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/proba-exam/proba/internal/fault"
)

// reference is from the test vectors of the reference implementation
// (github.com/P-H-C/phc-winner-argon2, src/test.c): password "password", salt
// "somesalt", t=2, m=2^16 KiB, p=1.
const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

var smallest = Argon{Memory: 8, Time: 1, Threads: 1}

func hasher(t testing.TB, slots int) *Passwords {
	t.Helper()
	h, err := NewPasswords(smallest, slots, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestCheckAgreesWithTheReference(t *testing.T) {
	for _, row := range []struct {
		stored, password string
		match            bool
	}{
		{reference, "password", true},
		{reference, "Password", false},
		{"", "password", false},
	} {
		match, outdated, err := hasher(t, 1).check(t.Context(), row.stored, row.password)
		if err != nil || match != row.match {
			t.Errorf("check(%q, %q) = %v, %v", row.stored, row.password, match, err)
		}
		if want := row.stored != ""; outdated != want {
			t.Errorf("outdated = %v, want %v", outdated, want)
		}
	}
}

func TestHashThenCheck(t *testing.T) {
	h := hasher(t, 1)
	one, err := h.hash(t.Context(), "пароль, що пам'ятають")
	if err != nil {
		t.Fatal(err)
	}
	two, _ := h.hash(t.Context(), "пароль, що пам'ятають")
	if one == two {
		t.Error("two hashes with one salt")
	}
	match, outdated, err := h.check(t.Context(), one, "пароль, що пам'ятають")
	if !match || outdated || err != nil {
		t.Errorf("check = %v, outdated %v, %v", match, outdated, err)
	}
}

// Invariant 7: the decoy costs what today's hashes cost.
func TestDecoyCostsTheSame(t *testing.T) {
	h, err := NewPasswords(DefaultArgon(), 1, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if h.decoy.argon != DefaultArgon() || len(h.decoy.tag) != tagBytes || len(h.decoy.salt) != saltBytes {
		t.Errorf("decoy = %+v", h.decoy)
	}
}

// A person whose stored hash is "" must not get in even on the decoy's tag.
func TestNoHashNeverMatches(t *testing.T) {
	h := hasher(t, 1)
	h.decoy.tag, _ = h.derive(t.Context(), "a lucky guess", h.decoy)
	if match, _, _ := h.check(t.Context(), "", "a lucky guess"); match {
		t.Error("got in without a password")
	}
}

func TestHashingWaitsForASlotAndGivesUp(t *testing.T) {
	h := hasher(t, 2)
	if err := h.slots.Acquire(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error, 1)
	go func() { _, err := h.hash(ctx, "x"); done <- err }()
	cancel(errors.New("deadline"))
	err := <-done
	if fault.Of(err) != fault.Unavailable || fault.Code(err) != "auth.busy" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	h.slots.Release(2)
	if _, err := h.hash(t.Context(), "x"); err != nil {
		t.Errorf("after the slots came free: %v", err)
	}
	if !h.slots.TryAcquire(2) {
		t.Error("a slot was not given back")
	}
}

func TestNewPasswordsRefuses(t *testing.T) {
	for _, argon := range []Argon{{}, {8, 0, 1}, {8, 1, 0}, {7, 1, 1}, {15, 1, 2}, {maxArgonMemory + 1, 1, 1}, {8, 17, 1}, {256, 1, 17}} {
		if _, err := NewPasswords(argon, 1, rand.Reader); err == nil {
			t.Errorf("%+v accepted", argon)
		}
	}
	if _, err := NewPasswords(smallest, 0, rand.Reader); err == nil {
		t.Error("no slots accepted")
	}
	if _, err := NewPasswords(smallest, 1, bytes.NewReader(nil)); err == nil {
		t.Error("no randomness accepted")
	}
}

func TestParsePHCRefuses(t *testing.T) {
	const tail = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for name, s := range map[string]string{
		"empty":            "",
		"bcrypt":           "$2b$12$abcdefghijklmnopqrstuv",
		"argon2i":          "$argon2i$v=19$m=64,t=2,p=1" + tail,
		"old version":      "$argon2id$v=16$m=64,t=2,p=1" + tail,
		"no version":       "$argon2id$m=64,t=2,p=1" + tail,
		"no passes":        "$argon2id$v=19$m=64,t=0,p=1" + tail,
		"no lanes":         "$argon2id$v=19$m=64,t=2,p=0" + tail,
		"too much memory":  "$argon2id$v=19$m=4294967295,t=2,p=1" + tail,
		"too many lanes":   "$argon2id$v=19$m=64,t=2,p=256" + tail,
		"other order":      "$argon2id$v=19$t=2,m=64,p=1" + tail,
		"leading zero":     "$argon2id$v=19$m=064,t=2,p=1" + tail,
		"key id":           "$argon2id$v=19$m=64,t=2,p=1,keyid=AA" + tail,
		"short salt":       "$argon2id$v=19$m=64,t=2,p=1$c29t$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"short tag":        "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$CTFh",
		"padded":           reference + "=",
		"something behind": reference + "$",
		"line break":       reference[:50] + "\n" + reference[50:],
	} {
		if _, err := parsePHC(s); err == nil {
			t.Errorf("%s: accepted %q", name, s)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(reference)
	f.Add("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=+8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAB")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parsePHC(s)
		if err != nil {
			return
		}
		if h.String() != s || h.argon.check() != nil {
			t.Errorf("accepted %q as %+v", s, h)
		}
	})
}
