package api

import (
	"bytes"
	"compress/gzip"
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

// asset is a file that pages load.
type asset struct {
	plain, squeezed []byte // as it is, and by gzip
}

// loadAssets adds what the pages of learners and of the public load.
func (p *pages) loadAssets() error {
	for _, file := range slices.Concat(assetNames, checkerAssets) {
		data, err := files.ReadFile("web/" + file)
		if err != nil {
			return fmt.Errorf("asset: %w", err)
		}
		if path.Ext(file) == ".js" && path.Dir(file) == "." {
			data = remarks.ReplaceAll(data, nil)
		}
		if err := p.addAsset(path.Base(file), data); err != nil {
			return err
		}
	}
	return nil
}

// addAsset names an asset by the hash of its content. A module imports others by their
// plain names, which become the hashed ones here: its own hash then changes with theirs,
// and no browser mixes the parts of two versions.
func (p *pages) addAsset(name string, data []byte) error {
	for plain, hashed := range p.hashed {
		data = bytes.ReplaceAll(data, []byte(`from "./`+plain+`"`), []byte(`from "./`+hashed+`"`))
	}
	var squeezed bytes.Buffer
	z, err := gzip.NewWriterLevel(&squeezed, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(data)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return fmt.Errorf("asset %s: %w", name, err)
	}
	sum := sha256.Sum256(data)
	p.hashed[name] = hex.EncodeToString(sum[:6]) + "-" + name
	p.assets[p.hashed[name]] = asset{data, squeezed.Bytes()}
	return nil
}

// asset serves embedded files under names that hold their hash, for ever, and squeezed to
// whom it suits. They hold no secret whose length could tell something; pages are not squeezed.
func (s *server) asset(c *fiber.Ctx) error {
	name := c.Params("name")
	of, ok := s.pages.assets[name]
	if !ok {
		return fault.New(fault.NotFound, "request.no_route", "There is no such file.")
	}
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	c.Set(fiber.HeaderContentType, types[path.Ext(name)])
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	// Who names no encoding may not know one, though the standard lets us choose.
	if c.Get(fiber.HeaderAcceptEncoding) == "" || c.AcceptsEncodings("gzip") == "" {
		return c.Send(of.plain)
	}
	c.Set(fiber.HeaderContentEncoding, "gzip")
	return c.Send(of.squeezed)
}
