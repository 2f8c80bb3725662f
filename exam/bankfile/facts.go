package bankfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/proba-exam/proba/internal/fault"
)

// FactList is the optional file of the facts that items may rest on: one line a
// fact, its number and its Standing separated by a tab; lines that begin with #
// are comments.
const FactList = "facts.tsv"

// Standing says how well a fact is supported.
type Standing string

// The standings of a fact. No item may rest on an unconfirmed one.
const (
	// Confirmed: read in the text of the instrument or judgment itself.
	Confirmed Standing = "CONFIRMED"
	// ConfirmedSecondary: read in a secondary source only.
	ConfirmedSecondary Standing = "CONFIRMED-2"
	// Unconfirmed: not seen in any source yet.
	Unconfirmed Standing = "UNCONFIRMED"
)

// ReadFacts reads a fact list: the standing of each fact by its number. It
// reports every line that is not one; err is a failure of reading.
func ReadFacts(list io.Reader) (map[string]Standing, []Problem, error) {
	facts := make(map[string]Standing)
	var problems []Problem
	lines := bufio.NewScanner(list)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSuffix(lines.Text(), "\r")
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		number, word, _ := strings.Cut(text, "\t")
		standing := Standing(word)
		message := ""
		switch {
		case standing != Confirmed && standing != ConfirmedSecondary && standing != Unconfirmed:
			message = fmt.Sprintf("%q is not a fact with its standing; write a number, a tab and one of %s, %s, %s", text, Confirmed, ConfirmedSecondary, Unconfirmed)
		case facts[number] != "":
			message = fmt.Sprintf("fact %s is listed twice", number)
		}
		if message != "" {
			problems = append(problems, Problem{File: FactList, Line: n, Severity: Error, Code: "facts.malformed", Message: message})
			continue
		}
		facts[number] = standing
	}
	if err := lines.Err(); err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", FactList, err)
	}
	return facts, problems, nil
}

// checkFacts looks up every fact that an item refers to, where the folder has a
// fact list.
func (r *reader) checkFacts(folder fs.FS) error {
	file, err := folder.Open(FactList)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", FactList, err)
	}
	defer file.Close()
	facts, problems, err := ReadFacts(file)
	if err != nil {
		return err
	}
	before := len(r.problems)
	r.problems = append(r.problems, problems...)
	for i, it := range r.items {
		for j, ref := range it.References {
			at := fault.Field{Path: fmt.Sprintf("/items/%d/references/%d/fact", i, j)}
			switch standing, known := facts[ref.Fact]; {
			case ref.Fact == "":
			case !known:
				at.Message = fmt.Sprintf("%q is not in %s; add the fact or correct its number", ref.Fact, FactList)
				r.place("item.unknown_fact", at)
			case standing == Unconfirmed:
				at.Message = fmt.Sprintf("%s is unconfirmed; an item rests on confirmed facts only", ref.Fact)
				r.place("item.unconfirmed_fact", at)
			}
		}
	}
	r.factProblems = len(r.problems) - before
	return nil
}
