package certs

import (
	"context"
	"time"

	"github.com/proba-exam/proba/certs/translog"
)

// Store keeps certificates. A nil error from a writing method means that the
// change is on disk; after any other error than a conflict it may or may not
// have happened, and the call may be repeated. A certificate that does not exist
// is NotFound "certificate.not_found". Times are UTC to the millisecond.
type Store interface {
	// InsertCertificate stores a new one. Conflict "certificate.exists" when
	// the id, the attempt or the place in the status list is taken.
	InsertCertificate(ctx context.Context, c Certificate) error
	// Certificate returns it by id.
	Certificate(ctx context.Context, id ID) (Certificate, error)
	// CertificateByAttempt returns the one that was issued for the attempt.
	CertificateByAttempt(ctx context.Context, attempt string) (Certificate, error)
	// CertificatesOf lists a person's by ascending id, from the first greater
	// than after, at most limit.
	CertificatesOf(ctx context.Context, person string, after ID, limit int) ([]Certificate, error)
	// Certificates lists all by ascending id, from the first greater than after.
	Certificates(ctx context.Context, after ID, limit int) ([]Certificate, error)
	// CertificatesNotValid lists those of a status list that are stored as
	// anything but valid, by ascending id.
	CertificatesNotValid(ctx context.Context, list int, after ID, limit int) ([]Certificate, error)
	// CertificatesUnlogged lists those that are marked so, by ascending id.
	CertificatesUnlogged(ctx context.Context, after ID, limit int) ([]Certificate, error)
	// FindCertificates lists those that fit the filter, by ascending id.
	FindCertificates(ctx context.Context, f Filter, after ID, limit int) ([]Certificate, error)
	// UpdateCertificate replaces the one whose stored version is c.Version and
	// counts the version up. Conflict "certificate.stale" for another version.
	UpdateCertificate(ctx context.Context, c Certificate) error
	// UpdateCertificates does the same to many in one write. Those whose version is
	// another one stay as they are, which is no fault.
	UpdateCertificates(ctx context.Context, all []Certificate) error
	// NextStatusSerial counts up from 0 and never returns a number twice, also
	// not to another process; it may leave numbers out.
	NextStatusSerial(ctx context.Context) (int64, error)

	// PutStatusList stores a published list if the stored one has the version
	// before its own; version 1 is the first. Conflict "status_list.stale".
	PutStatusList(ctx context.Context, l StatusList) error
	// StatusList returns a list by its ID. NotFound "status_list.not_found".
	StatusList(ctx context.Context, id string) (StatusList, error)
	// StatusLists lists all by ascending ID, from the first greater than after.
	StatusLists(ctx context.Context, after string, limit int) ([]StatusList, error)

	TemplateStore
	translog.Store
}

// Filter narrows a listing of certificates; empty members do not.
type Filter struct {
	Person string
	// Exam that was passed.
	Exam string
	// State as it is stored: an expired certificate is stored as valid.
	State State
	// Words are beginnings of words that the holder's name must all have; see NameWords.
	Words []string
	// EndedBy leaves those that expire at this moment or before, LastsBeyond those that
	// expire after this moment or never.
	EndedBy, LastsBeyond time.Time
}

// In narrows the filter to certificates that are in the state at now.
func (f Filter) In(state State, now time.Time) Filter {
	switch f.State = state; state {
	case Valid:
		f.LastsBeyond = now
	case Expired:
		f.State, f.EndedBy = Valid, now
	}
	return f
}
