package translog

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Type is what happened.
type Type string

// The types of entries.
const (
	Issue      Type = "issue"
	Revoke     Type = "revoke"
	Suspend    Type = "suspend"
	Resume     Type = "resume"
	Supersede  Type = "supersede"
	KeyAdd     Type = "key-add"
	KeyRetire  Type = "key-retire"
	KeyRevoke  Type = "key-revoke"
	StatusList Type = "status-list"
)

var types = []Type{Issue, Revoke, Suspend, Resume, Supersede, KeyAdd, KeyRetire, KeyRevoke, StatusList}

// entryVersion is the first line of an entry.
const entryVersion = "cert-log/v1"

// maxEntry is more than the longest entry has.
const maxEntry = 256

// Entry is one leaf of the tree, and where it stands.
type Entry struct {
	// Key is the leaf hash of Data in base64; it names the entry.
	Key  string `json:"key"`
	Data []byte `json:"data"`
	// QueuedAt orders what waits.
	QueuedAt time.Time `json:"queued_at"`
	// Index is its place in the log, Waiting before it has one.
	Index int64 `json:"index"`
}

// Waiting is the index of an entry that is queued.
const Waiting = -1

// NewEntry is the entry that says what happened to the object.
func NewEntry(what Type, object []byte, now time.Time) Entry {
	data := EntryData(what, object)
	return Entry{Key: KeyOf(data), Data: data, QueuedAt: now, Index: Waiting}
}

// EntryData is what stands in the log: version, type and hash, a line each.
func EntryData(what Type, object []byte) []byte {
	sum := sha256.Sum256(object)
	return fmt.Appendf(nil, "%s\n%s\n%s\n", entryVersion, what, base64.StdEncoding.EncodeToString(sum[:]))
}

// KeyOf is the leaf hash of an entry (RFC 6962 section 2.1) in base64.
func KeyOf(data []byte) string { return tlog.RecordHash(data).String() }

// ParseEntry reads what EntryData writes and nothing else.
func ParseEntry(data []byte) (what Type, hash [sha256.Size]byte, err error) {
	lines := strings.Split(string(data), "\n")
	if len(lines) != 4 || lines[0] != entryVersion || lines[3] != "" || !slices.Contains(types, Type(lines[1])) {
		return "", hash, fmt.Errorf("not an entry of a certificate log")
	}
	sum, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(sum) != sha256.Size || base64.StdEncoding.EncodeToString(sum) != lines[2] {
		return "", hash, fmt.Errorf("the hash of the entry is not 32 bytes in base64")
	}
	return Type(lines[1]), [sha256.Size]byte(sum), nil
}
