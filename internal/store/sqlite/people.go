package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/store"
)

// InsertPerson implements auth.Store.
func (s *Store) InsertPerson(ctx context.Context, p auth.Person) error {
	doc, err := encode(p)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO people (id, version, email, doc, words) VALUES (?, ?, ?, ?, ?)", p.ID, p.Version, p.EmailKey, doc, spaced(p.Name))
		if err == nil {
			return namedPeople.added(t, p.ID)
		}
		if !taken(err) {
			return err
		}
		var one int
		if t.row("SELECT 1 FROM people WHERE email = ?", []any{p.EmailKey}, &one) == nil {
			return store.EmailTaken
		}
		return store.PersonTaken
	})
}

// Person implements auth.Store.
func (s *Store) Person(ctx context.Context, id string) (auth.Person, error) {
	return one[auth.Person](ctx, s, store.PersonMissing, "SELECT doc FROM people WHERE id = ?", id)
}

// PeopleWith implements auth.Store.
func (s *Store) PeopleWith(ctx context.Context, ids []string) ([]auth.Person, error) {
	return withIDs[auth.Person](ctx, s, "people", ids)
}

// PersonByEmail implements auth.Store.
func (s *Store) PersonByEmail(ctx context.Context, key string) (auth.Person, error) {
	return one[auth.Person](ctx, s, store.PersonMissing, "SELECT doc FROM people WHERE email = ?", key)
}

// People implements auth.Store.
func (s *Store) People(ctx context.Context, after string, limit int) ([]auth.Person, error) {
	return many[auth.Person](ctx, s, "SELECT doc FROM people WHERE id > ? ORDER BY id LIMIT ?", after, limit)
}

// FindPeople implements auth.Store.
func (s *Store) FindPeople(ctx context.Context, words []string, after string, limit int) ([]auth.Person, error) {
	return findNamed[auth.Person](ctx, s, namedPeople, search{words: words}, after, limit)
}

// UpdatePerson implements auth.Store.
func (s *Store) UpdatePerson(ctx context.Context, p auth.Person) error {
	read := p.Version
	p.Version++
	doc, err := encode(p)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		changed, err := t.exec("UPDATE people SET version = ?, email = ?, doc = ? WHERE id = ? AND version = ?", p.Version, p.EmailKey, doc, p.ID, read)
		if taken(err) {
			return store.EmailTaken
		}
		if err == nil && changed == 1 {
			return namedPeople.changed(t, p.ID, spaced(p.Name))
		}
		if err != nil {
			return err
		}
		return absent(t, "people", p.ID, store.PersonMissing, store.PersonStale)
	})
}

// InsertFamily implements auth.Store.
func (s *Store) InsertFamily(ctx context.Context, f auth.Family) error {
	doc, err := encode(f)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.FamilyTaken, "INSERT INTO families (id, version, person, expires_at, doc) VALUES (?, ?, ?, ?, ?)",
		f.ID, f.Version, f.Person, millis(f.ExpiresAt), doc)
}

// Family implements auth.Store.
func (s *Store) Family(ctx context.Context, id string) (auth.Family, error) {
	return one[auth.Family](ctx, s, store.FamilyMissing, "SELECT doc FROM families WHERE id = ?", id)
}

// UpdateFamily implements auth.Store.
func (s *Store) UpdateFamily(ctx context.Context, f auth.Family) error {
	read := f.Version
	f.Version++
	doc, err := encode(f)
	if err != nil {
		return err
	}
	return s.replace(ctx, "families", f.ID, store.FamilyMissing, store.FamilyStale,
		"UPDATE families SET version = ?, expires_at = ?, doc = ? WHERE id = ? AND version = ?", f.Version, millis(f.ExpiresAt), doc, f.ID, read)
}

// RevokeFamiliesOf implements auth.Store.
func (s *Store) RevokeFamiliesOf(ctx context.Context, person string, at time.Time) (int, error) {
	var revoked int64
	err := s.do(ctx, func(t *tx) (err error) {
		revoked, err = t.exec(`UPDATE families SET version = version + 1,
			doc = json_set(doc, '$.revoked_at', ?, '$.version', version + 1)
			WHERE person = ? AND json_extract(doc, '$.revoked_at') IS NULL`, at.Format(time.RFC3339Nano), person)
		return err
	})
	if err != nil {
		return 0, err
	}
	return int(revoked), nil
}

// InsertLink implements auth.Store.
func (s *Store) InsertLink(ctx context.Context, l auth.Link) error {
	doc, err := encode(l)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.LinkTaken, "INSERT INTO links (hash, version, expires_at, doc) VALUES (?, ?, ?, ?)", l.Hash, l.Version, millis(l.ExpiresAt), doc)
}

// Link implements auth.Store.
func (s *Store) Link(ctx context.Context, hash string) (auth.Link, error) {
	return one[auth.Link](ctx, s, store.LinkMissing, "SELECT doc FROM links WHERE hash = ?", hash)
}

// ConsumeLink implements auth.Store.
func (s *Store) ConsumeLink(ctx context.Context, hash string, now time.Time) (auth.Link, error) {
	var consumed auth.Link
	err := s.do(ctx, func(t *tx) error {
		var doc []byte
		err := t.row("SELECT doc FROM links WHERE hash = ?", []any{hash}, &doc)
		if errors.Is(err, sql.ErrNoRows) {
			return store.LinkMissing
		}
		if err != nil {
			return err
		}
		var l auth.Link
		if err := json.Unmarshal(doc, &l); err != nil {
			return fmt.Errorf("stored link: %w", err)
		}
		switch {
		case !l.UsedAt.IsZero():
			return store.LinkSpent
		case !l.ExpiresAt.After(now):
			return store.LinkExpired
		}
		l.UsedAt = now
		l.Version++
		used, err := encode(l)
		if err != nil {
			return err
		}
		_, err = t.exec("UPDATE links SET version = ?, doc = ? WHERE hash = ?", l.Version, used, hash)
		consumed = l
		return err
	})
	if err != nil {
		return auth.Link{}, err
	}
	return consumed, nil
}

// DeleteExpired implements auth.Store.
func (s *Store) DeleteExpired(ctx context.Context, before time.Time) (int, error) {
	var deleted int64
	err := s.do(ctx, func(t *tx) error {
		deleted = 0
		for _, query := range []string{"DELETE FROM families WHERE expires_at <= ?", "DELETE FROM links WHERE expires_at <= ?"} {
			n, err := t.exec(query, before.UnixMilli())
			if err != nil {
				return err
			}
			deleted += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return int(deleted), nil
}
