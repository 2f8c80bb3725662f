// Package csvfile reads tables that people save from spreadsheets, and says in words what
// is wrong with those that it cannot read, and where.
//
// Which separator a spreadsheet writes depends on the country; see Separator. With others
// than the comma, numbers may have a decimal comma. Text is UTF-8, or UTF-16 that begins with its mark; bytes that are neither are
// refused, since a guess would show names as nonsense. The first line names the columns,
// and every line has as many cells as it.
//
// The package knows no columns and keeps nothing but the line that it reads.
package csvfile

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Codes of a Fault.
const (
	// BadText: the bytes are no text that can be read.
	BadText = "encoding"
	// BadSyntax: quotation marks do not match.
	BadSyntax = "syntax"
	// Ragged: a line has more or fewer cells than the first one names.
	Ragged = "ragged"
)

// Fault is one thing wrong with the file. It says what to do.
type Fault struct {
	// Line counts from 1, the line of names.
	Line          int
	Code, Message string
}

// Error is the fault with its place.
func (f *Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Message) }

// peeked is how much is looked at before the first line is read: more than the names of
// any table take up to where its separator shows.
const peeked = 64 << 10

// Reader reads lines. It is not safe for concurrent use.
type Reader struct {
	csv    *csv.Reader
	source *bufio.Reader
	width  int
	line   int
	before int // lines before those that csv sees
}

// NewReader looks at nothing before the first Read.
func NewReader(r io.Reader) *Reader {
	text := transform.NewReader(r, unicode.BOMOverride(encoding.UTF8Validator))
	source := bufio.NewReaderSize(text, peeked)
	c := csv.NewReader(source)
	c.FieldsPerRecord, c.ReuseRecord = -1, true
	return &Reader{csv: c, source: source}
}

// Read returns the next line that is not empty, until io.EOF. The slice and its texts are
// valid until the next call. A *Fault says what is wrong with the file; after one that is
// Ragged, reading can go on. Any other error is one of reading as such.
func (r *Reader) Read() ([]string, error) {
	if r.width == 0 {
		if err := r.begin(); err != nil {
			return nil, err
		}
	}
	record, err := r.csv.Read()
	if err != nil {
		return nil, r.fault(err)
	}
	line, _ := r.csv.FieldPos(0)
	r.line = r.before + line
	if r.width == 0 {
		r.width = len(record)
	}
	if len(record) != r.width {
		return nil, &Fault{r.line, Ragged, fmt.Sprintf("has %s, the first line names %s; give every line as many (cells are taken to be separated by %s)",
			counted(len(record), "cell"), counted(r.width, "column"), Named(r.csv.Comma))}
	}
	return record, nil
}

// Line is where the line that was read last begins, from 1.
func (r *Reader) Line() int { return r.line }

// begin finds the separator, and what is no text at all.
func (r *Reader) begin() error {
	start, err := r.source.Peek(peeked)
	if len(start) == 0 && err != nil {
		return r.fault(err)
	}
	if bytes.IndexByte(start, 0) >= 0 {
		return &Fault{1, BadText, "is no text file, or UTF-16 without its mark; save the table as CSV in UTF-8"}
	}
	if bytes.IndexByte(start, '\n') < 0 && bytes.IndexByte(start, '\r') >= 0 && len(start) > bytes.IndexByte(start, '\r')+1 {
		return &Fault{1, BadSyntax, "lines end as on old Macintoshes, with CR alone; save the table as CSV with usual line ends"}
	}
	var said int
	if r.csv.Comma, said = Separator(start); said > 0 {
		r.before = 1
		if _, err := r.source.Discard(said); err != nil {
			return r.fault(err)
		}
	}
	r.csv.TrimLeadingSpace = r.csv.Comma != '\t' // an empty cell is a space too
	return nil
}

// fault puts an error of reading into words.
func (r *Reader) fault(err error) error {
	var syntax *csv.ParseError
	taken := " (cells are taken to be separated by " + Named(r.csv.Comma) + ")"
	switch {
	case errors.Is(err, encoding.ErrInvalidUTF8):
		return &Fault{r.line + 1, BadText, "holds bytes that are not UTF-8, from here on; save the table as CSV in UTF-8"}
	case errors.As(err, &syntax) && errors.Is(err, csv.ErrQuote):
		return &Fault{r.before + syntax.StartLine, BadSyntax, `is not CSV: a cell begins with a quotation mark that is not closed, or is followed by more than a separator; write "" for one within a cell` + taken}
	case errors.As(err, &syntax):
		return &Fault{r.before + syntax.Line, BadSyntax, `is not CSV: a cell holds a quotation mark but does not begin with one; put the cell in quotation marks and write "" for the one within` + taken}
	}
	return err
}

// Number reads a number that is finite. Where lines are not separated by commas, one in the
// number is its decimal sign.
func (r *Reader) Number(text string) (float64, bool) {
	if r.csv.Comma != ',' && strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// counted is a number of things.
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}
