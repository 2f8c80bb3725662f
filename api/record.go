package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/internal/audit"
)

// maxObject bounds what a caller can write into the log: every object that exists is
// shorter.
const maxObject = 150

// record writes into the audit log what the caller is about to do to the object, kind
// and id such as "sittings/lviv". The act's name is the operation of the route. When it
// returns an error, nothing may be done. note is a detail such as "seconds=600", never
// personal data.
func (s *server) record(c *fiber.Ctx, object, note string) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	operation, _ := c.Locals(operationKey).(string)
	if len(object) > maxObject {
		object = object[:maxObject] // an id that cannot be, which the service will refuse
	}
	act := audit.Act{Actor: by, Action: operation, Object: object, Note: note}
	if _, err := s.Audit.Append(c.UserContext(), act); err != nil {
		return err
	}
	c.Locals(actKey, act)
	return nil
}

// settle adds to the log that an act which was recorded came to nothing. A failure
// here loses no act, and the answer to the caller stays what it is.
func (s *server) settle(c *fiber.Ctx, failure error) {
	act, recorded := c.Locals(actKey).(audit.Act)
	status := c.Response().StatusCode()
	if !recorded || (failure == nil && status < fiber.StatusBadRequest) {
		return
	}
	act.Failed = "refused"
	if failure != nil {
		act.Failed = problemOf(failure).Code
	} else if code, ok := c.Locals(refusalKey).(string); ok {
		act.Failed = code
	}
	if _, err := s.Audit.Append(c.UserContext(), act); err != nil {
		s.Log.Error("audit log", "request", requestID(c), "err", err)
	}
}
