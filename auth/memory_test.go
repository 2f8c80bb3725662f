package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

// memory is a Store for the tests of this package: documents as JSON under one
// lock, so that a field without a tag, or a time finer than a millisecond,
// shows.
type memory struct {
	mu       sync.Mutex
	people   map[string][]byte
	families map[string][]byte
	links    map[string][]byte
}

func newMemory() *memory {
	return &memory{people: map[string][]byte{}, families: map[string][]byte{}, links: map[string][]byte{}}
}

func encode(document any) []byte {
	b, err := json.Marshal(document)
	if err != nil {
		panic(err)
	}
	return b
}

func decode[T any](b []byte) T {
	var document T
	if err := json.Unmarshal(b, &document); err != nil {
		panic(err)
	}
	return document
}

func get[T any](m map[string][]byte, key, code string) (T, error) {
	b, ok := m[key]
	if !ok {
		var none T
		return none, fault.New(fault.NotFound, code, "No such document.")
	}
	return decode[T](b), nil
}

func conflict(code string) error { return fault.New(fault.Conflict, code, "A conflict.") }

func (m *memory) emailTaken(p auth.Person) bool {
	for id, b := range m.people {
		if id != p.ID && decode[auth.Person](b).EmailKey == p.EmailKey {
			return true
		}
	}
	return false
}

func (m *memory) InsertPerson(_ context.Context, p auth.Person) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.people[p.ID]; taken {
		return conflict("person.exists")
	}
	if m.emailTaken(p) {
		return conflict("person.email_taken")
	}
	m.people[p.ID] = encode(p)
	return nil
}

func (m *memory) Person(_ context.Context, id string) (auth.Person, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return get[auth.Person](m.people, id, "person.not_found")
}

func (m *memory) PersonByEmail(_ context.Context, key string) (auth.Person, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range m.people {
		if p := decode[auth.Person](b); p.EmailKey == key {
			return p, nil
		}
	}
	return get[auth.Person](m.people, "", "person.not_found")
}

func (m *memory) People(_ context.Context, after string, limit int) ([]auth.Person, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var page []auth.Person
	for id, b := range m.people {
		if id > after {
			page = append(page, decode[auth.Person](b))
		}
	}
	slices.SortFunc(page, func(a, b auth.Person) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return page[:min(limit, len(page))], nil
}

func (m *memory) UpdatePerson(_ context.Context, p auth.Person) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, err := get[auth.Person](m.people, p.ID, "person.not_found")
	switch {
	case err != nil:
		return err
	case old.Version != p.Version:
		return conflict("person.stale")
	case m.emailTaken(p):
		return conflict("person.email_taken")
	}
	p.Version++
	m.people[p.ID] = encode(p)
	return nil
}

func (m *memory) InsertFamily(_ context.Context, f auth.Family) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.families[f.ID]; taken {
		return conflict("family.exists")
	}
	m.families[f.ID] = encode(f)
	return nil
}

func (m *memory) Family(_ context.Context, id string) (auth.Family, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return get[auth.Family](m.families, id, "family.not_found")
}

func (m *memory) UpdateFamily(_ context.Context, f auth.Family) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, err := get[auth.Family](m.families, f.ID, "family.not_found")
	switch {
	case err != nil:
		return err
	case old.Version != f.Version:
		return conflict("family.stale")
	}
	f.Version++
	m.families[f.ID] = encode(f)
	return nil
}

func (m *memory) RevokeFamiliesOf(_ context.Context, person string, at time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for id, b := range m.families {
		if f := decode[auth.Family](b); f.Person == person && f.RevokedAt.IsZero() {
			f.RevokedAt = at
			f.Version++
			m.families[id] = encode(f)
			n++
		}
	}
	return n, nil
}

func (m *memory) InsertLink(_ context.Context, l auth.Link) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.links[l.Hash]; taken {
		return conflict("link.exists")
	}
	m.links[l.Hash] = encode(l)
	return nil
}

func (m *memory) Link(_ context.Context, hash string) (auth.Link, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return get[auth.Link](m.links, hash, "link.not_found")
}

func (m *memory) ConsumeLink(_ context.Context, hash string, now time.Time) (auth.Link, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, err := get[auth.Link](m.links, hash, "link.not_found")
	switch {
	case err != nil:
		return auth.Link{}, err
	case !l.UsedAt.IsZero():
		return auth.Link{}, conflict("link.spent")
	case !now.Before(l.ExpiresAt):
		return auth.Link{}, conflict("link.expired")
	}
	l.UsedAt = now
	l.Version++
	m.links[hash] = encode(l)
	return l, nil
}

func (m *memory) DeleteExpired(_ context.Context, before time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.families) + len(m.links)
	for id, b := range m.families {
		if !decode[auth.Family](b).ExpiresAt.After(before) {
			delete(m.families, id)
		}
	}
	for hash, b := range m.links {
		if !decode[auth.Link](b).ExpiresAt.After(before) {
			delete(m.links, hash)
		}
	}
	return n - len(m.families) - len(m.links), nil
}

// errDown is what a failing store answers.
var errDown = errors.New("the store is down")

// failing is a Store whose nth write fails, in one of the two ways in which a
// store can fail.
type failing struct {
	auth.Store
	mu      sync.Mutex
	nth     int  // counts down; the write that brings it to 0 fails
	applied bool // whether that write is applied before its answer is lost
	blind   bool // whether reads fail too, from then on until mended
	down    bool
}

func (f *failing) write(apply func() error) error {
	f.mu.Lock()
	f.nth--
	hit := f.nth == 0
	if hit && f.blind {
		f.down = true
	}
	f.mu.Unlock()
	if !hit {
		return apply()
	}
	if f.applied {
		if err := apply(); err != nil {
			return err
		}
	}
	return errDown
}

func (f *failing) read() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down {
		return errDown
	}
	return nil
}

func (f *failing) InsertPerson(ctx context.Context, p auth.Person) error {
	return f.write(func() error { return f.Store.InsertPerson(ctx, p) })
}

func (f *failing) UpdatePerson(ctx context.Context, p auth.Person) error {
	return f.write(func() error { return f.Store.UpdatePerson(ctx, p) })
}

func (f *failing) InsertFamily(ctx context.Context, v auth.Family) error {
	return f.write(func() error { return f.Store.InsertFamily(ctx, v) })
}

func (f *failing) UpdateFamily(ctx context.Context, v auth.Family) error {
	return f.write(func() error { return f.Store.UpdateFamily(ctx, v) })
}

func (f *failing) InsertLink(ctx context.Context, l auth.Link) error {
	return f.write(func() error { return f.Store.InsertLink(ctx, l) })
}

func (f *failing) RevokeFamiliesOf(ctx context.Context, person string, at time.Time) (n int, err error) {
	err = f.write(func() error { n, err = f.Store.RevokeFamiliesOf(ctx, person, at); return err })
	return n, err
}

func (f *failing) ConsumeLink(ctx context.Context, hash string, now time.Time) (l auth.Link, err error) {
	err = f.write(func() error { l, err = f.Store.ConsumeLink(ctx, hash, now); return err })
	return l, err
}

func (f *failing) Person(ctx context.Context, id string) (auth.Person, error) {
	if err := f.read(); err != nil {
		return auth.Person{}, err
	}
	return f.Store.Person(ctx, id)
}

func (f *failing) Family(ctx context.Context, id string) (auth.Family, error) {
	if err := f.read(); err != nil {
		return auth.Family{}, err
	}
	return f.Store.Family(ctx, id)
}
