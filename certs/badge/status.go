package badge

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/proba-exam/proba/internal/keyring"
)

// Purpose is what a bit of a status list means when it is set.
type Purpose string

// The purposes. Revocation is for good, suspension may end.
const (
	Revocation Purpose = "revocation"
	Suspension Purpose = "suspension"
)

// ListBits is the length of a list: the least that Bitstring Status List section
// 3.1 allows, so that a bit hides among others.
const ListBits = 131_072

const (
	// listTTL is how long a verifier may keep a list before asking again.
	listTTL = time.Hour
	// listLife is how long a list may be shown at all. Lists are published
	// anew every day; a week covers a holiday without anybody at hand.
	listLife = 7 * 24 * time.Hour
)

// Bits is a status list: bit i is bit 7-i%8 of byte i/8, the left-most first.
type Bits []byte

// NewBits returns a list of ListBits places, none set.
func NewBits() Bits { return make(Bits, ListBits/8) }

// Set sets bit i.
func (b Bits) Set(i int) { b[i/8] |= 1 << (7 - i%8) }

// Get reports whether bit i is set. A place outside the list is an error.
func (b Bits) Get(i int) (bool, error) {
	if i < 0 || i >= 8*len(b) {
		return false, fmt.Errorf("place %d is outside a list of %d", i, 8*len(b))
	}
	return b[i/8]&(1<<(7-i%8)) != 0, nil
}

type (
	statusCredential struct {
		Context    []string   `json:"@context"`
		ID         string     `json:"id"`
		Type       []string   `json:"type"`
		Issuer     string     `json:"issuer"`
		ValidFrom  string     `json:"validFrom"`
		ValidUntil string     `json:"validUntil"`
		Subject    statusList `json:"credentialSubject"`
		Proof      []proof    `json:"proof,omitempty"`
	}
	statusList struct {
		ID          string `json:"id"`
		Type        string `json:"type"`
		Purpose     string `json:"statusPurpose"`
		TTL         int64  `json:"ttl"`
		EncodedList string `json:"encodedList"`
	}
)

// SignList returns the status list credential at the address list, valid from at.
func SignList(list, issuer string, purpose Purpose, bits Bits, key keyring.Key, at time.Time) ([]byte, error) {
	encoded, err := bits.encode()
	if err != nil {
		return nil, err
	}
	doc := statusCredential{
		Context: []string{contextCredentials}, ID: list, Type: []string{"VerifiableCredential", "BitstringStatusListCredential"},
		Issuer: issuer, ValidFrom: stamp(at), ValidUntil: stamp(at.Add(listLife)),
		Subject: statusList{ID: list + "#list", Type: "BitstringStatusList", Purpose: string(purpose), TTL: listTTL.Milliseconds(), EncodedList: encoded},
	}
	p, err := signed(doc, key, key.VerificationMethod(issuer), at)
	if err != nil {
		return nil, fmt.Errorf("sign the status list: %w", err)
	}
	doc.Proof = []proof{p}
	return encode(doc)
}

// encode is the list compressed, in multibase base64url.
func (b Bits) encode() (string, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return "", fmt.Errorf("compress the status list: %w", err)
	}
	if _, err := w.Write(b); err != nil {
		return "", fmt.Errorf("compress the status list: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("compress the status list: %w", err)
	}
	return "u" + base64.RawURLEncoding.EncodeToString(out.Bytes()), nil
}

// maxListBytes bounds what a list inflates to: eight times what we publish.
const maxListBytes = ListBits

func decodeBits(encoded string) (Bits, error) {
	text, isBase64 := strings.CutPrefix(encoded, "u")
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || !isBase64 {
		return nil, fmt.Errorf("the list is not multibase base64url")
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("the list is not compressed: %w", err)
	}
	bits, err := io.ReadAll(io.LimitReader(r, maxListBytes+1))
	if err != nil {
		return nil, fmt.Errorf("the list cannot be inflated: %w", err)
	}
	if len(bits) > maxListBytes || len(bits) < ListBits/8 {
		return nil, fmt.Errorf("the list has %d bytes, want %d to %d", len(bits), ListBits/8, maxListBytes)
	}
	return bits, nil
}

// List is a status list credential that was read.
type List struct {
	// ID is its address.
	ID        string
	Issuer    string
	Purpose   Purpose
	Bits      Bits
	ValidFrom time.Time
	// ValidUntil is when it must not be relied on any more.
	ValidUntil time.Time
	Known      bool
	Key        keyring.Key
	Signature  bool
}

// CheckList reads a status list credential and checks its signature.
func CheckList(data []byte, keys *keyring.Ring) (List, error) {
	doc, err := parse(data)
	if err != nil {
		return List{}, err
	}
	var l List
	if l.Key, l.Known, l.Signature, err = checkProof(doc, keys); err != nil {
		return List{}, err
	}
	subject, _ := doc["credentialSubject"].(map[string]any)
	if !hasType(doc, "BitstringStatusListCredential") || subject["type"] != "BitstringStatusList" {
		return List{}, errCredential.Wrap(fmt.Errorf("it is no status list"))
	}
	l.ID, _ = doc["id"].(string)
	l.Issuer = issuerOf(doc)
	purpose, _ := subject["statusPurpose"].(string)
	l.Purpose = Purpose(purpose)
	encoded, _ := subject["encodedList"].(string)
	var fromErr, untilErr error
	l.ValidFrom, fromErr = instant(doc["validFrom"])
	l.ValidUntil, untilErr = instant(doc["validUntil"])
	if l.Bits, err = decodeBits(encoded); err != nil || fromErr != nil || untilErr != nil || l.ValidFrom.IsZero() {
		return List{}, errCredential.Wrap(fmt.Errorf("the status list cannot be read: %v %v %v", err, fromErr, untilErr))
	}
	return l, nil
}
