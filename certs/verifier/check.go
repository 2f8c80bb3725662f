package verifier

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/keyring"
)

// Answer to one question.
type Answer string

// The answers. Unknown is for what was asked and cannot be told, NotChecked for
// what nothing was given to check with.
const (
	Yes        Answer = "yes"
	No         Answer = "no"
	Unknown    Answer = "unknown"
	NotChecked Answer = "not_checked"
)

// Finding is an answer and why.
type Finding struct {
	Answer Answer `json:"answer"`
	Detail string `json:"detail"`
}

// Verdict is what the answers come to.
type Verdict string

// The verdicts. Genuine means that signature and dates are in order and nothing
// that was checked speaks against it, but not everything was checked.
const (
	Valid      Verdict = "valid"
	Genuine    Verdict = "genuine"
	NotValid   Verdict = "not_valid"
	CannotTell Verdict = "cannot_tell"
)

// Report is what can be said of an input.
type Report struct {
	Kind      string    `json:"kind"`
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Title     string    `json:"title"`
	Issuer    string    `json:"issuer,omitempty"`
	Score     *int      `json:"score_basis_points"`
	IssuedAt  time.Time `json:"issued_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// The four answers.
	Signature Finding `json:"signature"`
	Dates     Finding `json:"dates"`
	Status    Finding `json:"status"`
	Log       Finding `json:"log"`
	Verdict   Verdict `json:"verdict"`
}

// Trust is what the verifier brings. Only Keys and Now have to be there.
type Trust struct {
	Keys *keyring.Ring
	// Lists are status lists as they were published.
	Lists [][]byte
	// Checkpoint of the log, as it was saved.
	Checkpoint []byte
	// Tiles of the log, to compare checkpoints of two sizes.
	Tiles translog.Tiles
	Now   time.Time
}

// clockSkew is how far the issuer's clock may be ahead of ours.
const clockSkew = 5 * time.Minute

// checking is one check under way.
type checking struct {
	Trust
	report Report
	// payload is the signed statement, nil when the input has none.
	payload []byte
	claims  certs.Claims
	// places are the bits in status lists; by suffix of the list's address when
	// only the payload is there.
	places map[badge.Purpose]badge.Place
	// revoked is the key that signed, when it is known to others now; foreign
	// says that a key signed that the set does not have.
	revoked *keyring.Key
	foreign bool
	// index is where the log has the statement, nil when that is not proved.
	index *int64
}

// Check answers the four questions. An input that is no evidence is a fault.
func Check(ctx context.Context, e Evidence, t Trust) (Report, error) {
	c := &checking{Trust: t, report: Report{Kind: e.Kind, Signature: Finding{Unknown, "nothing signed was found"}}}
	if e.Code != "" {
		if err := c.code(e.Code); err != nil {
			return Report{}, err
		}
	}
	if e.Credential != nil {
		if err := c.credential(e.Credential, e.Code != ""); err != nil {
			return Report{}, err
		}
	}
	c.dates()
	c.log(ctx, e.Proof)
	c.status()
	c.report.Verdict = c.verdict()
	return c.report, nil
}

// code checks the signed statement of a QR code.
func (c *checking) code(text string) error {
	r, err := certs.Verify(text, c.Keys, c.Now)
	if err != nil {
		return err
	}
	c.payload, c.claims = r.Payload, r.Claims
	c.report.ID, c.report.Name, c.report.Title, c.report.Score = r.Claims.ID.Printed(), r.Claims.Name, r.Claims.Title, r.Claims.Score
	c.report.IssuedAt, c.report.ExpiresAt = r.Claims.IssuedAt, r.Claims.ExpiresAt
	c.report.Issuer = c.Keys.Issuer()
	c.places = map[badge.Purpose]badge.Place{}
	for _, purpose := range []badge.Purpose{badge.Revocation, badge.Suspension} {
		c.places[purpose] = badge.Place{List: fmt.Sprintf("/status/%d/%s", r.Claims.List, purpose), Index: r.Claims.Status}
	}
	key, known := c.Keys.Serial(r.Claims.Key)
	c.signed(known, r.Signature || r.Revoked, key)
	return nil
}

// signed notes the answer about a signature.
func (c *checking) signed(known, genuine bool, key keyring.Key) {
	switch {
	case !known:
		c.foreign = true
		c.report.Signature = Finding{Unknown, "it names a key that is not in the key set; get the issuer's newest"}
	case !genuine:
		c.report.Signature = Finding{No, "it is not what key " + key.ID + " signed"}
	case key.State == keyring.Revoked:
		c.revoked = &key
		c.report.Signature = Finding{Unknown, "key " + key.ID + " is known to others; only the log can tell who signed"}
	default:
		c.report.Signature = Finding{Yes, "signed with key " + key.ID + " (" + string(key.State) + ")"}
	}
}

// credential checks an Open Badges credential, beside the statement of the QR code
// where both are there.
func (c *checking) credential(data []byte, beside bool) error {
	k, err := badge.Check(data, c.Keys)
	if err != nil {
		return err
	}
	before := c.report.Signature
	if !beside {
		_, id, _ := strings.Cut(k.ID, "/v/")
		c.report.ID = certs.ID(id).Printed()
		c.report.Name, c.report.Title, c.report.Score, c.report.Issuer = k.Holder, k.Title, k.Score(), k.Issuer
		c.report.IssuedAt, c.report.ExpiresAt = k.ValidFrom, k.ValidUntil
	}
	c.places = k.Status
	c.signed(k.Known, k.Signature, k.Key)
	if !beside {
		return nil
	}
	credential := c.report.Signature
	switch {
	case before.Answer == No:
		c.report.Signature = before
	case credential.Answer == No:
		c.report.Signature = Finding{No, "the attached credential: " + credential.Detail}
	case !c.agrees(k):
		c.report.Signature = Finding{No, "the QR code and the attached credential say different things"}
	case before.Answer == Unknown:
		c.report.Signature = before
	}
	return nil
}

// agrees reports whether the credential says what the statement says. The
// statement may leave the title out.
func (c *checking) agrees(k badge.Checked) bool {
	return strings.HasSuffix(k.ID, "/v/"+string(c.claims.ID)) && k.Holder == c.claims.Name && k.ValidFrom.Equal(c.claims.IssuedAt) &&
		k.ValidUntil.Equal(c.claims.ExpiresAt) && (c.claims.Score == nil) == (k.Score() == nil) && (c.claims.Score == nil || *c.claims.Score == *k.Score())
}

func (c *checking) dates() {
	from, until := c.report.IssuedAt, c.report.ExpiresAt
	switch {
	case c.Now.Add(clockSkew).Before(from):
		c.report.Dates = Finding{No, "it is dated in the future, " + from.Format(time.RFC3339)}
	case until.IsZero():
		c.report.Dates = Finding{Yes, "it does not expire"}
	case !c.Now.Before(until):
		c.report.Dates = Finding{No, "it expired at " + until.Format(time.RFC3339)}
	default:
		c.report.Dates = Finding{Yes, "it is valid until " + until.Format(time.RFC3339)}
	}
}

// log checks the proof of inclusion, and lets it speak for a signature by a key
// that was stolen later.
func (c *checking) log(ctx context.Context, proof []byte) {
	c.report.Log = c.inclusion(ctx, proof)
	if c.revoked == nil || c.foreign || c.report.Signature.Answer == No || c.report.Log.Answer != Yes || c.revoked.RevokedIndex == nil {
		return
	}
	if *c.index < *c.revoked.RevokedIndex {
		c.report.Signature = Finding{Yes, fmt.Sprintf("signed with key %s, which was stolen later: the log has the certificate at %d, the revocation of the key at %d", c.revoked.ID, *c.index, *c.revoked.RevokedIndex)}
		return
	}
	c.report.Signature = Finding{No, fmt.Sprintf("signed with stolen key %s after its revocation: the log has the certificate at %d, the revocation of the key at %d", c.revoked.ID, *c.index, *c.revoked.RevokedIndex)}
}

func (c *checking) inclusion(ctx context.Context, proof []byte) Finding {
	trust, err := translog.NewTrust(c.Keys.LogKeys())
	switch {
	case err != nil:
		return Finding{Unknown, err.Error()}
	case trust.Empty():
		return Finding{NotChecked, "the key set names no log"}
	case c.payload == nil:
		return Finding{NotChecked, "the log is about the signed statement of the QR code, which this form does not carry"}
	case proof == nil && c.Checkpoint == nil:
		return Finding{NotChecked, "it brings no proof that the log includes it"}
	case proof == nil:
		return c.search(ctx, trust)
	}
	p, err := translog.ParseProof(proof)
	if err != nil {
		return Finding{No, err.Error()}
	}
	included, err := p.Verify(translog.EntryData(translog.Issue, c.payload), trust)
	if err != nil {
		return Finding{No, err.Error()}
	}
	c.index = &p.Index
	if far := c.farFrom(included); far != "" {
		return Finding{Unknown, far}
	}
	detail := fmt.Sprintf("entry %d of a log of %d, signed by %s", p.Index, included.Size, included.Origin)
	for _, w := range included.Cosigned {
		detail += fmt.Sprintf(", witnessed by %s at %s", w.Witness, w.At.Format(time.RFC3339))
	}
	if c.Checkpoint == nil {
		return Finding{Yes, detail}
	}
	saved, err := trust.Open(c.Checkpoint)
	if err != nil {
		return Finding{Unknown, "the saved checkpoint: " + err.Error()}
	}
	if err = translog.Consistent(ctx, included, saved, c.Tiles); errors.Is(err, translog.ErrInconsistent) {
		return Finding{No, "the saved checkpoint contradicts the proof: the log was rewritten"}
	}
	if err != nil {
		return Finding{Unknown, "the saved checkpoint cannot be compared: " + err.Error()}
	}
	return Finding{Yes, fmt.Sprintf("%s, consistent with the saved checkpoint of %d", detail, saved.Size)}
}

// search looks for the statement in the copy of the log, entry by entry.
func (c *checking) search(ctx context.Context, trust translog.Trust) Finding {
	saved, err := trust.Open(c.Checkpoint)
	if err != nil {
		return Finding{Unknown, "the saved checkpoint: " + err.Error()}
	}
	if c.Tiles == nil {
		return Finding{Unknown, "it brings no proof that the log includes it, and there is no copy of the log to look in"}
	}
	index, err := translog.Find(ctx, c.Tiles, saved, translog.EntryData(translog.Issue, c.payload))
	if err != nil {
		return Finding{Unknown, "the copy of the log: " + err.Error()}
	}
	if index < 0 {
		return Finding{Unknown, fmt.Sprintf("the saved log of %d entries does not have it; it may be newer", saved.Size)}
	}
	c.index = &index
	if saved.At.IsZero() || c.report.IssuedAt.Sub(saved.At) <= certs.MaxLogDelay {
		return Finding{Yes, fmt.Sprintf("entry %d of the saved log of %d, signed by %s", index, saved.Size, saved.Origin)}
	}
	return Finding{Unknown, c.farFrom(translog.Checkpoint{At: saved.At})}
}

// farFrom says that the log or a witness saw the statement at another time than its
// date of issue, "" when none did. It may have been dated back, or forward.
func (c *checking) farFrom(included translog.Checkpoint) string {
	seen := []translog.Cosignature{{Witness: "the log", At: included.At}}
	for _, by := range append(seen, included.Cosigned...) {
		if !by.At.IsZero() && certs.FarFromIssue(c.report.IssuedAt, by.At) {
			return fmt.Sprintf("it is dated %s, but %s saw it at %s, more than a day apart; ask the issuer why",
				c.report.IssuedAt.Format(time.RFC3339), by.Witness, by.At.Format(time.RFC3339))
		}
	}
	return ""
}

func (c *checking) verdict() Verdict {
	r := &c.report
	all := []Finding{r.Signature, r.Dates, r.Status, r.Log}
	counts := make(map[Answer]int)
	for _, f := range all {
		counts[f.Answer]++
	}
	switch {
	case counts[No] > 0:
		return NotValid
	case counts[Unknown] > 0:
		return CannotTell
	case counts[Yes] == len(all):
		return Valid
	}
	return Genuine
}
