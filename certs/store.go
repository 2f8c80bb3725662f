package certs

import "context"

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
	// UpdateCertificate replaces the one whose stored version is c.Version and
	// counts the version up. Conflict "certificate.stale" for another version.
	UpdateCertificate(ctx context.Context, c Certificate) error
	// NextStatusSerial counts up from 0 and never returns a number twice, also
	// not to another process; it may leave numbers out.
	NextStatusSerial(ctx context.Context) (int64, error)
}
