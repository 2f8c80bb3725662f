package authoring

import (
	"errors"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// named are the places of a fault of exam.NewBank with the items' ids for their numbers.
func named(err error, items []exam.Item) []fault.Field {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok {
		return []fault.Field{{Path: "/", Message: "the release could not be built"}}
	}
	fields := make([]fault.Field, len(f.Fields))
	for i, field := range f.Fields {
		parts := strings.SplitN(field.Path, "/", 4)
		if len(parts) > 2 && parts[1] == "items" {
			if n, err := strconv.Atoi(parts[2]); err == nil && n < len(items) {
				parts[2] = items[n].ID
				field.Path = strings.Join(parts, "/")
			}
		}
		fields[i] = field
	}
	return fields
}
