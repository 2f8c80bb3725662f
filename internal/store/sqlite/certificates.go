package sqlite

import (
	"context"
	"slices"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/store"
)

// InsertCertificate implements certs.Store.
func (s *Store) InsertCertificate(ctx context.Context, c certs.Certificate) error {
	doc, err := encode(c)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO certificates (id, version, attempt, person, status_list, status_index, doc, words)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, c.ID, c.Version, c.Attempt, c.Person, c.StatusList, c.StatusIndex, doc, spaced(c.Statement.Name))
		if taken(err) {
			return store.CertificateTaken
		}
		if err != nil {
			return err
		}
		return namedCertificates.added(t, string(c.ID))
	})
}

// Certificate implements certs.Store.
func (s *Store) Certificate(ctx context.Context, id certs.ID) (certs.Certificate, error) {
	return one[certs.Certificate](ctx, s, store.CertificateMissing, "SELECT doc FROM certificates WHERE id = ?", id)
}

// CertificateByAttempt implements certs.Store.
func (s *Store) CertificateByAttempt(ctx context.Context, attempt string) (certs.Certificate, error) {
	return one[certs.Certificate](ctx, s, store.CertificateMissing, "SELECT doc FROM certificates WHERE attempt = ?", attempt)
}

// CertificatesOf implements certs.Store.
func (s *Store) CertificatesOf(ctx context.Context, person string, after certs.ID, limit int) ([]certs.Certificate, error) {
	return many[certs.Certificate](ctx, s, "SELECT doc FROM certificates WHERE person = ? AND id > ? ORDER BY id LIMIT ?", person, after, limit)
}

// Certificates implements certs.Store.
func (s *Store) Certificates(ctx context.Context, after certs.ID, limit int) ([]certs.Certificate, error) {
	return many[certs.Certificate](ctx, s, "SELECT doc FROM certificates WHERE id > ? ORDER BY id LIMIT ?", after, limit)
}

// CertificatesNotValid implements certs.Store.
func (s *Store) CertificatesNotValid(ctx context.Context, list int, after certs.ID, limit int) ([]certs.Certificate, error) {
	return many[certs.Certificate](ctx, s, "SELECT doc FROM certificates WHERE status_list = ? AND state <> 'valid' AND id > ? ORDER BY id LIMIT ?", list, after, limit)
}

// CertificatesUnlogged implements certs.Store.
func (s *Store) CertificatesUnlogged(ctx context.Context, after certs.ID, limit int) ([]certs.Certificate, error) {
	return many[certs.Certificate](ctx, s, "SELECT doc FROM certificates WHERE unlogged = 1 AND id > ? ORDER BY id LIMIT ?", after, limit)
}

// FindCertificates implements certs.Store. It says which index leads: that of a person before
// that of a state but valid, which nearly all are in, before that of an exam.
func (s *Store) FindCertificates(ctx context.Context, f certs.Filter, after certs.ID, limit int) ([]certs.Certificate, error) {
	by := search{words: f.Words}
	narrow := func(leads bool, expression, is string, value any) {
		if !leads {
			expression = "+(" + expression + ")" // is read from an index, but not looked for in it
		}
		by.conditions, by.args = append(by.conditions, expression+is), append(by.args, value)
	}
	if f.Person != "" {
		narrow(true, "person", " = ?", f.Person)
	}
	ended := f.State != "" && f.State != certs.Valid
	if f.Exam != "" {
		narrow(f.Person == "" && !ended, certificateExam, " = ?", f.Exam)
	}
	if f.State != "" {
		narrow(f.Person == "" && ended, certificateState, " = ?", string(f.State))
	}
	if f.Person == "" && ended {
		by.conditions = append(by.conditions, certificateState+" <> 'valid'") // what its index holds
	}
	// Certificates expire at whole seconds, which sort as text.
	if !f.EndedBy.IsZero() {
		by.rare, by.bound = certificateEnds+" <= ?", f.EndedBy.UTC().Format(time.RFC3339)
		narrow(false, certificateEnds, " <= ?", by.bound)
	}
	if !f.LastsBeyond.IsZero() { // also those that have no such moment
		narrow(false, "coalesce("+certificateEnds+" > ?, 1)", "", f.LastsBeyond.UTC().Format(time.RFC3339))
	}
	return findNamed[certs.Certificate](ctx, s, namedCertificates, by, string(after), limit)
}

// UpdateCertificate implements certs.Store.
func (s *Store) UpdateCertificate(ctx context.Context, c certs.Certificate) error {
	read := c.Version
	c.Version++
	doc, err := encode(c)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		changed, err := t.exec("UPDATE certificates SET version = ?, doc = ? WHERE id = ? AND version = ?", c.Version, doc, c.ID, read)
		if err != nil {
			return err
		}
		if changed == 0 {
			return absent(t, "certificates", string(c.ID), store.CertificateMissing, store.CertificateStale)
		}
		return namedCertificates.changed(t, string(c.ID), spaced(c.Statement.Name))
	})
}

// UpdateCertificates implements certs.Store.
func (s *Store) UpdateCertificates(ctx context.Context, all []certs.Certificate) error {
	next := slices.Clone(all)
	for i := range next {
		next[i].Version++
	}
	docs, err := encodeAll(next)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		for i, c := range next {
			if _, err := t.exec("UPDATE certificates SET version = ?, doc = ? WHERE id = ? AND version = ?", c.Version, docs[i], c.ID, all[i].Version); err != nil {
				return err
			}
		}
		return nil
	})
}

// NextStatusSerial implements certs.Store.
func (s *Store) NextStatusSerial(ctx context.Context) (int64, error) {
	var n int64
	err := s.do(ctx, func(t *tx) error {
		return t.row(`INSERT INTO counters (name, value) VALUES ('status', 0)
			ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`, nil, &n)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
