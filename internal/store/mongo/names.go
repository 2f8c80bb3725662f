package mongo

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/internal/lookup"
)

// named is a stored document that is found by the words of a name.
type named[T any] struct {
	Key   string   `bson:"_id"`
	Value T        `bson:",inline"`
	Words []string `bson:"words"`
}

func byName[T any](key, name string, value T) named[T] {
	return named[T]{Key: key, Value: value, Words: lookup.Name(name)}
}

// withWords narrows to documents that have, for each of the words, one that begins with it:
// an anchored pattern goes through the index of words.
func withWords(filter bson.D, sought []string) bson.D {
	if len(sought) == 0 {
		return filter
	}
	all := make(bson.A, len(sought))
	for i, w := range sought { // letters and digits only
		all[i] = bson.D{{Key: "words", Value: bson.D{{Key: "$regex", Value: "^" + w}}}}
	}
	return append(filter, bson.E{Key: "$and", Value: all})
}

// fillWords gives the stored documents of a collection their words; field is where the name
// stands.
func fillWords(ctx context.Context, db *mongo.Database, collection string, nameOf func(bson.Raw) bson.RawValue) error {
	cursor, err := db.Collection(collection).Find(ctx, bson.D{{Key: "words", Value: nil}})
	if err != nil {
		return fmt.Errorf("names of %s: %w", collection, err)
	}
	defer cursor.Close(ctx)
	var changes []mongo.WriteModel
	flush := func() error {
		if len(changes) == 0 {
			return nil
		}
		_, err := db.Collection(collection).BulkWrite(ctx, changes, options.BulkWrite().SetOrdered(false))
		changes = changes[:0]
		return err
	}
	for cursor.Next(ctx) {
		name, _ := nameOf(cursor.Current).StringValueOK()
		key, _ := cursor.Current.Lookup("_id").StringValueOK()
		change := mongo.NewUpdateOneModel().SetFilter(byKey(key)).SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: "words", Value: lookup.Name(name)}}}})
		if changes = append(changes, change); len(changes) == batch {
			if err := flush(); err != nil {
				return fmt.Errorf("names of %s: %w", collection, err)
			}
		}
	}
	if err := cursor.Err(); err != nil {
		return fmt.Errorf("names of %s: %w", collection, err)
	}
	if err := flush(); err != nil {
		return fmt.Errorf("names of %s: %w", collection, err)
	}
	return nil
}

// findByName makes people and certificates be found by name.
func findByName(ctx context.Context, db *mongo.Database) error {
	if err := fillWords(ctx, db, people, func(d bson.Raw) bson.RawValue { return d.Lookup("name") }); err != nil {
		return err
	}
	if err := fillWords(ctx, db, certificates, func(d bson.Raw) bson.RawValue { return d.Lookup("statement", "name") }); err != nil {
		return err
	}
	return indexes(
		index{people, bson.D{{Key: "words", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{certificates, bson.D{{Key: "words", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{certificates, bson.D{{Key: "statement.exam", Value: 1}, {Key: "_id", Value: 1}}, false},
		index{certificates, bson.D{{Key: "state", Value: 1}, {Key: "_id", Value: 1}}, false},
	)(ctx, db)
}
