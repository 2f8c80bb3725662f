package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/internal/fault"
)

// assetNames are the files that pages load; a module comes after what it imports.
var assetNames = []string{"style.css", "enter.js", "whole.js",
	"areas.js", "answers.js", "book.js", "clock.js", "journal.js", "kept.js", "pace.js", "forget.js", "leftover.js", "sync.js", "practice.js", "exam.js"}

// remarks are what only people need of a script: lines that explain it, and indents. They
// stay here: on a slow line they would be a second of everybody's time. What others wrote is
// sent as it is. No text of ours in a script may go over several lines.
var remarks = regexp.MustCompile(`(?m)^[ \t]*//.*\n|^[ \t]+`)

// loadAssets names every asset by the hash of its content. A module imports others
// by their plain names, which become the hashed ones here: its own hash then changes
// with theirs, and no browser mixes the parts of two versions.
func (p *pages) loadAssets() error {
	for _, file := range slices.Concat(assetNames, checkerAssets) {
		name := path.Base(file)
		data, err := files.ReadFile("web/" + file)
		if err != nil {
			return fmt.Errorf("asset: %w", err)
		}
		if path.Ext(name) == ".js" && path.Dir(file) == "." {
			data = remarks.ReplaceAll(data, nil)
		}
		for plain, hashed := range p.hashed {
			data = bytes.ReplaceAll(data, []byte(`from "./`+plain+`"`), []byte(`from "./`+hashed+`"`))
		}
		sum := sha256.Sum256(data)
		p.hashed[name] = hex.EncodeToString(sum[:6]) + "-" + name
		p.assets[p.hashed[name]] = data
	}
	return nil
}

// asset serves embedded files under names that hold their hash, for ever.
func (s *server) asset(c *fiber.Ctx) error {
	name := c.Params("name")
	data, ok := s.pages.assets[name]
	if !ok {
		return fault.New(fault.NotFound, "request.no_route", "There is no such file.")
	}
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	c.Set(fiber.HeaderContentType, types[path.Ext(name)])
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Send(data)
}
