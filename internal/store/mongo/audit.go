package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/store"
)

// entryKey has the digits of every int64, so that keys sort as numbers do.
func entryKey(number int64) string { return fmt.Sprintf("%019d", number) }

// AppendEntry implements audit.Store.
func (s *Store) AppendEntry(ctx context.Context, e audit.Entry) error {
	return insertDocument(ctx, s, auditLog, keyed[audit.Entry]{Key: entryKey(e.Number), Value: e}, store.AuditTaken)
}

// Entry implements audit.Store.
func (s *Store) Entry(ctx context.Context, number int64) (audit.Entry, error) {
	return one[audit.Entry](ctx, s, auditLog, byKey(entryKey(number)), store.AuditMissing)
}

// LastEntry implements audit.Store.
func (s *Store) LastEntry(ctx context.Context) (audit.Entry, error) {
	var doc keyed[audit.Entry]
	err := s.db.Collection(auditLog).FindOne(ctx, bson.D{}, options.FindOne().SetSort(bson.D{{Key: "_id", Value: -1}})).Decode(&doc)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return audit.Entry{}, store.AuditMissing
	case err != nil:
		return audit.Entry{}, failed(ctx, err)
	}
	return doc.Value, nil
}

// Entries implements audit.Store.
func (s *Store) Entries(ctx context.Context, f audit.Filter, before int64, limit int) ([]audit.Entry, error) {
	filter := bson.D{}
	if before > 0 {
		filter = append(filter, bson.E{Key: "_id", Value: bson.D{{Key: "$lt", Value: entryKey(before)}}})
	}
	for _, by := range []struct{ field, value string }{{"actor", f.Actor}, {"action", f.Action}, {"object", f.Object}} {
		if by.value != "" {
			filter = append(filter, bson.E{Key: "act." + by.field, Value: by.value})
		}
	}
	at := bson.D{}
	if !f.From.IsZero() {
		at = append(at, bson.E{Key: "$gte", Value: instant(f.From)})
	}
	if !f.Until.IsZero() {
		at = append(at, bson.E{Key: "$lt", Value: instant(f.Until)})
	}
	if len(at) > 0 {
		filter = append(filter, bson.E{Key: "at", Value: at})
	}
	var docs []keyed[audit.Entry]
	if err := s.find(ctx, auditLog, filter, bson.D{{Key: "_id", Value: -1}}, limit, nil, &docs); err != nil || len(docs) == 0 {
		return nil, err
	}
	all := make([]audit.Entry, len(docs))
	for i := range docs {
		all[i] = docs[i].Value
	}
	return all, nil
}
