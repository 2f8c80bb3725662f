package openbadge

import (
	"context"
	"time"
)

// Dates is what the dates of a credential say at a time.
type Dates string

// What dates can say.
const (
	DatesValid   Dates = "valid"
	DatesNotYet  Dates = "not-yet"
	DatesExpired Dates = "expired"
)

// clockSkew is how far the issuer's clock may be ahead of the verifier's.
const clockSkew = 5 * time.Minute

// Report is what can be said of a document without asking anybody. The answers
// are separate. Whether the credential was revoked or suspended is not among
// them: Credential.Status says where to look.
type Report struct {
	Proof Proof
	Dates Dates
	// Credential is what the document states. Unless Proof.Signature is ok,
	// anybody may have written it.
	Credential Credential
}

// Good reports whether everything that was checked is in order.
func (r *Report) Good() bool { return r.Proof.Signature == SignatureOK && r.Dates == DatesValid }

// Verify reads an Open Badges credential, checks its proof against the trusted
// keys, and its dates at now. A document that cannot be read is a fault with the
// places in it; the codes are those of CheckProof. A caller that no longer
// trusts a key leaves it out.
func (s *Suite) Verify(ctx context.Context, document []byte, trusted []Key, now time.Time) (Report, error) {
	decoded, err := decode(document)
	if err != nil {
		return Report{}, err
	}
	proof, err := s.checkProof(ctx, decoded, trusted)
	if err != nil {
		return Report{}, err
	}
	c, err := read(decoded)
	if err != nil {
		return Report{}, err
	}
	return Report{Proof: proof, Dates: c.datesAt(now), Credential: c}, nil
}

func (c *Credential) datesAt(now time.Time) Dates {
	switch {
	case now.Add(clockSkew).Before(c.ValidFrom):
		return DatesNotYet
	case !c.ValidUntil.IsZero() && !now.Before(c.ValidUntil):
		return DatesExpired
	}
	return DatesValid
}
