package api

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// learnerList is a list of learners as a spreadsheet saves it (RFC 4180): the first
// row names the columns, in any order, in English or Ukrainian.
type learnerList struct {
	Rows []learnerRow
	// Lines gives for each row its line in the file, counted from 1.
	Lines []int
	// Encoding is "utf-8", "utf-16" or "windows-1251", which Excel writes where the
	// system speaks Ukrainian.
	Encoding string
}

// listFault is what is wrong at one place of a list.
type listFault struct {
	Line   int
	Column string // the name of a column as listColumns has it, "" for the whole row
	// Code is for the catalogue, Message in English.
	Code, Message string
}

// listColumns are the columns with the names under which each is known.
var listColumns = []struct {
	name  string
	known []string
}{
	{"email", []string{"email", "e-mail", "пошта", "електронна пошта", "ел. пошта"}},
	{"name", []string{"name", "піб", "ім'я", "ім’я", "прізвище та ім'я", "прізвище та ім’я", "прізвище, ім'я, по батькові", "прізвище, ім’я, по батькові"}},
	{"language", []string{"language", "мова"}},
	{"region", []string{"region", "регіон", "область"}},
	{"organisation", []string{"organisation", "organization", "організація", "установа", "заклад"}},
	{"extra_time", []string{"extra_time", "extra time", "додатковий час"}},
}

// listLanguages are the names of languages that people write in place of a tag.
var listLanguages = map[string]string{
	"українська": "uk", "укр": "uk", "укр.": "uk", "ukrainian": "uk", "ua": "uk",
	"англійська": "en", "англ": "en", "англ.": "en", "english": "en",
}

// readLearnerList reads a list. What a row leaves empty is taken from defaults. Every
// fault is reported; rows with faults are in the list as far as they could be read.
func readLearnerList(data []byte, defaults learnerRow) (learnerList, []listFault) {
	text, encoding, ok := decodeText(data)
	list := learnerList{Encoding: encoding}
	if !ok {
		return list, []listFault{{Line: 1, Code: "list.encoding", Message: "The file is neither UTF-8, UTF-16 nor windows-1251 text; save it as CSV in UTF-8."}}
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator(text), -1
	r.TrimLeadingSpace = r.Comma != '\t' // an empty cell is a space too
	header, err := r.Read()
	if errors.Is(err, io.EOF) || err == nil && blank(header) {
		return list, []listFault{nobody(1)}
	}
	if err != nil {
		return list, []listFault{unreadable(err, 1)}
	}
	columns, faults := nameColumns(header)
	if len(faults) > 0 {
		return list, faults
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return list, append(faults, unreadable(err, 0))
		}
		line, _ := r.FieldPos(0)
		if len(list.Rows) == auth.MaxRegistrations {
			return list, append(faults, listFault{Line: line, Code: "list.too_long", Message: fmt.Sprintf("A list may have %d learners; send the rest as another one.", auth.MaxRegistrations)})
		}
		if blank(record) {
			continue
		}
		row, bad := readRow(record, columns, defaults, line)
		list.Rows, list.Lines, faults = append(list.Rows, row), append(list.Lines, line), append(faults, bad...)
	}
	if len(list.Rows) == 0 && len(faults) == 0 {
		faults = append(faults, nobody(2))
	}
	return list, faults
}

func nobody(line int) listFault {
	return listFault{Line: line, Code: "list.empty", Message: "The list names nobody: choose a file, or paste the table."}
}

func unreadable(err error, line int) listFault {
	if syntax, ok := errors.AsType[*csv.ParseError](err); ok {
		line = syntax.Line
	}
	return listFault{Line: max(1, line), Code: "list.csv", Message: "This line is not CSV: look for a quotation mark that is not closed."}
}

func blank(record []string) bool {
	return !slices.ContainsFunc(record, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// nameColumns finds out what each column holds.
func nameColumns(header []string) ([]string, []listFault) {
	columns := make([]string, len(header))
	var faults []listFault
	for i, title := range header {
		title = strings.ToLower(strings.TrimSpace(title))
		for _, c := range listColumns {
			if slices.Contains(c.known, title) {
				columns[i] = c.name
			}
		}
		switch {
		case title == "" && i == len(header)-1: // a separator at the end of the line
		case columns[i] == "":
			faults = append(faults, listFault{Line: 1, Column: title, Code: "list.column", Message: "This column is not known; the columns are email, name, language, region, organisation, extra_time."})
		case slices.Index(columns, columns[i]) < i:
			faults = append(faults, listFault{Line: 1, Column: columns[i], Code: "list.column_twice", Message: "This column stands twice."})
		}
	}
	for _, need := range []string{"email", "name"} {
		if !slices.Contains(columns, need) {
			faults = append(faults, listFault{Line: 1, Column: need, Code: "list.column_missing", Message: "The first row must name this column."})
		}
	}
	return columns, faults
}

func readRow(record, columns []string, row learnerRow, line int) (learnerRow, []listFault) {
	var faults []listFault
	for i, cell := range record {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		if i >= len(columns) || columns[i] == "" {
			return row, append(faults, listFault{Line: line, Code: "list.too_many_cells", Message: "The row has more cells than the first one names; put a cell with a separator into quotation marks."})
		}
		switch columns[i] {
		case "email":
			row.Email = cell
		case "name":
			row.Name = cell
		case "language":
			row.Language = cmp.Or(listLanguages[strings.ToLower(cell)], cell)
		case "region":
			row.Region = cell
		case "organisation":
			row.Organisation = cell
		case "extra_time":
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(cell, "%")))
			if err != nil || n < 0 || n > exam.MaxExtraTime {
				faults = append(faults, listFault{Line: line, Column: "extra_time", Code: "list.extra_time", Message: fmt.Sprintf("Give a whole number of percent, 0 to %d.", exam.MaxExtraTime)})
			}
			row.ExtraTime = n
		}
	}
	return row, faults
}

// decodeText finds out the encoding: by its mark, else UTF-8 when the bytes are valid,
// else windows-1251. Bytes that no text has are refused.
func decodeText(data []byte) (text, encoding string, ok bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		return string(decoded), "utf-16", err == nil && !bytes.ContainsRune(decoded, 0)
	case bytes.IndexByte(data, 0) >= 0:
		return "", "", false
	case utf8.Valid(data):
		return strings.TrimPrefix(string(data), "\ufeff"), "utf-8", true
	}
	decoded, err := charmap.Windows1251.NewDecoder().Bytes(data)
	return string(decoded), "windows-1251", err == nil && !bytes.ContainsRune(decoded, utf8.RuneError)
}

// separator is the one of comma, semicolon and tab that stands most often in the first
// line: which one a spreadsheet writes depends on the country.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best, most := ',', 0
	for _, r := range ",;\t" {
		if n := strings.Count(first, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

// writeLearnerList writes rows so that readLearnerList reads the same ones.
func writeLearnerList(rows []learnerRow) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	header := make([]string, len(listColumns))
	for i, c := range listColumns {
		header[i] = c.name
	}
	if err := w.Write(header); err != nil {
		return "", fmt.Errorf("write a list: %w", err)
	}
	for _, r := range rows {
		if err := w.Write([]string{r.Email, r.Name, r.Language, r.Region, r.Organisation, strconv.Itoa(r.ExtraTime)}); err != nil {
			return "", fmt.Errorf("write a list: %w", err)
		}
	}
	w.Flush()
	return b.String(), w.Error()
}
