package certs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

// Settle brings log and status lists up to what happened to certificates: it
// queues what is marked unlogged, publishes the lists that are touched or old, has
// the log place what waits, and takes the marks away, a page of certificates at a
// time. However many a page has, each step is one write. Every step can be repeated,
// by any copy; a crash anywhere leaves the mark, and the next call does the rest.
func (s *Service) Settle(ctx context.Context) error {
	due, err := s.stale(ctx)
	if err != nil {
		return err
	}
	var failures []error
	for after, more := ID(""), true; more; {
		marked, err := s.Store.CertificatesUnlogged(ctx, after, pageSize)
		if err != nil {
			return errors.Join(append(failures, fmt.Errorf("what is not in the log: %w", err))...)
		}
		if more = len(marked) == pageSize; more {
			after = marked[len(marked)-1].ID
		}
		// What fails does not keep the others waiting, but for the log.
		minor, err := s.settlePage(ctx, marked, due)
		failures = append(failures, minor...)
		if err != nil {
			return errors.Join(append(failures, err)...)
		}
		due = make(map[int]bool)
	}
	return errors.Join(failures...)
}

// settlePage settles certificates, and publishes lists: those that are true in lists,
// and those that the certificates touch. Minor failures left some as they were.
func (s *Service) settlePage(ctx context.Context, marked []Certificate, lists map[int]bool) (minor []error, err error) {
	marked, minor, err = s.queue(ctx, marked)
	left := len(minor)
	if err != nil {
		return minor, err
	}
	for i := range marked {
		c := &marked[i]
		// One that was only issued has no bit set; its list has to be there, no more.
		lists[c.StatusList] = lists[c.StatusList] || len(c.Events) > 1
	}
	for list, changed := range lists {
		if err := s.publish(ctx, list, changed); err != nil {
			minor = append(minor, err)
		}
	}
	if s.Log != nil {
		if _, err := s.Log.Round(ctx); err != nil {
			return minor, fmt.Errorf("transparency log: %w", err)
		}
	}
	if len(minor) > left { // the marks stand for lists that are not out
		return minor, nil
	}
	return minor, s.unmark(ctx, marked)
}

// Gathering is how long to wait after a call of Settle before the next one while
// certificates come in: a burst makes five checkpoints a second, each with many leaves,
// and a proof is there well within the two seconds that are promised.
const Gathering = 200 * time.Millisecond

// staleEvery is how often lists are looked at for their age: they are read whole,
// and a minute is nothing to a day.
const staleEvery = time.Minute

// stale are the numbers of the lists that are due again.
func (s *Service) stale(ctx context.Context) (map[int]bool, error) {
	due := make(map[int]bool)
	now := s.moment().UnixNano()
	if last := s.looked.Load(); last != 0 && now-last < int64(staleEvery) {
		return due, nil
	}
	key, err := s.Keys.Active()
	if err != nil {
		return nil, fmt.Errorf("issuing key: %w", err)
	}
	for after := ""; ; {
		lists, err := s.Store.StatusLists(ctx, after, pageSize)
		if err != nil {
			return nil, fmt.Errorf("status lists: %w", err)
		}
		for _, l := range lists {
			if s.due(l, key.Serial) {
				due[l.List] = true
			}
			after = l.ID()
		}
		if len(lists) < pageSize {
			s.looked.Store(now)
			return due, nil
		}
	}
}

// queue gives the log what it has not of the certificates, and returns those that it
// has now. Failures are of others.
func (s *Service) queue(ctx context.Context, marked []Certificate) (queued []Certificate, failures []error, err error) {
	var entries []translog.Entry
	for _, c := range marked {
		if c.Supersedes != "" {
			// A reissue that was cut off: the old one still looks valid.
			if err := s.supersede(ctx, c); err != nil && fault.Of(err) != fault.Conflict {
				failures = append(failures, fmt.Errorf("end the certificate before %s: %w", c.ID, err))
				continue
			}
		}
		queued = append(queued, c)
		for i, e := range c.Events {
			if e.Index == nil {
				entries = append(entries, c.LogEntry(i))
			}
		}
	}
	if s.Log == nil || s.Log.Refused() != nil {
		return queued, failures, nil
	}
	if err := s.Log.Add(ctx, entries...); err != nil {
		return nil, failures, fmt.Errorf("queue for the log: %w", err)
	}
	return queued, failures, nil
}

