package doctor

import (
	"context"
	"strconv"

	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/fault"
)

// AuditEnd is the newest entry of the audit log: 0 and "" when it is empty.
type AuditEnd struct {
	Number int64  `json:"number"`
	Hash   string `json:"hash"`
}

// audit follows the chain from its first entry to the one that was the newest when
// it began; the service may append meanwhile.
func (e *examiner) audit(ctx context.Context) error {
	end, err := e.store.LastEntry(ctx)
	if fault.Of(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	e.report.Audit = AuditEnd{Number: end.Number, Hash: end.Hash}
	var last audit.Entry
	for n := int64(1); n <= end.Number; n++ {
		entry, err := e.store.Entry(ctx, n)
		if fault.Of(err) == fault.NotFound {
			e.find("audit", strconv.FormatInt(n, 10), "the entry is missing")
			continue
		}
		if err != nil {
			return err
		}
		if err := audit.Check(last, entry); err != nil {
			e.find("audit", strconv.FormatInt(n, 10), "%v", err)
		}
		last = entry
	}
	return nil
}
