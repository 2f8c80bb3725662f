package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"

	"github.com/proba-exam/proba/internal/fault"
)

// Argon are the cost parameters of argon2id (RFC 9106).
type Argon struct {
	Memory  uint32 // KiB, 8 to 262144 (256 MiB)
	Time    uint32 // passes, 1 to 16
	Threads uint8  // lanes, 1 to 16
}

// DefaultArgon is the first choice of the OWASP Password Storage Cheat Sheet:
// 19 MiB, two passes, one lane. It keeps a burst of sign-ins inside the memory
// of a small server.
func DefaultArgon() Argon { return Argon{Memory: 19 * 1024, Time: 2, Threads: 1} }

// Sizes of what is drawn and derived, in bytes: the recommendation of RFC 9106
// section 3.1 for salts, and a 256-bit tag.
const (
	saltBytes = 16
	tagBytes  = 32
)

// Upper bounds of what a stored hash may ask for, so that a damaged or planted
// document cannot stall the service.
const (
	maxArgonMemory  = 256 * 1024
	maxArgonTime    = 16
	maxArgonThreads = 16
	maxSalt         = 64
	maxTag          = 64
)

func (a Argon) check() error {
	if a.Memory < 8*uint32(max(a.Threads, 1)) || a.Memory > maxArgonMemory ||
		a.Time < 1 || a.Time > maxArgonTime || a.Threads < 1 || a.Threads > maxArgonThreads {
		return fmt.Errorf("argon2id parameters out of range: m=%d,t=%d,p=%d", a.Memory, a.Time, a.Threads)
	}
	return nil
}

// phc is a parsed PHC string of argon2id.
type phc struct {
	argon     Argon
	salt, tag []byte
}

// String returns the PHC string format:
// $argon2id$v=19$m=…,t=…,p=…$salt$tag, base64 without padding
// (github.com/P-H-C/phc-string-format).
func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.argon.Memory, h.argon.Time, h.argon.Threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.tag))
}

// parsePHC accepts exactly the strings that phc.String returns for parameters
// in range.
func parsePHC(s string) (phc, error) {
	bad := func(why string) (phc, error) { return phc{}, errors.New("password hash: " + why) }
	parts := strings.Split(s, "$")
	if len(parts) != 6 {
		return bad("not a PHC string of argon2id")
	}
	var h phc
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.argon.Memory, &h.argon.Time, &h.argon.Threads); err != nil {
		return bad("unreadable parameters")
	}
	var err1, err2 error
	h.salt, err1 = base64.RawStdEncoding.DecodeString(parts[4])
	h.tag, err2 = base64.RawStdEncoding.DecodeString(parts[5])
	if err := errors.Join(err1, err2); err != nil {
		return bad("unreadable salt or tag")
	}
	if len(h.salt) < 8 || len(h.salt) > maxSalt || len(h.tag) < saltBytes || len(h.tag) > maxTag {
		return bad("salt or tag of unexpected size")
	}
	if err := h.argon.check(); err != nil {
		return bad(err.Error())
	}
	if h.String() != s {
		return bad("not in canonical form")
	}
	return h, nil
}

// Passwords hashes and checks passwords, a few at a time.
type Passwords struct {
	argon Argon
	slots *semaphore.Weighted
	rand  io.Reader
	decoy phc // what a password is checked against when there is no hash
}

// NewPasswords returns a hasher with the given cost. At most slots hashes are
// computed at once, each using argon.Memory: the rest wait, until their context
// ends. rand must be safe for concurrent use.
func NewPasswords(argon Argon, slots int, rand io.Reader) (*Passwords, error) {
	if err := argon.check(); err != nil {
		return nil, err
	}
	if slots < 1 {
		return nil, fmt.Errorf("password hasher: %d slots, need at least 1", slots)
	}
	decoy := phc{argon: argon, salt: make([]byte, saltBytes), tag: make([]byte, tagBytes)}
	if _, err := io.ReadFull(rand, decoy.salt); err != nil {
		return nil, fmt.Errorf("draw a salt: %w", err)
	}
	return &Passwords{argon: argon, slots: semaphore.NewWeighted(int64(slots)), rand: rand, decoy: decoy}, nil
}

// hash returns the PHC string of a prepared password.
func (h *Passwords) hash(ctx context.Context, prepared string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.rand, salt); err != nil {
		return "", fmt.Errorf("draw a salt: %w", err)
	}
	tag, err := h.derive(ctx, prepared, phc{argon: h.argon, salt: salt, tag: make([]byte, tagBytes)})
	if err != nil {
		return "", err
	}
	return phc{argon: h.argon, salt: salt, tag: tag}.String(), nil
}

// check reports whether stored is the hash of the prepared password, and
// whether it was made with other parameters than today's. For stored "" it does
// the same work and reports false.
func (h *Passwords) check(ctx context.Context, stored, prepared string) (match, outdated bool, err error) {
	want := h.decoy
	if stored != "" {
		if want, err = parsePHC(stored); err != nil {
			return false, false, err
		}
	}
	tag, err := h.derive(ctx, prepared, want)
	if err != nil {
		return false, false, err
	}
	// The decoy's tag is zero, which no password can be expected to hash to;
	// still a person without a hash must not get in on it.
	match = subtle.ConstantTimeCompare(tag, want.tag) == 1 && stored != ""
	outdated = want.argon != h.argon || len(want.salt) != saltBytes || len(want.tag) != tagBytes
	return match, outdated, nil
}

// derive computes a tag with the salt, cost and size of want, when a slot is free.
func (h *Passwords) derive(ctx context.Context, prepared string, want phc) ([]byte, error) {
	if err := h.slots.Acquire(ctx, 1); err != nil {
		return nil, fault.New(fault.Unavailable, "auth.busy",
			"Too many people are signing in. Try again in a moment.").Wrap(err)
	}
	defer h.slots.Release(1)
	return argon2.IDKey([]byte(prepared), want.salt, want.argon.Time, want.argon.Memory,
		want.argon.Threads, uint32(len(want.tag))), nil
}
