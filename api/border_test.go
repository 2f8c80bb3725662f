package api

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

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
		"IPv6, by network":                  {inside, []string{"2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"},
		"IPv4 in IPv6":                      {inside, []string{"::ffff:203.0.113.7"}, "203.0.113.7"},
		"IPv6 with a zone":                  {inside, []string{"fe80::1%eth0"}, "fe80::/64"},
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

// TestOneAccountIsNotGuessedFromManyNetworks tries an account from a thousand
// networks, and lets its owner in.
func TestOneAccountIsNotGuessedFromManyNetworks(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	g, err := newGuesses(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	flood := func() (let int) {
		for n := range 1000 {
			if g.may([]string{"olena@proba.test", " Olena@PROBA.test"}[n%2], fmt.Sprint("network ", n)) {
				let++
			}
		}
		return let
	}
	if let := flood(); let != atAccount.burst {
		t.Errorf("%d tries are let through at once, want %d", let, atAccount.burst)
	}
	if !g.may("taras@proba.test", "network 1") || !g.may("no address", "network 1") {
		t.Error("other accounts are slowed down too")
	}
	if g.may("olena@proba.test", "class room") {
		t.Error("the pace is not one of the account")
	}
	now = now.Add(6 * time.Second)
	if !g.may("olena@proba.test", "class room") {
		t.Error("the owner has no turn seconds after the guessing")
	}
	g.entered("Olena@proba.test", "class room")
	flood()
	for n := range atAccount.burst {
		if !g.may("olena@proba.test", "class room") {
			t.Fatalf("try %d: strangers lock the owner out of where she was before", n)
		}
	}
	if g.may("olena@proba.test", "class room") {
		t.Error("a known network may guess without end")
	}
}

// TestATrainingCentreRefreshesAtOnce is a thousand clients behind one address.
func TestATrainingCentreRefreshesAtOnce(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	limits, err := newLimiters(func() time.Time { return now }, knownClients)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range new(server).routes() {
		many := map[string]bool{"refresh": true, "redeemLink": true, "enter": true}[r.operation]
		few := map[string]bool{"signIn": true, "signInPage": true}[r.operation]
		if !many && !few {
			continue
		}
		let := 0
		for range 1000 {
			if limits.allowCall(r.operation, "203.0.113.7", r.pace) == nil {
				let++
			}
		}
		if (many && let != 1000) || (few && let >= 100) {
			t.Errorf("%s: %d of 1000 calls at once", r.operation, let)
		}
	}
}
