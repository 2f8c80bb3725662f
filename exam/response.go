package exam

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"

	"github.com/proba-exam/proba/internal/fault"
)

// maxResponseText is the longest typed answer but an essay, in bytes.
const maxResponseText = 400

// Response is what a learner answered to one slot of a form. Numbers are
// positions in the order in which the slot was presented, counted from 0; they
// say nothing of the authored order. One member is used, by kind of item; the
// zero Response is "no answer" and clears an earlier one.
type Response struct {
	// Choices are the ticked options (single, multiple, true_false, hotspot), ascending.
	Choices []int `json:"choices,omitempty"`
	// Order lists the presented positions in the learner's sequence (ordering).
	Order []int `json:"order,omitempty"`
	// Pairs gives for each presented row the position of its choice, -1 for
	// none (matching).
	Pairs []int `json:"pairs,omitempty"`
	// Text is what was typed (numeric, short_text, extended_text).
	Text string `json:"text,omitempty"`
	// Gaps gives for each gap of the item what was typed or the position of the chosen
	// option in decimal, "" for none (cloze).
	Gaps []string `json:"gaps,omitempty"`
}

// Empty reports whether r is "no answer".
func (r Response) Empty() bool {
	for _, p := range r.Pairs {
		if p >= 0 {
			return false
		}
	}
	for _, s := range r.Gaps {
		if s != "" {
			return false
		}
	}
	return len(r.Choices) == 0 && len(r.Order) == 0 && r.Text == ""
}

// only reports a fault when r uses a member other than the one that its kind
// answers with.
func (r Response) only(member string) *fault.Field {
	used := map[string]bool{"choices": len(r.Choices) > 0, "order": len(r.Order) > 0, "pairs": len(r.Pairs) > 0, "text": r.Text != "", "gaps": len(r.Gaps) > 0}
	for _, name := range []string{"choices", "order", "pairs", "text", "gaps"} {
		if used[name] && name != member {
			return &fault.Field{Path: "/" + name, Message: fmt.Sprintf("this item is answered with %q", member)}
		}
	}
	return nil
}

// positions reports a fault when ps are not distinct positions below n.
func positions(member string, ps []int, n int) *fault.Field {
	seen := make([]bool, n)
	for i, p := range ps {
		if p < 0 || p >= n || seen[p] {
			return &fault.Field{Path: fmt.Sprintf("/%s/%d", member, i), Message: fmt.Sprintf("%d is not a position from 0 to %d, or is named twice", p, n-1)}
		}
		seen[p] = true
	}
	return nil
}

// Leaf is the SHA-256 of one stored response; the zero Leaf stands for a slot
// that has none.
type Leaf [sha256.Size]byte

// Leaf returns the hash of r's JSON text without HTML escapes, so that a
// browser's JSON.stringify of the same answer gives the same hash.
func (r Response) Leaf() Leaf {
	if r.Empty() {
		return Leaf{}
	}
	h := sha256.New()
	enc := json.NewEncoder(lineless{h})
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil { // numbers and a string: cannot fail
		return Leaf{}
	}
	return Leaf(h.Sum(nil))
}

// lineless drops the line feed that json.Encoder ends each value with.
type lineless struct{ w io.Writer }

func (l lineless) Write(p []byte) (int, error) {
	if _, err := l.w.Write(bytes.TrimSuffix(p, []byte("\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Digest is the SHA-256 over the leaves of all slots of a form in their order:
// equal digests mean equal stored answers.
func Digest(leaves []Leaf) [sha256.Size]byte {
	h := sha256.New()
	for i := range leaves {
		h.Write(leaves[i][:])
	}
	return [sha256.Size]byte(h.Sum(nil))
}
