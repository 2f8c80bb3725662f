package translog

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/proba-exam/proba/internal/keyring"
)

// Checkpoint is a signed state of a log (C2SP tlog-checkpoint).
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
	// At is when the log signed it, zero when it does not say.
	At time.Time
	// Cosigned are the witnesses that are known and vouch for it.
	Cosigned []Cosignature
}

// Cosignature says which witness saw the checkpoint, and when.
type Cosignature struct {
	Witness string
	At      time.Time
}

// maxCheckpoint bounds what is read as a signed checkpoint: room for a hundred
// witnesses.
const maxCheckpoint = 16 << 10

var errCheckpoint = errors.New("this is not a checkpoint of a log")

// text is what is signed: origin, size and root, a line each.
func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// parseCheckpoint reads the text of a checkpoint, without extension lines.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return Checkpoint{}, errCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, errCheckpoint
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Checkpoint{}, errCheckpoint
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: tlog.Hash(root)}, nil
}

// Signature types of C2SP signed-note.
const (
	algEd25519     = 1
	algCosignature = 4
)

// VerifierKey is the public key of a log or key as notes name it.
func VerifierKey(origin string, k keyring.Key) (string, error) {
	public, ok := k.Public.(ed25519.PublicKey)
	if !ok {
		return "", fmt.Errorf("log key %s is not Ed25519", k.ID)
	}
	return note.NewEd25519VerifierKey(origin, public)
}

// noteSigner is a log key as package note takes it.
func noteSigner(origin string, k keyring.Key) (note.Signer, error) {
	private, ok := k.Private.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("log key %s is not Ed25519, or has no private half", k.ID)
	}
	verifier, err := VerifierKey(origin, k)
	if err != nil {
		return nil, err
	}
	hash, _, _ := strings.Cut(strings.TrimPrefix(verifier, origin+"+"), "+")
	return note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", origin, hash,
		base64.StdEncoding.EncodeToString(append([]byte{algEd25519}, private.Seed()...))))
}

// timeSigner is the second signature of a log on its checkpoints: one that says
// when (C2SP tlog-cosignature, version 1, by the log itself). Its message begins
// with a line that no checkpoint begins with, and its key id differs, so that the
// log's key can make both.
type timeSigner struct {
	*witness
	private ed25519.PrivateKey
	at      time.Time
}

// Sign implements note.Signer.
func (s timeSigner) Sign(text []byte) ([]byte, error) {
	at := uint64(s.at.Unix())
	return append(binary.BigEndian.AppendUint64(nil, at), ed25519.Sign(s.private, cosigned(at, text))...), nil
}

// timeKey is the verifier key of a log key's second signature.
func timeKey(origin string, k keyring.Key) (string, error) {
	public, ok := k.Public.(ed25519.PublicKey)
	if !ok {
		return "", fmt.Errorf("log key %s is not Ed25519", k.ID)
	}
	raw := append([]byte{algCosignature}, public...)
	return fmt.Sprintf("%s+%08x+%s", origin, keyHash(origin, raw), base64.StdEncoding.EncodeToString(raw)), nil
}

// newTimeSigner is a log key as signer of times.
func newTimeSigner(origin string, k keyring.Key) (timeSigner, error) {
	key, err := timeKey(origin, k)
	if err != nil {
		return timeSigner{}, err
	}
	w, _, err := parseWitness(key)
	if err != nil {
		return timeSigner{}, err
	}
	private, ok := k.Private.(ed25519.PrivateKey)
	if !ok {
		return timeSigner{}, fmt.Errorf("log key %s has no private half", k.ID)
	}
	return timeSigner{witness: w, private: private}, nil
}

// Trust is whose signatures count: the log's and its witnesses'.
type Trust struct {
	log       []note.Verifier
	witnesses []*witness
}

// NewTrust reads verifier keys. Those of type Ed25519 are the log's, which all
// have one name; those of type cosignature are the log's too under that name, which
// say when it signed, and else witnesses'.
func NewTrust(keys []string) (Trust, error) {
	var t Trust
	for _, key := range keys {
		w, isWitness, err := parseWitness(key)
		if err != nil {
			return Trust{}, err
		}
		if isWitness {
			t.witnesses = append(t.witnesses, w)
			continue
		}
		v, err := note.NewVerifier(key)
		if err != nil {
			return Trust{}, fmt.Errorf("verifier key %q: %w", key, err)
		}
		if len(t.log) > 0 && t.log[0].Name() != v.Name() {
			return Trust{}, fmt.Errorf("verifier keys of two logs, %s and %s", t.log[0].Name(), v.Name())
		}
		t.log = append(t.log, v)
	}
	return t, nil
}

// Empty reports whether no log is trusted.
func (t Trust) Empty() bool { return len(t.log) == 0 }

// Open reads a signed checkpoint. It needs the log's signature; cosignatures of
// unknown witnesses are left out, and a bad one of a known witness is an error.
func (t Trust) Open(signed []byte) (Checkpoint, error) {
	if len(signed) > maxCheckpoint {
		return Checkpoint{}, errCheckpoint
	}
	all := slices.Clone(t.log)
	for _, w := range t.witnesses {
		all = append(all, w)
	}
	opened, err := note.Open(signed, note.VerifierList(all...))
	if _, foreign := errors.AsType[*note.UnverifiedNoteError](err); foreign {
		return Checkpoint{}, errors.New("the checkpoint is not signed by the log in the key set")
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	c, err := parseCheckpoint(opened.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	byLog := false
	for _, signature := range opened.Sigs {
		i := slices.IndexFunc(t.witnesses, func(w *witness) bool { return w.Name() == signature.Name && w.KeyHash() == signature.Hash })
		if i < 0 {
			byLog = byLog || signature.Name == c.Origin
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(signature.Base64)
		if err != nil || len(raw) < 12 {
			return Checkpoint{}, errCheckpoint
		}
		at := time.Unix(int64(binary.BigEndian.Uint64(raw[4:12])), 0).UTC()
		if signature.Name == c.Origin {
			c.At = at
			continue
		}
		c.Cosigned = append(c.Cosigned, Cosignature{signature.Name, at})
	}
	if !byLog {
		return Checkpoint{}, fmt.Errorf("checkpoint of %q is not signed by its log", c.Origin)
	}
	return c, nil
}
