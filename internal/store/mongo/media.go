package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// medium is an image as it is kept; it is far below 16 MB.
type medium struct {
	Name   string `bson:"_id"`
	Pinned bool   `bson:"pinned"`
	Data   []byte `bson:"data"`
}

// PutMedium implements exam.BankStore.
func (s *Store) PutMedium(ctx context.Context, m exam.Medium) error {
	_, err := s.db.Collection(mediaOf).InsertOne(ctx, medium{Name: m.Name, Data: m.Data})
	if err != nil && !mongo.IsDuplicateKeyError(err) {
		return failed(ctx, err)
	}
	return nil
}

// Medium implements exam.BankStore.
func (s *Store) Medium(ctx context.Context, name string) (exam.Medium, error) {
	m, err := oneDocument[medium](ctx, s, mediaOf, byKey(name), store.MediumMissing)
	return exam.Medium{Name: m.Name, Data: m.Data}, err
}

// PinMedia implements exam.BankStore.
func (s *Store) PinMedia(ctx context.Context, names []string) error {
	for _, name := range names {
		found, err := s.change(ctx, mediaOf, byKey(name), bson.D{{Key: "$set", Value: bson.D{{Key: "pinned", Value: true}}}})
		if err != nil {
			return err
		}
		if !found {
			return store.MediumMissing
		}
	}
	return nil
}

// DropMedium implements exam.BankStore.
func (s *Store) DropMedium(ctx context.Context, name string) error {
	result, err := s.db.Collection(mediaOf).DeleteOne(ctx, append(byKey(name), bson.E{Key: "pinned", Value: false}))
	if err != nil {
		return failed(ctx, err)
	}
	if result.DeletedCount == 1 {
		return nil
	}
	n, err := s.db.Collection(mediaOf).CountDocuments(ctx, byKey(name))
	if err != nil {
		return failed(ctx, err)
	}
	if n == 0 {
		return nil
	}
	return store.MediumPinned
}
