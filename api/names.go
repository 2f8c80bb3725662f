package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
)

// named looks people up by id, in the order given. Who is no longer there has the id
// for a name.
func (s *server) named(c *fiber.Ctx, list []string) ([]auth.Person, error) {
	all, err := s.Auth.PeopleWith(c.UserContext(), list)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]auth.Person, len(all))
	for _, p := range all {
		byID[p.ID] = p
	}
	found := make([]auth.Person, len(list))
	for i, id := range list {
		p, there := byID[id]
		if !there {
			p = auth.Person{ID: id, Name: id}
		}
		found[i] = p
	}
	return found, nil
}

func ids[T any](all []T, id func(T) string) []string {
	list := make([]string, len(all))
	for i, v := range all {
		list[i] = id(v)
	}
	return list
}
