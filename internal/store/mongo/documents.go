package mongo

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/internal/fault"
)

// byKey finds one document.
func byKey(key string) bson.D { return bson.D{{Key: "_id", Value: key}} }

// insert stores a new document; conflict is the answer when a unique key is taken.
func insert[T any](ctx context.Context, s *Store, collection, key string, value T, conflict *fault.Fault) error {
	return insertDocument(ctx, s, collection, keyed[T]{Key: key, Value: value}, conflict)
}

// insertDocument is insert for a document that brings its key.
func insertDocument(ctx context.Context, s *Store, collection string, doc any, conflict *fault.Fault) error {
	_, err := s.db.Collection(collection).InsertOne(ctx, doc)
	if mongo.IsDuplicateKeyError(err) {
		return conflict
	}
	if err != nil {
		return failed(ctx, err)
	}
	return nil
}

// onlyTaken reports that of many writes those failed whose keys are taken, and no others.
func onlyTaken(err error) bool {
	many, ok := errors.AsType[mongo.BulkWriteException](err)
	if !ok || many.WriteConcernError != nil {
		return false
	}
	return !slices.ContainsFunc(many.WriteErrors, func(e mongo.BulkWriteError) bool { return !mongo.IsDuplicateKeyError(e.WriteError) })
}

// replace replaces the document if its stored version is the one read. taken is
// the answer when the new value breaks a unique key, nil where it cannot.
func replace[T any](ctx context.Context, s *Store, collection, key string, version int64, value T, missing, stale, taken *fault.Fault) error {
	return replaceDocument(ctx, s, collection, key, version, keyed[T]{Key: key, Value: value}, missing, stale, taken)
}

// replaceDocument is replace for a document that brings its key.
func replaceDocument(ctx context.Context, s *Store, collection, key string, version int64, doc any, missing, stale, taken *fault.Fault) error {
	filter := append(byKey(key), bson.E{Key: "version", Value: version})
	result, err := s.db.Collection(collection).ReplaceOne(ctx, filter, doc)
	switch {
	case taken != nil && mongo.IsDuplicateKeyError(err):
		return taken
	case err != nil:
		return failed(ctx, err)
	case result.MatchedCount == 1:
		return nil
	}
	return absent(ctx, s, collection, key, missing, stale)
}

// absent says why a conditional write matched no document.
func absent(ctx context.Context, s *Store, collection, key string, missing, stale *fault.Fault) error {
	err := s.db.Collection(collection).FindOne(ctx, byKey(key), options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})).Err()
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return missing
	case err != nil:
		return failed(ctx, err)
	}
	return stale
}

// one reads a single document.
func one[T any](ctx context.Context, s *Store, collection string, filter bson.D, missing *fault.Fault) (T, error) {
	doc, err := oneDocument[keyed[T]](ctx, s, collection, filter, missing)
	return doc.Value, err
}

// oneDocument is one with the key.
func oneDocument[D any](ctx context.Context, s *Store, collection string, filter bson.D, missing *fault.Fault) (D, error) {
	var doc D
	err := s.db.Collection(collection).FindOne(ctx, filter).Decode(&doc)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return doc, missing
	case err != nil:
		return doc, failed(ctx, err)
	}
	return doc, nil
}

// page is a part of a listing.
type page struct {
	filter bson.D
	// by is the field that orders the listing; the next page begins after it.
	by    string
	after string
	limit int
	// without names what is left out.
	without []string
}

// many reads documents in the order of the page.
func many[T any](ctx context.Context, s *Store, collection string, p page) ([]T, error) {
	filter := append(p.filter, bson.E{Key: p.by, Value: bson.D{{Key: "$gt", Value: p.after}}})
	var docs []keyed[T]
	if err := s.find(ctx, collection, filter, bson.D{{Key: p.by, Value: 1}}, p.limit, p.without, &docs); err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		return nil, nil
	}
	all := make([]T, len(docs))
	for i := range docs {
		all[i] = docs[i].Value
	}
	return all, nil
}

// find reads documents into a slice.
func (s *Store) find(ctx context.Context, collection string, filter, sort bson.D, limit int, without []string, into any) error {
	o := options.Find().SetSort(sort).SetLimit(int64(limit))
	if len(without) > 0 {
		left := make(bson.D, len(without))
		for i, field := range without {
			left[i] = bson.E{Key: field, Value: 0}
		}
		o.SetProjection(left)
	}
	cursor, err := s.db.Collection(collection).Find(ctx, filter, o)
	if err != nil {
		return failed(ctx, err)
	}
	if err := cursor.All(ctx, into); err != nil {
		return failed(ctx, err)
	}
	return nil
}

// change is one conditional write to one document.
func (s *Store) change(ctx context.Context, collection string, filter, update bson.D) (matched bool, err error) {
	result, err := s.db.Collection(collection).UpdateOne(ctx, filter, update)
	if err != nil {
		return false, failed(ctx, err)
	}
	return result.MatchedCount == 1, nil
}
