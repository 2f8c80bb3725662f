package api

import (
	"errors"
	"fmt"
	"mime"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/strictjson"
)

// decode reads the body as one JSON object, strictly: no unknown member, none
// twice, none in other letters, nothing behind it.
func decode(c *fiber.Ctx, into any) error {
	media, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || media != fiber.MIMEApplicationJSON {
		return fault.New(fault.Unsupported, "request.media_type", "Send the body as application/json.")
	}
	err = strictjson.Unmarshal(c.Request().Body(), into)
	if wrong, ok := errors.AsType[*strictjson.Error](err); ok {
		return fault.New(fault.Invalid, "request.malformed", "The body is not what this operation takes.").Wrap(err).
			At(fault.Field{Path: wrong.Path, Message: wrong.Message})
	}
	return err
}

// Bounds of a page of a listing.
const (
	defaultPage = 50
	maxPage     = 200
)

// paging reads the query parameters after and limit.
func paging(c *fiber.Ctx) (after string, limit int, err error) {
	limit = defaultPage
	if s := c.Query("limit"); s != "" {
		limit, err = strconv.Atoi(s)
		if err != nil || limit < 1 || limit > maxPage {
			return "", 0, fault.New(fault.Invalid, "request.parameter", "A query parameter is out of range.").
				At(fault.Field{Path: "limit", Message: fmt.Sprintf("must be 1 to %d", maxPage)})
		}
	}
	return c.Query("after"), limit, nil
}

// list is a page of a listing. Next is the value of after for the next page; ""
// when this was the last one.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// page shows what was read with limit+1 as a page of limit.
func page[T, V any](all []T, limit int, key func(T) string, show func(T) V) list[V] {
	l := list[V]{Items: make([]V, 0, len(all))}
	if len(all) > limit {
		all = all[:limit]
		l.Next = key(all[limit-1])
	}
	for _, v := range all {
		l.Items = append(l.Items, show(v))
	}
	return l
}
