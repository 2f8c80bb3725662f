package certs

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/fault"
)

// The states of a certificate, and what leads from one to another:
//
//	valid ⇄ suspended
//	valid, suspended → revoked
//	valid → superseded
//
// Revoked and superseded are final. What is there already is no change.

var errSuperseded = fault.New(fault.Conflict, "certificate.superseded", "This certificate was replaced by another one; change that one.")

// transition moves the certificate to a state, and reports whether that changes
// anything.
func (c *Certificate) transition(to State, by string, why reason, now time.Time) (changed bool, err error) {
	if c.State == to {
		return false, nil
	}
	from := map[State][]State{Valid: {Suspended}, Suspended: {Valid}, Revoked: {Valid, Suspended}, Superseded: {Valid}}
	switch {
	case slices.Contains(from[to], c.State):
	case c.State == Superseded:
		return false, errSuperseded
	case c.State == Revoked:
		return false, fault.New(fault.Conflict, "certificate.revoked", "This certificate is revoked, which is for good.")
	default:
		return false, fault.New(fault.Conflict, "certificate.suspended", "This certificate is suspended; resume it first.")
	}
	c.State, c.Unlogged = to, true
	c.Events = append(slices.Clone(c.Events), Event{At: now, State: to, By: by, Reason: why.text, Code: why.code})
	return true, nil
}

// LogEntry is what the log says of event i.
func (c *Certificate) LogEntry(i int) translog.Entry {
	e := c.Events[i]
	if i == 0 {
		return translog.NewEntry(translog.Issue, c.Payload, e.At)
	}
	what := map[State]translog.Type{Valid: translog.Resume, Suspended: translog.Suspend, Revoked: translog.Revoke, Superseded: translog.Supersede}[e.State]
	// The hash of a signed payload cannot be guessed, so that the entry says
	// nothing to who does not have the certificate.
	sum := sha256.Sum256(c.Payload)
	object := fmt.Sprintf("cert-event/v1\n%s\n%d\n%s\n", base64.StdEncoding.EncodeToString(sum[:]), i, e.At.UTC().Format("2006-01-02T15:04:05.000Z"))
	return translog.NewEntry(what, []byte(object), e.At)
}
