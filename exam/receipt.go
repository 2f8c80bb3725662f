package exam

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

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

// receiptClaims is a receipt as claims. What counts of it is no matter of the time
// at which it is looked at.
type receiptClaims struct {
	Receipt
	jwt.RegisteredClaims `json:"-"` // none, but asked for by the library
}

// Sign returns the receipt as a compact JWS (RFC 7515) with EdDSA (RFC 8037), which
// anybody can check with the public key set. key is an Ed25519 key.
func (r Receipt) Sign(keyID string, key crypto.Signer) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, receiptClaims{Receipt: r})
	token.Header["kid"], token.Header["typ"] = keyID, receiptType
	signed, err := token.SignedString(key)
	if err != nil {
		return "", fmt.Errorf("sign a receipt: %w", err)
	}
	return signed, nil
}

// VerifyReceipt reads a signed receipt. key returns the public key of an id, nil for
// none. Invalid "receipt.invalid".
func VerifyReceipt(text string, key func(id string) ed25519.PublicKey) (Receipt, error) {
	var claims receiptClaims
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithStrictDecoding())
	_, err := parser.ParseWithClaims(strings.TrimSpace(text), &claims, func(t *jwt.Token) (any, error) {
		id, _ := t.Header["kid"].(string)
		public := key(id)
		if len(public) != ed25519.PublicKeySize || t.Header["typ"] != receiptType {
			return nil, errors.New("another key, or another kind of statement")
		}
		return public, nil
	})
	if err != nil {
		return Receipt{}, fault.New(fault.Invalid, "receipt.invalid", "This is not a receipt that was signed here.").Wrap(err)
	}
	return claims.Receipt, nil
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
