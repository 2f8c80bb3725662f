package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/store"
)

// InsertPerson implements auth.Store.
func (s *Store) InsertPerson(ctx context.Context, p auth.Person) error {
	err := insertDocument(ctx, s, people, byName(p.ID, p.Name, p), store.PersonTaken)
	if fault.Code(err) != store.PersonTaken.Code {
		return err
	}
	// The index that refused is not named alike by every server: ask which key.
	if _, lookErr := s.PersonByEmail(ctx, p.EmailKey); lookErr == nil {
		return store.EmailTaken
	}
	return err
}

// Person implements auth.Store.
func (s *Store) Person(ctx context.Context, id string) (auth.Person, error) {
	return one[auth.Person](ctx, s, people, byKey(id), store.PersonMissing)
}

// PeopleWith implements auth.Store.
func (s *Store) PeopleWith(ctx context.Context, ids []string) ([]auth.Person, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var docs []keyed[auth.Person]
	if err := s.find(ctx, people, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, bson.D{{Key: "_id", Value: 1}}, len(ids), nil, &docs); err != nil {
		return nil, err
	}
	all := make([]auth.Person, len(docs))
	for i := range docs {
		all[i] = docs[i].Value
	}
	return all, nil
}

// PersonByEmail implements auth.Store.
func (s *Store) PersonByEmail(ctx context.Context, key string) (auth.Person, error) {
	return one[auth.Person](ctx, s, people, bson.D{{Key: "email_key", Value: key}}, store.PersonMissing)
}

// People implements auth.Store.
func (s *Store) People(ctx context.Context, after string, limit int) ([]auth.Person, error) {
	return many[auth.Person](ctx, s, people, page{by: "_id", after: after, limit: limit})
}

// FindPeople implements auth.Store.
func (s *Store) FindPeople(ctx context.Context, words []string, after string, limit int) ([]auth.Person, error) {
	return many[auth.Person](ctx, s, people, page{filter: withWords(nil, words), by: "_id", after: after, limit: limit})
}

// UpdatePerson implements auth.Store.
func (s *Store) UpdatePerson(ctx context.Context, p auth.Person) error {
	read := p.Version
	p.Version++
	return replaceDocument(ctx, s, people, p.ID, read, byName(p.ID, p.Name, p), store.PersonMissing, store.PersonStale, store.EmailTaken)
}

// InsertFamily implements auth.Store.
func (s *Store) InsertFamily(ctx context.Context, f auth.Family) error {
	return insert(ctx, s, families, f.ID, f, store.FamilyTaken)
}

// Family implements auth.Store.
func (s *Store) Family(ctx context.Context, id string) (auth.Family, error) {
	return one[auth.Family](ctx, s, families, byKey(id), store.FamilyMissing)
}

// UpdateFamily implements auth.Store.
func (s *Store) UpdateFamily(ctx context.Context, f auth.Family) error {
	read := f.Version
	f.Version++
	return replace(ctx, s, families, f.ID, read, f, store.FamilyMissing, store.FamilyStale, nil)
}

// RevokeFamiliesOf implements auth.Store.
func (s *Store) RevokeFamiliesOf(ctx context.Context, person string, at time.Time) (int, error) {
	filter := bson.D{{Key: "person", Value: person}, {Key: "revoked_at", Value: nil}}
	update := bson.D{{Key: "$set", Value: bson.D{{Key: "revoked_at", Value: instant(at)}}}, {Key: "$inc", Value: bson.D{{Key: "version", Value: int64(1)}}}}
	result, err := s.db.Collection(families).UpdateMany(ctx, filter, update)
	if err != nil {
		return 0, failed(ctx, err)
	}
	return int(result.ModifiedCount), nil
}

// InsertLink implements auth.Store.
func (s *Store) InsertLink(ctx context.Context, l auth.Link) error {
	return insert(ctx, s, links, l.Hash, l, store.LinkTaken)
}

// Link implements auth.Store.
func (s *Store) Link(ctx context.Context, hash string) (auth.Link, error) {
	return one[auth.Link](ctx, s, links, byKey(hash), store.LinkMissing)
}

// ConsumeLink implements auth.Store.
func (s *Store) ConsumeLink(ctx context.Context, hash string, now time.Time) (auth.Link, error) {
	filter := append(byKey(hash), bson.E{Key: "used_at", Value: nil}, bson.E{Key: "expires_at", Value: bson.D{{Key: "$gt", Value: instant(now)}}})
	update := bson.D{{Key: "$set", Value: bson.D{{Key: "used_at", Value: instant(now)}}}, {Key: "$inc", Value: bson.D{{Key: "version", Value: int64(1)}}}}
	var consumed keyed[auth.Link]
	err := s.db.Collection(links).FindOneAndUpdate(ctx, filter, update, options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&consumed)
	switch {
	case err == nil:
		return consumed.Value, nil
	case !errors.Is(err, mongo.ErrNoDocuments):
		return auth.Link{}, failed(ctx, err)
	}
	l, err := s.Link(ctx, hash)
	switch {
	case err != nil:
		return auth.Link{}, err
	case !l.UsedAt.IsZero():
		return auth.Link{}, store.LinkSpent
	}
	return auth.Link{}, store.LinkExpired
}

// DeleteExpired implements auth.Store.
func (s *Store) DeleteExpired(ctx context.Context, before time.Time) (int, error) {
	var deleted int64
	for _, collection := range []string{families, links} {
		result, err := s.db.Collection(collection).DeleteMany(ctx, bson.D{{Key: "expires_at", Value: bson.D{{Key: "$lte", Value: instant(before)}}}})
		if err != nil {
			return 0, failed(ctx, err)
		}
		deleted += result.DeletedCount
	}
	return int(deleted), nil
}
