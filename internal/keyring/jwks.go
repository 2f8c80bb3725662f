package keyring

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// jwk is a key as RFC 8037 section 2 and RFC 7518 section 6.2 write it.
type jwk struct {
	KTY          string    `json:"kty"`
	CRV          string    `json:"crv"`
	KID          string    `json:"kid"`
	Use          string    `json:"use"`
	ALG          string    `json:"alg"`
	X            string    `json:"x"`
	Y            string    `json:"y,omitempty"`
	D            string    `json:"d,omitempty"`
	Serial       uint16    `json:"serial"`
	CreatedAt    time.Time `json:"created_at"`
	Environment  string    `json:"environment"`
	State        State     `json:"state"`
	RevokedAt    time.Time `json:"revoked_at,omitzero"`
	RevokedIndex *int64    `json:"revoked_index,omitempty"`
}

// jwks is the set. Revoked keys stand apart in a published one, where a reader
// that knows only RFC 7517 does not take them for good.
type jwks struct {
	ISS     string   `json:"iss,omitempty"`
	Keys    []jwk    `json:"keys"`
	Revoked []jwk    `json:"revoked,omitempty"`
	Log     []string `json:"log,omitempty"`
}

// Publication is what a published set says besides the keys.
type Publication struct {
	// Issuer identifies whose keys these are, such as did:web:example.org.
	Issuer string
	// LogKeys are the verifier keys of log and witnesses, the log's own first.
	LogKeys []string
	// RevokedIndex is where the log records the revocation of a key, by kid.
	RevokedIndex map[string]int64
}

// Public returns the set as JSON without private halves.
func (r *Ring) Public() ([]byte, error) {
	return r.Publish(Publication{Issuer: r.issuer, LogKeys: r.logs})
}

// Publish returns the set as verifiers pin it, without private halves.
func (r *Ring) Publish(p Publication) ([]byte, error) {
	ring := r.public()
	ring.issuer, ring.logs = p.Issuer, p.LogKeys
	for i, k := range ring.keys {
		if index, logged := p.RevokedIndex[k.ID]; logged {
			ring.keys[i].RevokedIndex = &index
		}
	}
	return ring.marshal(true)
}

// marshal writes the set; apart puts revoked keys under a name of their own.
func (r *Ring) marshal(apart bool) ([]byte, error) {
	set := jwks{ISS: r.issuer, Keys: []jwk{}, Log: r.logs}
	for _, k := range r.keys {
		if w := k.jwk(); apart && k.State == Revoked {
			set.Revoked = append(set.Revoked, w)
		} else {
			set.Keys = append(set.Keys, w)
		}
	}
	data, err := json.MarshalIndent(set, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the key set: %w", err)
	}
	return append(data, '\n'), nil
}

func (k Key) jwk() jwk {
	w := jwk{KTY: "OKP", CRV: "Ed25519", Use: "sig", ALG: string(k.Algorithm), KID: k.ID, Serial: k.Serial, CreatedAt: k.CreatedAt,
		Environment: k.Environment, State: k.State, RevokedAt: k.RevokedAt, RevokedIndex: k.RevokedIndex}
	w.X, w.Y = k.coordinates()
	switch private := k.Private.(type) {
	case ed25519.PrivateKey:
		w.D = base64.RawURLEncoding.EncodeToString(private.Seed())
	case *ecdsa.PrivateKey:
		if d, err := private.Bytes(); err == nil {
			w.D = base64.RawURLEncoding.EncodeToString(d)
		}
	}
	if k.Algorithm == ES256 {
		w.KTY, w.CRV = "EC", "P-256"
	}
	return w
}

// Parse reads a key set, private or published.
func Parse(data []byte) (*Ring, error) {
	var set jwks
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&set); err != nil {
		return nil, fmt.Errorf("the key set is not JSON: %w", err)
	}
	r := &Ring{issuer: set.ISS, logs: set.Log}
	for i, w := range append(slices.Clone(set.Keys), set.Revoked...) {
		k, err := w.key()
		if err != nil {
			return nil, fmt.Errorf("key %d of the set: %w", i, err)
		}
		if i >= len(set.Keys) && k.State != Revoked {
			return nil, fmt.Errorf("key %d of the set stands among the revoked ones as %s", i, k.State)
		}
		if _, twice := r.Serial(k.Serial); twice {
			return nil, fmt.Errorf("key %d of the set: serial %d is used twice", i, k.Serial)
		}
		if _, twice := r.ByID(k.ID); twice {
			return nil, fmt.Errorf("key %d of the set: kid %q is used twice", i, k.ID)
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
	if w.Serial == 0 || w.KID == "" {
		return Key{}, fmt.Errorf("has no serial or no kid")
	}
	if !slices.Contains([]State{Active, Retired, Revoked}, w.State) {
		return Key{}, fmt.Errorf("state is %q, want active, retired or revoked", w.State)
	}
	k := Key{Serial: w.Serial, ID: w.KID, CreatedAt: w.CreatedAt, Environment: w.Environment, State: w.State, RevokedAt: w.RevokedAt, RevokedIndex: w.RevokedIndex}
	switch w.KTY + " " + w.CRV {
	case "OKP Ed25519":
		k.Algorithm = EdDSA
		return w.ed25519(k)
	case "EC P-256":
		k.Algorithm = ES256
		return w.p256(k)
	}
	return Key{}, fmt.Errorf("is %q on %q, want OKP on Ed25519 or EC on P-256", w.KTY, w.CRV)
}

func (w *jwk) ed25519(k Key) (Key, error) {
	public, err := base64.RawURLEncoding.DecodeString(w.X)
	if err != nil || len(public) != ed25519.PublicKeySize {
		return Key{}, fmt.Errorf("x is not 32 bytes in base64url")
	}
	k.Public = ed25519.PublicKey(public)
	if w.D == "" {
		return k, nil
	}
	seed, err := base64.RawURLEncoding.DecodeString(w.D)
	if err != nil || len(seed) != ed25519.SeedSize {
		return Key{}, fmt.Errorf("d is not 32 bytes in base64url")
	}
	private := ed25519.NewKeyFromSeed(seed)
	if !bytes.Equal(private.Public().(ed25519.PublicKey), public) {
		return Key{}, fmt.Errorf("d and x do not belong together")
	}
	k.Private = private
	return k, nil
}

func (w *jwk) p256(k Key) (Key, error) {
	x, errX := base64.RawURLEncoding.DecodeString(w.X)
	y, errY := base64.RawURLEncoding.DecodeString(w.Y)
	if errX != nil || errY != nil || len(x) != 32 || len(y) != 32 {
		return Key{}, fmt.Errorf("x and y are not 32 bytes each in base64url")
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
	if err != nil {
		return Key{}, fmt.Errorf("x and y are no point of P-256: %w", err)
	}
	k.Public = public
	if w.D == "" {
		return k, nil
	}
	d, err := base64.RawURLEncoding.DecodeString(w.D)
	if err != nil {
		return Key{}, fmt.Errorf("d is not in base64url")
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
	if err != nil {
		return Key{}, fmt.Errorf("d is no private key of P-256: %w", err)
	}
	if !private.PublicKey.Equal(public) {
		return Key{}, fmt.Errorf("d and x do not belong together")
	}
	k.Private = private
	return k, nil
}
