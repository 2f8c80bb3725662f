package mongo

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// maxConflicts bounds how often a save is tried again because another one of
// the same attempt came between: one learner has few saves under way.
const maxConflicts = 20

// SaveResponses implements exam.AttemptStore. The first try is one conditional
// write, which fits whenever no stored answer is newer and the time is not over; the
// others read first and leave out what is older. They take the saves of a pause that has
// outlasted the deadline too: rare enough for a second round trip.
func (s *Store) SaveResponses(ctx context.Context, id string, save exam.Save, slots int, now time.Time) (exam.Ack, error) {
	admitted := append(byKey(id), bson.E{Key: "head.state", Value: exam.Running}, bson.E{Key: "head.writer", Value: save.Writer},
		bson.E{Key: "head.accept_until", Value: bson.D{{Key: "$gte", Value: instant(now)}}}, bson.E{Key: "head.seq_base", Value: bson.D{{Key: "$lt", Value: save.Seq}}})
	if newer := newerThan(save); len(newer) > 0 {
		admitted = append(admitted, bson.E{Key: "$nor", Value: newer})
	}
	ack, err := s.apply(ctx, admitted, save, save.Responses, slots, now)
	for range maxConflicts {
		if !errors.Is(err, mongo.ErrNoDocuments) {
			break
		}
		a, readErr := s.Attempt(ctx, id)
		if readErr != nil {
			return exam.Ack{}, readErr
		}
		if refusal := a.Admit(save, now); refusal != nil {
			return exam.Ack{}, refusal
		}
		unchanged := append(byKey(id), bson.E{Key: "version", Value: a.Version})
		ack, err = s.apply(ctx, unchanged, save, fresh(save, a.Responses), slots, now)
	}
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return exam.Ack{}, store.Unavailable(errors.New("other saves of this attempt keep coming between"))
	case err != nil:
		return exam.Ack{}, failed(ctx, err)
	}
	return ack, nil
}

// newerThan matches an attempt that holds an answer which the save must not
// replace.
func newerThan(save exam.Save) bson.A {
	newer := make(bson.A, len(save.Responses))
	for i, r := range save.Responses {
		newer[i] = bson.D{{Key: slotField(r.Slot) + ".seq", Value: bson.D{{Key: "$gte", Value: save.Seq}}}}
	}
	return newer
}

// fresh are the responses of the save that are newer than what is stored.
func fresh(save exam.Save, stored map[int]exam.Stored) []exam.SlotResponse {
	var all []exam.SlotResponse
	for _, r := range save.Responses {
		if stored[r.Slot].Seq < save.Seq {
			all = append(all, r)
		}
	}
	return all
}

func slotField(slot int) string { return "responses." + strconv.Itoa(slot) }

// apply stores the responses if the filter matches; mongo.ErrNoDocuments when it
// does not.
func (s *Store) apply(ctx context.Context, filter bson.D, save exam.Save, responses []exam.SlotResponse, slots int, now time.Time) (exam.Ack, error) {
	set := bson.D{{Key: "saved_at", Value: instant(now)}}
	for _, r := range responses {
		set = append(set, bson.E{Key: slotField(r.Slot), Value: exam.Stored{Seq: save.Seq, At: now, Response: r.Response, WorkedMS: r.WorkedMS}})
	}
	update := bson.D{{Key: "$set", Value: set}, {Key: "$max", Value: bson.D{{Key: "seq", Value: save.Seq}}}, {Key: "$inc", Value: bson.D{{Key: "version", Value: int64(1)}}}}
	// No projection: FerretDB has none here. What is not asked for is not decoded.
	var after struct {
		Seq       int64               `bson:"seq"`
		Responses map[int]exam.Stored `bson:"responses"`
		Head      struct {
			Deadline    time.Time    `bson:"deadline"`
			AcceptUntil time.Time    `bson:"accept_until"`
			Pauses      []exam.Pause `bson:"pauses"`
		} `bson:"head"`
	}
	o := options.FindOneAndUpdate().SetReturnDocument(options.After)
	if err := s.db.Collection(attempts).FindOneAndUpdate(ctx, filter, update, o).Decode(&after); err != nil {
		return exam.Ack{}, err
	}
	leaves := make([]exam.Leaf, slots)
	for slot, stored := range after.Responses {
		if slot < slots {
			leaves[slot] = stored.Response.Leaf()
		}
	}
	return exam.Ack{Seq: after.Seq, Digest: exam.Digest(leaves), Deadline: after.Head.Deadline, AcceptUntil: after.Head.AcceptUntil, PausedAt: (&exam.Attempt{Pauses: after.Head.Pauses}).PausedAt()}, nil
}

// KeepLate implements exam.AttemptStore. It reads first and appends if nothing
// was appended since; this is far from the path that has to be fast.
func (s *Store) KeepLate(ctx context.Context, id string, l exam.LateSave) error {
	for range maxConflicts {
		a, err := s.Attempt(ctx, id)
		if err != nil {
			return err
		}
		repeated := slices.ContainsFunc(a.Late, func(kept exam.LateSave) bool {
			return kept.Save.Writer == l.Save.Writer && kept.Save.Seq == l.Save.Seq
		})
		if repeated || len(a.Late) >= exam.MaxLate {
			return nil
		}
		unchanged := append(byKey(id), bson.E{Key: "late", Value: bson.D{{Key: "$size", Value: len(a.Late)}}})
		matched, err := s.change(ctx, attempts, unchanged, bson.D{{Key: "$push", Value: bson.D{{Key: "late", Value: l}}}})
		if err != nil || matched {
			return err
		}
	}
	return store.Unavailable(errors.New("other late saves of this attempt keep coming between"))
}
