package interchange

import "fmt"

// Severity says what a problem costs.
type Severity string

// The severities.
const (
	// Error: the question, or the whole file, is refused.
	Error Severity = "error"
	// Warning: the question is kept, and something of it is not.
	Warning Severity = "warning"
	// Note: something was decided that the importing person may want to know.
	Note Severity = "note"
)

// Problem is one row of an import's report.
type Problem struct {
	File string `json:"file"`
	// Line counts from 1; 0 is the file as a whole.
	Line int `json:"line"`
	// Item is the id in the bank, or the source's own name of the question, ""
	// when the row is about the file.
	Item     string   `json:"item"`
	Severity Severity `json:"severity"`
	// Code is stable and dotted, such as "media.image".
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Report is what check and import answer for one source.
type Report struct {
	Format string `json:"format"`
	// Items are the questions found; Imported of them are in the bank, Skipped
	// are refused. Items is the sum of the two.
	Items    int       `json:"items"`
	Imported int       `json:"imported"`
	Skipped  int       `json:"skipped"`
	Problems []Problem `json:"problems"`
}

// Refused reports whether anything was: a question or the whole file.
func (r *Report) Refused() bool {
	for _, p := range r.Problems {
		if p.Severity == Error {
			return true
		}
	}
	return false
}

// problems collects rows up to maxProblems.
type problems struct {
	rows []Problem
	// extra are the rows over the limit, extraErrors those of them that refuse.
	extra, extraErrors int
}

func (ps *problems) add(p Problem) {
	if len(ps.rows) < maxProblems {
		p.File, p.Item, p.Message = clipped(p.File, maxName), clipped(p.Item, maxName), clipped(p.Message, maxMessage)
		ps.rows = append(ps.rows, p)
		return
	}
	ps.extra++
	if p.Severity == Error {
		ps.extraErrors++
	}
}

// all returns the rows, with a last one for those over the limit.
func (ps *problems) all() []Problem {
	rows := ps.rows
	if rows == nil {
		rows = []Problem{}
	}
	if ps.extra == 0 {
		return rows
	}
	severity := Warning
	if ps.extraErrors > 0 {
		severity = Error
	}
	return append(rows, Problem{Severity: severity, Code: "report.long", Message: fmt.Sprintf("%d more problems, %d of them errors, are not listed; mend these first", ps.extra, ps.extraErrors)})
}
