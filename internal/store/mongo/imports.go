package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/store"
)

// InsertImport implements authoring.Store.
func (s *Store) InsertImport(ctx context.Context, i authoring.Import) error {
	return insert(ctx, s, imports, i.ID, i, store.ImportTaken)
}

// UpdateImport implements authoring.Store.
func (s *Store) UpdateImport(ctx context.Context, i authoring.Import) error {
	read := i.Version
	i.Version++
	return replace(ctx, s, imports, i.ID, read, i, store.ImportMissing, store.ImportStale, nil)
}

// Import implements authoring.Store.
func (s *Store) Import(ctx context.Context, id string) (authoring.Import, error) {
	return one[authoring.Import](ctx, s, imports, byKey(id), store.ImportMissing)
}

// ImportsDue implements authoring.Store.
func (s *Store) ImportsDue(ctx context.Context, now time.Time, limit int) ([]string, error) {
	var docs []struct {
		Key string `bson:"_id"`
	}
	filter := bson.D{{Key: "due_at", Value: bson.D{{Key: "$lte", Value: instant(now)}}}}
	if err := s.find(ctx, imports, filter, bson.D{{Key: "due_at", Value: 1}, {Key: "_id", Value: 1}}, limit, []string{"items", "cases", "problems"}, &docs); err != nil {
		return nil, err
	}
	var ids []string
	for _, d := range docs {
		ids = append(ids, d.Key)
	}
	return ids, nil
}

// DropImport implements authoring.Store.
func (s *Store) DropImport(ctx context.Context, id string) error {
	if _, err := s.db.Collection(imports).DeleteOne(ctx, byKey(id)); err != nil {
		return failed(ctx, err)
	}
	return nil
}

// importPart is a part as it is kept. Its key is unambiguous: the id of an import has no
// slash.
type importPart struct {
	Key    string `bson:"_id"`
	Import string `bson:"import"`
	Data   []byte `bson:"data"`
}

// PutImportPart implements authoring.Store.
func (s *Store) PutImportPart(ctx context.Context, p authoring.ImportPart) error {
	key := partKey(p.Import, p.Name)
	_, err := s.db.Collection(importParts).ReplaceOne(ctx, byKey(key), importPart{Key: key, Import: p.Import, Data: p.Data}, options.Replace().SetUpsert(true))
	if err != nil {
		return failed(ctx, err)
	}
	return nil
}

// ImportPart implements authoring.Store.
func (s *Store) ImportPart(ctx context.Context, id, name string) (authoring.ImportPart, error) {
	p, err := oneDocument[importPart](ctx, s, importParts, byKey(partKey(id, name)), store.ImportPartMissing)
	return authoring.ImportPart{Import: id, Name: name, Data: p.Data}, err
}

// DropImportParts implements authoring.Store.
func (s *Store) DropImportParts(ctx context.Context, id string) error {
	if _, err := s.db.Collection(importParts).DeleteMany(ctx, bson.D{{Key: "import", Value: id}}); err != nil {
		return failed(ctx, err)
	}
	return nil
}
