package auth

import (
	"context"
	"time"
)

// Store keeps people, families and links. It is implemented for SQLite and for
// MongoDB; one conformance suite runs on both.
//
// Rules for every method:
//
//   - It is safe for concurrent use and honours the context's deadline.
//   - When a write returns nil, it is durable: on disk, and on a majority of the
//     replicas where there are several. When it returns an error that is not a
//     fault with a code named here, the write may or may not have been applied.
//   - A read returns what the newest acknowledged write left (never a stale
//     replica's answer): these reads decide who gets in.
//   - A write touches one document, except where said, and is one conditional
//     statement: readers see it whole or not at all.
//   - Documents are stored and returned as given, field by field; Update writes
//     Version+1 and ConsumeLink writes UsedAt, nothing else is changed. Times
//     come in UTC, truncated to the millisecond, and come back equal and in UTC.
//     A zero time means "not set" and comes back zero.
//   - "Not found" is the fault kind NotFound with the code named; it is never a
//     zero document with a nil error.
//   - Ids, keys and hashes are compared byte by byte.
type Store interface {
	// InsertPerson adds p with the Version that it has (1). When another person
	// has p.EmailKey, it adds nothing and returns Conflict "person.email_taken".
	// When p.ID is taken, Conflict "person.exists".
	InsertPerson(ctx context.Context, p Person) error

	// Person returns the person with the id, or NotFound "person.not_found".
	Person(ctx context.Context, id string) (Person, error)

	// PeopleWith returns the people with the ids, each once and in any order; there is
	// none for an id that nobody has.
	PeopleWith(ctx context.Context, ids []string) ([]Person, error)

	// PersonByEmail returns the person whose EmailKey is key, or NotFound
	// "person.not_found". The caller has normalised the key.
	PersonByEmail(ctx context.Context, key string) (Person, error)

	// People returns at most limit people with ids greater than after, in
	// ascending order of id; after "" starts at the first, and an empty result
	// with a nil error is the end. limit is at least 1. People inserted while a
	// caller pages are never the reason that another is skipped or repeated.
	People(ctx context.Context, after string, limit int) ([]Person, error)

	// FindPeople is People for those whose name has, for each of the words, a word
	// that begins with it; see package lookup.
	FindPeople(ctx context.Context, words []string, after string, limit int) ([]Person, error)

	// UpdatePerson replaces the document of p.ID by p with Version p.Version+1,
	// on the condition that the stored Version is p.Version, the one that the
	// caller read. Otherwise nothing changes: Conflict "person.stale" for
	// another version, NotFound "person.not_found" for no such person, Conflict
	// "person.email_taken" when another person has p.EmailKey.
	UpdatePerson(ctx context.Context, p Person) error

	// InsertFamily adds f with the Version that it has (1). When f.ID is taken,
	// Conflict "family.exists".
	InsertFamily(ctx context.Context, f Family) error

	// Family returns the family with the id, or NotFound "family.not_found".
	// Revoked and expired ones are returned like any other until deleted.
	Family(ctx context.Context, id string) (Family, error)

	// UpdateFamily replaces the document of f.ID by f with Version f.Version+1,
	// on the condition that the stored Version is f.Version. Otherwise nothing
	// changes: Conflict "family.stale", or NotFound "family.not_found". Of any
	// number of concurrent calls with one Version exactly one returns nil.
	UpdateFamily(ctx context.Context, f Family) error

	// RevokeFamiliesOf sets RevokedAt to at, and adds 1 to Version, in every
	// family of the person whose RevokedAt is zero, so that an UpdateFamily that
	// read before it finds its version stale. It returns how many it changed;
	// none is not an error. It may touch many documents and be applied in part
	// when it fails; repeating it completes it.
	RevokeFamiliesOf(ctx context.Context, person string, at time.Time) (int, error)

	// InsertLink adds l with the Version that it has (1). When l.Hash is taken,
	// Conflict "link.exists".
	InsertLink(ctx context.Context, l Link) error

	// Link returns the link with the hash, used or not, expired or not, or
	// NotFound "link.not_found".
	Link(ctx context.Context, hash string) (Link, error)

	// ConsumeLink sets UsedAt to now and adds 1 to Version, on the condition
	// that UsedAt is zero and ExpiresAt is after now, and returns
	// the link as it then is. Of any number of concurrent calls exactly one
	// returns nil. Otherwise nothing changes: Conflict "link.spent" when
	// UsedAt is set (expired or not), Conflict "link.expired" when only its time is
	// over, NotFound "link.not_found".
	ConsumeLink(ctx context.Context, hash string, now time.Time) (Link, error)

	// DeleteExpired deletes the families and the links whose ExpiresAt is at or
	// before the given time, and returns how many documents went. It may touch
	// many documents and be applied in part when it fails; repeating it
	// completes it.
	DeleteExpired(ctx context.Context, before time.Time) (int, error)
}
