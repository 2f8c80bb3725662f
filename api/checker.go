package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// checkerAssets are the files of the checking page that are served as assets.
var checkerAssets = []string{"verify.css", "verify.js", "payload.js", "vendor/jsQR.js", "icon.svg"}

// scriptWords are the words that the page's script says, as JSON.
func scriptWords(t map[string]string) (string, error) {
	said := make(map[string]string)
	for key, word := range t {
		if strings.HasPrefix(key, "signed_") || strings.HasPrefix(key, "offline_") || strings.HasPrefix(key, "scan_") {
			said[key] = word
		}
	}
	for _, key := range []string{"holder", "programme", "score", "issued", "validUntil", "number"} {
		said[key] = t[key]
	}
	data, err := json.Marshal(said)
	return string(data), err
}

// worker serves the script that keeps the checking page for use without a line. It
// stands below /v, where its scope is; the names of the assets are written into it,
// so that a new version replaces the old one.
func (s *server) worker(c *fiber.Ctx) error {
	source, err := files.ReadFile("web/worker.js")
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	shell := []string{"/v", "/v?lang=uk", "/v?lang=en", "/v/manifest.webmanifest", "/assets/" + s.pages.hashed["style.css"]}
	for _, name := range checkerAssets {
		shell = append(shell, "/assets/"+s.pages.hashed[path.Base(name)])
	}
	slices.Sort(shell)
	list, err := json.Marshal(shell)
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	hash := sha256.Sum256(append([]byte(strings.Join(shell, " ")), source...))
	sum := hex.EncodeToString(hash[:8])
	c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set("Service-Worker-Allowed", "/v")
	return c.SendString(fmt.Sprintf("const VERSION = %q;\nconst SHELL = %s;\n%s", sum, list, source))
}

// manifest makes the checking page an app that can be installed.
func (s *server) manifest(c *fiber.Ctx) error {
	v := s.view(c, "check")
	c.Set(fiber.HeaderCacheControl, cacheBriefly)
	data, err := json.Marshal(map[string]any{
		"name": v.T["check"], "short_name": "Proba", "lang": v.Lang, "id": "/v", "start_url": "/v", "scope": "/v", "display": "standalone",
		"background_color": "#f3f5f4", "theme_color": "#18403a",
		"icons": []map[string]string{{"src": "/assets/" + s.pages.hashed["icon.svg"], "type": "image/svg+xml", "sizes": "any"}},
	})
	if err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	c.Set(fiber.HeaderContentType, "application/manifest+json")
	return c.Send(data)
}
