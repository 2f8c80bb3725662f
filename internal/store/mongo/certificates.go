package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/store"
)

// InsertCertificate implements certs.Store.
func (s *Store) InsertCertificate(ctx context.Context, c certs.Certificate) error {
	return insertDocument(ctx, s, certificates, byName(string(c.ID), c.Statement.Name, c), store.CertificateTaken)
}

// Certificate implements certs.Store.
func (s *Store) Certificate(ctx context.Context, id certs.ID) (certs.Certificate, error) {
	return one[certs.Certificate](ctx, s, certificates, byKey(string(id)), store.CertificateMissing)
}

// CertificateByAttempt implements certs.Store.
func (s *Store) CertificateByAttempt(ctx context.Context, attempt string) (certs.Certificate, error) {
	return one[certs.Certificate](ctx, s, certificates, bson.D{{Key: "attempt", Value: attempt}}, store.CertificateMissing)
}

// CertificatesOf implements certs.Store.
func (s *Store) CertificatesOf(ctx context.Context, person string, after certs.ID, limit int) ([]certs.Certificate, error) {
	return many[certs.Certificate](ctx, s, certificates, page{filter: bson.D{{Key: "person", Value: person}}, by: "_id", after: string(after), limit: limit})
}

// Certificates implements certs.Store.
func (s *Store) Certificates(ctx context.Context, after certs.ID, limit int) ([]certs.Certificate, error) {
	return many[certs.Certificate](ctx, s, certificates, page{by: "_id", after: string(after), limit: limit})
}

// CertificatesNotValid implements certs.Store.
func (s *Store) CertificatesNotValid(ctx context.Context, list int, after certs.ID, limit int) ([]certs.Certificate, error) {
	states := bson.A{string(certs.Suspended), string(certs.Revoked), string(certs.Superseded)}
	filter := bson.D{{Key: "status_list", Value: list}, {Key: "state", Value: bson.D{{Key: "$in", Value: states}}}}
	return many[certs.Certificate](ctx, s, certificates, page{filter: filter, by: "_id", after: string(after), limit: limit})
}

// CertificatesUnlogged implements certs.Store.
func (s *Store) CertificatesUnlogged(ctx context.Context, after certs.ID, limit int) ([]certs.Certificate, error) {
	return many[certs.Certificate](ctx, s, certificates, page{filter: bson.D{{Key: "unlogged", Value: true}}, by: "_id", after: string(after), limit: limit})
}

// FindCertificates implements certs.Store.
func (s *Store) FindCertificates(ctx context.Context, f certs.Filter, after certs.ID, limit int) ([]certs.Certificate, error) {
	var filter bson.D
	if f.Person != "" {
		filter = append(filter, bson.E{Key: "person", Value: f.Person})
	}
	if f.State != "" {
		filter = append(filter, bson.E{Key: "state", Value: string(f.State)})
	}
	if f.Exam != "" {
		filter = append(filter, bson.E{Key: "statement.exam", Value: f.Exam})
	}
	if !f.EndedBy.IsZero() {
		filter = append(filter, bson.E{Key: "statement.expires_at", Value: bson.D{{Key: "$lte", Value: instant(f.EndedBy)}}})
	}
	if !f.LastsBeyond.IsZero() { // also those that have no such moment
		filter = append(filter, bson.E{Key: "statement.expires_at", Value: bson.D{{Key: "$not", Value: bson.D{{Key: "$lte", Value: instant(f.LastsBeyond)}}}}})
	}
	return many[certs.Certificate](ctx, s, certificates, page{filter: withWords(filter, f.Words), by: "_id", after: string(after), limit: limit})
}

// UpdateCertificate implements certs.Store.
func (s *Store) UpdateCertificate(ctx context.Context, c certs.Certificate) error {
	read := c.Version
	c.Version++
	return replaceDocument(ctx, s, certificates, string(c.ID), read, byName(string(c.ID), c.Statement.Name, c), store.CertificateMissing, store.CertificateStale, nil)
}

// UpdateCertificates implements certs.Store.
func (s *Store) UpdateCertificates(ctx context.Context, all []certs.Certificate) error {
	writes := make([]mongo.WriteModel, len(all))
	for i, c := range all {
		filter := append(byKey(string(c.ID)), bson.E{Key: "version", Value: c.Version})
		c.Version++
		writes[i] = mongo.NewReplaceOneModel().SetFilter(filter).SetReplacement(byName(string(c.ID), c.Statement.Name, c))
	}
	if len(writes) == 0 {
		return nil
	}
	if _, err := s.db.Collection(certificates).BulkWrite(ctx, writes, options.BulkWrite().SetOrdered(false)); err != nil {
		return failed(ctx, err)
	}
	return nil
}

// NextStatusSerial implements certs.Store.
func (s *Store) NextStatusSerial(ctx context.Context) (int64, error) {
	var counter struct{ Next int64 }
	count := func() error {
		return s.db.Collection(counters).FindOneAndUpdate(ctx, byKey("status"), bson.D{{Key: "$inc", Value: bson.D{{Key: "next", Value: int64(1)}}}},
			options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)).Decode(&counter)
	}
	err := count()
	if mongo.IsDuplicateKeyError(err) { // another process made the counter first
		err = count()
	}
	if err != nil {
		return 0, failed(ctx, err)
	}
	return counter.Next - 1, nil
}
