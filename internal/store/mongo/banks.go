package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// batch is how many revisions go into one message.
const batch = 500

// revision is kept as the JSON text that its hash is over: the interaction has a
// shape for each kind of item.
type revision struct {
	Hash string `bson:"_id"`
	JSON string `bson:"json"`
}

// PutRevisions implements exam.BankStore.
func (s *Store) PutRevisions(ctx context.Context, all []exam.Revision) error {
	for len(all) > 0 {
		n := min(len(all), batch)
		docs := make([]revision, n)
		for i, rev := range all[:n] {
			text, err := json.Marshal(rev)
			if err != nil {
				return fmt.Errorf("encode a revision: %w", err)
			}
			docs[i] = revision{Hash: rev.Hash, JSON: string(text)}
		}
		// Unordered: those that are stored already do not hold up the others.
		_, err := s.db.Collection(revisions).InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
		if err != nil && !onlyDuplicates(err) {
			return failed(ctx, err)
		}
		all = all[n:]
	}
	return nil
}

// onlyDuplicates reports whether err says of nothing else than taken keys.
func onlyDuplicates(err error) bool {
	bulk, ok := errors.AsType[mongo.BulkWriteException](err)
	if !ok || bulk.WriteConcernError != nil {
		return false
	}
	for _, e := range bulk.WriteErrors {
		if !mongo.IsDuplicateKeyError(e) {
			return false
		}
	}
	return true
}

// Revisions implements exam.BankStore.
func (s *Store) Revisions(ctx context.Context, hashes []string) ([]exam.Revision, error) {
	found := make(map[string]string, len(hashes))
	for start := 0; start < len(hashes); start += batch {
		part := hashes[start:min(start+batch, len(hashes))]
		var docs []revision
		if err := s.find(ctx, revisions, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: part}}}}, bson.D{{Key: "_id", Value: 1}}, len(part), nil, &docs); err != nil {
			return nil, err
		}
		for _, d := range docs {
			found[d.Hash] = d.JSON
		}
	}
	all := make([]exam.Revision, len(hashes))
	for i, hash := range hashes {
		text, ok := found[hash]
		if !ok {
			return nil, store.RevisionMissing
		}
		if err := json.Unmarshal([]byte(text), &all[i]); err != nil {
			return nil, fmt.Errorf("stored revision %s: %w", hash, err)
		}
	}
	return all, nil
}

// PutRelease implements exam.BankStore.
func (s *Store) PutRelease(ctx context.Context, r exam.Release) error {
	_, err := s.db.Collection(releases).InsertOne(ctx, keyed[exam.Release]{Key: r.Hash, Value: r})
	if err != nil && !mongo.IsDuplicateKeyError(err) {
		return failed(ctx, err)
	}
	return nil
}

// Release implements exam.BankStore.
func (s *Store) Release(ctx context.Context, hash string) (exam.Release, error) {
	return one[exam.Release](ctx, s, releases, byKey(hash), store.ReleaseMissing)
}

// Releases implements exam.BankStore.
func (s *Store) Releases(ctx context.Context, after string, limit int) ([]exam.Release, error) {
	return many[exam.Release](ctx, s, releases, page{by: "_id", after: after, limit: limit, without: []string{"items", "stimuli"}})
}
