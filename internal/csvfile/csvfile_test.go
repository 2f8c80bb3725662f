package csvfile_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/proba-exam/proba/internal/csvfile"
)

// read returns all lines with their places, and the first error but Ragged.
func read(r io.Reader) (rows [][]string, lines []int, faults []*csvfile.Fault, err error) {
	c := csvfile.NewReader(r)
	for {
		record, err := c.Read()
		var fault *csvfile.Fault
		switch {
		case errors.Is(err, io.EOF):
			return rows, lines, faults, nil
		case errors.As(err, &fault) && fault.Code == csvfile.Ragged:
			faults = append(faults, fault)
			continue
		case err != nil:
			return rows, lines, faults, err
		}
		row := make([]string, len(record))
		for n, text := range record {
			row[n] = strings.Clone(text)
		}
		rows, lines = append(rows, row), append(lines, c.Line())
	}
}

// TestOneTable: the same table as different programs and countries save it.
func TestOneTable(t *testing.T) {
	want := [][]string{{"person", "вік", "b"}, {"x", "1", "два, три"}, {"y", "0", ""}}
	const text = "person,вік,b\nx,1,\"два, три\"\n\ny,0,\n"
	utf16 := func(order unicode.Endianness) string {
		s, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, c := range map[string]string{
		"UTF-8":                  text,
		"with a mark":            "\ufeff" + text,
		"Windows' line ends":     strings.ReplaceAll(text, "\n", "\r\n"),
		"no line end at the end": strings.TrimSuffix(text, "\n"),
		"semicolons":             "person;вік;b\nx;1;два, три\n\ny;0;\n",
		"tabs":                   "person\tвік\tb\nx\t1\tдва, три\n\ny\t0\t\n",
		"UTF-16, little end":     utf16(unicode.LittleEndian),
		"UTF-16, big end":        utf16(unicode.BigEndian),
	} {
		rows, lines, faults, err := read(iotest.OneByteReader(strings.NewReader(c)))
		if diff := cmp.Diff(want, rows); diff != "" || err != nil || len(faults) > 0 || !slices.Equal(lines, []int{1, 2, 4}) {
			t.Errorf("%s: %v %v, lines %v\n%s", name, err, faults, lines, diff)
		}
	}
}

// TestFaults have a place and a code, and say what to do.
func TestFaults(t *testing.T) {
	windows, err := charmap.Windows1251.NewEncoder().String("person,a\nІванна,1\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		line int
		code string
		says string
	}{
		"windows-1251":       {windows, 2, csvfile.BadText, "save the table as CSV in UTF-8"},
		"zero bytes":         {"a\x00,b\n", 1, csvfile.BadText, "save the table"},
		"old Macintosh":      {"a,b\r1,0\r", 1, csvfile.BadSyntax, "CR alone"},
		"a mark not closed":  {"a,b\n1,0\n\"1,0\n1,1\n1,1\n", 3, csvfile.BadSyntax, "not closed"},
		"a mark after sep=":  {"sep=;\na;b\n1;0\"\n", 3, csvfile.BadSyntax, "separated by semicolons"},
		"a mark in the cell": {"a,b\n1,0\"\n", 2, csvfile.BadSyntax, "quotation marks"},
	} {
		_, _, _, err := read(strings.NewReader(c.text))
		var fault *csvfile.Fault
		if !errors.As(err, &fault) || fault.Line != c.line || fault.Code != c.code || !strings.Contains(fault.Error(), c.says) {
			t.Errorf("%s: %v, want %s at line %d with %q", name, err, c.code, c.line, c.says)
		}
	}
	rows, _, faults, err := read(strings.NewReader("a,b\n1\n1,0\n1,0,1\n"))
	if err != nil || len(rows) != 2 || len(faults) != 2 || faults[0].Line != 2 || faults[1].Line != 4 ||
		faults[0].Message != "has 1 cell, the first line names 2 columns; give every line as many (cells are taken to be separated by commas)" {
		t.Errorf("%v, %v, %v", rows, faults, err)
	}
	broken := errors.New("the disk is gone")
	if _, _, _, err := read(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("an error of reading is %v", err)
	}
	if rows, _, _, err := read(strings.NewReader("")); err != nil || len(rows) > 0 {
		t.Errorf("nothing is %v, %v", rows, err)
	}
}

// TestNumber: a comma is a decimal sign only where it separates nothing.
func TestNumber(t *testing.T) {
	for _, c := range []struct {
		header, text string
		want         float64
		ok           bool
	}{
		{"a,b\n", "0.5", .5, true}, {"a;b\n", "0.5", .5, true}, {"a;b\n", "0,5", .5, true}, {"a\tb\n", "-1,25", -1.25, true},
		{"a,b\n", "0,5", 0, false}, {"a;b\n", "1,000.5", 0, false}, {"a;b\n", "1,0,0", 0, false}, {"a\n", "NaN", 0, false}, {"a\n", "Inf", 0, false}, {"a\n", "", 0, false},
	} {
		r := csvfile.NewReader(strings.NewReader(c.header))
		if _, err := r.Read(); err != nil {
			t.Fatal(err)
		}
		if got, ok := r.Number(c.text); ok != c.ok || ok && got != c.want {
			t.Errorf("%q after %q is %v, %v", c.text, c.header, got, ok)
		}
	}
}

// FuzzRead: whatever the bytes, lines come with the width of the first and in ascending
// order, and reading ends.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"a,b\n1,0\n", "a;b\n\"x;\ny\";0\n", "\xff\xfea\x00\n\x00", "a\tb\r\n1\t2", "\"", "a\r1"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, lines, _, _ := read(strings.NewReader(string(data)))
		for n, row := range rows {
			if len(row) != len(rows[0]) || n > 0 && lines[n] <= lines[n-1] {
				t.Fatalf("line %d has %d cells after %v", lines[n], len(row), lines[:n])
			}
		}
	})
}

