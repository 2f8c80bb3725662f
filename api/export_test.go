package api

import "github.com/proba-exam/proba/auth"

// Row is a line of the route tables for the tests that call from outside.
type Row struct {
	Method, Path, Operation string
	Permission              auth.Permission
	// ByToken is of the JSON interface and the public files beside it.
	ByToken bool
}

// Rows are all routes, as they are declared.
func Rows() (rows []Row) {
	for _, t := range new(server).tables() {
		for _, r := range t.routes {
			rows = append(rows, Row{r.method, r.path, r.operation, r.permission, t.door == byToken})
		}
	}
	return rows
}
