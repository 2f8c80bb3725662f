package certs

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/fault"
)

// StatusList is a status list as it was published.
type StatusList struct {
	Version int64         `json:"version"`
	List    int           `json:"list"`
	Purpose badge.Purpose `json:"purpose"`
	// Key is the serial of the key that signed.
	Key uint16 `json:"key"`
	// Credential is the signed list, Bits what is in it.
	Credential  []byte    `json:"credential"`
	Bits        []byte    `json:"bits"`
	PublishedAt time.Time `json:"published_at"`
}

// ID names a list: its number and purpose.
func (l StatusList) ID() string { return listID(l.List, l.Purpose) }

func listID(list int, purpose badge.Purpose) string { return fmt.Sprintf("%d-%s", list, purpose) }

// republishAfter is how old a list gets: daily, a week before verifiers stop
// relying on it.
const republishAfter = 24 * time.Hour

var purposes = []badge.Purpose{badge.Revocation, badge.Suspension}

// listURL is the address of a status list.
func (s *Service) listURL(list int, purpose badge.Purpose) string {
	return fmt.Sprintf("%s/status/%d/%s", strings.TrimSuffix(s.PublicURL, "/"), list, purpose)
}

// StatusListCredential returns a published list.
func (s *Service) StatusListCredential(ctx context.Context, list int, purpose badge.Purpose) (StatusList, error) {
	return s.Store.StatusList(ctx, listID(list, purpose))
}

// publish publishes both lists of a number, unless what is published is right and
// young enough. Without changed, what is published is right. Another copy that was faster
// may have known less: what it published is compared again.
func (s *Service) publish(ctx context.Context, list int, changed bool) error {
	for _, purpose := range purposes {
		err := s.publishOne(ctx, list, purpose, changed)
		for range maxTries {
			if fault.Code(err) != "status_list.stale" {
				break
			}
			err = s.publishOne(ctx, list, purpose, true)
		}
		if err != nil {
			return fmt.Errorf("publish status list %s: %w", listID(list, purpose), err)
		}
	}
	return nil
}

// publishOne reads the published version before the certificates: whoever
// publishes on older knowledge finds the version taken.
func (s *Service) publishOne(ctx context.Context, list int, purpose badge.Purpose, changed bool) error {
	now := s.moment().Truncate(time.Second)
	last, err := s.Store.StatusList(ctx, listID(list, purpose))
	if err != nil && fault.Of(err) != fault.NotFound {
		return err
	}
	key, err := s.Keys.Active()
	if err != nil {
		return fmt.Errorf("issuing key: %w", err)
	}
	if !changed && last.Version > 0 && !s.due(last, key.Serial) {
		return nil // the certificates need not be read
	}
	bits, err := s.bits(ctx, list, purpose)
	if err != nil {
		return err
	}
	if bytes.Equal(bits, last.Bits) && !s.due(last, key.Serial) {
		return nil
	}
	credential, err := badge.SignList(s.listURL(list, purpose), s.did, purpose, bits, key, now)
	if err != nil {
		return err
	}
	// Into the log first: no list is out that is not in it.
	if s.Log != nil {
		if err := s.Log.Add(ctx, translog.NewEntry(translog.StatusList, credential, now)); err != nil {
			return err
		}
	}
	return s.Store.PutStatusList(ctx, StatusList{Version: last.Version + 1, List: list, Purpose: purpose, Key: key.Serial, Credential: credential, Bits: bits, PublishedAt: now})
}

// due reports whether a list is to be published again though nothing changed: it is
// a day old, or another key signs now, since the old one may be stolen.
func (s *Service) due(l StatusList, active uint16) bool {
	return l.Key != active || s.moment().Sub(l.PublishedAt) >= republishAfter
}

// Listed reports whether a certificate's bit in the list of the purpose is set. A
// superseded certificate is revoked as far as lists go.
func (c *Certificate) Listed(purpose badge.Purpose) bool {
	if purpose == badge.Suspension {
		return c.State == Suspended
	}
	return c.State == Revoked || c.State == Superseded
}

// bits computes a list from the certificates.
func (s *Service) bits(ctx context.Context, list int, purpose badge.Purpose) (badge.Bits, error) {
	bits := badge.NewBits()
	err := eachCertificate(func(after ID) ([]Certificate, error) { return s.Store.CertificatesNotValid(ctx, list, after, pageSize) }, func(c Certificate) error {
		if c.Listed(purpose) {
			bits.Set(c.StatusIndex)
		}
		return nil
	})
	return bits, err
}

// pageSize is how many certificates are held at a time.
const pageSize = 256

func eachCertificate(list func(after ID) ([]Certificate, error), visit func(Certificate) error) error {
	for after := ID(""); ; {
		all, err := list(after)
		if err != nil {
			return err
		}
		for _, c := range all {
			if err := visit(c); err != nil {
				return err
			}
			after = c.ID
		}
		if len(all) < pageSize {
			return nil
		}
	}
}