// TestSeparator: what is in quotation marks separates nothing, an empty line says nothing, and
// "sep=" says it.
func TestSeparator(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		first []string
		line  int // where the second row is
	}{
		"semicolons in a name in marks":   {"\"person\",\"g\",\"Which; one; or two; or none; none\"\n1,2,3\n", []string{"person", "g", "Which; one; or two; or none; none"}, 2},
		"the same, with a ragged row":     {"person,\"Which; one; or two\"\n1\n1,2\n", []string{"person", "Which; one; or two"}, 3},
		"a name in marks over two lines":  {"person,\"a;b;\n;c\"\n1,2\n", []string{"person", "a;b;\n;c"}, 3},
		"semicolons in a name":            {"item,key (one of A;B;C;D)\nq1,A\n", []string{"item", "key (one of A;B;C;D)"}, 2},
		"commas in a name":                {"id;weight, kg, dry, or none\nx;1,5\n", []string{"id", "weight, kg, dry, or none"}, 2},
		"an empty first line":             {"\n\r\na;b\n1;2\n", []string{"a", "b"}, 4},
		"Excel's line":                    {"sep=;\r\na,b,c;d\r\n1,5;2\r\n", []string{"a,b,c", "d"}, 3},
		"Excel's line, a mark before it":  {"\ufeffSEP=\t\na\tb\n1\t2\n", []string{"a", "b"}, 3},
		"Excel's line with a sign of its": {"sep=|\na|b\n1|2\n", []string{"a", "b"}, 3},
		"a column that is called so":      {"sep=a;b\n1;2\n", []string{"sep=a", "b"}, 2},
	} {
		rows, lines, _, err := read(strings.NewReader(c.text))
		if err != nil || len(rows) != 2 || !slices.Equal(rows[0], c.first) || lines[1] != c.line {
			t.Errorf("%s: %q at %v, %v; want %q, then line %d", name, rows, lines, err, c.first, c.line)
		}
	}
	if rows, _, _, err := read(strings.NewReader("sep=;")); err != nil || len(rows) > 0 {
		t.Errorf("nothing but Excel's line is %v, %v", rows, err)
	}
}
