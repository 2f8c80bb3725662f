package audit

import (
	"context"
	"time"
)

// Filter narrows a listing; a zero member does not narrow.
type Filter struct {
	Actor  string
	Action string
	// Object is matched whole.
	Object string
	// From and Until bound At: not before From, before Until.
	From, Until time.Time
}

// Store keeps the log. When AppendEntry returns nil, the entry is on disk (on a
// majority of the replica set); after an error that is not a conflict it may or
// may not be. Nothing is ever changed or deleted.
type Store interface {
	// AppendEntry stores e unless its number is taken: Conflict "audit.taken".
	AppendEntry(ctx context.Context, e Entry) error
	// Entry returns the one with the number. NotFound "audit.not_found".
	Entry(ctx context.Context, number int64) (Entry, error)
	// LastEntry returns the one with the highest number. NotFound
	// "audit.not_found" for an empty log.
	LastEntry(ctx context.Context) (Entry, error)
	// Entries lists by descending number, from the first number below before (0
	// for the newest), at most limit.
	Entries(ctx context.Context, f Filter, before int64, limit int) ([]Entry, error)
}
