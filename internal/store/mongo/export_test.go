package mongo

import (
	"context"
	"errors"
	"slices"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Find is a query that a store has asked.
type Find struct {
	Collection string `bson:"find"`
	Filter     bson.D `bson:"filter"`
	Sort       bson.D `bson:"sort"`
}

// Finds are the queries of a store, as they are asked.
type Finds struct {
	mu  sync.Mutex
	all []Find
}

// All are those asked so far.
func (f *Finds) All() []Find {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all)
}

// OpenHeard opens a store and tells what it asks.
func OpenHeard(ctx context.Context, uri string) (*Store, *Finds, error) {
	heard := &Finds{}
	s, err := open(ctx, uri, options.Client().SetMonitor(&event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		var f Find
		if e.CommandName != "find" || bson.Unmarshal(e.Command, &f) != nil {
			return
		}
		heard.mu.Lock()
		defer heard.mu.Unlock()
		heard.all = append(heard.all, f)
	}}))
	return s, heard, err
}

// Indexed reports whether the store has an index of the collection whose keys begin with some
// of the fields that have one value each, if there are any, and go on with the others, in
// this order.
func (s *Store) Indexed(ctx context.Context, collection string, equal []string, then ...string) (bool, error) {
	all, err := s.db.Collection(collection).Indexes().ListSpecifications(ctx)
	if err != nil {
		return false, err
	}
	for _, i := range all {
		var keys bson.D
		if err := bson.Unmarshal(i.KeysDocument, &keys); err != nil {
			return false, err
		}
		led := slices.IndexFunc(keys, func(k bson.E) bool { return !slices.Contains(equal, k.Key) })
		if led < 0 || led == 0 && len(equal) > 0 || len(keys) < led+len(then) {
			continue
		}
		if slices.EqualFunc(keys[led:led+len(then)], then, func(k bson.E, field string) bool { return k.Key == field }) {
			return true, nil
		}
	}
	return false, nil
}

// BeforeNames makes the database what it was before people and certificates were found by
// name.
func (s *Store) BeforeNames(ctx context.Context) error {
	for _, collection := range []string{people, certificates} {
		if _, err := s.db.Collection(collection).UpdateMany(ctx, bson.D{}, bson.D{{Key: "$unset", Value: bson.D{{Key: "words", Value: ""}}}}); err != nil {
			return err
		}
	}
	const before = 11 // migrations
	done, err := s.db.Collection(schema).UpdateOne(ctx, byKey(schema), bson.D{{Key: "$set", Value: bson.D{{Key: "number", Value: before}}}})
	if err == nil && done.MatchedCount != 1 {
		return errors.New("the schema has no number")
	}
	return err
}
