package badge

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/piprate/json-gold/ld"

	"github.com/proba-exam/proba/internal/fault"
)

// The contexts of an Open Badges credential, in the order that the standard asks
// for.
const (
	contextCredentials = "https://www.w3.org/ns/credentials/v2"
	contextBadges      = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
)

//go:embed contexts/*.json
var contextFiles embed.FS

// contextNames are the addresses of all contexts that are ever used.
var contextNames = map[string]string{
	contextCredentials: "credentials-v2.json",
	contextBadges:      "ob-v3p0-context-3.0.3.json",
	"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-v3p0-extensions.json",
	"https://w3id.org/security/data-integrity/v2":             "data-integrity-v2.json",
	"https://w3id.org/security/multikey/v1":                   "multikey-v1.json",
	"https://www.w3.org/ns/credentials/status/v1":             "status-v1.json",
}

// parsedContexts are the documents of contextNames by address.
var parsedContexts = sync.OnceValues(func() (map[string]any, error) {
	all := make(map[string]any)
	for address, name := range contextNames {
		data, err := contextFiles.ReadFile("contexts/" + name)
		if err != nil {
			return nil, fmt.Errorf("context: %w", err)
		}
		var doc any
		if err := json.Unmarshal(data, &doc); err != nil {
			return nil, fmt.Errorf("context %s: %w", name, err)
		}
		all[address] = doc
	}
	return all, nil
})

// embedded loads the embedded contexts and nothing else.
type embedded struct{}

// LoadDocument implements ld.DocumentLoader.
func (embedded) LoadDocument(address string) (*ld.RemoteDocument, error) {
	all, err := parsedContexts()
	if err != nil {
		return nil, err
	}
	doc, ok := all[address]
	if !ok {
		return nil, ld.NewJsonLdError(ld.LoadingDocumentFailed, fmt.Sprintf("context %q is none of those that are known", address))
	}
	return &ld.RemoteDocument{DocumentURL: address, Document: doc}, nil
}

// maxNodes bounds a document: canonical order takes time that grows fast with
// nodes that look alike.
const maxNodes = 200

var errCredential = fault.New(fault.Invalid, "credential.malformed", "This is not a credential that can be checked.")

// canonical returns the document as canonical N-Quads (W3C RDF Dataset
// Canonicalization). It refuses what canonicalising would leave out: json-gold
// drops members that no context defines, and types that stay relative, without a
// word.
func canonical(doc map[string]any) (quads string, err error) {
	defer func() { // a library for documents of others; a request must not end in a panic
		if r := recover(); r != nil {
			quads, err = "", errCredential.Wrap(fmt.Errorf("json-ld: %v", r))
		}
	}()
	options := ld.NewJsonLdOptions("")
	options.DocumentLoader = embedded{}
	options.SafeMode = true
	expanded, err := ld.NewJsonLdProcessor().Expand(doc, options)
	if err != nil {
		return "", errCredential.Wrap(fmt.Errorf("expand: %w", err))
	}
	nodes := 0
	if err := absolute(expanded, &nodes); err != nil {
		return "", errCredential.Wrap(err)
	}
	// The expanded form needs no context, so that reading them once is enough.
	options = ld.NewJsonLdOptions("")
	options.DocumentLoader = embedded{}
	options.Format = "application/n-quads"
	options.Algorithm = ld.AlgorithmURDNA2015
	normal, err := ld.NewJsonLdProcessor().Normalize(expanded, options)
	if err != nil {
		return "", errCredential.Wrap(fmt.Errorf("canonicalise: %w", err))
	}
	quads, ok := normal.(string)
	if !ok || quads == "" {
		return "", errCredential.Wrap(fmt.Errorf("the document says nothing"))
	}
	return quads, nil
}

// absolute reports a type, property or id in the expanded document that is no
// absolute address, and would say nothing.
func absolute(v any, nodes *int) error {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if err := absolute(e, nodes); err != nil {
				return err
			}
		}
	case map[string]any:
		if *nodes++; *nodes > maxNodes {
			return fmt.Errorf("the document has more than %d nodes", maxNodes)
		}
		_, isValue := v["@value"]
		for key, value := range v {
			if !strings.HasPrefix(key, "@") && !strings.Contains(key, ":") {
				return fmt.Errorf("property %q is no address", key)
			}
			if key == "@type" && !isValue || key == "@id" {
				if err := addresses(key, value); err != nil {
					return err
				}
			}
			if err := absolute(value, nodes); err != nil {
				return err
			}
		}
	}
	return nil
}

func addresses(key string, v any) error {
	all, ok := v.([]any)
	if !ok {
		all = []any{v}
	}
	for _, e := range all {
		if s, ok := e.(string); !ok || !strings.Contains(s, ":") {
			return fmt.Errorf("%s %v is defined by no context", key, e)
		}
	}
	return nil
}
