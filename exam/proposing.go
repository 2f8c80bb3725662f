package exam

import (
	"context"
	"errors"
	"fmt"

	"slices"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// MaxCorrections bounds one regrade: an exam with more faulty items is better held
// again.
const MaxCorrections = 50

// RegradeDraft is what somebody proposes.
type RegradeDraft struct {
	// ID is the caller's, so that proposing can be repeated.
	ID          string
	Exam        string
	Reason      string
	Harmless    bool
	Corrections []CorrectionDraft
}

// CorrectionDraft is a correction as staff give it: with the new key itself, or with
// the hash of a revision of the item that has it.
type CorrectionDraft struct {
	Item     string
	Policy   KeyPolicy
	Key      *Key
	Revision string
}

// ProposeRegrade stores a key change, whose dry run then begins; nothing changes for
// anybody until it is approved. Repeating the call with the same content returns the
// stored one. Faults: "regrade.invalid", "regrade.exists" for another one under a taken
// id, "exam.draft", "exam.not_found".
func (s *Service) ProposeRegrade(ctx context.Context, by string, d RegradeDraft) (stored Regrade, created bool, err error) {
	// What is stored under the id is compared as it was proposed, whatever has become
	// of the exam since.
	if stored, err = s.store.Regrade(ctx, d.ID); err == nil {
		return s.sameRegrade(ctx, stored, d)
	}
	if fault.Of(err) != fault.NotFound {
		return Regrade{}, false, err
	}
	e, err := s.store.Exam(ctx, d.Exam)
	if err != nil {
		return Regrade{}, false, err
	}
	if e.State == ExamDraft {
		return Regrade{}, false, fault.New(fault.Conflict, "exam.draft", "Nobody has sat a draft; edit its bank.")
	}
	corrections, keys, err := s.corrections(ctx, &e, d)
	if err != nil {
		return Regrade{}, false, err
	}
	if err := s.store.PutRevisions(ctx, keys); err != nil {
		return Regrade{}, false, fmt.Errorf("store the new keys: %w", err)
	}
	now := s.moment()
	g := Regrade{Schema: 1, ID: d.ID, Version: 1, Exam: e.ID, State: RegradeChecking, Corrections: corrections, InForce: e.Corrections, Harmless: d.Harmless, Reason: d.Reason,
		Number: len(e.KeyChanges) + 1, ProposedBy: by, ProposedAt: now, DueAt: now}
	for _, c := range corrections {
		g.InForce = correct(g.InForce, c)
	}
	err = s.store.InsertRegrade(ctx, g)
	if fault.Code(err) != "regrade.exists" {
		return g, err == nil, err
	}
	if stored, err = s.store.Regrade(ctx, d.ID); err != nil {
		return Regrade{}, false, err
	}
	return s.sameRegrade(ctx, stored, d)
}

// sameRegrade returns what is stored if it is what the draft says.
func (s *Service) sameRegrade(ctx context.Context, stored Regrade, d RegradeDraft) (Regrade, bool, error) {
	taken := fault.New(fault.Conflict, "regrade.exists", "Another key change has this id.")
	if stored.Exam != d.Exam || stored.Reason != d.Reason || stored.Harmless != d.Harmless || len(stored.Corrections) != len(d.Corrections) {
		return Regrade{}, false, taken
	}
	e, err := s.store.Exam(ctx, d.Exam)
	if err != nil {
		return Regrade{}, false, err
	}
	bank, err := s.Bank(ctx, e.Release)
	if err != nil {
		return Regrade{}, false, err
	}
	for i, c := range stored.Corrections {
		draft := d.Corrections[i]
		if draft.Item != c.Item.ID || draft.Policy != c.Policy {
			return Regrade{}, false, taken
		}
		if c.Policy.needsKey() {
			rev, err := s.newKey(ctx, bank, draft)
			if err != nil || rev.Hash != c.Keys[len(c.Keys)-1] {
				return Regrade{}, false, taken
			}
		}
	}
	return stored, false, nil
}

// corrections reads the draft, and returns the revisions that hold its new keys.
func (s *Service) corrections(ctx context.Context, e *Exam, d RegradeDraft) ([]Correction, []Revision, error) {
	var faults []fault.Field
	add := func(path, format string, args ...any) {
		faults = append(faults, fault.Field{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	invalid := func() error {
		return fault.New(fault.Invalid, "regrade.invalid", "The key change has %d faults.", len(faults)).At(faults...)
	}
	if !idPattern.MatchString(d.ID) {
		add("/id", "%q is not an id: use 3 to 64 small letters, digits and hyphens", d.ID)
	}
	if n := len(d.Corrections); n < 1 || n > MaxCorrections {
		add("/corrections", "has %d entries; a key change corrects 1 to %d items", n, MaxCorrections)
		return nil, nil, invalid()
	}
	bank, err := s.Bank(ctx, e.Release)
	if err != nil {
		return nil, nil, err
	}
	var all []Correction
	var keys []Revision
	for i, draft := range d.Corrections {
		path := fmt.Sprintf("/corrections/%d", i)
		n, ok := bank.byID[draft.Item]
		switch {
		case !ok:
			add(path+"/item", "the exam's bank holds no item %q", draft.Item)
		case !slices.Contains(KeyPolicies(), draft.Policy):
			add(path+"/policy", "%q is not one of %v", draft.Policy, KeyPolicies())
		case correctionOf(all, draft.Item) >= 0:
			add(path+"/item", "%q is corrected twice", draft.Item)
		case !draft.Policy.needsKey() && (draft.Key != nil || draft.Revision != ""):
			add(path, "this policy marks by no key; leave it out")
		case draft.Policy.needsKey() && (draft.Key != nil) == (draft.Revision != ""):
			add(path, "give the new key or the revision that has it, one of both")
		default:
			rev := &bank.items[n]
			c := Correction{Item: ItemRef{ID: rev.Item.ID, Revision: rev.Hash}, Policy: draft.Policy}
			if draft.Policy.needsKey() {
				key, err := s.newKey(ctx, bank, draft)
				if err != nil {
					if fault.Of(err) != fault.Invalid && fault.Of(err) != fault.NotFound {
						return nil, nil, err
					}
					faults = append(faults, placesOf(err, path)...)
					continue
				}
				keys = append(keys, key)
				c.Keys = append(countingUntilNow(e.Corrections, c), key.Hash)
			}
			if stands(e.Corrections, c) {
				add(path, "this is how the item is marked already")
				continue
			}
			all = append(all, c)
		}
	}
	if len(faults) > 0 {
		return nil, nil, invalid()
	}
	return all, keys, nil
}

// placesOf are the faulty places of a part of a document, or one for the whole part.
func placesOf(err error, path string) []fault.Field {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok || len(f.Fields) == 0 {
		message := "cannot be used"
		if ok {
			message = f.Message
		}
		return []fault.Field{{Path: path, Message: message}}
	}
	var all []fault.Field
	for _, p := range f.Fields {
		all = append(all, fault.Field{Path: path + "/key" + p.Path, Message: p.Message})
	}
	return all
}

// newKey is the revision that holds the draft's key.
func (s *Service) newKey(ctx context.Context, bank *Bank, d CorrectionDraft) (Revision, error) {
	used := &bank.items[bank.byID[d.Item]].Item
	if d.Key != nil {
		it, err := used.Rekeyed(*d.Key, bank.Release.Languages)
		if err != nil {
			return Revision{}, err
		}
		return NewRevision(it)
	}
	found, err := s.store.Revisions(ctx, []string{d.Revision})
	if err != nil {
		return Revision{}, err
	}
	_, err = sameQuestion(used, &found[0].Item)
	return found[0], err
}

// countingUntilNow are the keys that a policy of two keys keeps.
func countingUntilNow(inForce []Correction, c Correction) []string {
	if c.Policy != EitherKey {
		return nil
	}
	if i := correctionOf(inForce, c.Item.ID); i >= 0 && len(inForce[i].Keys) > 0 {
		return slices.Clone(inForce[i].Keys)
	}
	return []string{c.Item.Revision}
}

// stands reports whether c changes nothing.
func stands(inForce []Correction, c Correction) bool {
	if i := correctionOf(inForce, c.Item.ID); i >= 0 {
		return inForce[i].Policy == c.Policy && slices.Equal(inForce[i].Keys, c.Keys)
	}
	// With the key that it was drawn with, once or twice, an item is marked as ever.
	return c.Policy.needsKey() && !slices.ContainsFunc(c.Keys, func(hash string) bool { return hash != c.Item.Revision })
}

// ApproveRegrade orders a checked key change to be applied. Approving it again changes
// nothing. Faults: "regrade.not_checked", "regrade.stale" when the keys have changed
// since it was proposed, "regrade.over", "regrade.not_found".
func (s *Service) ApproveRegrade(ctx context.Context, by, id, why string) (Regrade, error) {
	return s.changeRegrade(ctx, id, func(g *Regrade) (bool, error) {
		switch g.State {
		case RegradeApproved, RegradeApplying, RegradeTelling, RegradeDone:
			return true, nil
		case RegradeChecking:
			return false, fault.New(fault.Conflict, "regrade.not_checked", "The dry run is not over; see first what would change.")
		case RegradeWithdrawn, RegradeRefused:
			return false, errRegradeOver
		}
		e, err := s.store.Exam(ctx, g.Exam)
		if err != nil {
			return false, err
		}
		if len(e.KeyChanges) != g.Number-1 {
			return false, errRegradeStale
		}
		now := s.moment()
		g.State, g.ApprovedBy, g.ApprovedAt, g.ApprovedFor, g.DueAt, g.Failures, g.Cursor = RegradeApproved, by, now, why, now, 0, ""
		return false, nil
	})
}

var (
	errRegradeOver  = fault.New(fault.Conflict, "regrade.over", "This key change was withdrawn or refused; propose another one.")
	errRegradeStale = fault.New(fault.Conflict, "regrade.stale", "Keys of this exam were changed since this was proposed, so that the dry run no longer holds; propose it again.")
)

// WithdrawRegrade gives up a key change that was not approved. Repeating it changes
// nothing.
func (s *Service) WithdrawRegrade(ctx context.Context, by, id, why string) (Regrade, error) {
	return s.changeRegrade(ctx, id, func(g *Regrade) (bool, error) {
		switch g.State {
		case RegradeWithdrawn:
			return true, nil
		case RegradeChecking, RegradeChecked:
			g.State, g.EndedBy, g.EndedFor, g.EndedAt, g.DueAt = RegradeWithdrawn, by, why, s.moment(), time.Time{}
			return false, nil
		}
		return false, fault.New(fault.Conflict, "regrade.approved", "This key change was approved already; propose another one that takes it back.")
	})
}

// changeRegrade is compare-and-set of one regrade.
func (s *Service) changeRegrade(ctx context.Context, id string, apply func(*Regrade) (unchanged bool, err error)) (Regrade, error) {
	for range maxConflicts {
		g, err := s.store.Regrade(ctx, id)
		if err != nil {
			return Regrade{}, err
		}
		unchanged, err := apply(&g)
		if err != nil || unchanged {
			return g, err
		}
		err = s.store.UpdateRegrade(ctx, g)
		if err == nil {
			g.Version++
			return g, nil
		}
		if fault.Code(err) != "regrade.stale_version" {
			return Regrade{}, fmt.Errorf("store regrade %s: %w", id, err)
		}
	}
	return Regrade{}, fault.New(fault.Unavailable, "regrade.busy", "This key change is being worked on by others; try again.")
}

// Regrade returns it. "regrade.not_found".
func (s *Service) Regrade(ctx context.Context, id string) (Regrade, error) {
	return s.store.Regrade(ctx, id)
}

// RegradesOf lists an exam's by ascending id.
func (s *Service) RegradesOf(ctx context.Context, exam, after string, limit int) ([]Regrade, error) {
	return s.store.RegradesOf(ctx, exam, after, limit)
}

// RegradeChanges lists what a regrade means for whom, by ascending attempt.
func (s *Service) RegradeChanges(ctx context.Context, f RegradeFilter, after string, limit int) ([]RegradeChange, error) {
	return s.store.RegradeChanges(ctx, f, after, limit)
}
