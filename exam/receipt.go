package exam

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// Receipt is what a learner may keep as proof of what was handed in and when. It
// names no person and tells nothing of right or wrong.
type Receipt struct {
	Issuer  string `json:"iss"`
	Attempt string `json:"attempt"`
	Exam    string `json:"exam"`
	// FinishedAt is when the attempt was handed in or ran out of time.
	FinishedAt time.Time `json:"finished_at"`
	// Answered of Items have an answer.
	Answered int `json:"answered"`
	Items    int `json:"items"`
	// Digest is over all stored responses, in hex; see Digest.
	Digest string `json:"digest"`
}

// receiptType keeps a receipt apart from everything else that the same key signs.
const receiptType = "proba-receipt+jws"

var segment = base64.RawURLEncoding

// NewReceipt states what is stored of a finished attempt. Conflict
// "attempt.not_finished".
func NewReceipt(a *Attempt, issuer string) (Receipt, error) {
	if a.FinishedAt.IsZero() || a.State == Voided {
		return Receipt{}, fault.New(fault.Conflict, "attempt.not_finished", "There is a receipt once the exam is handed in.")
	}
	digest := a.Digest()
	r := Receipt{Issuer: issuer, Attempt: a.ID, Exam: a.Exam, FinishedAt: a.FinishedAt, Items: len(a.Form.Slots), Digest: hex.EncodeToString(digest[:])}
	for _, stored := range a.Responses {
		if !stored.Response.Empty() {
			r.Answered++
		}
	}
	return r, nil
}

type receiptHeader struct {
	Algorithm string `json:"alg"`
	KeyID     string `json:"kid"`
	Type      string `json:"typ"`
}

// Sign returns the receipt as a compact JWS (RFC 7515) with EdDSA (RFC 8037), which
// anybody can check with the public key set.
func (r Receipt) Sign(keyID string, key ed25519.PrivateKey) (string, error) {
	header, err := json.Marshal(receiptHeader{"EdDSA", keyID, receiptType})
	if err != nil {
		return "", fmt.Errorf("receipt: %w", err)
	}
	payload, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("receipt: %w", err)
	}
	signed := segment.EncodeToString(header) + "." + segment.EncodeToString(payload)
	return signed + "." + segment.EncodeToString(ed25519.Sign(key, []byte(signed))), nil
}

// VerifyReceipt reads a signed receipt. key returns the public key of an id, nil for
// none. Invalid "receipt.invalid".
func VerifyReceipt(token string, key func(id string) ed25519.PublicKey) (Receipt, error) {
	invalid := fault.New(fault.Invalid, "receipt.invalid", "This is not a receipt that was signed here.")
	parts := strings.Split(strings.TrimSpace(token), ".")
	if len(parts) != 3 {
		return Receipt{}, invalid
	}
	var raw [3][]byte
	for i, part := range parts {
		var err error
		if raw[i], err = segment.Strict().DecodeString(part); err != nil {
			return Receipt{}, invalid.Wrap(err)
		}
	}
	var header receiptHeader
	if err := decodeStrict(raw[0], &header); err != nil || header.Algorithm != "EdDSA" || header.Type != receiptType {
		return Receipt{}, invalid
	}
	public := key(header.KeyID)
	if len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, []byte(parts[0]+"."+parts[1]), raw[2]) {
		return Receipt{}, invalid
	}
	var r Receipt
	if err := decodeStrict(raw[1], &r); err != nil {
		return Receipt{}, invalid.Wrap(err)
	}
	return r, nil
}

// CheckReceipt verifies a receipt that a learner brings, and reports whether what is
// stored of its attempt is what it states. Faults: "receipt.invalid",
// "attempt.not_found".
func (s *Service) CheckReceipt(ctx context.Context, token string, key func(id string) ed25519.PublicKey) (r Receipt, matches bool, err error) {
	if r, err = VerifyReceipt(token, key); err != nil {
		return Receipt{}, false, err
	}
	a, err := s.store.Attempt(ctx, r.Attempt)
	if err != nil {
		return Receipt{}, false, err
	}
	digest := a.Digest()
	return r, r.Digest == hex.EncodeToString(digest[:]) && r.FinishedAt.Equal(a.FinishedAt), nil
}
