package certs

import (
	"encoding/base32"
	"fmt"
	"io"
	"strings"

	"github.com/proba-exam/proba/internal/fault"
)

// ID names a certificate: 80 random bits as 16 characters of base32 (RFC 4648,
// upper case).
type ID string

const (
	idBytes = 10
	idChars = 16
)

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewID draws an id.
func NewID(random io.Reader) (ID, error) {
	var raw [idBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("draw a certificate id: %w", err)
	}
	return ID(encoding.EncodeToString(raw[:])), nil
}

// ParseID reads an id as people type it: in either case, with spaces or hyphens
// between groups, and with 0 for O, 1 for I and 8 for B, digits that base32 does
// not have.
func ParseID(s string) (ID, error) {
	s = strings.NewReplacer(" ", "", "-", "", "0", "O", "1", "I", "8", "B").Replace(strings.ToUpper(strings.TrimSpace(s)))
	raw, err := encoding.DecodeString(s)
	if len(s) != idChars || err != nil || len(raw) != idBytes {
		return "", fault.New(fault.Invalid, "certificate.malformed_id", "A certificate code has 16 letters and digits, such as ABCD-EFGH-IJKL-MN23.")
	}
	return ID(s), nil
}

// Bytes are the 80 bits.
func (id ID) Bytes() []byte {
	raw, err := encoding.DecodeString(string(id))
	if err != nil {
		return nil
	}
	return raw
}

// Printed is the id in groups of four.
func (id ID) Printed() string {
	var groups []string
	for i := 0; i < len(id); i += 4 {
		groups = append(groups, string(id[i:min(i+4, len(id))]))
	}
	return strings.Join(groups, "-")
}
