package doctor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/certs/translog"
)

// log recomputes the transparency log and notes where each entry stands.
func (e *examiner) log(ctx context.Context) error {
	var trust translog.Trust
	if e.keys.Log != nil {
		origin := ""
		if latest, err := e.store.LatestCheckpoint(ctx); err == nil {
			origin, _, _ = strings.Cut(latest.Note, "\n")
		}
		var keys []string
		for _, k := range e.keys.Log.Keys() {
			key, err := translog.VerifierKey(origin, k)
			if err != nil {
				continue // no log has signed yet
			}
			keys = append(keys, key)
		}
		var err error
		if trust, err = translog.NewTrust(keys); err != nil {
			return fmt.Errorf("log keys: %w", err)
		}
	}
	size, findings, err := translog.Audit(ctx, e.store, trust, func(index int64, data []byte) {
		if _, _, err := translog.ParseEntry(data); err != nil {
			e.find("log", fmt.Sprint(index), "%v", err)
		}
		e.placed[translog.KeyOf(data)] = index
	})
	if err != nil {
		return err
	}
	e.report.LogEntries = size
	for _, f := range findings {
		e.find("log", "", "%s", f)
	}
	return nil
}

func (e *examiner) certificates(ctx context.Context) error {
	list := func(after string, limit int) ([]certs.Certificate, error) {
		return e.store.Certificates(ctx, certs.ID(after), limit)
	}
	return each(list, func(c certs.Certificate) string { return string(c.ID) }, func(c certs.Certificate) error {
		e.report.Certificates++
		e.certificate(&c)
		return nil
	})
}

func (e *examiner) certificate(c *certs.Certificate) {
	id := string(c.ID)
	if n := len(c.Events); n == 0 || c.Events[n-1].State != c.State {
		e.find("certificate", id, "its state %s is not that of its last event", c.State)
	}
	for i, event := range c.Events {
		index, placed := e.placed[c.LogEntry(i).Key]
		switch {
		case event.Index == nil && c.Unlogged, e.report.LogEntries == 0:
			// it waits, or the store is older than the log
		case event.Index == nil || !placed || *event.Index != index:
			e.find("certificate", id, "the log does not have what happened to it at %s", event.At)
		}
	}
	if e.keys.Issuer == nil {
		return
	}
	r, err := certs.Verify(certs.EncodePayload(c.Payload), e.keys.Issuer, c.Statement.IssuedAt)
	if err != nil || !r.Signature && !r.Revoked || !r.InDate || !states(&r.Claims, c) {
		e.find("certificate", id, "its payload (SHA-256 %x) does not verify: %v", sha256.Sum256(c.Payload), err)
	}
	for _, credential := range [][]byte{c.Credential, c.JWT} {
		if credential == nil {
			continue
		}
		k, err := badge.Check(credential, e.keys.Issuer)
		if err != nil || !k.Signature || k.Holder != c.Statement.Name || !strings.HasSuffix(k.ID, "/v/"+id) {
			e.find("certificate", id, "its credential (SHA-256 %x) does not verify: %v", sha256.Sum256(credential), err)
		}
	}
}

// states reports whether what was signed is what the record says. A title that was
// too long for the code is not in it.
func states(claims *certs.Claims, c *certs.Certificate) bool {
	s := &c.Statement
	sameScore := (claims.Score == nil) == (s.Score == nil) && (s.Score == nil || *claims.Score == *s.Score)
	return claims.ID == c.ID && claims.Key == c.Key && claims.List == c.StatusList && claims.Status == c.StatusIndex && claims.Name == s.Name && (claims.Title == s.Title || claims.Title == "") &&
		sameScore && claims.IssuedAt.Equal(s.IssuedAt) && claims.ExpiresAt.Equal(s.ExpiresAt)
}

// statusLists computes each published list from the certificates. While some wait
// to be logged, what is published may be one step behind.
func (e *examiner) statusLists(ctx context.Context) error {
	waiting, err := e.store.CertificatesUnlogged(ctx, "", 1)
	if err != nil {
		return fmt.Errorf("what waits for the log: %w", err)
	}
	return each(func(after string, limit int) ([]certs.StatusList, error) {
		return e.store.StatusLists(ctx, after, limit)
	},
		func(l certs.StatusList) string { return l.ID() }, func(l certs.StatusList) error {
			e.report.StatusLists++
			bits := badge.NewBits()
			list := func(after string, limit int) ([]certs.Certificate, error) {
				return e.store.CertificatesNotValid(ctx, l.List, certs.ID(after), limit)
			}
			err := each(list, func(c certs.Certificate) string { return string(c.ID) }, func(c certs.Certificate) error {
				if c.Listed(l.Purpose) {
					bits.Set(c.StatusIndex)
				}
				return nil
			})
			if err != nil {
				return err
			}
			if len(waiting) == 0 && !bytes.Equal(bits, l.Bits) {
				e.find("status_list", l.ID(), "it is not what the certificates make it")
			}
			e.published(l)
			return nil
		})
}

// published checks the signed form of a list.
func (e *examiner) published(l certs.StatusList) {
	if _, placed := e.placed[translog.KeyOf(translog.EntryData(translog.StatusList, l.Credential))]; !placed && e.report.LogEntries > 0 {
		e.find("status_list", l.ID(), "the log does not have it as it is published")
	}
	if e.keys.Issuer == nil {
		return
	}
	k, err := badge.CheckList(l.Credential, e.keys.Issuer)
	if err != nil || !k.Signature || k.Purpose != l.Purpose || !bytes.Equal(k.Bits, l.Bits) {
		e.find("status_list", l.ID(), "its published form does not verify: %v", err)
	}
}
