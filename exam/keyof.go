package exam

import (
	"context"
	"slices"

	"github.com/proba-exam/proba/internal/fault"
)

// maxNewer bounds how many newer revisions of an item are looked for and offered.
const maxNewer = 20

// ItemKey is an item of an exam with what counts as right now.
type ItemKey struct {
	Exam Exam
	Bank *Bank
	// Number is that of the item in the bank.
	Number int
	// Correction is what is in force for it, nil for the key of the bank; Keys are its
	// revisions, the newest last.
	Correction *Correction
	Keys       []Revision
	// Newer are revisions of the same question with another key, of other releases of
	// the bank, the newest first.
	Newer []NewerKey
}

// NewerKey is a revision and the release that holds it.
type NewerKey struct {
	Revision Revision
	Release  Release
}

// KeyOf returns an item of an exam with its keys. "exam.not_found", "item.not_found".
func (s *Service) KeyOf(ctx context.Context, examID, item string) (ItemKey, error) {
	e, err := s.store.Exam(ctx, examID)
	if err != nil {
		return ItemKey{}, err
	}
	bank, err := s.Bank(ctx, e.Release)
	if err != nil {
		return ItemKey{}, err
	}
	n, ok := bank.byID[item]
	if !ok {
		return ItemKey{}, fault.New(fault.NotFound, "item.not_found", "This exam's bank holds no such item.")
	}
	k := ItemKey{Exam: e, Bank: bank, Number: n}
	if i := correctionOf(e.Corrections, item); i >= 0 {
		k.Correction = &e.Corrections[i]
		if k.Keys, err = s.store.Revisions(ctx, k.Correction.Keys); err != nil {
			return ItemKey{}, err
		}
	}
	k.Newer, err = s.newer(ctx, &k)
	return k, err
}

// newer looks the item up in the other releases of its bank.
func (s *Service) newer(ctx context.Context, k *ItemKey) ([]NewerKey, error) {
	var others []Release
	for after := ""; ; {
		page, err := s.store.Releases(ctx, after, regradePage)
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			after = r.Hash
			if r.Bank == k.Bank.Release.Bank && r.Hash != k.Bank.Release.Hash && !r.CreatedAt.Before(k.Bank.Release.CreatedAt) {
				others = append(others, r)
			}
		}
		if len(page) < regradePage {
			break
		}
	}
	slices.SortFunc(others, func(a, b Release) int { return b.CreatedAt.Compare(a.CreatedAt) })
	used := &k.Bank.items[k.Number]
	known := []string{used.Hash}
	for _, rev := range k.Keys {
		known = append(known, rev.Hash)
	}
	var found []NewerKey
	for _, r := range others[:min(len(others), maxNewer)] {
		bank, err := s.Bank(ctx, r.Hash)
		if err != nil {
			return nil, err
		}
		n, ok := bank.byID[used.Item.ID]
		if !ok || slices.Contains(known, bank.items[n].Hash) {
			continue
		}
		rev := bank.items[n]
		known = append(known, rev.Hash)
		if _, err := sameQuestion(&used.Item, &rev.Item); err == nil && !sameKey(&used.Item, &rev.Item) {
			found = append(found, NewerKey{Revision: rev, Release: bank.Release})
		}
	}
	return found, nil
}

// sameKey reports whether two revisions of one question are marked alike.
func sameKey(a, b *Item) bool {
	if a.Rule() != b.Rule() {
		return false
	}
	x, errX := contentHash(a.Interaction)
	y, errY := contentHash(b.Interaction)
	return errX == nil && errY == nil && x == y
}

// Corrected is the item of a correction with the keys that it brings.
func (s *Service) Corrected(ctx context.Context, e Exam, c Correction) (ItemKey, error) {
	bank, err := s.Bank(ctx, e.Release)
	if err != nil {
		return ItemKey{}, err
	}
	k := ItemKey{Exam: e, Bank: bank, Number: bank.byID[c.Item.ID], Correction: &c}
	k.Keys, err = s.store.Revisions(ctx, c.Keys)
	return k, err
}

// KeysAmong are the right answers by each of the keys, in the order in which the item was
// written as it was asked.
func KeysAmong(asked *Revision, keys []Revision) ([]Response, error) {
	shape := asked.Item.Interaction.shape()
	at := Arrangement{Options: identity(shape.options), Rows: identity(shape.rows)}
	all := make([]Response, len(keys))
	for i := range keys {
		key, err := sameQuestion(&asked.Item, &keys[i].Item)
		if err != nil {
			return nil, err
		}
		all[i] = key.item.Interaction.key(key.arrange(at))
	}
	return all, nil
}
