// Package keyring keeps key pairs: where they come from, which one signs now,
// and which ones still verify.
//
// A key set is a JSON Web Key Set (RFC 7517, RFC 8037, RFC 7518) with members of
// our own on each key: "serial", "environment" and "state". It may hold keys of
// both algorithms; each algorithm has one active key at most that signs. A retired
// key signs nothing new and verifies what it signed. A revoked key is known to
// others: what it signed counts only where a log proves that it was signed before.
//
// Invariants:
//
//  1. A serial and a kid are never used twice in a set, and never given away.
//  2. A revoked key stays revoked.
//  3. What Publish writes holds no private half.
//
// The package knows nothing of what is signed.
package keyring

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"time"
)

// Ring is a set of keys in the order of their serials. It is immutable.
type Ring struct {
	keys []Key
	// issuer and logs are what a published set says besides keys.
	issuer string
	logs   []string
}

// Generate returns r with one more Ed25519 key, active, and every earlier active
// one retired. r may be nil.
func (r *Ring) Generate(random io.Reader, now time.Time, environment string) (*Ring, error) {
	public, private, err := ed25519.GenerateKey(random)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return r.with(Key{Algorithm: EdDSA, Public: public, Private: private, CreatedAt: now, Environment: environment}, public)
}

// GenerateES256 is Generate for a P-256 key.
func (r *Ring) GenerateES256(random io.Reader, now time.Time, environment string) (*Ring, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), random)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return r.with(Key{Algorithm: ES256, Public: &private.PublicKey, Private: private, CreatedAt: now, Environment: environment}, point[1:])
}

// with adds a new key, whose id is made of its serial and of public.
func (r *Ring) with(next Key, public []byte) (*Ring, error) {
	next.Serial, next.State, next.CreatedAt = 1, Active, next.CreatedAt.UTC().Truncate(time.Second)
	ring := r.clone()
	for i := range ring.keys {
		k := &ring.keys[i]
		if k.Serial == maxSerial {
			return nil, fmt.Errorf("the key set has given away all %d serials", maxSerial)
		}
		next.Serial = max(next.Serial, k.Serial+1)
		if k.State == Active && k.Algorithm == next.Algorithm {
			k.State = Retired
		}
	}
	next.ID = fmt.Sprintf("k%d-%s", next.Serial, base64.RawURLEncoding.EncodeToString(public[:6]))
	ring.keys = append(ring.keys, next)
	return ring, nil
}

func (r *Ring) clone() *Ring {
	if r == nil {
		return new(Ring)
	}
	return &Ring{keys: slices.Clone(r.keys), issuer: r.issuer, logs: r.logs}
}

// Retire returns r with the key kid signing nothing new.
func (r *Ring) Retire(kid string) (*Ring, error) {
	return r.change(kid, func(k *Key) error {
		if k.State == Revoked {
			return fmt.Errorf("key %s is revoked, and stays so", kid)
		}
		k.State = Retired
		return nil
	})
}

// Revoke returns r with the key kid known to others since now or earlier.
func (r *Ring) Revoke(kid string, now time.Time) (*Ring, error) {
	return r.change(kid, func(k *Key) error {
		if k.State != Revoked {
			k.State, k.RevokedAt = Revoked, now.UTC().Truncate(time.Second)
		}
		return nil
	})
}

func (r *Ring) change(kid string, change func(*Key) error) (*Ring, error) {
	ring := r.clone()
	i := slices.IndexFunc(ring.keys, func(k Key) bool { return k.ID == kid })
	if i < 0 {
		return nil, fmt.Errorf("the set has no key %q", kid)
	}
	if err := change(&ring.keys[i]); err != nil {
		return nil, err
	}
	return ring, nil
}

// Active returns the Ed25519 key that signs: the newest active one with a private
// half.
func (r *Ring) Active() (Key, error) { return r.ActiveFor(EdDSA) }

// ActiveFor returns the key that signs with the algorithm.
func (r *Ring) ActiveFor(a Algorithm) (Key, error) {
	for _, k := range slices.Backward(r.keys) {
		if k.Algorithm == a && k.State == Active && k.Private != nil {
			return k, nil
		}
	}
	return Key{}, fmt.Errorf("the key set has no active private key for %s", a)
}

// Serial returns the key with the serial number.
func (r *Ring) Serial(n uint16) (Key, bool) {
	return r.find(func(k Key) bool { return k.Serial == n })
}

// ByID returns the key with the kid.
func (r *Ring) ByID(kid string) (Key, bool) {
	return r.find(func(k Key) bool { return k.ID == kid })
}

// ByMultikey returns the key with the multibase form.
func (r *Ring) ByMultikey(multikey string) (Key, bool) {
	return r.find(func(k Key) bool { return k.Algorithm == EdDSA && k.Multikey() == multikey })
}

func (r *Ring) find(is func(Key) bool) (Key, bool) {
	i := slices.IndexFunc(r.keys, is)
	if i < 0 {
		return Key{}, false
	}
	return r.keys[i], true
}

// Keys returns all keys by ascending serial, not to be changed.
func (r *Ring) Keys() []Key { return r.keys }

// Issuer is the identifier of the one whose keys these are, as a published set
// names it; "" when it does not.
func (r *Ring) Issuer() string { return r.issuer }

// LogKeys are the verifier keys (golang.org/x/mod/sumdb/note) of the log and its
// witnesses, as a published set names them; the log's own comes first.
func (r *Ring) LogKeys() []string { return r.logs }

// Development reports whether any key that may sign was made without being
// asked for.
func (r *Ring) Development() bool {
	return slices.ContainsFunc(r.keys, func(k Key) bool { return k.State == Active && k.Environment == Development })
}

// public is the same set without private halves.
func (r *Ring) public() *Ring {
	ring := r.clone()
	for i := range ring.keys {
		ring.keys[i].Private = nil
	}
	return ring
}
