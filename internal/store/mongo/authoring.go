package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/store"
)

// InsertCopy implements authoring.Store.
func (s *Store) InsertCopy(ctx context.Context, c authoring.Copy) error {
	return insert(ctx, s, copies, c.ID, c, store.CopyTaken)
}

// UpdateCopy implements authoring.Store.
func (s *Store) UpdateCopy(ctx context.Context, c authoring.Copy) error {
	read := c.Version
	c.Version++
	return replace(ctx, s, copies, c.ID, read, c, store.CopyMissing, store.CopyStale, nil)
}

// Copy implements authoring.Store.
func (s *Store) Copy(ctx context.Context, bank string) (authoring.Copy, error) {
	return one[authoring.Copy](ctx, s, copies, byKey(bank), store.CopyMissing)
}

// Copies implements authoring.Store.
func (s *Store) Copies(ctx context.Context, after string, limit int) ([]authoring.Copy, error) {
	return many[authoring.Copy](ctx, s, copies, page{by: "_id", after: after, limit: limit, without: []string{"cases"}})
}

// entry is the stored layout: the entry as JSON text, since the interaction has a shape
// for each kind of item, beside what it is found by.
type entry struct {
	Key       string   `bson:"_id"`
	Version   int64    `bson:"version"`
	Bank      string   `bson:"bank"`
	ID        string   `bson:"id"`
	State     string   `bson:"state"`
	Topic     string   `bson:"topic"`
	Kind      string   `bson:"kind"`
	Stage     string   `bson:"stage"`
	Level     string   `bson:"level"`
	Author    string   `bson:"author"`
	Languages []string `bson:"languages"`
	Tags      []string `bson:"tags"`
	Flags     []string `bson:"flags"`
	Words     []string `bson:"words"`
	JSON      string   `bson:"json"`
	// Beside is what listings leave out.
	Beside string `bson:"beside"`
}

// besideEntry is what listings leave out of an entry.
type besideEntry struct {
	Events   []authoring.Event   `json:"events,omitempty"`
	Comments []authoring.Comment `json:"comments,omitempty"`
}

// itemKey is unambiguous: an id has no slash.
func itemKey(bank, id string) string { return bank + "/" + id }

func newEntry(e authoring.Entry) (entry, error) {
	it := &e.Content
	d := entry{Key: itemKey(e.Bank, e.ID), Version: e.Version, Bank: e.Bank, ID: e.ID, State: string(e.State), Topic: it.Topic, Kind: string(it.Kind), Stage: it.Stage, Level: it.Level,
		Author: e.Author, Languages: e.Languages, Tags: e.Tags, Flags: e.Figures.Terms(), Words: e.Words()}
	beside, err := json.Marshal(besideEntry{e.Events, e.Comments})
	if err != nil {
		return d, fmt.Errorf("encode an entry: %w", err)
	}
	e.Events, e.Comments = nil, nil
	text, err := json.Marshal(e)
	if err != nil {
		return d, fmt.Errorf("encode an entry: %w", err)
	}
	d.JSON, d.Beside = string(text), string(beside)
	return d, nil
}

func (d *entry) whole() (authoring.Entry, error) {
	var e authoring.Entry
	if err := json.Unmarshal([]byte(d.JSON), &e); err != nil {
		return e, fmt.Errorf("stored entry %s: %w", d.Key, err)
	}
	if d.Beside == "" {
		return e, nil
	}
	var b besideEntry
	if err := json.Unmarshal([]byte(d.Beside), &b); err != nil {
		return e, fmt.Errorf("stored entry %s: %w", d.Key, err)
	}
	e.Events, e.Comments = b.Events, b.Comments
	return e, nil
}

// InsertItems implements authoring.Store.
func (s *Store) InsertItems(ctx context.Context, entries []authoring.Entry) (there []string, err error) {
	for part := range slices.Chunk(entries, batch) {
		docs := make([]entry, len(part))
		for i, e := range part {
			if docs[i], err = newEntry(e); err != nil {
				return nil, err
			}
		}
		// Unordered: those that are stored already do not hold up the others.
		_, err := s.db.Collection(entriesOf).InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
		if err == nil {
			continue
		}
		if !onlyDuplicates(err) {
			return nil, failed(ctx, err)
		}
		if bulk, ok := errors.AsType[mongo.BulkWriteException](err); ok {
			for _, e := range bulk.WriteErrors {
				there = append(there, part[e.Index].ID)
			}
		}
	}
	return there, nil
}

// UpdateItem implements authoring.Store.
func (s *Store) UpdateItem(ctx context.Context, e authoring.Entry) error {
	read := e.Version
	e.Version++
	d, err := newEntry(e)
	if err != nil {
		return err
	}
	result, err := s.db.Collection(entriesOf).ReplaceOne(ctx, append(byKey(d.Key), bson.E{Key: "version", Value: read}), d)
	switch {
	case err != nil:
		return failed(ctx, err)
	case result.MatchedCount == 1:
		return nil
	}
	return absent(ctx, s, entriesOf, d.Key, store.ItemMissing, store.ItemStale)
}

// Item implements authoring.Store.
func (s *Store) Item(ctx context.Context, bank, id string) (authoring.Entry, error) {
	d, err := oneDocument[entry](ctx, s, entriesOf, byKey(itemKey(bank, id)), store.ItemMissing)
	if err != nil {
		return authoring.Entry{}, err
	}
	return d.whole()
}

