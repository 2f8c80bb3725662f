package exam

import (
	"fmt"

	"github.com/proba-exam/proba/internal/fault"
)

// SingleChoice is answered by ticking one option; exactly one is right.
type SingleChoice struct {
	Options []Option `json:"options"`
}

func (c *SingleChoice) check(path string, langs []string) []fault.Field {
	faults := checkOptions(c.Options, path+"/options", langs)
	if n := countKeys(c.Options); n != 1 {
		faults = append(faults, fault.Field{Path: path + "/options", Message: fmt.Sprintf("%d options are marked as key; a single choice has exactly one", n)})
	}
	return faults
}

func (c *SingleChoice) shape() shape { return optionShape(c.Options) }

func (c *SingleChoice) present(v *View, a Arrangement, lang string) {
	v.Options, v.Choose = presentOptions(c.Options, a, lang), 1
}

func (c *SingleChoice) accept(r Response) *fault.Field {
	if f := r.only("choices"); f != nil {
		return f
	}
	if len(r.Choices) > 1 {
		return &fault.Field{Path: "/choices", Message: "one option can be chosen here"}
	}
	return positions("choices", r.Choices, len(c.Options))
}

func (c *SingleChoice) rules() []Rule { return []Rule{AllOrNothing} }

func (c *SingleChoice) mark(_ Rule, a Arrangement, r Response) Credit {
	if len(r.Choices) == 1 && c.Options[a.Options[r.Choices[0]]].Key {
		return OnePoint
	}
	return 0
}

func (c *SingleChoice) key(a Arrangement) Response {
	return Response{Choices: keyPositions(c.Options, a)}
}
