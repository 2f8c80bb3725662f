package storetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

func people(t *testing.T, s Store) {
	ctx := t.Context()
	p := auth.Person{ID: id(), Schema: 1, Version: 1, Email: "A@B.test", EmailKey: id(), Name: "Олена", Language: "uk", Roles: []auth.Role{auth.Learner}, Epoch: 1, CreatedAt: now, UpdatedAt: now}
	must(t, s.InsertPerson(ctx, p))
	twin := p
	twin.ID = id()
	wantCode(t, "taken e-mail", s.InsertPerson(ctx, twin), "person.email_taken")
	got, err := s.PersonByEmail(ctx, p.EmailKey)
	must(t, err)
	same(t, "person", got, p)
	must(t, s.UpdatePerson(ctx, p))
	wantCode(t, "old version", s.UpdatePerson(ctx, p), "person.stale")

	f := auth.Family{ID: id(), Schema: 1, Version: 1, Person: p.ID, Epoch: 1, Hash: "h", CreatedAt: now, UsedAt: now, ExpiresAt: now.Add(time.Hour)}
	must(t, s.InsertFamily(ctx, f))
	if n, err := s.RevokeFamiliesOf(ctx, p.ID, now); err != nil || n != 1 {
		t.Errorf("revoked %d families, %v", n, err)
	}
	wantCode(t, "update after revoking", s.UpdateFamily(ctx, f), "family.stale")
	f.Version, f.RevokedAt = 2, now
	family, err := s.Family(ctx, f.ID)
	must(t, err)
	same(t, "family", family, f)

	l := auth.Link{Hash: id(), Schema: 1, Version: 1, Purpose: auth.Invitation, Person: p.ID, Epoch: 1, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	must(t, s.InsertLink(ctx, l))
	_, err = s.ConsumeLink(ctx, l.Hash, l.ExpiresAt)
	wantCode(t, "too old", err, "link.expired")
	var won atomic.Int32
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			if _, err := s.ConsumeLink(context.Background(), l.Hash, now); err == nil {
				won.Add(1)
			} else if fault.Code(err) != "link.spent" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("a link was consumed %d times", won.Load())
	}
	if n, err := s.DeleteExpired(ctx, l.ExpiresAt); err != nil || n < 2 {
		t.Errorf("deleted %d documents, %v", n, err)
	}
	_, err = s.Link(ctx, l.Hash)
	wantCode(t, "deleted link", err, "link.not_found")
}
