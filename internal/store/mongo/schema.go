package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// The collections.
const (
	revisions    = "revisions"
	releases     = "releases"
	exams        = "exams"
	sittings     = "sittings"
	entitlements = "entitlements"
	attempts     = "attempts"
	feedback     = "feedback"
	people       = "people"
	families     = "families"
	links        = "links"
	certificates = "certificates"
	counters     = "counters"
	schema       = "schema"
	calibrations = "calibrations"
	exposures    = "exposures"
	auditLog     = "audit"
	accessKeys   = "access_keys"
	statusLists  = "status_lists"
	logEntries   = "log_entries"
	logHead      = "log_head"
	logTiles     = "log_tiles"
	checkpoints  = "log_checkpoints"
	regrades     = "regrades"
	regradeRows  = "regrade_changes"
	copies       = "copies"
	entriesOf    = "entries"
	imports      = "imports"
	importParts  = "import_parts"
	templates    = "templates" // needs no index but that of its keys
	panels       = "panels"
	ballots      = "ballots"
	scripts      = "scripts"

	statisticsJobs  = "statistics_jobs"
	statisticsParts = "statistics_parts"
	mediaOf         = "media"
)

// index is one index of one collection.
type index struct {
	collection string
	keys       bson.D
	unique     bool
}

// migrations bring a database from schema number i to i+1. They are only ever
// appended to, and each can be repeated: several copies of the service may start
// at once.
var migrations = []func(context.Context, *mongo.Database) error{
	indexes(
		index{entitlements, bson.D{{Key: "person", Value: 1}, {Key: "sitting", Value: 1}}, true},
		index{entitlements, bson.D{{Key: "sitting", Value: 1}, {Key: "person", Value: 1}}, false},
		index{attempts, bson.D{{Key: "head.exam", Value: 1}, {Key: "head.person", Value: 1}, {Key: "head.number", Value: 1}}, true},
		index{attempts, bson.D{{Key: "head.person", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{attempts, bson.D{{Key: "head.sitting", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{attempts, bson.D{{Key: "head.due_at", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{people, bson.D{{Key: "email_key", Value: 1}}, true},
		index{families, bson.D{{Key: "person", Value: 1}}, false},
		index{families, bson.D{{Key: "expires_at", Value: 1}}, false},
		index{links, bson.D{{Key: "expires_at", Value: 1}}, false},
		index{certificates, bson.D{{Key: "attempt", Value: 1}}, true},
		index{certificates, bson.D{{Key: "status_list", Value: 1}, {Key: "status_index", Value: 1}}, true},
		index{certificates, bson.D{{Key: "person", Value: 1}, {Key: "_id", Value: 1}}, false},
	),
	indexes(index{feedback, bson.D{{Key: "exam", Value: 1}, {Key: "_id", Value: 1}}, false}),
	indexes(
		index{auditLog, bson.D{{Key: "act.actor", Value: 1}, {Key: "_id", Value: -1}}, false},
		index{auditLog, bson.D{{Key: "act.action", Value: 1}, {Key: "_id", Value: -1}}, false},
		index{auditLog, bson.D{{Key: "act.object", Value: 1}, {Key: "_id", Value: -1}}, false},
		index{attempts, bson.D{{Key: "head.sitting", Value: 1}, {Key: "head.state", Value: 1}, {Key: "head.result.passed", Value: 1}, {Key: "head.result.score", Value: 1}, {Key: "head.result.max", Value: 1}}, false},
	),
	indexes(
		index{certificates, bson.D{{Key: "status_list", Value: 1}, {Key: "state", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{certificates, bson.D{{Key: "unlogged", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{logEntries, bson.D{{Key: "index", Value: 1}, {Key: "queued_at", Value: 1}, {Key: "_id", Value: 1}}, false},
	),
	indexes(
		index{regrades, bson.D{{Key: "exam", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{regrades, bson.D{{Key: "due_at", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{regradeRows, bson.D{{Key: "regrade", Value: 1}, {Key: "turn", Value: 1}, {Key: "attempt", Value: 1}}, false},
		index{regradeRows, bson.D{{Key: "regrade", Value: 1}, {Key: "letter", Value: 1}, {Key: "attempt", Value: 1}}, false},
		index{attempts, bson.D{{Key: "head.exam", Value: 1}, {Key: "_id", Value: 1}}, false},
	),
	indexes(
		index{entriesOf, bson.D{{Key: "bank", Value: 1}, {Key: "id", Value: 1}}, true},
		index{entriesOf, bson.D{{Key: "bank", Value: 1}, {Key: "state", Value: 1}, {Key: "id", Value: 1}}, false},
		index{entriesOf, bson.D{{Key: "bank", Value: 1}, {Key: "topic", Value: 1}, {Key: "id", Value: 1}}, false},
		index{entriesOf, bson.D{{Key: "bank", Value: 1}, {Key: "kind", Value: 1}, {Key: "id", Value: 1}}, false},
		index{entriesOf, bson.D{{Key: "bank", Value: 1}, {Key: "stage", Value: 1}, {Key: "id", Value: 1}}, false},
		index{entriesOf, bson.D{{Key: "bank", Value: 1}, {Key: "author", Value: 1}, {Key: "id", Value: 1}}, false},
		index{entriesOf, bson.D{{Key: "bank", Value: 1}, {Key: "languages", Value: 1}, {Key: "id", Value: 1}}, false},
		index{entriesOf, bson.D{{Key: "bank", Value: 1}, {Key: "tags", Value: 1}, {Key: "id", Value: 1}}, false},
		index{entriesOf, bson.D{{Key: "bank", Value: 1}, {Key: "words", Value: 1}, {Key: "id", Value: 1}}, false},
		index{attempts, bson.D{{Key: heldRevision, Value: 1}, {Key: "_id", Value: -1}}, false},
	),
	indexes(
		index{panels, bson.D{{Key: "exam", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{ballots, bson.D{{Key: "panel", Value: 1}, {Key: "judge", Value: 1}}, true},
		index{ballots, bson.D{{Key: "judge", Value: 1}, {Key: "panel", Value: 1}}, false},
	),
	indexes(
		index{sittings, bson.D{{Key: "exam", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{sittings, bson.D{{Key: "region", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{sittings, bson.D{{Key: "organisation", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{sittings, bson.D{{Key: "cohort", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{sittings, bson.D{{Key: "closes", Value: 1}, {Key: "_id", Value: 1}}, false},
	),
	indexes(index{statisticsJobs, bson.D{{Key: "due_at", Value: 1}, {Key: "_id", Value: 1}}, false}),
	indexes(index{attempts, bson.D{{Key: "head.state", Value: 1}, {Key: "_id", Value: 1}}, false}),
	indexes(
		index{imports, bson.D{{Key: "due_at", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{importParts, bson.D{{Key: "import", Value: 1}}, false},
	),
	findByName,
	indexes(
		index{scripts, bson.D{{Key: "attempt", Value: 1}, {Key: "slot", Value: 1}}, true},
		index{scripts, bson.D{{Key: "exam", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{scripts, bson.D{{Key: "exam", Value: 1}, {Key: "stage", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{scripts, bson.D{{Key: "holder", Value: 1}, {Key: "exam", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{scripts, bson.D{{Key: "due_at", Value: 1}, {Key: "_id", Value: 1}}, false},
	),
	indexes(index{entriesOf, bson.D{{Key: "bank", Value: 1}, {Key: "flags", Value: 1}, {Key: "id", Value: 1}}, false}),
	indexes(index{certificates, bson.D{{Key: "statement.expires_at", Value: 1}, {Key: "_id", Value: 1}}, false}),
	indexes(index{auditLog, bson.D{{Key: "act.actor", Value: 1}, {Key: "act.action", Value: 1}, {Key: "_id", Value: -1}}, false}),
	indexes(index{attempts, bson.D{{Key: "head.sitting", Value: 1}, {Key: "head.person", Value: 1}}, false}),
}

func indexes(all ...index) func(context.Context, *mongo.Database) error {
	return func(ctx context.Context, db *mongo.Database) error {
		for _, i := range all {
			model := mongo.IndexModel{Keys: i.keys, Options: options.Index().SetUnique(i.unique)}
			if _, err := db.Collection(i.collection).Indexes().CreateOne(ctx, model); err != nil {
				return fmt.Errorf("index %v of %s: %w", i.keys, i.collection, err)
			}
		}
		return nil
	}
}

// migrate brings the database to the newest schema, and refuses one that is
// newer than this program.
func (s *Store) migrate(ctx context.Context) error {
	var found struct{ Number int }
	err := s.db.Collection(schema).FindOne(ctx, bson.D{{Key: "_id", Value: schema}}).Decode(&found)
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return fmt.Errorf("open the store: read the schema number: %w", err)
	}
	if found.Number > len(migrations) {
		return fmt.Errorf("the store has schema %d, this program knows up to %d: use the newer program that wrote it", found.Number, len(migrations))
	}
	for n := found.Number; n < len(migrations); n++ {
		if err := migrations[n](ctx, s.db); err != nil {
			return fmt.Errorf("migrate the schema from %d to %d: %w", n, n+1, err)
		}
		done := bson.D{{Key: "$max", Value: bson.D{{Key: "number", Value: n + 1}}}}
		if _, err := s.db.Collection(schema).UpdateOne(ctx, bson.D{{Key: "_id", Value: schema}}, done, options.UpdateOne().SetUpsert(true)); err != nil && !mongo.IsDuplicateKeyError(err) {
			return fmt.Errorf("record schema %d: %w", n+1, err)
		}
	}
	return nil
}
