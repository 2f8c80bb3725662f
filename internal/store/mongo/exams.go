package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// InsertExam implements exam.ExamStore.
func (s *Store) InsertExam(ctx context.Context, e exam.Exam) error {
	return insert(ctx, s, exams, e.ID, e, store.ExamTaken)
}

// UpdateExam implements exam.ExamStore.
func (s *Store) UpdateExam(ctx context.Context, e exam.Exam) error {
	read := e.Version
	e.Version++
	return replace(ctx, s, exams, e.ID, read, e, store.ExamMissing, store.ExamStale, nil)
}

// Exam implements exam.ExamStore.
func (s *Store) Exam(ctx context.Context, id string) (exam.Exam, error) {
	return one[exam.Exam](ctx, s, exams, byKey(id), store.ExamMissing)
}

// Exams implements exam.ExamStore.
func (s *Store) Exams(ctx context.Context, after string, limit int) ([]exam.Exam, error) {
	return many[exam.Exam](ctx, s, exams, page{by: "_id", after: after, limit: limit})
}

// InsertSitting implements exam.ExamStore.
func (s *Store) InsertSitting(ctx context.Context, st exam.Sitting) error {
	return insert(ctx, s, sittings, st.ID, st, store.SittingTaken)
}

// UpdateSitting implements exam.ExamStore.
func (s *Store) UpdateSitting(ctx context.Context, st exam.Sitting) error {
	read := st.Version
	st.Version++
	return replace(ctx, s, sittings, st.ID, read, st, store.SittingMissing, store.SittingStale, nil)
}

// Sitting implements exam.ExamStore.
func (s *Store) Sitting(ctx context.Context, id string) (exam.Sitting, error) {
	return one[exam.Sitting](ctx, s, sittings, byKey(id), store.SittingMissing)
}

// Sittings implements exam.ExamStore.
func (s *Store) Sittings(ctx context.Context, f exam.SittingFilter, after string, limit int) ([]exam.Sitting, error) {
	var filter bson.D
	for _, by := range []struct{ field, value string }{{"exam", f.Exam}, {"region", f.Region}, {"organisation", f.Organisation}, {"cohort", f.Cohort}} {
		if by.value != "" {
			filter = append(filter, bson.E{Key: by.field, Value: by.value})
		}
	}
	if !f.ClosesAfter.IsZero() {
		filter = append(filter, bson.E{Key: "closes", Value: bson.D{{Key: "$gt", Value: instant(f.ClosesAfter)}}})
	}
	return many[exam.Sitting](ctx, s, sittings, page{filter: filter, by: "_id", after: after, limit: limit})
}

// PutAccessKey implements exam.ExamStore.
func (s *Store) PutAccessKey(ctx context.Context, k exam.AccessKey) error {
	put := func() error {
		_, err := s.db.Collection(accessKeys).ReplaceOne(ctx, byKey(k.Sitting), keyed[exam.AccessKey]{Key: k.Sitting, Value: k}, options.Replace().SetUpsert(true))
		return err
	}
	err := put()
	if mongo.IsDuplicateKeyError(err) { // another upsert was first: now it is there to replace
		err = put()
	}
	if err != nil {
		return failed(ctx, err)
	}
	return nil
}

// AccessKey implements exam.ExamStore.
func (s *Store) AccessKey(ctx context.Context, sitting string) (exam.AccessKey, error) {
	return one[exam.AccessKey](ctx, s, accessKeys, byKey(sitting), store.AccessKeyMissing)
}

// entitlementKey is unambiguous: an id has no slash.
func entitlementKey(sitting, person string) string { return sitting + "/" + person }

// PutEntitlement implements exam.ExamStore.
func (s *Store) PutEntitlement(ctx context.Context, e exam.Entitlement) error {
	once := bson.D{{Key: "schema", Value: e.Schema}, {Key: "sitting", Value: e.Sitting}, {Key: "person", Value: e.Person},
		{Key: "exam", Value: e.Exam}, {Key: "created_at", Value: instant(e.CreatedAt)}, {Key: "created_by", Value: e.CreatedBy}}
	update := bson.D{{Key: "$set", Value: bson.D{{Key: "extra_time", Value: e.ExtraTime}}}, {Key: "$setOnInsert", Value: once}}
	put := func() error {
		_, err := s.db.Collection(entitlements).UpdateOne(ctx, byKey(entitlementKey(e.Sitting, e.Person)), update, options.UpdateOne().SetUpsert(true))
		return err
	}
	err := put()
	if mongo.IsDuplicateKeyError(err) { // another upsert was first: now it is there to update
		err = put()
	}
	if err != nil {
		return failed(ctx, err)
	}
	return nil
}

