package openbadge

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/piprate/json-gold/ld"
)

type loader map[string]any

func (l loader) LoadDocument(u string) (*ld.RemoteDocument, error) {
	d, ok := l[u]
	if !ok {
		return nil, fmt.Errorf("no %s", u)
	}
	return &ld.RemoteDocument{DocumentURL: u, Document: d}, nil
}

func setup() (*ld.JsonLdOptions, map[string]any) {
	l := loader{}
	for u, f := range map[string]string{"https://www.w3.org/ns/credentials/v2": "credentials-v2.json", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-v3p0-context-3.0.3.json"} {
		b, _ := os.ReadFile("/work/shared/data/jsonld/" + f)
		var v any
		json.Unmarshal(b, &v)
		l[u] = v
	}
	b, _ := os.ReadFile("/work/shared/data/ob3-eddsa-rdfc-2022-vector.json")
	var v map[string]any
	json.Unmarshal(b, &v)
	o := ld.NewJsonLdOptions("")
	o.DocumentLoader = l
	o.SafeMode = true
	o.Algorithm = ld.AlgorithmURDNA2015
	o.Format = "application/n-quads"
	return o, v["document"].(map[string]any)
}

func BenchmarkPlain(b *testing.B) {
	o, doc := setup()
	for b.Loop() {
		p := ld.NewJsonLdProcessor()
		_, err := p.Normalize(doc, o)
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPre(b *testing.B) {
	o, doc := setup()
	ctx, err := ld.NewContext(nil, o).Parse(doc["@context"])
	if err != nil {
		b.Fatal(err)
	}
	delete(doc, "@context")
	for b.Loop() {
		api := ld.NewJsonLdApi()
		e, err := api.Expand(ctx, "", doc, o, false, nil)
		if err != nil {
			b.Fatal(err)
		}
		ds, err := api.ToRDF([]any{e}, o)
		if err != nil {
			b.Fatal(err)
		}
		_, err = api.Normalize(ds, o)
		if err != nil {
			b.Fatal(err)
		}
	}
}
