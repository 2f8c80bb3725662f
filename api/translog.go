package api

import (
	"mime"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/internal/fault"
)

// The transparency log as C2SP tlog-tiles serves it, below /log.

// maxCosigned is the longest checkpoint that a witness may send: room for a
// hundred signatures.
const maxCosigned = 16 << 10

const textPlain = "text/plain; charset=utf-8"

// checkpoint serves the latest signed checkpoint. It must not be cached: whoever
// asks wants the newest.
func (s *server) checkpoint(c *fiber.Ctx) error {
	signed, err := s.Translog.Checkpoint(c.UserContext())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set(fiber.HeaderContentType, textPlain)
	return c.Send(signed)
}

// tile serves hashes or entries. What was served once stays so for good.
func (s *server) tile(c *fiber.Ctx) error {
	path := c.Params("*")
	data, err := s.Translog.Tile(c.UserContext(), path)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, cacheForever)
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	return c.Send(data)
}

// cosign takes a checkpoint that a witness has cosigned.
func (s *server) cosign(c *fiber.Ctx) error {
	if media, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); err != nil || !strings.HasPrefix(media, "text/plain") {
		return fault.New(fault.Unsupported, "request.media_type", "Send the cosigned checkpoint as text/plain.")
	}
	if err := s.Translog.Cosign(c.UserContext(), c.Request().Body()); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
