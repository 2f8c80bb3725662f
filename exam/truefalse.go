package exam

import "github.com/proba-exam/proba/internal/fault"

// TrueOrFalse asks whether the stem is true. Position 0 is "true", position 1 is
// "false"; they are never shuffled, and the page words them.
type TrueOrFalse struct {
	// True is the key.
	True *bool `json:"true"`
}

func (c *TrueOrFalse) check(path string, _ []string) []fault.Field {
	if c.True == nil {
		return []fault.Field{{Path: path + "/true", Message: "is missing; write true or false"}}
	}
	return nil
}

func (c *TrueOrFalse) shape() shape { return shape{} }

func (c *TrueOrFalse) present(v *View, _ Arrangement, _ string) { v.Choose = 1 }

func (c *TrueOrFalse) accept(r Response) *fault.Field {
	if f := r.only("choices"); f != nil {
		return f
	}
	if len(r.Choices) > 1 {
		return &fault.Field{Path: "/choices", Message: "true or false can be chosen here, not both"}
	}
	return positions("choices", r.Choices, 2)
}

func (c *TrueOrFalse) rules() []Rule { return []Rule{AllOrNothing} }

func (c *TrueOrFalse) mark(_ Rule, a Arrangement, r Response) Credit {
	if len(r.Choices) == 1 && r.Choices[0] == c.key(a).Choices[0] {
		return OnePoint
	}
	return 0
}

func (c *TrueOrFalse) key(Arrangement) Response {
	if *c.True {
		return Response{Choices: []int{0}}
	}
	return Response{Choices: []int{1}}
}