// TellEntitlement implements exam.ExamStore.
func (s *Store) TellEntitlement(ctx context.Context, sitting, person string, at time.Time) (bool, error) {
	untold := append(byKey(entitlementKey(sitting, person)), bson.E{Key: "told_at", Value: nil})
	result, err := s.db.Collection(entitlements).UpdateOne(ctx, untold, bson.D{{Key: "$set", Value: bson.D{{Key: "told_at", Value: instant(at)}}}})
	if err != nil {
		return false, failed(ctx, err)
	}
	return result.ModifiedCount == 1, nil
}

// UntellEntitlement implements exam.ExamStore.
func (s *Store) UntellEntitlement(ctx context.Context, sitting, person string) error {
	untold := bson.D{{Key: "$unset", Value: bson.D{{Key: "told_at", Value: ""}}}}
	if _, err := s.db.Collection(entitlements).UpdateOne(ctx, byKey(entitlementKey(sitting, person)), untold); err != nil {
		return failed(ctx, err)
	}
	return nil
}

// Entitlement implements exam.ExamStore.
func (s *Store) Entitlement(ctx context.Context, sitting, person string) (exam.Entitlement, error) {
	return one[exam.Entitlement](ctx, s, entitlements, byKey(entitlementKey(sitting, person)), store.EntitlementMissing)
}

// EntitlementsOf implements exam.ExamStore.
func (s *Store) EntitlementsOf(ctx context.Context, person, after string, limit int) ([]exam.Entitlement, error) {
	return many[exam.Entitlement](ctx, s, entitlements, page{filter: bson.D{{Key: "person", Value: person}}, by: "sitting", after: after, limit: limit})
}

// EntitlementsIn implements exam.ExamStore.
func (s *Store) EntitlementsIn(ctx context.Context, sitting, after string, limit int) ([]exam.Entitlement, error) {
	return many[exam.Entitlement](ctx, s, entitlements, page{filter: bson.D{{Key: "sitting", Value: sitting}}, by: "person", after: after, limit: limit})
}

// begun lists the people with an attempt in the sitting, by an index alone.
func (s *Store) begun(ctx context.Context, sitting string) ([]string, error) {
	all := []string{} // not null, which $nin refuses
	if err := s.db.Collection(attempts).Distinct(ctx, "head.person", bson.D{{Key: "head.sitting", Value: sitting}}).Decode(&all); err != nil {
		return nil, failed(ctx, err)
	}
	return all, nil
}

// NotBegun implements exam.ExamStore.
func (s *Store) NotBegun(ctx context.Context, sitting, after string, limit int) ([]exam.Entitlement, error) {
	begun, err := s.begun(ctx, sitting)
	if err != nil {
		return nil, err
	}
	var docs []keyed[exam.Entitlement]
	filter := bson.D{{Key: "sitting", Value: sitting}, {Key: "person", Value: bson.D{{Key: "$gt", Value: after}, {Key: "$nin", Value: begun}}}}
	if err := s.find(ctx, entitlements, filter, bson.D{{Key: "person", Value: 1}}, limit, nil, &docs); err != nil || len(docs) == 0 {
		return nil, err
	}
	all := make([]exam.Entitlement, len(docs))
	for i := range docs {
		all[i] = docs[i].Value
	}
	return all, nil
}

// Attendance implements exam.ExamStore.
func (s *Store) Attendance(ctx context.Context, sitting string) (a exam.Attendance, err error) {
	begun, err := s.begun(ctx, sitting)
	if err != nil {
		return a, err
	}
	n, err := s.db.Collection(entitlements).CountDocuments(ctx, bson.D{{Key: "sitting", Value: sitting}})
	if err != nil {
		return a, failed(ctx, err)
	}
	return exam.Attendance{Entitled: int(n), Begun: len(begun)}, nil
}
