package auth_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/proba-exam/proba/auth"
)

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

// overtaken is a Store in which somebody else is faster, once: other runs right
// before the first update of a person or a family.
type overtaken struct {
	auth.Store
	other func()
	once  sync.Once
}

func (o *overtaken) UpdatePerson(ctx context.Context, p auth.Person) error {
	o.once.Do(o.other)
	return o.Store.UpdatePerson(ctx, p)
}

func (o *overtaken) UpdateFamily(ctx context.Context, f auth.Family) error {
	o.once.Do(o.other)
	return o.Store.UpdateFamily(ctx, f)
}