// unmark notes where the log has the certificates' events, keeps the first proofs, and
// takes the marks away. One that was changed meanwhile keeps its mark.
func (s *Service) unmark(ctx context.Context, marked []Certificate) error {
	if s.Log != nil {
		var err error
		if marked, err = s.proved(ctx, marked); err != nil {
			return err
		}
	}
	if len(marked) == 0 {
		return nil
	}
	for i := range marked {
		marked[i].Unlogged = false
	}
	return s.Store.UpdateCertificates(ctx, marked)
}

// proved are those of the certificates that the log has whole, with their places in it
// and their proofs.
func (s *Service) proved(ctx context.Context, marked []Certificate) ([]Certificate, error) {
	var keys []string
	for _, c := range marked {
		for i := range c.Events {
			keys = append(keys, c.LogEntry(i).Key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	entries, err := s.Store.EntriesByKey(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("places in the log: %w", err)
	}
	places := make(map[string]int64, len(entries))
	for _, e := range entries {
		places[e.Key] = e.Index
	}
	proofs, err := s.Log.Proofs(ctx, entries)
	if err != nil {
		return nil, err
	}
	var all []Certificate
	for _, c := range marked {
		if c.prove(places, proofs) {
			all = append(all, c)
		}
	}
	return all, nil
}

// prove notes places in the log and the first proof. It reports whether none is missing.
func (c *Certificate) prove(places map[string]int64, proofs map[string]translog.Proof) bool {
	c.Events = slices.Clone(c.Events)
	for i, e := range c.Events {
		if e.Index != nil {
			continue
		}
		place, there := places[c.LogEntry(i).Key]
		if !there || place == translog.Waiting {
			return false
		}
		c.Events[i].Index = &place
	}
	if c.Proof == nil {
		p, there := proofs[c.LogEntry(0).Key]
		if !there {
			return false
		}
		c.Proof = p.Format()
	}
	return true
}

// LogKeys queues what happened to the issuer's keys and those of the log. What is
// in the log already stays as it is. Certificates that wait are settled first: the
// place of a key's revocation divides what the issuer signed from what a thief did.
func (s *Service) LogKeys(ctx context.Context, rings ...*keyring.Ring) error {
	if s.Log == nil || s.Log.Refused() != nil {
		return nil
	}
	if err := s.Settle(ctx); err != nil {
		return err
	}
	now := s.moment()
	for _, ring := range rings {
		for _, k := range ring.Keys() {
			happened := []translog.Type{translog.KeyAdd}
			switch k.State {
			case keyring.Retired:
				happened = append(happened, translog.KeyRetire)
			case keyring.Revoked:
				happened = append(happened, translog.KeyRevoke)
			}
			for _, what := range happened {
				if err := s.Log.Add(ctx, translog.NewEntry(what, k.Thumbprint(), now)); err != nil {
					return err
				}
			}
		}
	}
	_, err := s.Log.Round(ctx)
	return err
}

// PublicKeys is the key set that verifiers pin: the issuer's keys, where the log
// records the revocation of a stolen one, and the log's own.
func (s *Service) PublicKeys(ctx context.Context) ([]byte, error) {
	p := keyring.Publication{Issuer: s.did, RevokedIndex: make(map[string]int64)}
	if s.Log == nil {
		return s.Keys.Publish(p)
	}
	p.LogKeys = s.Log.VerifierKeys()
	for _, k := range s.Keys.Keys() {
		if k.State != keyring.Revoked {
			continue
		}
		e, err := s.Store.EntryByKey(ctx, translog.KeyOf(translog.EntryData(translog.KeyRevoke, k.Thumbprint())))
		if err != nil && fault.Of(err) != fault.NotFound {
			return nil, err
		}
		if err == nil && e.Index != translog.Waiting {
			p.RevokedIndex[k.ID] = e.Index
		}
	}
	return s.Keys.Publish(p)
}
