package api

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/fault"
)

// maxBatch is how many certificates an employer checks at once: a class.
const maxBatch = 100

type verifyBatch struct {
	// Items are certificate numbers, addresses from QR codes or payloads.
	Items []string `json:"items"`
}

type verifyBatchAnswer struct {
	Items []batchItem `json:"items"`
}

// batchItem answers one item. The answers are apart: what the signature says,
// where there is one, and what the issuer's record says.
type batchItem struct {
	// Signature is "valid", "invalid" or "none", when only a number was given.
	Signature string `json:"signature"`
	// Name is the full name that was signed, to who brought the signature.
	Name string `json:"name,omitempty"`
	// Record is the public view, left out when there is no such certificate.
	Record *verification `json:"record,omitempty"`
	// Problem is the code of what was wrong with the item, "" for nothing.
	Problem string `json:"problem,omitempty"`
}

func (s *server) verifyBatch(c *fiber.Ctx) error {
	var in verifyBatch
	if err := decode(c, &in); err != nil {
		return err
	}
	if len(in.Items) == 0 || len(in.Items) > maxBatch {
		return fault.New(fault.Invalid, "request.batch", "Send 1 to %d certificates.", maxBatch).
			At(fault.Field{Path: "/items", Message: fmt.Sprintf("has %d items", len(in.Items))})
	}
	out := verifyBatchAnswer{Items: make([]batchItem, len(in.Items))}
	for i, item := range in.Items {
		var err error
		if out.Items[i], err = s.verifyItem(c, strings.TrimSpace(item)); err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(out)
}

// verifyItem answers one item; the error is a failure of ours.
func (s *server) verifyItem(c *fiber.Ctx, item string) (batchItem, error) {
	answer := batchItem{Signature: "none"}
	id, err := certs.ParseID(item)
	if err != nil {
		report, err := certs.Verify(item, s.Keys, s.Now())
		if err != nil {
			answer.Problem = fault.Code(err)
			return answer, nil
		}
		answer.Signature = "invalid"
		if !report.Signature && !report.Revoked {
			answer.Problem = "payload.not_ours"
			return answer, nil
		}
		id = report.Claims.ID
		answer.Signature, answer.Name = "valid", report.Claims.Name
		if report.Revoked {
			answer.Signature, answer.Name = "invalid", ""
			answer.Problem = "payload.key_revoked"
		}
	}
	p, err := s.Certs.Lookup(c.UserContext(), id)
	if fault.Of(err) == fault.NotFound {
		if answer.Problem == "" {
			answer.Problem = fault.Code(err)
		}
		return answer, nil
	}
	if err != nil {
		return batchItem{}, err
	}
	shown := showVerification(p)
	answer.Record = &shown
	return answer, nil
}
