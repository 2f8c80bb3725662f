package auth

import (
	"slices"
	"strings"
)

// Role is what a person is to the service. What each may do is in permission.go.
type Role string

// The roles.
const (
	// Learner sits exams and holds certificates.
	Learner Role = "learner"
	// Author writes items and blueprints.
	Author Role = "author"
	// Reviewer approves what others wrote.
	Reviewer Role = "reviewer"
	// Judge rates items on panels that set standards.
	Judge Role = "judge"
	// Marker marks what no key can.
	Marker Role = "marker"
	// Invigilator watches over running sittings.
	Invigilator Role = "invigilator"
	// Administrator runs the service: people, sittings, publication, certificates.
	Administrator Role = "administrator"
	// Auditor reads everything and changes nothing.
	Auditor Role = "auditor"
)

// Roles returns every role, in the order in which lists of roles stand.
func Roles() []Role {
	return []Role{Learner, Author, Reviewer, Judge, Marker, Invigilator, Administrator, Auditor}
}

// sortRoles returns the roles without repetition in the order of Roles, and the
// ones among them that do not exist, in the order given.
func sortRoles(given []Role) (known, unknown []Role) {
	for _, r := range Roles() {
		if slices.Contains(given, r) {
			known = append(known, r)
		}
	}
	for _, r := range given {
		if !slices.Contains(Roles(), r) {
			unknown = append(unknown, r)
		}
	}
	return known, unknown
}

// listRoles returns the names of the roles for a message.
func listRoles() string {
	var names []string
	for _, r := range Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}
