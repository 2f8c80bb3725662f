package api

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/statistics"
)

// exportTime is how moments stand in exports for programs.
const exportTime = time.RFC3339

// authored is a row an item: figures, flags, and what learners reported.
func (f figures) authored(r *statistics.Result, v *statistics.Voices) tableView {
	t := tableView{Header: f.header("wStItem", "wStAnswers", "wStFacility", "wStRest", "wStFlags", "wStReports")}
	for _, reason := range exam.Reasons() {
		t.Header = append(t.Header, f.term("reason", string(reason)))
	}
	t.Header = append(t.Header, f.T["wStComments"])
	said := make(map[string]statistics.Reported)
	for _, of := range v.Reports {
		said[of.Item] = of
	}
	row := func(it statistics.Line) {
		of := said[it.Item]
		delete(said, it.Item)
		cells := []string{it.Item, strconv.Itoa(it.N), f.known(it.Facility, 3), f.known(it.Rest, 3), f.flags(it.Flags), strconv.Itoa(of.N)}
		for _, reason := range exam.Reasons() {
			cells = append(cells, strconv.Itoa(of.Reasons[reason]))
		}
		t.Rows = append(t.Rows, append(cells, strings.Join(of.Texts, "\n")))
	}
	for _, it := range r.Items {
		row(it)
	}
	for _, of := range v.Reports { // items without figures
		if _, left := said[of.Item]; left {
			row(statistics.Line{Item: of.Item})
		}
	}
	return t
}

// survey is a row a question.
func (f figures) survey(v *statistics.Voices) tableView {
	t := tableView{Header: f.header("wStQuestion", "wStAnswers", "wStMean")}
	for mark := range 5 {
		t.Header = append(t.Header, strconv.Itoa(mark+1))
	}
	for _, q := range f.questions(v) {
		cells := []string{q.Title, strconv.Itoa(q.N), figure(f.Lang, q.Mean, 2)}
		for mark := range 5 {
			n := 0
			if mark < len(q.Marks) {
				n = q.Marks[mark]
			}
			cells = append(cells, strconv.Itoa(n))
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// question is one of the survey with its marks.
type question struct {
	Title string
	statistics.Rating
}

func (f figures) questions(v *statistics.Voices) []question {
	return []question{{f.T["surveyClear"], v.Clear}, {f.T["surveyFair"], v.Fair}, {f.T["surveyTechnical"], v.Technical}}
}

func (f figures) comments(v *statistics.Voices) tableView {
	t := tableView{Header: f.header("wStComments")}
	for _, s := range v.Comments {
		t.Rows = append(t.Rows, []string{s})
	}
	return t
}

// sheetOf is a table under its name.
type sheetOf struct {
	name string
	tableView
}

// workbook writes tables as sheets. Cells are text or numbers, never formulas, whatever
// they hold.
func workbook(sheets []sheetOf) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	for n, s := range sheets {
		name := s.name
		if n == 0 {
			if err := book.SetSheetName(book.GetSheetName(0), name); err != nil {
				return nil, fmt.Errorf("sheet %s: %w", name, err)
			}
		} else if _, err := book.NewSheet(name); err != nil {
			return nil, fmt.Errorf("sheet %s: %w", name, err)
		}
		for r, row := range append([][]string{s.Header}, s.Rows...) {
			cells := make([]any, len(row))
			for c, cell := range row {
				cells[c] = cell
				if c > 0 && isNumber(plain(cell)) { // first stands what a row is called, such as item 007
					if v, err := strconv.ParseFloat(strings.Replace(plain(cell), ",", ".", 1), 64); err == nil {
						cells[c] = v
					}
				}
			}
			at, err := excelize.CoordinatesToCellName(1, r+1)
			if err != nil {
				return nil, fmt.Errorf("sheet %s: %w", name, err)
			}
			if err := book.SetSheetRow(name, at, &cells); err != nil {
				return nil, fmt.Errorf("sheet %s: %w", name, err)
			}
		}
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	return b.Bytes(), nil
}
