package certs_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/certs/translog"
)

// However many certificates a burst has, settling them is one write a step, and each of
// them has a proof that holds.
func TestABurstIsSettledInFewWrites(t *testing.T) {
	const burst = 6
	for method, want := range map[string]int{
		"EnqueueEntries":     3, // the certificates; each of the two new status lists
		"AdvanceLog":         1,
		"WidenTiles":         1,
		"UpdateCertificates": 1,
		"UpdateCertificate":  0,
	} {
		f := newService(t)
		for n := range burst {
			issue(t, f, award(fmt.Sprint(n)))
		}
		f.store.Count(method)
		f.settle(t)
		if got := f.store.Counted(); got != want {
			t.Errorf("%d calls of %s settle %d certificates, want %d", got, method, burst, want)
		}
		for _, c := range must(f.Store.Certificates(t.Context(), "", burst))(t) {
			proof := must(translog.ParseProof(c.Proof))(t)
			if _, err := proof.Verify(translog.EntryData(translog.Issue, c.Payload), f.Log.Trust()); err != nil || c.Unlogged || *c.Events[0].Index != proof.Index {
				t.Errorf("the proof of %s: %v; unlogged %v, index %d", c.ID, err, c.Unlogged, *c.Events[0].Index)
			}
		}
	}
}

// More certificates than are held at a time are settled in one call.
func TestSettlingGoesOnBeyondAPage(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("0"))
	for n := range 260 {
		next := c
		next.ID, next.Attempt, next.StatusIndex = certs.ID(fmt.Sprintf("%s%04d", c.ID[:12], n)), fmt.Sprint("copy", n), (c.StatusIndex+1+n)%131_072
		next.Payload = fmt.Append(nil, n)
		if err := f.Store.InsertCertificate(t.Context(), next); err != nil {
			t.Fatal(err)
		}
	}
	f.settle(t)
	if left := must(f.Store.CertificatesUnlogged(t.Context(), "", 10))(t); len(left) > 0 {
		t.Errorf("%d certificates and more are not settled", len(left))
	}
}

// raced is a store in which another copy is once faster to publish a list.
type raced struct {
	certs.Store
	once func()
}

func (r *raced) PutStatusList(ctx context.Context, l certs.StatusList) error {
	if faster := r.once; faster != nil {
		r.once = nil
		faster()
	}
	return r.Store.PutStatusList(ctx, l)
}

// A copy that read the certificates before one was revoked may publish its list first: the
// revocation is in the next one, and not only the day after.
func TestAListOfACopyThatKnewLess(t *testing.T) {
	f := newService(t)
	c := issue(t, f, award("a1"))
	f.settle(t)
	if _, err := f.act(t, "revoke", c.ID); err != nil {
		t.Fatal(err)
	}
	store := f.Store
	f.Service.Store = &raced{store, func() {
		before := must(f.StatusListCredential(t.Context(), c.StatusList, badge.Revocation))(t)
		before.Version++
		if err := store.PutStatusList(t.Context(), before); err != nil {
			t.Error(err)
		}
	}}
	f.settle(t)
	l, _ := f.list(t, badge.Revocation)
	if !must(l.Bits.Get(c.StatusIndex))(t) {
		t.Error("the list does not say that the certificate is revoked, and nothing is left that would have it say so")
	}
	f.examine(t)
}
