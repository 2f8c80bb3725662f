package api

import (
	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

// lookups is how many people are looked up at once: enough to hide the way to another
// machine, few enough to leave the store to learners.
const lookups = 8

// named looks people up by id, in the order given. Who is no longer there has the id
// for a name.
func (s *server) named(c *fiber.Ctx, list []string) ([]auth.Person, error) {
	found := make([]auth.Person, len(list))
	g, ctx := errgroup.WithContext(c.UserContext())
	g.SetLimit(lookups)
	for i, id := range list {
		g.Go(func() (err error) {
			found[i], err = s.Auth.Person(ctx, id)
			if fault.Of(err) == fault.NotFound {
				found[i], err = auth.Person{ID: id, Name: id}, nil
			}
			return err
		})
	}
	return found, g.Wait()
}

func ids[T any](all []T, id func(T) string) []string {
	list := make([]string, len(all))
	for i, v := range all {
		list[i] = id(v)
	}
	return list
}
