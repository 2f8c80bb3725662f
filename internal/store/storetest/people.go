package storetest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/lookup"
)

// peopleFound registers people whose names share words, and looks for them.
func peopleFound(t *testing.T, s Store) {
	ctx := t.Context()
	mark := "м" + strings.ReplaceAll(id(), "-", "") // nobody else has this word
	var all []auth.Person
	for _, name := range []string{"Юлія Ґудзь", "Марко Гудзенко", "Олена О’Коваль", "Олена Коваленко"} {
		p := auth.Person{ID: id(), Schema: 1, Version: 1, Email: "x@B.test", EmailKey: id(), Name: name + " " + mark, Language: "uk", Roles: []auth.Role{auth.Learner}, Epoch: 1, CreatedAt: now, UpdatedAt: now}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b auth.Person) int { return strings.Compare(a.ID, b.ID) })
	for _, p := range all {
		must(t, s.InsertPerson(ctx, p))
	}
	find := func(what, typed, after string, limit int, want ...string) {
		t.Helper()
		got, err := s.FindPeople(ctx, lookup.Name(typed+" "+mark), after, limit)
		must(t, err)
		var names []string
		for _, p := range got {
			names = append(names, strings.TrimSuffix(p.Name, " "+mark))
		}
		same(t, what, names, want)
	}
	only := func(part ...string) (names []string) {
		for _, p := range all {
			if slices.ContainsFunc(part, func(s string) bool { return strings.HasPrefix(p.Name, s) }) {
				names = append(names, strings.TrimSuffix(p.Name, " "+mark))
			}
		}
		return names
	}
	find("Г for Ґ", "гудз", "", 9, only("Юлія", "Марко")...)
	find("two words in any order", "ґудз юлі", "", 9, "Юлія Ґудзь")
	find("without an apostrophe", "оковаль", "", 9, "Олена О’Коваль")
	find("not within a word", "коваль", "", 9)
	find("first page", "", "", 3, only("Юлія", "Марко", "Олена")[:3]...)
	find("second page", "", all[2].ID, 3, only("Юлія", "Марко", "Олена")[3:]...)
	renamed := all[0]
	renamed.Name = "Ґалина Перейменована " + mark
	must(t, s.UpdatePerson(ctx, renamed))
	find("the new name", "галин", "", 9, "Ґалина Перейменована")
	former, _, _ := strings.Cut(all[0].Name, " "+mark)
	got, err := s.FindPeople(ctx, lookup.Name(former+" "+mark), "", 9)
	must(t, err)
	if slices.ContainsFunc(got, func(p auth.Person) bool { return p.ID == renamed.ID }) {
		t.Error("found by the former name")
	}
}

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
	other := p
	other.ID, other.EmailKey = id(), id()
	must(t, s.InsertPerson(ctx, other))
	both := []auth.Person{p, other}
	slices.SortFunc(both, func(a, b auth.Person) int { return strings.Compare(a.ID, b.ID) })
	found, err := s.PeopleWith(ctx, []string{other.ID, id(), p.ID, p.ID})
	must(t, err)
	slices.SortFunc(found, func(a, b auth.Person) int { return strings.Compare(a.ID, b.ID) })
	same(t, "people with these ids", found, both)
	found, err = s.PeopleWith(ctx, nil)
	must(t, err)
	same(t, "people with no ids", found, []auth.Person(nil))
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
