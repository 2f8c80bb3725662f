package badge

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mr-tron/base58"

	"github.com/proba-exam/proba/internal/keyring"
)

// suite is the only cryptosuite that Open Badges conformance takes for embedded
// proofs.
const suite = "eddsa-rdfc-2022"

// proof is a Data Integrity proof (W3C, version 1.0).
type proof struct {
	Type               string `json:"type"`
	Created            string `json:"created"`
	VerificationMethod string `json:"verificationMethod"`
	Cryptosuite        string `json:"cryptosuite"`
	ProofPurpose       string `json:"proofPurpose"`
	ProofValue         string `json:"proofValue,omitempty"`
}

// hashes are those of proof options and document, in the order that is signed
// (W3C Data Integrity EdDSA Cryptosuites, section 3.2.4).
func hashes(doc map[string]any, options map[string]any) ([]byte, error) {
	options["@context"] = doc["@context"]
	config, err := canonical(options)
	if err != nil {
		return nil, err
	}
	content, err := canonical(doc)
	if err != nil {
		return nil, err
	}
	a, b := sha256.Sum256([]byte(config)), sha256.Sum256([]byte(content))
	return append(a[:], b[:]...), nil
}

// signed returns the proof by the key over the document, which has none yet.
func signed(doc any, key keyring.Key, method string, at time.Time) (proof, error) {
	p := proof{Type: "DataIntegrityProof", Created: stamp(at), VerificationMethod: method, Cryptosuite: suite, ProofPurpose: "assertionMethod"}
	if key.Algorithm != keyring.EdDSA {
		return proof{}, fmt.Errorf("key %s cannot sign with %s", key.ID, suite)
	}
	content, err := tree(doc)
	if err != nil {
		return proof{}, err
	}
	options, err := tree(p)
	if err != nil {
		return proof{}, err
	}
	message, err := hashes(content, options)
	if err != nil {
		return proof{}, err
	}
	signature, err := key.Sign(message)
	if err != nil {
		return proof{}, err
	}
	p.ProofValue = "z" + base58.Encode(signature)
	return p, nil
}

// checkProof checks the one proof of the document against the trusted keys. ok is
// whether a key of the set made it; key is that key. The document loses its proof.
func checkProof(doc map[string]any, keys *keyring.Ring) (key keyring.Key, known, ok bool, err error) {
	options, err := onlyProof(doc)
	if err != nil {
		return keyring.Key{}, false, false, err
	}
	text := func(name string) string { s, _ := options[name].(string); return s }
	if text("type") != "DataIntegrityProof" || text("cryptosuite") != suite || text("proofPurpose") != "assertionMethod" {
		return keyring.Key{}, false, false, errCredential.Wrap(fmt.Errorf("its proof is not one of %s", suite))
	}
	encoded, isBase58 := strings.CutPrefix(text("proofValue"), "z")
	signature, err := base58.Decode(encoded)
	if err != nil || !isBase58 || base58.Encode(signature) != encoded {
		return keyring.Key{}, false, false, errCredential.Wrap(fmt.Errorf("its proof value is not base58"))
	}
	delete(options, "proofValue")
	controller, fragment, _ := strings.Cut(text("verificationMethod"), "#")
	if key, known = keys.ByMultikey(fragment); !known {
		return keyring.Key{}, false, false, nil
	}
	message, err := hashes(doc, options)
	if err != nil {
		return keyring.Key{}, false, false, err
	}
	return key, true, controller == issuerOf(doc) && key.Verify(message, signature), nil
}

// onlyProof takes the proof out of the document.
func onlyProof(doc map[string]any) (map[string]any, error) {
	all, isArray := doc["proof"].([]any)
	if !isArray {
		all = []any{doc["proof"]}
	}
	delete(doc, "proof")
	if len(all) == 1 {
		if options, ok := all[0].(map[string]any); ok {
			return options, nil
		}
	}
	return nil, errCredential.Wrap(fmt.Errorf("it has %d proofs, want one", len(all)))
}

// issuerOf is the id of the issuer, which may be an object or the id itself.
func issuerOf(doc map[string]any) string {
	switch issuer := doc["issuer"].(type) {
	case string:
		return issuer
	case map[string]any:
		id, _ := issuer["id"].(string)
		return id
	}
	return ""
}

// tree is a value as JSON has it.
func tree(v any) (map[string]any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode a credential: %w", err)
	}
	return parse(data)
}

// maxCredential bounds what is read: a status list of a million places at most.
const maxCredential = 256 << 10

// parse reads one JSON object in which no member has two values: two readers
// could take different ones.
func parse(data []byte) (map[string]any, error) {
	if len(data) > maxCredential {
		return nil, errCredential.Wrap(fmt.Errorf("it has %d bytes, at most %d", len(data), maxCredential))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	v, err := value(dec, 0)
	if err != nil {
		return nil, errCredential.Wrap(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errCredential.Wrap(fmt.Errorf("something follows it"))
	}
	doc, ok := v.(map[string]any)
	if !ok {
		return nil, errCredential.Wrap(fmt.Errorf("it is no object"))
	}
	return doc, nil
}

// maxDepth is deeper than any credential.
const maxDepth = 32

func value(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("it is nested more than %d deep", maxDepth)
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		all := []any{}
		for dec.More() {
			v, err := value(dec, depth+1)
			if err != nil {
				return nil, err
			}
			all = append(all, v)
		}
		_, err := dec.Token()
		return all, err
	case json.Delim('{'):
		object := make(map[string]any)
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return nil, err
			}
			key, _ := name.(string)
			if _, twice := object[key]; twice {
				return nil, fmt.Errorf("member %q is there twice", key)
			}
			if object[key], err = value(dec, depth+1); err != nil {
				return nil, err
			}
		}
		_, err := dec.Token()
		return object, err
	}
	return token, nil
}

// stamp is a time as credentials have it, whole seconds in UTC.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// texts are the strings of a member that is one string or an array of them.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// hasType reports whether the document has the type.
func hasType(doc map[string]any, name string) bool { return slices.Contains(texts(doc["type"]), name) }
