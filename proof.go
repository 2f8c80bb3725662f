package openbadge

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/mr-tron/base58"

	"github.com/proba-exam/proba/internal/fault"
)

// Signature is what a proof turned out to be worth.
type Signature string

// What a proof can be worth.
const (
	// SignatureOK: a trusted key of the issuer signed exactly this document.
	SignatureOK Signature = "ok"
	// SignatureBroken: the proof names a trusted key of the issuer, but that
	// key did not sign this document.
	SignatureBroken Signature = "broken"
	// SignatureUnknownKey: the proof names no key that is trusted for the
	// document's issuer. Nothing was computed.
	SignatureUnknownKey Signature = "unknown-key"
)

// Proof is the result of checking a document's proof.
type Proof struct {
	Signature Signature
	// Method is the verification method that the proof names.
	Method string
	// Created is when the proof says that it was made, zero when it does not.
	Created time.Time
}

// wireProof is a proof (Data Integrity 1.0, section 2.1).
type wireProof struct {
	Type    string `json:"type"`
	Suite   string `json:"cryptosuite"`
	Created string `json:"created,omitempty"`
	Method  string `json:"verificationMethod"`
	Purpose string `json:"proofPurpose"`
	Value   string `json:"proofValue"`
}

// The only kind of proof that is made and checked: Open Badges 3.0 certifies no
// other embedded one.
const (
	proofType    = "DataIntegrityProof"
	cryptosuite  = "eddsa-rdfc-2022"
	proofPurpose = "assertionMethod"
)

// Sign returns the document, which must have an issuer and no proof, with a
// proof by the issuer's key added as its last member. It works for any kind of
// Verifiable Credential, status lists included. created is rounded down to the
// second.
func (s *Suite) Sign(ctx context.Context, document []byte, key ed25519.PrivateKey, created time.Time) ([]byte, error) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("sign credential: key of %d bytes, want %d", len(key), ed25519.PrivateKeySize)
	}
	decoded, err := decode(document)
	if err != nil {
		return nil, err
	}
	if _, signed := decoded["proof"]; signed {
		return nil, fault.New(fault.Conflict, "credential.signed", "The credential has a proof already.")
	}
	issuer, err := issuerOf(decoded)
	if err != nil {
		return nil, err
	}
	public, _ := key.Public().(ed25519.PublicKey)
	p := wireProof{Type: proofType, Suite: cryptosuite, Created: formatTime(created.Truncate(time.Second)),
		Method: NewKey(issuer, public).Method, Purpose: proofPurpose}
	hash, err := s.hash(ctx, decoded, p)
	if err != nil {
		return nil, err
	}
	p.Value = multibase58 + base58.Encode(ed25519.Sign(key, hash))
	return attach(document, p)
}

// attach adds the proof to a JSON object that has other members. Proofs are a
// list, as the JSON Schema of Open Badges 3.0 wants it.
func attach(document []byte, p wireProof) ([]byte, error) {
	list, err := json.Marshal([]wireProof{p})
	if err != nil {
		return nil, fmt.Errorf("encode the proof: %w", err)
	}
	open := bytes.TrimSuffix(bytes.TrimSpace(document), []byte("}"))
	var out bytes.Buffer
	if err := json.Indent(&out, slices.Concat(open, []byte(`,"proof":`), list, []byte("}\n")), "", "  "); err != nil {
		return nil, fmt.Errorf("add the proof: %w", err)
	}
	return out.Bytes(), nil
}

// CheckProof checks the one proof of a document against the trusted keys. It
// works for any kind of Verifiable Credential; Verify also reads it.
//
// Faults: "credential.malformed", "credential.too_large",
// "credential.too_complex", "credential.unknown_context",
// "credential.unsigned_member", "credential.unknown_proof".
func (s *Suite) CheckProof(ctx context.Context, document []byte, trusted []Key) (Proof, error) {
	decoded, err := decode(document)
	if err != nil {
		return Proof{}, err
	}
	return s.checkProof(ctx, decoded, trusted)
}

