package api

import (
	"archive/zip"
	"bytes"
	"fmt"

	"github.com/gofiber/fiber/v2"
)

// kit sends the verification kit as a ZIP file. Its size is that of the log, some
// 40 MB for 200,000 certificates. What was issued a moment ago is in it too.
func (s *server) kit(c *fiber.Ctx) error {
	if err := s.Certs.Settle(c.UserContext()); err != nil {
		// The kit is for bad days as well: it has what there is.
		s.Log.Error("settle before the kit", "request", requestID(c), "err", err)
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	err := s.pages.writeKit(c.UserContext(), s.Certs, func(name string, data []byte) error {
		w, err := archive.Create(name)
		if err != nil {
			return fmt.Errorf("kit: %w", err)
		}
		_, err = w.Write(data)
		return err
	})
	if err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("kit: %w", err)
	}
	c.Set(fiber.HeaderContentType, "application/zip")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="verification-kit.zip"`)
	return c.Send(out.Bytes())
}
