package authoring

import (
	"context"
	"time"

	"github.com/proba-exam/proba/exam"
)

// Store keeps working copies. Two implementations exist, and one conformance suite
// holds both to the comments here; what exam.Store promises of writes holds here too.
type Store interface {
	// InsertCopy stores a new copy. Conflict "copy.exists" when the bank has one.
	InsertCopy(ctx context.Context, c Copy) error
	// UpdateCopy replaces the copy whose stored version is c.Version, and counts the
	// version up. Conflict "copy.stale" when it has another version.
	UpdateCopy(ctx context.Context, c Copy) error
	// Copy returns it. "copy.not_found".
	Copy(ctx context.Context, bank string) (Copy, error)
	// Copies lists by ascending id, from the first greater than after, without Cases.
	Copies(ctx context.Context, after string, limit int) ([]Copy, error)

	// InsertItems stores the entries that are not stored yet, leaves the others alone
	// and returns the ids of these. Where it breaks off, some may be stored.
	InsertItems(ctx context.Context, entries []Entry) (there []string, err error)
	// UpdateItem replaces the entry whose stored version is e.Version, and counts the
	// version up. Conflict "item.stale" when it has another version.
	UpdateItem(ctx context.Context, e Entry) error
	// Item returns it whole. "item.not_found".
	Item(ctx context.Context, bank, id string) (Entry, error)
	// Items lists by ascending id, from the first greater than after, at most limit,
	// without Events and Comments. Filter.Bank is given.
	Items(ctx context.Context, f Filter, after string, limit int) ([]Entry, error)
	// CountItems counts the entries of a bank in each state; a state without any is
	// left out.
	CountItems(ctx context.Context, bank string) (map[State]int, error)
	// CountEverywhere counts the entries in a state in all banks together.
	CountEverywhere(ctx context.Context, state State) (int, error)
	// ItemTerms lists what occurs in a bank, each list ascending.
	ItemTerms(ctx context.Context, bank string) (Terms, error)

	// InsertImport stores a new import. Conflict "import.exists".
	InsertImport(ctx context.Context, i Import) error
	// UpdateImport is compare-and-set on Version. Conflict "import.stale".
	UpdateImport(ctx context.Context, i Import) error
	// Import returns it. "import.not_found".
	Import(ctx context.Context, id string) (Import, error)
	// ImportsDue lists the ids of imports whose DueAt has come, the longest due first.
	ImportsDue(ctx context.Context, now time.Time, limit int) ([]string, error)
	// DropImport deletes the import, if it is there, and not its parts.
	DropImport(ctx context.Context, id string) error
	// PutImportPart stores a part, in place of one that has its name.
	PutImportPart(ctx context.Context, p ImportPart) error
	// ImportPart returns it. "import.part_not_found".
	ImportPart(ctx context.Context, id, name string) (ImportPart, error)
	// DropImportParts deletes all parts of an import. Where it breaks off, some are left.
	DropImportParts(ctx context.Context, id string) error

	// CountSightings counts the attempts whose form holds one of the revisions.
	CountSightings(ctx context.Context, revisions []string) (int, error)
	// Sightings lists those attempts, the newest first, from the first that is older
	// than the attempt before, "" for all, at most limit.
	Sightings(ctx context.Context, revisions []string, before string, limit int) ([]Sighting, error)
}

// Sighting is an attempt whose form held a revision.
type Sighting struct {
	Attempt   string
	Exam      string
	Sitting   string
	Person    string
	State     exam.State
	StartedAt time.Time
}
