package exam

import (
	"fmt"

	"github.com/proba-exam/proba/internal/fault"
)

// MultipleChoice is answered by ticking any number of options, or up to Choose
// of them when the stem says how many are right.
type MultipleChoice struct {
	Options []Option `json:"options"`
	// Choose is how many options may be ticked at most; 0 sets no limit. When
	// it is set it is the number of keys.
	Choose int `json:"choose,omitempty"`
}

func (c *MultipleChoice) check(path string, langs []string) []fault.Field {
	faults := checkOptions(c.Options, path+"/options", langs)
	keys := countKeys(c.Options)
	if keys < 1 || keys == len(c.Options) {
		faults = append(faults, fault.Field{Path: path + "/options", Message: fmt.Sprintf("%d of %d options are marked as key; at least one must be right and one wrong", keys, len(c.Options))})
	}
	if c.Choose != 0 && c.Choose != keys {
		faults = append(faults, fault.Field{Path: path + "/choose", Message: fmt.Sprintf("asks for %d, but %d options are marked as key", c.Choose, keys)})
	}
	return faults
}

func (c *MultipleChoice) shape() shape { return optionShape(c.Options) }

func (c *MultipleChoice) present(v *View, a Arrangement, lang string) {
	v.Options, v.Choose = presentOptions(c.Options, a, lang), c.Choose
}

func (c *MultipleChoice) accept(r Response) *fault.Field {
	if f := r.only("choices"); f != nil {
		return f
	}
	if c.Choose > 0 && len(r.Choices) > c.Choose {
		return &fault.Field{Path: "/choices", Message: fmt.Sprintf("at most %d options can be chosen here", c.Choose)}
	}
	return positions("choices", r.Choices, len(c.Options))
}

func (c *MultipleChoice) rules() []Rule {
	return []Rule{RightMinusWrong, PerOption, AllOrNothing}
}

func (c *MultipleChoice) mark(rule Rule, a Arrangement, r Response) Credit {
	if len(r.Choices) == 0 {
		return 0
	}
	keys, right := countKeys(c.Options), 0
	for _, pos := range r.Choices {
		if c.Options[a.Options[pos]].Key {
			right++
		}
	}
	return rule.choices(len(c.Options), keys, right, len(r.Choices)-right)
}

func (c *MultipleChoice) key(a Arrangement) Response {
	return Response{Choices: keyPositions(c.Options, a)}
}
