package verifier_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/verifier"
	"github.com/proba-exam/proba/internal/keyring"
)

// late issues a certificate whose entry the log sees only after a delay, as one that
// was dated back.
func (i *issuer) late(t *testing.T, attempt string, delay time.Duration) certs.Certificate {
	t.Helper()
	c := must(i.Issue(context.Background(), certs.Award{Attempt: attempt, Person: "p", Name: "Олена Ґалаґан", Title: "Судовий розгляд", Language: "uk", Role: "judge", Exam: "judge"}))(t)
	i.now = i.now.Add(delay)
	return i.settled(t, c)
}

// The date of issue and the time at which the log saw the certificate.
func TestDatedApartFromTheLog(t *testing.T) {
	for name, row := range map[string]struct {
		delay time.Duration
		apart bool
	}{
		"at once":          {time.Second, false},
		"24 hours":         {24 * time.Hour, false},
		"24 hours and 1 s": {24*time.Hour + time.Second, true},
		"a month":          {30 * 24 * time.Hour, true},
	} {
		i := newIssuer(t)
		c := i.late(t, "a", row.delay)
		kit, want := i.kit(t), verifier.Valid
		if row.apart {
			want = verifier.CannotTell
		}
		r, err := check(t, i.file(t, c, "certificate.pdf"), kit)
		if err != nil || r.Verdict != want || strings.Contains(r.Log.Detail, "more than a day apart") != row.apart {
			t.Errorf("%s: %+v, %v; want %s", name, r, err, want)
		}
		public := must(i.Lookup(t.Context(), c.ID))(t)
		if !public.LoggedAt.Equal(i.now.Truncate(time.Second)) || public.DatedApart != row.apart {
			t.Errorf("%s: the page says logged at %v, apart %v", name, public.LoggedAt, public.DatedApart)
		}
	}
}

// A log that has a certificate before its date of issue.
func TestDatedForward(t *testing.T) {
	i := newIssuer(t)
	c := i.late(t, "a", -25*time.Hour)
	kit := i.kit(t)
	kit.Now = start // its day has come
	for _, input := range [][]byte{i.file(t, c, "certificate.pdf"), []byte(i.URL(&c))} {
		if r, err := check(t, input, kit); err != nil || r.Verdict != verifier.CannotTell || !strings.Contains(r.Log.Detail, "more than a day apart") {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

// What a witness says counts also where the log gives another time.
func TestDatedApartFromAWitness(t *testing.T) {
	i := newIssuer(t)
	c := i.certificate(t, "a")
	kit := i.kit(t)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer := must(torchwood.NewCosignatureSigner("witness.test", private))(t) // it signs with the time of today
	head, signed, _ := bytes.Cut(c.Proof, []byte("\n\n"))
	opened := must(note.Open(signed, note.VerifierList(must(note.NewVerifier(kit.Keys.LogKeys()[0]))(t))))(t)
	opened.Sigs, opened.UnverifiedSigs = append(opened.Sigs, opened.UnverifiedSigs...), nil
	cosigned := must(note.Sign(opened, signer))(t)
	e := must(verifier.Read([]byte(i.URL(&c))))(t)
	e.Proof = append(append(bytes.Clone(head), "\n\n"...), cosigned...)

	known := verifier.Trust{Now: kit.Now, Lists: kit.Lists}
	set := must(kit.Keys.Publish(keyring.Publication{LogKeys: append(kit.Keys.LogKeys(), signer.Verifier().String())}))(t)
	known.Keys = must(keyring.Parse(set))(t)
	if r := must(verifier.Check(t.Context(), e, known))(t); r.Verdict != verifier.CannotTell || !strings.Contains(r.Log.Detail, "witness.test saw it") {
		t.Errorf("with the witness: %+v", r)
	}
	known.Keys = kit.Keys // who does not know the witness does not hear it
	if r := must(verifier.Check(t.Context(), e, known))(t); r.Verdict != verifier.Valid {
		t.Errorf("without: %+v", r)
	}
}
