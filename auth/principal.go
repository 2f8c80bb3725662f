package auth

import (
	"context"
	"slices"

	"github.com/proba-exam/proba/internal/fault"
)

// Principal is a person as proved by one request.
type Principal struct {
	// PersonID is the Person's ID, never "".
	PersonID string
	// Roles are the roles when the proof was issued: a change of roles shows
	// after AccessLife at the latest.
	Roles []Role
}

// clone keeps what is remembered apart from what is given away.
func (p Principal) clone() Principal {
	p.Roles = slices.Clone(p.Roles)
	return p
}

// Can reports whether one of the roles grants the permission.
func (p Principal) Can(perm Permission) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return r.Allows(perm) })
}

// Require returns Forbidden "permission.denied" unless the principal can.
func (p Principal) Require(perm Permission) error {
	if p.Can(perm) {
		return nil
	}
	return fault.New(fault.Forbidden, "permission.denied",
		"This needs the permission %q, which your roles do not have.", string(perm))
}

// principalKey is the context key of a Principal.
type principalKey struct{}

// WithPrincipal returns a context that carries p.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalFrom returns the context's principal, and false when it has none:
// the request was not authenticated.
func PrincipalFrom(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(principalKey{}).(Principal)
	return p, ok
}
