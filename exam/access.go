package exam

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// AccessMode is what kind of code opens a sitting.
type AccessMode string

// The kinds of codes.
const (
	// AccessOpen asks for none.
	AccessOpen AccessMode = ""
	// AccessRotating changes every ten minutes and is shown in the room.
	AccessRotating AccessMode = "rotating"
	// AccessFixed is made once, shown once, and kept as a hash only.
	AccessFixed AccessMode = "fixed"
)

// AccessKey is what the codes of a sitting are held against. It is stored apart from
// its sitting, which more people may read.
type AccessKey struct {
	Schema  int    `json:"schema"`
	Sitting string `json:"sitting"`
	// Secret is where rotating codes come from: the code of a period is a function of
	// it and the time, so that every copy of the service shows and takes the same one
	// and nothing is written when it changes. Empty for a fixed code.
	Secret []byte `json:"secret,omitempty"`
	// Salt and Hash are of the fixed code. Who holds the store can find eight digits
	// by trying all; the hash keeps the code out of sight in backups and dumps.
	Salt      []byte    `json:"salt,omitempty"`
	Hash      []byte    `json:"hash,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

const (
	// accessPeriod is how long a code is shown. It is taken for one period more, so
	// that nobody who is typing it has the wrong one.
	accessPeriod = 10 * time.Minute
	// accessDigits: digits are on the same keys in every language. A guess is right
	// twice in a million, and guesses are counted.
	accessDigits = 6
	// fixedDigits: a fixed code is there to be guessed at for as long as the window.
	fixedDigits = 8
)

// AccessCode is the code that a room shows.
type AccessCode struct {
	Mode AccessMode
	// Code is "" for a fixed code that is known by its hash only.
	Code string
	// Made reports whether there is a code: a fixed one waits to be made.
	Made bool
	// MadeAt is when the codes were made anew, zero before the first.
	MadeAt time.Time
	// Until is when the room shows the next one, and TakenUntil when this one is
	// refused; zero for a fixed one.
	Until, TakenUntil time.Time
}

// at is the code of the period.
func (k *AccessKey) at(period int64) string {
	mac := hmac.New(sha256.New, k.Secret)
	binary.Write(mac, binary.BigEndian, period) // a hash returns no error
	return fmt.Sprintf("%0*d", accessDigits, binary.BigEndian.Uint64(mac.Sum(nil))%1_000_000)
}

func periodOf(now time.Time) int64 { return now.Unix() / int64(accessPeriod/time.Second) }

// Code is what the room shows at now.
func (k *AccessKey) Code(now time.Time) AccessCode {
	period := periodOf(now)
	until := time.Unix((period+1)*int64(accessPeriod/time.Second), 0).UTC()
	return AccessCode{Mode: AccessRotating, Code: k.at(period), Made: true, MadeAt: k.CreatedAt, Until: until, TakenUntil: until.Add(accessPeriod)}
}

func hashAccess(salt []byte, code string) []byte {
	sum := sha256.Sum256(append(slices.Clone(salt), code...))
	return sum[:]
}

// takes reports whether the code that somebody typed opens the sitting at now.
func (k *AccessKey) takes(mode AccessMode, code string, now time.Time) bool {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, code)
	if mode == AccessFixed {
		return len(k.Hash) > 0 && subtle.ConstantTimeCompare(hashAccess(k.Salt, code), k.Hash) == 1
	}
	if len(k.Secret) == 0 {
		return false
	}
	period := periodOf(now)
	present := subtle.ConstantTimeCompare([]byte(code), []byte(k.at(period)))
	former := subtle.ConstantTimeCompare([]byte(code), []byte(k.at(period-1)))
	return present|former == 1
}

// AccessCode returns what the room shows now. "access.none" when the sitting asks for
// no code.
func (s *Service) AccessCode(ctx context.Context, sitting string) (AccessCode, error) {
	held, err := s.store.Sitting(ctx, sitting)
	if err != nil {
		return AccessCode{}, err
	}
	if held.AccessCode == AccessOpen {
		return AccessCode{}, noAccessCode()
	}
	k, err := s.store.AccessKey(ctx, sitting)
	if fault.Of(err) == fault.NotFound {
		return AccessCode{Mode: held.AccessCode}, nil
	}
	if err != nil {
		return AccessCode{}, err
	}
	if held.AccessCode == AccessFixed {
		return AccessCode{Mode: AccessFixed, Made: len(k.Hash) > 0, MadeAt: k.CreatedAt}, nil
	}
	return k.Code(s.moment()), nil
}

// RenewAccessCode makes new codes for the sitting: the ones shown before are refused
// at once, such as when somebody sent one out of the room. A fixed code can be read
// from what this returns and never again.
func (s *Service) RenewAccessCode(ctx context.Context, sitting string) (AccessCode, error) {
	held, err := s.store.Sitting(ctx, sitting)
	if err != nil {
		return AccessCode{}, err
	}
	switch held.AccessCode {
	case AccessOpen:
		return AccessCode{}, noAccessCode()
	case AccessFixed:
		return s.newFixedCode(ctx, sitting)
	}
	k, err := s.newAccessKey(ctx, sitting)
	if err != nil {
		return AccessCode{}, err
	}
	return k.Code(s.moment()), nil
}

// newFixedCode draws a code and stores its hash.
func (s *Service) newFixedCode(ctx context.Context, sitting string) (AccessCode, error) {
	var drawn [8]byte
	k := AccessKey{Schema: 1, Sitting: sitting, Salt: make([]byte, 16), CreatedAt: s.moment()}
	for _, into := range [][]byte{drawn[:], k.Salt} {
		if _, err := io.ReadFull(s.rand, into); err != nil {
			return AccessCode{}, fmt.Errorf("draw an access code: %w", err)
		}
	}
	code := fmt.Sprintf("%0*d", fixedDigits, binary.BigEndian.Uint64(drawn[:])%100_000_000)
	k.Hash = hashAccess(k.Salt, code)
	if err := s.store.PutAccessKey(ctx, k); err != nil {
		return AccessCode{}, fmt.Errorf("store an access code: %w", err)
	}
	return AccessCode{Mode: AccessFixed, Code: code, Made: true, MadeAt: k.CreatedAt}, nil
}

func noAccessCode() error {
	return fault.New(fault.NotFound, "access.none", "This sitting asks for no code.")
}

func (s *Service) newAccessKey(ctx context.Context, sitting string) (AccessKey, error) {
	k := AccessKey{Schema: 1, Sitting: sitting, Secret: make([]byte, sha256.Size), CreatedAt: s.moment()}
	if _, err := io.ReadFull(s.rand, k.Secret); err != nil {
		return k, fmt.Errorf("draw an access key: %w", err)
	}
	if err := s.store.PutAccessKey(ctx, k); err != nil {
		return k, fmt.Errorf("store an access key: %w", err)
	}
	return k, nil
}

// ensureAccessKey makes the key of a sitting with rotating codes, unless it has one.
func (s *Service) ensureAccessKey(ctx context.Context, held *Sitting) error {
	if held.AccessCode != AccessRotating {
		return nil
	}
	k, err := s.store.AccessKey(ctx, held.ID)
	if fault.Of(err) == fault.NotFound || err == nil && len(k.Secret) == 0 {
		_, err = s.newAccessKey(ctx, held.ID)
	}
	return err
}

// checkAccess reports why the code does not open the sitting.
func (s *Service) checkAccess(ctx context.Context, held *Sitting, code string) error {
	if held.AccessCode == AccessOpen {
		return nil
	}
	at := fault.Field{Path: "/code", Message: "must be the digits that the room shows"}
	if strings.TrimSpace(code) == "" {
		return fault.New(fault.Invalid, "access.code_missing", "This exam starts with the code that the invigilator shows.").At(at)
	}
	k, err := s.store.AccessKey(ctx, held.ID)
	if err != nil && fault.Of(err) != fault.NotFound { // none was made yet: every code is wrong
		return err
	}
	if !k.takes(held.AccessCode, code, s.moment()) {
		return fault.New(fault.Invalid, "access.code_wrong", "This is not the code that the room shows now.").At(at)
	}
	return nil
}
