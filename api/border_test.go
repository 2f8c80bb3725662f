package api

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestTheProxyTakesWhatWeTake compares the shipped proxy's limit with ours.
func TestTheProxyTakesWhatWeTake(t *testing.T) {
	proxy, err := os.ReadFile("../deploy/Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("max_size %dMiB\n", maxImport>>20); !strings.Contains(string(proxy), want) {
		t.Errorf("deploy/Caddyfile does not say %q", want)
	}
}
