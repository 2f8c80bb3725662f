package certs

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

// CBOR labels of the payload.
const (
	coseSign1   = 18     // tag, RFC 9052 section 4.2
	headerAlg   = 1      // RFC 9052 section 3.1
	headerKID   = 4      // RFC 9052 section 3.1
	algEdDSA    = -8     // RFC 9053 section 2.2
	claimExp    = 4      // RFC 8392 section 3.1.4
	claimIat    = 6      // RFC 8392 section 3.1.6
	claimCTI    = 7      // RFC 8392 section 3.1.7
	claimProba  = -65537 // private use: the statement
	statementV1 = 1
)

// Bounds of the numbers in a payload. Beyond them a number means nothing, and programs in
// other languages cannot hold it.
const (
	maxDate      = 253_402_300_799 // the end of the year 9999
	maxScore     = 10_000          // basis points
	maxListIndex = math.MaxUint16
)

// Claims is what a payload states.
type Claims struct {
	ID       ID
	Key      uint16 // serial of the signing key
	Name     string
	Title    string // "" when it was left out to keep the QR code small
	Score    *int   // basis points, nil when not stated
	List     int    // number of the status list
	Status   int    // index in it
	IssuedAt time.Time
	// ExpiresAt is zero when the certificate does not expire.
	ExpiresAt time.Time
}

// cose is the COSE_Sign1 array of RFC 9052 section 4.2.
type cose struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected map[int]any
	Payload     []byte
	Signature   []byte
}

// sigStructure is what is signed: RFC 9052 section 4.4.
type sigStructure struct {
	_         struct{} `cbor:",toarray"`
	Context   string
	Protected []byte
	External  []byte
	Payload   []byte
}

// statement is the private claim: an array without names, to save room.
type statement struct {
	_       struct{} `cbor:",toarray"`
	Version int
	Name    any // text in UTF-8, or bytes in windows-1251 where that is shorter
	Title   any
	Score   *int
	Status  int
}

// listedStatement is the statement of a certificate in any status list but the
// first, which is not named to save a byte.
type listedStatement struct {
	_       struct{} `cbor:",toarray"`
	Version int
	Name    any
	Title   any
	Score   *int
	Status  int
	List    int
}

// The first bytes of a statement: an array of five, or of six.
const (
	arrayOfFive = 0x85
	arrayOfSix  = 0x86
)

type protected struct {
	Alg int    `cbor:"1,keyasint"`
	KID []byte `cbor:"4,keyasint"`
}

type claimSet struct {
	Exp   int64           `cbor:"4,keyasint,omitempty"`
	Iat   int64           `cbor:"6,keyasint"`
	CTI   []byte          `cbor:"7,keyasint"`
	Proba cbor.RawMessage `cbor:"-65537,keyasint"`
}

// codec returns the deterministic encoder of RFC 8949 section 4.2.1 and a
// decoder that takes nothing surprising.
func codec() (cbor.EncMode, cbor.DecMode, error) {
	enc, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, nil, fmt.Errorf("CBOR encoder: %w", err)
	}
	dec, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, MaxNestedLevels: 4,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField, TagsMd: cbor.TagsAllowed,
	}.DecMode()
	if err != nil {
		return nil, nil, fmt.Errorf("CBOR decoder: %w", err)
	}
	return enc, dec, nil
}

// sign returns the tagged COSE_Sign1 over the claims.
func (c *Claims) sign(key keyring.Key) ([]byte, error) {
	enc, _, err := codec()
	if err != nil {
		return nil, err
	}
	head, body, err := c.encode(enc)
	if err != nil {
		return nil, err
	}
	signed, err := enc.Marshal(sigStructure{Context: "Signature1", Protected: head, External: []byte{}, Payload: body})
	if err != nil {
		return nil, fmt.Errorf("encode what is signed: %w", err)
	}
	signature, err := key.Sign(signed)
	if err != nil {
		return nil, err
	}
	return enc.Marshal(message(head, body, signature))
}

// signatureBytes is the length of an Ed25519 signature.
const signatureBytes = ed25519.SignatureSize

// message is the tagged COSE_Sign1.
func message(head, body, signature []byte) cbor.Tag {
	return cbor.Tag{Number: coseSign1, Content: cose{Protected: head, Unprotected: map[int]any{}, Payload: body, Signature: signature}}
}

// encode is the protected header and the claims.
func (c *Claims) encode(enc cbor.EncMode) (head, body []byte, err error) {
	head, err = enc.Marshal(protected{Alg: algEdDSA, KID: binary.BigEndian.AppendUint16(nil, c.Key)})
	if err != nil {
		return nil, nil, fmt.Errorf("encode the header: %w", err)
	}
	set := claimSet{Iat: c.IssuedAt.Unix(), CTI: c.ID.Bytes()}
	if set.Proba, err = c.statement(enc); err != nil {
		return nil, nil, err
	}
	if !c.ExpiresAt.IsZero() {
		set.Exp = c.ExpiresAt.Unix()
	}
	if body, err = enc.Marshal(set); err != nil {
		return nil, nil, fmt.Errorf("encode the claims: %w", err)
	}
	return head, body, nil
}

// statement is the private claim, encoded.
func (c *Claims) statement(enc cbor.EncMode) (cbor.RawMessage, error) {
	st := statement{Version: statementV1, Name: compact(c.Name), Title: compact(c.Title), Score: c.Score, Status: c.Status}
	var v any = st
	if c.List > 0 {
		v = listedStatement{Version: st.Version, Name: st.Name, Title: st.Title, Score: st.Score, Status: st.Status, List: c.List}
	}
	data, err := enc.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode the statement: %w", err)
	}
	return data, nil
}

