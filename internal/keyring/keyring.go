// Package keyring keeps Ed25519 key pairs: where they come from, which one signs
// now, and which ones still verify.
//
// A key set is a JSON Web Key Set (RFC 7517, RFC 8037) with three members of our
// own on each key: "serial", "environment" and "state". A retired key signs
// nothing new and verifies what it signed; a revoked key does neither.
//
// The package knows nothing of what is signed.
package keyring

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// State says what a key may still do.
type State string

// The states of a key.
const (
	Active  State = "active"
	Retired State = "retired"
	Revoked State = "revoked"
)

// Development is the environment of keys that are made without being asked for.
// Production refuses them.
const Development = "development"

// Key is one key pair. Private is nil in a public set.
type Key struct {
	// Serial numbers the keys of a set from 1.
	Serial uint16
	// ID is the "kid" of RFC 7517: unique within the set.
	ID          string
	Private     ed25519.PrivateKey
	Public      ed25519.PublicKey
	CreatedAt   time.Time
	Environment string
	State       State
}

// Ring is a set of keys in the order of their serials. It is immutable.
type Ring struct{ keys []Key }

// jwk is a key as RFC 8037 section 2 writes it.
type jwk struct {
	KTY         string    `json:"kty"`
	CRV         string    `json:"crv"`
	KID         string    `json:"kid"`
	Use         string    `json:"use"`
	ALG         string    `json:"alg"`
	X           string    `json:"x"`
	D           string    `json:"d,omitempty"`
	Serial      uint16    `json:"serial"`
	CreatedAt   time.Time `json:"created_at"`
	Environment string    `json:"environment"`
	State       State     `json:"state"`
}

type jwks struct {
	Keys []jwk `json:"keys"`
}

// Generate returns r with one more key, active, and every earlier active key
// retired. r may be nil.
func (r *Ring) Generate(random io.Reader, now time.Time, environment string) (*Ring, error) {
	public, private, err := ed25519.GenerateKey(random)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	next := Key{Serial: 1, Public: public, Private: private, CreatedAt: now.UTC().Truncate(time.Second), Environment: environment, State: Active}
	ring := new(Ring)
	if r != nil {
		ring.keys = slices.Clone(r.keys)
		for i := range ring.keys {
			next.Serial = max(next.Serial, ring.keys[i].Serial+1)
			if ring.keys[i].State == Active {
				ring.keys[i].State = Retired
			}
		}
	}
	next.ID = fmt.Sprintf("k%d-%s", next.Serial, base64.RawURLEncoding.EncodeToString(public[:6]))
	ring.keys = append(ring.keys, next)
	return ring, nil
}

// Active returns the key that signs: the newest active one with a private half.
func (r *Ring) Active() (Key, error) {
	for _, k := range slices.Backward(r.keys) {
		if k.State == Active && k.Private != nil {
			return k, nil
		}
	}
	return Key{}, fmt.Errorf("the key set has no active private key")
}

// Serial returns the key with the serial number.
func (r *Ring) Serial(n uint16) (Key, bool) {
	i := slices.IndexFunc(r.keys, func(k Key) bool { return k.Serial == n })
	if i < 0 {
		return Key{}, false
	}
	return r.keys[i], true
}

// Keys returns all keys by ascending serial, not to be changed.
func (r *Ring) Keys() []Key { return r.keys }

// Development reports whether any key that may sign was made without being
// asked for.
func (r *Ring) Development() bool {
	return slices.ContainsFunc(r.keys, func(k Key) bool { return k.State == Active && k.Environment == Development })
}

// Public returns the set as JSON without private halves, revoked keys left out.
func (r *Ring) Public() ([]byte, error) { return r.marshal(false) }

func (r *Ring) marshal(private bool) ([]byte, error) {
	set := jwks{Keys: []jwk{}}
	for _, k := range r.keys {
		if !private && k.State == Revoked {
			continue
		}
		w := jwk{KTY: "OKP", CRV: "Ed25519", Use: "sig", ALG: "EdDSA", KID: k.ID, Serial: k.Serial,
			X: base64.RawURLEncoding.EncodeToString(k.Public), CreatedAt: k.CreatedAt, Environment: k.Environment, State: k.State}
		if private && k.Private != nil {
			w.D = base64.RawURLEncoding.EncodeToString(k.Private.Seed())
		}
		set.Keys = append(set.Keys, w)
	}
	data, err := json.MarshalIndent(set, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the key set: %w", err)
	}
	return append(data, '\n'), nil
}

// Parse reads a key set, private or public.
func Parse(data []byte) (*Ring, error) {
	var set jwks
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&set); err != nil {
		return nil, fmt.Errorf("the key set is not JSON: %w", err)
	}
	r := new(Ring)
	for i, w := range set.Keys {
		k, err := w.key()
		if err != nil {
			return nil, fmt.Errorf("key %d of the set: %w", i, err)
		}
		if _, twice := r.Serial(k.Serial); twice {
			return nil, fmt.Errorf("key %d of the set: serial %d is used twice", i, k.Serial)
		}
		r.keys = append(r.keys, k)
	}
	if len(r.keys) == 0 {
		return nil, fmt.Errorf("the key set is empty")
	}
	slices.SortFunc(r.keys, func(a, b Key) int { return int(a.Serial) - int(b.Serial) })
	return r, nil
}

func (w *jwk) key() (Key, error) {
	if w.KTY != "OKP" || w.CRV != "Ed25519" {
		return Key{}, fmt.Errorf("is %q on %q, want OKP on Ed25519", w.KTY, w.CRV)
	}
	if w.Serial == 0 || w.KID == "" {
		return Key{}, fmt.Errorf("has no serial or no kid")
	}
	if !slices.Contains([]State{Active, Retired, Revoked}, w.State) {
		return Key{}, fmt.Errorf("state is %q, want active, retired or revoked", w.State)
	}
	public, err := base64.RawURLEncoding.DecodeString(w.X)
	if err != nil || len(public) != ed25519.PublicKeySize {
		return Key{}, fmt.Errorf("x is not 32 bytes in base64url")
	}
	k := Key{Serial: w.Serial, ID: w.KID, Public: public, CreatedAt: w.CreatedAt, Environment: w.Environment, State: w.State}
	if w.D != "" {
		seed, err := base64.RawURLEncoding.DecodeString(w.D)
		if err != nil || len(seed) != ed25519.SeedSize {
			return Key{}, fmt.Errorf("d is not 32 bytes in base64url")
		}
		k.Private = ed25519.NewKeyFromSeed(seed)
		if !bytes.Equal(k.Private.Public().(ed25519.PublicKey), public) {
			return Key{}, fmt.Errorf("d and x do not belong together")
		}
	}
	return k, nil
}

// Load reads a key set from a file, which only its owner may be able to read.
func Load(path string) (*Ring, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key set: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("key set %s can be read by others (mode %04o): run chmod 600 on it, and rotate the key if anybody may have", path, mode)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key set: %w", err)
	}
	r, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// Save writes the set with its private halves: whole or not at all, readable by
// its owner only.
func (r *Ring) Save(path string) error {
	data, err := r.marshal(true)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the key folder: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".keys-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write the key set: %w", err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the key set: %w", err)
	}
	return nil
}
