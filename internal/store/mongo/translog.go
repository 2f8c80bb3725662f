package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/store"
)

// EnqueueEntries implements translog.Store.
func (s *Store) EnqueueEntries(ctx context.Context, all []translog.Entry) error {
	docs := make([]keyed[translog.Entry], len(all))
	for i, e := range all {
		docs[i] = keyed[translog.Entry]{Key: e.Key, Value: e}
	}
	_, err := s.db.Collection(logEntries).InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
	if err == nil || onlyTaken(err) { // those are there
		return nil
	}
	return failed(ctx, err)
}

// WaitingEntries implements translog.Store.
func (s *Store) WaitingEntries(ctx context.Context, limit int) ([]translog.Entry, error) {
	var docs []keyed[translog.Entry]
	filter := bson.D{{Key: "index", Value: int64(translog.Waiting)}}
	order := bson.D{{Key: "queued_at", Value: 1}, {Key: "_id", Value: 1}}
	if err := s.find(ctx, logEntries, filter, order, limit, nil, &docs); err != nil {
		return nil, err
	}
	all := make([]translog.Entry, len(docs))
	for i := range docs {
		all[i] = docs[i].Value
	}
	return all, nil
}

// EntryByKey implements translog.Store.
func (s *Store) EntryByKey(ctx context.Context, key string) (translog.Entry, error) {
	return one[translog.Entry](ctx, s, logEntries, byKey(key), store.EntryMissing)
}

// EntriesByKey implements translog.Store.
func (s *Store) EntriesByKey(ctx context.Context, keys []string) ([]translog.Entry, error) {
	return many[translog.Entry](ctx, s, logEntries, page{filter: bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}, by: "_id", limit: len(keys)})
}

// PlaceEntries implements translog.Store.
func (s *Store) PlaceEntries(ctx context.Context, placed []translog.Entry) error {
	writes := make([]mongo.WriteModel, len(placed))
	for i, e := range placed {
		writes[i] = mongo.NewUpdateOneModel().SetFilter(byKey(e.Key)).SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: "index", Value: e.Index}}}})
	}
	if len(writes) == 0 {
		return nil
	}
	if _, err := s.db.Collection(logEntries).BulkWrite(ctx, writes); err != nil {
		return failed(ctx, err)
	}
	return nil
}

// headKey is the key of the one head.
const headKey = "certificates"

// LogHead implements translog.Store.
func (s *Store) LogHead(ctx context.Context) (translog.Head, error) {
	return one[translog.Head](ctx, s, logHead, byKey(headKey), store.LogMissing)
}

// AdvanceLog implements translog.Store.
func (s *Store) AdvanceLog(ctx context.Context, h translog.Head) error {
	if h.Version == 1 {
		return insert(ctx, s, logHead, headKey, h, store.LogStale)
	}
	return replace(ctx, s, logHead, headKey, h.Version-1, h, store.LogStale, store.LogStale, nil)
}

// tileDocument is a tile as it is stored.
type tileDocument struct {
	Name  string `bson:"_id"`
	Width int    `bson:"width"`
	Data  []byte `bson:"data"`
}

// WidenTiles implements translog.Store. A batch has a handful, one round trip each: what
// stands in the way of one must not keep the others from being written.
func (s *Store) WidenTiles(ctx context.Context, all []translog.Tile) error {
	for _, t := range all {
		if err := s.widen(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) widen(ctx context.Context, t translog.Tile) error {
	narrower := append(byKey(t.Name), bson.E{Key: "width", Value: bson.D{{Key: "$lt", Value: t.Width}}})
	set := bson.D{{Key: "$set", Value: bson.D{{Key: "width", Value: t.Width}, {Key: "data", Value: t.Data}}}}
	write := func() error {
		_, err := s.db.Collection(logTiles).UpdateOne(ctx, narrower, set, options.UpdateOne().SetUpsert(true))
		return err
	}
	err := write()
	if mongo.IsDuplicateKeyError(err) {
		// It is as wide, or another process made it just now, maybe narrower.
		if err = write(); mongo.IsDuplicateKeyError(err) {
			return nil
		}
	}
	if err != nil {
		return failed(ctx, err)
	}
	return nil
}

// LogTile implements translog.Store.
func (s *Store) LogTile(ctx context.Context, name string) (translog.Tile, error) {
	doc, err := oneDocument[tileDocument](ctx, s, logTiles, byKey(name), store.TileMissing)
	return translog.Tile(doc), err
}

// checkpointDocument is a checkpoint under its size.
type checkpointDocument struct {
	Size  int64           `bson:"_id"`
	Value translog.Signed `bson:",inline"`
}

// InsertCheckpoint implements translog.Store.
func (s *Store) InsertCheckpoint(ctx context.Context, c translog.Signed) error {
	err := insertDocument(ctx, s, checkpoints, checkpointDocument{c.Size, c}, store.LogStale)
	if fault.Of(err) == fault.Conflict { // it is there
		return nil
	}
	return err
}

// LatestCheckpoint implements translog.Store.
func (s *Store) LatestCheckpoint(ctx context.Context) (translog.Signed, error) {
	var docs []checkpointDocument
	if err := s.find(ctx, checkpoints, bson.D{}, bson.D{{Key: "_id", Value: -1}}, 1, nil, &docs); err != nil {
		return translog.Signed{}, err
	}
	if len(docs) == 0 {
		return translog.Signed{}, store.CheckpointMissing
	}
	return docs[0].Value, nil
}

// CheckpointOf implements translog.Store.
func (s *Store) CheckpointOf(ctx context.Context, size int64) (translog.Signed, error) {
	doc, err := oneDocument[checkpointDocument](ctx, s, checkpoints, bson.D{{Key: "_id", Value: size}}, store.CheckpointMissing)
	return doc.Value, err
}

// UpdateCheckpoint implements translog.Store.
func (s *Store) UpdateCheckpoint(ctx context.Context, c translog.Signed) error {
	filter := bson.D{{Key: "_id", Value: c.Size}, {Key: "version", Value: c.Version}}
	c.Version++
	result, err := s.db.Collection(checkpoints).ReplaceOne(ctx, filter, checkpointDocument{c.Size, c})
	switch {
	case err != nil:
		return failed(ctx, err)
	case result.MatchedCount == 1:
		return nil
	}
	return store.CheckpointStale
}