func (s *Suite) checkProof(ctx context.Context, decoded map[string]any, trusted []Key) (Proof, error) {
	if err := s.contexts.check(decoded); err != nil {
		return Proof{}, err
	}
	p, created, signature, err := readProof(decoded)
	if err != nil {
		return Proof{}, err
	}
	issuer, err := issuerOf(decoded)
	if err != nil {
		return Proof{}, err
	}
	result := Proof{Signature: SignatureUnknownKey, Method: p.Method, Created: created}
	i := slices.IndexFunc(trusted, func(k Key) bool { return k.Method == p.Method && k.Method == NewKey(issuer, k.Public).Method })
	if i < 0 {
		return result, nil
	}
	unsigned := maps.Clone(decoded)
	delete(unsigned, "proof")
	hash, err := s.hash(ctx, unsigned, p)
	if err != nil {
		return Proof{}, err
	}
	result.Signature = SignatureBroken
	if ed25519.Verify(trusted[i].Public, hash, signature) {
		result.Signature = SignatureOK
	}
	return result, nil
}

// hash is what is signed: the hash of the proof's own statements and that of the
// document's (Data Integrity EdDSA Cryptosuites 1.0, section 3.2.4).
func (s *Suite) hash(ctx context.Context, unsigned map[string]any, p wireProof) ([]byte, error) {
	if err := s.contexts.check(unsigned); err != nil {
		return nil, err
	}
	options := map[string]any{"@context": unsigned["@context"], "type": p.Type, "cryptosuite": p.Suite,
		"verificationMethod": p.Method, "proofPurpose": p.Purpose}
	if p.Created != "" {
		options["created"] = p.Created
	}
	var sum []byte
	for _, part := range []map[string]any{options, unsigned} {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("canonicalise: %w", err)
		}
		text, err := s.canonical(part)
		if err != nil {
			return nil, err
		}
		h := sha256.Sum256([]byte(text))
		sum = append(sum, h[:]...)
	}
	return sum, nil
}

// issuerOf is the identifier of a document's issuer, which may be given with
// more about the issuer or alone.
func issuerOf(decoded map[string]any) (string, error) {
	id, _ := decoded["issuer"].(string)
	if object, ok := decoded["issuer"].(map[string]any); ok {
		id, _ = object["id"].(string)
	}
	if !isIRI(id) {
		return "", malformed("/issuer", "must be the issuer's identifier, or an object with it")
	}
	return id, nil
}

// readProof reads the one proof of a document: an object, or a list of one.
func readProof(decoded map[string]any) (p wireProof, created time.Time, signature []byte, err error) {
	pointer, value := "/proof", decoded["proof"]
	if list, ok := value.([]any); ok && len(list) == 1 {
		pointer, value = "/proof/0", list[0]
	}
	object, ok := value.(map[string]any)
	if !ok {
		return p, created, nil, malformed("/proof", "must be one proof")
	}
	members := map[string]*string{"type": &p.Type, "cryptosuite": &p.Suite, "created": &p.Created,
		"verificationMethod": &p.Method, "proofPurpose": &p.Purpose, "proofValue": &p.Value}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		text, isText := object[name].(string)
		if into, known := members[name]; known && isText {
			*into = text
			continue
		}
		return p, created, nil, malformed(pointer+"/"+escapePointer(name), "is not a member of such a proof, or not a text")
	}
	if p.Type != proofType || p.Suite != cryptosuite || p.Purpose != proofPurpose {
		return p, created, nil, fault.New(fault.Unsupported, "credential.unknown_proof", "Only proofs of type %s with cryptosuite %s and purpose %s are checked.", proofType, cryptosuite, proofPurpose).
			At(fault.Field{Path: pointer, Message: fmt.Sprintf("is %q, %q, %q", p.Type, p.Suite, p.Purpose)})
	}
	if !isIRI(p.Method) {
		return p, created, nil, malformed(pointer+"/verificationMethod", "must be an absolute IRI")
	}
	if p.Created != "" {
		if created, err = time.Parse(time.RFC3339, p.Created); err != nil {
			return p, created, nil, malformed(pointer+"/created", "must be a time such as 2026-03-01T09:00:00Z").Wrap(err)
		}
	}
	if signature, err = decodeBase58(p.Value); err != nil || len(signature) != ed25519.SignatureSize {
		return p, created, nil, malformed(pointer+"/proofValue", "must be 64 bytes in multibase base58 (z…)").Wrap(err)
	}
	return p, created.UTC(), signature, nil
}
