package exam

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/proba-exam/proba/internal/fault"
)

// TestNumbersAreReadOneWay reads what people type; the page is held to the same file.
func TestNumbersAreReadOneWay(t *testing.T) {
	data, err := os.ReadFile("testdata/numbers.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct{ Typed, Read, Fault string }
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if read, err := ReadNumber(r.Typed); read != r.Read || fault.Code(err) != r.Fault {
			t.Errorf("%q is read as %q, %v; want %q %s", r.Typed, read, err, r.Read, r.Fault)
		}
	}
}

// TestAKeyCanBeTyped: a key whose plain form has two readings is given in another one.
func TestAKeyCanBeTyped(t *testing.T) {
	for _, value := range []string{"37", "1.125", "-12.500", "0.125", "1000", "1000.125"} {
		n := &Number{Value: value}
		if mark := n.mark(AllOrNothing, Arrangement{}, n.key(Arrangement{})); mark != OnePoint {
			t.Errorf("%s: the key %q earns %d", value, n.key(Arrangement{}).Text, mark)
		}
	}
}
