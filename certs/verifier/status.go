package verifier

import (
	"fmt"
	"strings"
	"time"

	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/internal/keyring"
)

// status looks the certificate up in the lists that were brought.
func (c *checking) status() {
	if len(c.Lists) == 0 {
		c.report.Status = Finding{NotChecked, "no status list was given; ask the issuer whether it was revoked"}
		return
	}
	clear := make(map[badge.Purpose]time.Time)
	why := ""
	for _, data := range c.Lists {
		l, err := badge.CheckList(data, c.Keys)
		if err != nil {
			why = "a status list cannot be read"
			continue
		}
		place, listed := c.places[l.Purpose]
		if !listed || !strings.HasSuffix(l.ID, place.List) {
			continue // of other certificates
		}
		if problem := c.distrust(l); problem != "" {
			why = problem
			continue
		}
		set, err := l.Bits.Get(place.Index)
		if err != nil {
			why = err.Error()
			continue
		}
		if set {
			word := map[badge.Purpose]string{badge.Revocation: "revoked or replaced", badge.Suspension: "suspended"}[l.Purpose]
			c.report.Status = Finding{No, fmt.Sprintf("%s, as of %s", word, l.ValidFrom.Format(time.RFC3339))}
			return
		}
		if at, seen := clear[l.Purpose]; !seen || l.ValidFrom.After(at) {
			clear[l.Purpose] = l.ValidFrom
		}
	}
	c.report.Status = c.inForce(clear, why)
}

// distrust says why a list cannot be relied on, "" when it can.
func (c *checking) distrust(l badge.List) string {
	switch {
	case !l.Known || !l.Signature:
		return "a status list is not signed by the issuer"
	case l.Key.State == keyring.Revoked:
		return "a status list is signed with a key that is known to others"
	case c.Now.Add(clockSkew).Before(l.ValidFrom):
		return "a status list is dated in the future"
	case !l.ValidUntil.IsZero() && !c.Now.Before(l.ValidUntil):
		return "a status list is too old: it was to be relied on until " + l.ValidUntil.Format(time.RFC3339)
	}
	return ""
}

// inForce is the answer when no bit is set.
func (c *checking) inForce(clear map[badge.Purpose]time.Time, why string) Finding {
	var oldest time.Time
	for _, purpose := range []badge.Purpose{badge.Revocation, badge.Suspension} {
		at, seen := clear[purpose]
		if !seen {
			if why == "" {
				why = fmt.Sprintf("the status list for %s of this certificate was not given", purpose)
			}
			return Finding{Unknown, why}
		}
		if oldest.IsZero() || at.Before(oldest) {
			oldest = at
		}
	}
	return Finding{Yes, fmt.Sprintf("neither revoked nor suspended, as of %s (%s ago)", oldest.Format(time.RFC3339), c.Now.Sub(oldest).Truncate(time.Second))}
}
