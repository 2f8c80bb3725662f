package exam

import (
	"fmt"

	"github.com/proba-exam/proba/internal/fault"
)

// Match asks to give each row the choice that belongs to it. Distractors are
// choices that belong to no row. A choice may be given to one row only.
type Match struct {
	Rows        []Row  `json:"rows"`
	Distractors []Text `json:"distractors,omitempty"`
}

// Row is a prompt with the choice that belongs to it.
type Row struct {
	Prompt Text `json:"prompt"`
	Match  Text `json:"match"`
}

func (m *Match) check(path string, langs []string) []fault.Field {
	var faults []fault.Field
	if n := len(m.Rows); n < 2 || n+len(m.Distractors) > maxOptions {
		faults = append(faults, fault.Field{Path: path + "/rows", Message: fmt.Sprintf("there are %d rows and %d distractors; at least 2 rows and at most %d choices are allowed", n, len(m.Distractors), maxOptions)})
	}
	prompts, choices := make([]Text, len(m.Rows)), m.choices()
	for i, row := range m.Rows {
		prompts[i] = row.Prompt
	}
	faults = append(faults, checkTexts(prompts, path+"/rows", "/prompt", langs)...)
	faults = append(faults, checkTexts(choices[:len(m.Rows)], path+"/rows", "/match", langs)...)
	faults = append(faults, checkTexts(m.Distractors, path+"/distractors", "", langs)...)
	for i, d := range m.Distractors {
		for j, row := range m.Rows {
			for _, lang := range langs {
				if d[lang] != "" && d[lang] == row.Match[lang] {
					faults = append(faults, fault.Field{Path: fmt.Sprintf("%s/distractors/%d/%s", path, i, lang), Message: fmt.Sprintf("says the same as the match of row %d", j+1)})
				}
			}
		}
	}
	return faults
}

// choices are the matches of the rows, then the distractors: choice i < len(Rows)
// belongs to row i.
func (m *Match) choices() []Text {
	all := make([]Text, 0, len(m.Rows)+len(m.Distractors))
	for _, row := range m.Rows {
		all = append(all, row.Match)
	}
	return append(all, m.Distractors...)
}

func (m *Match) shape() shape {
	return shape{options: len(m.Rows) + len(m.Distractors), rows: len(m.Rows)}
}

func (m *Match) present(v *View, a Arrangement, lang string) {
	choices := m.choices()
	v.Rows, v.Options = make([]string, len(a.Rows)), make([]string, len(a.Options))
	for pos, authored := range a.Rows {
		v.Rows[pos] = m.Rows[authored].Prompt.In(lang)
	}
	for pos, authored := range a.Options {
		v.Options[pos] = choices[authored].In(lang)
	}
}

func (m *Match) accept(r Response) *fault.Field {
	if f := r.only("pairs"); f != nil {
		return f
	}
	if n := len(r.Pairs); n != 0 && n != len(m.Rows) {
		return &fault.Field{Path: "/pairs", Message: fmt.Sprintf("has %d entries for %d rows; use -1 for a row without an answer", n, len(m.Rows))}
	}
	given := make([]bool, len(m.Rows)+len(m.Distractors))
	for i, choice := range r.Pairs {
		if choice == -1 {
			continue
		}
		if choice < 0 || choice >= len(given) || given[choice] {
			return &fault.Field{Path: fmt.Sprintf("/pairs/%d", i), Message: fmt.Sprintf("%d is not a choice from 0 to %d, or is given to two rows", choice, len(given)-1)}
		}
		given[choice] = true
	}
	return nil
}

func (m *Match) rules() []Rule { return []Rule{PerPair, AllOrNothing} }

func (m *Match) mark(rule Rule, a Arrangement, r Response) Credit {
	right := 0
	for pos, choice := range r.Pairs {
		if choice >= 0 && a.Options[choice] == a.Rows[pos] {
			right++
		}
	}
	return rule.share(right, len(m.Rows))
}

func (m *Match) key(a Arrangement) Response {
	at := make([]int, len(a.Options))
	for pos, authored := range a.Options {
		at[authored] = pos
	}
	pairs := make([]int, len(a.Rows))
	for pos, row := range a.Rows {
		pairs[pos] = at[row]
	}
	return Response{Pairs: pairs}
}
