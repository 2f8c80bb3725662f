package api

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
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

// TestClientAddress sends X-Forwarded-For as proxies do, and as clients try.
func TestClientAddress(t *testing.T) {
	// The peer of a test request is 0.0.0.0.
	inside := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32"), netip.MustParsePrefix("10.0.0.0/8")}
	for name, row := range map[string]struct {
		trusted []netip.Prefix
		lines   []string
		want    string
	}{
		"no proxy":                          {nil, []string{"203.0.113.7"}, "0.0.0.0"},
		"one proxy":                         {inside, []string{"203.0.113.7"}, "203.0.113.7"},
		"two proxies":                       {inside, []string{"203.0.113.7, 10.1.1.1"}, "203.0.113.7"},
		"the client made one up":            {inside, []string{"198.51.100.1, 203.0.113.7"}, "203.0.113.7"},
		"it did, and the proxy adds a line": {inside, []string{"198.51.100.1", "203.0.113.7"}, "203.0.113.7"},
		"so do two proxies":                 {inside, []string{"198.51.100.1", "203.0.113.7", "10.1.1.1"}, "203.0.113.7"},
		"not an address":                    {inside, []string{"203.0.113.7", "unknown"}, "0.0.0.0"},
		"nothing":                           {inside, nil, "0.0.0.0"},
	} {
		if got := clientOf(t, row.trusted, row.lines); got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
	}
}

// clientOf is the address that a request with these lines is counted for.
func clientOf(t *testing.T, trusted []netip.Prefix, lines []string) string {
	t.Helper()
	s := &server{Deps: Deps{Proxies: trusted}}
	app := fiber.New()
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString(s.client(c)) })
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host, req.Header["X-Forwarded-For"] = "proba.test", lines
	res, err := app.Test(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