// compact is the text as UTF-8 string, or as windows-1251 bytes when it survives
// that and gets shorter.
func compact(s string) any {
	b, err := charmap.Windows1251.NewEncoder().Bytes([]byte(s))
	if err != nil || len(b) >= len(s) {
		return s
	}
	return b
}

func expand(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case []byte:
		s, err := charmap.Windows1251.NewDecoder().Bytes(v)
		if again, isBytes := compact(string(s)).([]byte); err != nil || !isBytes || !bytes.Equal(again, v) {
			return "", errors.New("text is not in its shortest form")
		}
		return string(s), nil
	}
	return "", errors.New("text is neither a text nor a byte string")
}

var errMalformed = fault.New(fault.Invalid, "payload.malformed", "This is not a certificate payload, or it is damaged.")

// parsePayload reads a payload whose signature is still to be checked, and
// returns what was signed. It takes only what sign writes: one encoding for one
// statement.
func parsePayload(data []byte) (c Claims, signed, signature []byte, err error) {
	enc, dec, err := codec()
	if err != nil {
		return Claims{}, nil, nil, err
	}
	fail := func(cause error) (Claims, []byte, []byte, error) {
		return Claims{}, nil, nil, errMalformed.Wrap(cause)
	}
	var tag cbor.RawTag
	if err := dec.Unmarshal(data, &tag); err != nil || tag.Number != coseSign1 {
		return fail(errors.Join(err, fmt.Errorf("tag %d, want %d", tag.Number, coseSign1)))
	}
	var message cose
	if err := dec.Unmarshal(tag.Content, &message); err != nil {
		return fail(err)
	}
	var head protected
	var set claimSet
	if err := errors.Join(dec.Unmarshal(message.Protected, &head), dec.Unmarshal(message.Payload, &set)); err != nil {
		return fail(err)
	}
	st, err := parseStatement(dec, set.Proba)
	if err != nil {
		return fail(err)
	}
	if head.Alg != algEdDSA || len(head.KID) != 2 || len(message.Signature) != signatureBytes || len(set.CTI) != idBytes || st.Version != statementV1 || message.Unprotected == nil || len(message.Unprotected) != 0 {
		return fail(errors.New("not a statement of version 1 signed with EdDSA"))
	}
	if !within(set.Iat, maxDate) || !within(set.Exp, maxDate) || !within(int64(st.List), maxListIndex) || !within(int64(st.Status), badge.ListBits-1) || st.Score != nil && !within(int64(*st.Score), maxScore) {
		return fail(errors.New("a number is out of bounds"))
	}
	c = Claims{ID: ID(encoding.EncodeToString(set.CTI)), Key: binary.BigEndian.Uint16(head.KID), Score: st.Score,
		List: st.List, Status: st.Status, IssuedAt: time.Unix(set.Iat, 0).UTC()}
	if set.Exp != 0 {
		c.ExpiresAt = time.Unix(set.Exp, 0).UTC()
	}
	var nameErr, titleErr error
	c.Name, nameErr = expand(st.Name)
	c.Title, titleErr = expand(st.Title)
	if err := errors.Join(nameErr, titleErr); err != nil {
		return fail(err)
	}
	canonical, err := enc.Marshal(cbor.Tag{Number: coseSign1, Content: message})
	again, headErr := enc.Marshal(head)
	restated, statedErr := c.statement(enc)
	if statedErr != nil || !bytes.Equal(restated, set.Proba) {
		return fail(errors.New("encoding of the statement is not deterministic"))
	}
	body, bodyErr := enc.Marshal(set)
	if err := errors.Join(err, headErr, bodyErr); err != nil {
		return fail(err)
	}
	if !bytes.Equal(canonical, data) || !bytes.Equal(again, message.Protected) || !bytes.Equal(body, message.Payload) {
		return fail(errors.New("encoding is not deterministic"))
	}
	signed, err = enc.Marshal(sigStructure{Context: "Signature1", Protected: message.Protected, External: []byte{}, Payload: message.Payload})
	if err != nil {
		return fail(err)
	}
	return c, signed, message.Signature, nil
}

// within reports that a number is from 0 to a greatest.
func within(n, greatest int64) bool { return n >= 0 && n <= greatest }

// parseStatement reads the private claim, in the form that it should have.
func parseStatement(dec cbor.DecMode, data []byte) (listedStatement, error) {
	var st listedStatement
	switch {
	case len(data) > 0 && data[0] == arrayOfSix:
		if err := dec.Unmarshal(data, &st); err != nil {
			return st, err
		}
		if st.List < 1 {
			return st, errors.New("the first status list is named")
		}
		return st, nil
	case len(data) > 0 && data[0] == arrayOfFive:
		var short statement
		err := dec.Unmarshal(data, &short)
		return listedStatement{Version: short.Version, Name: short.Name, Title: short.Title, Score: short.Score, Status: short.Status}, err
	}
	return st, errors.New("the statement has neither five nor six members")
}

// EncodePayload is the payload as it stands behind the # of the QR code's URL.
func EncodePayload(payload []byte) string { return encoding.EncodeToString(payload) }

// DecodePayload reads it, in upper case only and without unused bits.
func DecodePayload(s string) ([]byte, error) {
	data, err := encoding.DecodeString(s)
	if err != nil || EncodePayload(data) != s {
		return nil, errMalformed.Wrap(errors.Join(err, errors.New("not canonical base32")))
	}
	return data, nil
}

// URL is what the QR code holds: a page for a phone's camera, and behind the #,
// which no browser sends, all that an offline verifier needs.
func URL(publicURL string, id ID, payload []byte) string {
	return strings.TrimSuffix(publicURL, "/") + "/v/" + string(id) + "#" + EncodePayload(payload)
}
