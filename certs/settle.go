package certs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

// Settle brings log and status lists up to what happened to certificates: it
// queues what is marked unlogged, publishes the lists that are touched or old, has
// the log place what waits, and takes the marks away. Every step can be repeated,
// by any copy; a crash anywhere leaves the mark, and the next call does the rest.
func (s *Service) Settle(ctx context.Context) error {
	touched, err := s.stale(ctx)
	if err != nil {
		return err
	}
	var marked []Certificate
	err = eachCertificate(func(after ID) ([]Certificate, error) { return s.Store.CertificatesUnlogged(ctx, after, pageSize) }, func(c Certificate) error {
		touched[c.StatusList] = true
		marked = append(marked, c)
		return nil
	})
	if err == nil {
		err = together(marked, func(c Certificate) error { return s.queue(ctx, c) })
	}
	if err != nil {
		return fmt.Errorf("queue for the log: %w", err)
	}
	// One that fails does not keep the others waiting, nor the log.
	var failures []error
	for list := range touched {
		if err := s.publish(ctx, list); err != nil && fault.Code(err) != "status_list.stale" {
			failures = append(failures, err)
		}
	}
	if s.Log != nil {
		if _, err := s.Log.Round(ctx); err != nil {
			return errors.Join(append(failures, fmt.Errorf("transparency log: %w", err))...)
		}
	}
	if len(failures) > 0 {
		return errors.Join(failures...)
	}
	return together(marked, func(c Certificate) error {
		err := s.logged(ctx, c)
		if fault.Code(err) == "certificate.stale" {
			return nil // it was changed meanwhile, and keeps its mark
		}
		return err
	})
}

// settlers is how many certificates are settled at a time: enough for the embedded
// store to commit their writes together.
const settlers = 32

// together visits certificates many at a time, all of them, and returns the first
// failure.
func together(all []Certificate, visit func(Certificate) error) error {
	var g errgroup.Group
	g.SetLimit(settlers)
	for _, c := range all {
		g.Go(func() error { return visit(c) })
	}
	return g.Wait()
}

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

// queue gives the log what it has not of a certificate.
func (s *Service) queue(ctx context.Context, c Certificate) error {
	if c.Supersedes != "" {
		// A reissue that was cut off: the old one still looks valid.
		if err := s.supersede(ctx, c); err != nil && fault.Of(err) != fault.Conflict {
			return err
		}
	}
	if s.Log == nil || s.Log.Refused() != nil {
		return nil
	}
	for i, e := range c.Events {
		if e.Index == nil {
			if err := s.Log.Add(ctx, c.LogEntry(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// logged notes where the log has the certificate's events, keeps the first proof,
// and takes the mark away.
func (s *Service) logged(ctx context.Context, c Certificate) error {
	c.Events = slices.Clone(c.Events)
	if s.Log != nil {
		for i, e := range c.Events {
			if e.Index != nil {
				continue
			}
			entry, err := s.Store.EntryByKey(ctx, c.LogEntry(i).Key)
			if err != nil || entry.Index == translog.Waiting {
				return err // not placed yet: the mark stays
			}
			c.Events[i].Index = &entry.Index
		}
		if c.Proof == nil {
			p, err := s.Log.Proof(ctx, c.LogEntry(0).Key)
			if err != nil {
				return err
			}
			c.Proof = p.Format()
		}
	}
	c.Unlogged = false
	return s.Store.UpdateCertificate(ctx, c)
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