// Items implements authoring.Store. A beginning of a word is an anchored pattern, which
// goes through the index of words.
func (s *Store) Items(ctx context.Context, f authoring.Filter, after string, limit int) ([]authoring.Entry, error) {
	filter := bson.D{{Key: "bank", Value: f.Bank}, {Key: "id", Value: bson.D{{Key: "$gt", Value: after}}}}
	for _, by := range []struct{ field, value string }{{"state", string(f.State)}, {"topic", f.Topic}, {"kind", f.Kind}, {"stage", f.Stage}, {"level", f.Level}, {"author", f.Author}, {"languages", f.Language}, {"tags", f.Tag}, {"flags", f.Flag}} {
		if by.value != "" {
			filter = append(filter, bson.E{Key: by.field, Value: by.value})
		}
	}
	if len(f.Words) > 0 {
		all := make(bson.A, len(f.Words))
		for i, w := range f.Words { // letters and digits only
			all[i] = bson.D{{Key: "words", Value: bson.D{{Key: "$regex", Value: "^" + w}}}}
		}
		filter = append(filter, bson.E{Key: "$and", Value: all})
	}
	var docs []entry
	if err := s.find(ctx, entriesOf, filter, bson.D{{Key: "id", Value: 1}}, limit, []string{"beside", "words"}, &docs); err != nil || len(docs) == 0 {
		return nil, err
	}
	found := make([]authoring.Entry, len(docs))
	for i := range docs {
		var err error
		if found[i], err = docs[i].whole(); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// CountItems implements authoring.Store.
func (s *Store) CountItems(ctx context.Context, bank string) (map[authoring.State]int, error) {
	counts := make(map[authoring.State]int)
	for _, state := range authoring.States() {
		n, err := s.db.Collection(entriesOf).CountDocuments(ctx, bson.D{{Key: "bank", Value: bank}, {Key: "state", Value: string(state)}})
		if err != nil {
			return nil, failed(ctx, err)
		}
		if n > 0 {
			counts[state] = int(n)
		}
	}
	return counts, nil
}

// CountEverywhere implements authoring.Store. The index is by bank and state, so that the
// banks are named.
func (s *Store) CountEverywhere(ctx context.Context, state authoring.State) (int, error) {
	banks := []string{} // not null, which $in refuses
	if err := s.db.Collection(copies).Distinct(ctx, "_id", bson.D{}).Decode(&banks); err != nil {
		return 0, failed(ctx, err)
	}
	n, err := s.db.Collection(entriesOf).CountDocuments(ctx, bson.D{{Key: "bank", Value: bson.D{{Key: "$in", Value: banks}}}, {Key: "state", Value: string(state)}})
	if err != nil {
		return 0, failed(ctx, err)
	}
	return int(n), nil
}

// ItemTerms implements authoring.Store.
func (s *Store) ItemTerms(ctx context.Context, bank string) (t authoring.Terms, err error) {
	for _, of := range []struct {
		field string
		into  *[]string
	}{{"topic", &t.Topics}, {"stage", &t.Stages}, {"author", &t.Authors}, {"tags", &t.Tags}, {"flags", &t.Flags}} {
		var all []string
		if err := s.db.Collection(entriesOf).Distinct(ctx, of.field, bson.D{{Key: "bank", Value: bank}}).Decode(&all); err != nil {
			return t, failed(ctx, err)
		}
		all = slices.DeleteFunc(all, func(v string) bool { return v == "" })
		slices.Sort(all)
		if len(all) > 0 {
			*of.into = all
		}
	}
	t.Flags = slices.DeleteFunc(t.Flags, func(flag string) bool { return flag == authoring.AnyFlag })
	return t, nil
}

// CountSightings implements authoring.Store.
func (s *Store) CountSightings(ctx context.Context, revisions []string) (int, error) {
	n, err := s.db.Collection(attempts).CountDocuments(ctx, holding(revisions))
	if err != nil {
		return 0, failed(ctx, err)
	}
	return int(n), nil
}

// Sightings implements authoring.Store. Ids of attempts grow with time.
func (s *Store) Sightings(ctx context.Context, revisions []string, before string, limit int) ([]authoring.Sighting, error) {
	filter := holding(revisions)
	if before != "" {
		filter = append(filter, bson.E{Key: "_id", Value: bson.D{{Key: "$lt", Value: before}}})
	}
	heads, err := s.heads(ctx, filter, bson.D{{Key: "_id", Value: -1}}, limit)
	if err != nil || len(heads) == 0 {
		return nil, err
	}
	all := make([]authoring.Sighting, len(heads))
	for i, a := range heads {
		all[i] = authoring.Sighting{Attempt: a.ID, Exam: a.Exam, Sitting: a.Sitting, Person: a.Person, State: a.State, StartedAt: a.StartedAt}
	}
	return all, nil
}

// heldRevision is the place of revisions in the form of an attempt.
const heldRevision = "form.slots.item.revision"

// holding finds the attempts whose form holds one of the revisions.
func holding(revisions []string) bson.D {
	if revisions == nil {
		revisions = []string{}
	}
	return bson.D{{Key: heldRevision, Value: bson.D{{Key: "$in", Value: revisions}}}}
}
