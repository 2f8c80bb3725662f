package api

import (
	"context"
	"regexp"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestContractNamesEveryRoute compares the route table with the contract.
func TestContractNamesEveryRoute(t *testing.T) {
	data, err := files.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	described := make(map[string]bool)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			described[method+" "+path+" "+op.OperationID] = true
		}
	}
	parameter := regexp.MustCompile(`:(\w+)`)
	for _, r := range new(server).routes() {
		key := r.method + " " + parameter.ReplaceAllString(r.path, "{$1}") + " " + r.operation
		if !described[key] {
			t.Errorf("the contract lacks %s", key)
		}
		delete(described, key)
	}
	for key := range described {
		t.Errorf("the contract describes %s, which is no route", key)
	}
}
