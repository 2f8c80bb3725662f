package table

import (
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/proba-exam/proba/exam/interchange"
)

// maxCells bounds a row: the widest table in two languages has a hundred columns.
const maxCells = 1_000

// ReadXLSX takes in the questions of the first sheet of a workbook.
func ReadXLSX(im *interchange.Import, file string, data []byte) { readXLSX(im, file, data, nil) }

// readXLSX is ReadXLSX of a workbook that lies beside files, nil for none.
func readXLSX(im *interchange.Import, file string, data []byte, media func(src string) ([]byte, error)) {
	p, err := interchange.OpenZip(data)
	if err != nil {
		im.Fail(file, 0, "xlsx.broken", "%s", err)
		return
	}
	sheet, err := firstSheet(im, file, p)
	if err != nil {
		im.Fail(file, 0, "xlsx.broken", "%s", err)
		return
	}
	shared, err := sharedStrings(p)
	if err != nil {
		im.Fail(file, 0, "xlsx.broken", "the texts of the workbook: %s", err)
		return
	}
	content, err := p.Open(sheet)
	if err != nil {
		im.Fail(file, 0, "xlsx.broken", "%s", err)
		return
	}
	defer content.Close()
	t := reader{im: im, file: file, drawings: drawings(im, file, p, sheet), media: func(src string) ([]byte, error) {
		if media != nil && !p.Has(src) {
			return media(src)
		}
		return beside(p, "", src)
	}}
	t.rows(content, shared)
}

// part reads a file of the workbook whole.
func part(p *interchange.Package, name string) (*interchange.Element, error) {
	data, err := p.Read(name)
	if err != nil {
		return nil, err
	}
	return interchange.NewXML(data).Root()
}

// firstSheet follows the workbook's relations to its first sheet.
func firstSheet(im *interchange.Import, file string, p *interchange.Package) (string, error) {
	const workbook = "xl/workbook.xml"
	book, err := part(p, workbook)
	if err != nil {
		return "", err
	}
	relations, err := part(p, "xl/_rels/workbook.xml.rels")
	if err != nil {
		return "", err
	}
	sheets := book.Find("sheet")
	if len(sheets) == 0 {
		return "", io.ErrUnexpectedEOF
	}
	if len(sheets) > 1 {
		im.Warn(file, 0, "xlsx.sheets", "only the first of its %d sheets, %q, is read", len(sheets), sheets[0].Attr("name"))
	}
	for _, r := range relations.Find("Relationship") {
		if r.Attr("Id") == sheets[0].Attr("id") {
			target := r.Attr("Target")
			if absolute, ok := strings.CutPrefix(target, "/"); ok {
				return interchange.Resolve("", absolute)
			}
			return interchange.Resolve(workbook, target)
		}
	}
	return "", io.ErrUnexpectedEOF
}

// sharedStrings reads the texts that cells refer to by number. Hints on
// pronunciation (rPh) are no part of the text.
func sharedStrings(p *interchange.Package) ([]string, error) {
	const name = "xl/sharedStrings.xml"
	if !p.Has(name) {
		return nil, nil
	}
	f, err := p.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	x := interchange.StreamXML(f)
	var all []string
	for {
		si, err := x.Next(func(name string, path []*interchange.Element) bool { return name == "si" && len(path) == 1 })
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, richText(si))
	}
}

func richText(e *interchange.Element) string {
	var b strings.Builder
	e.Walk(func(c *interchange.Element) bool {
		if c.Name == "t" {
			b.WriteString(c.Content())
		}
		return c.Name != "rPh" && c.Name != "t"
	})
	return unescape(b.String())
}

// escapedUnit is a character that XML cannot hold, or an underscore that would look like
// one, as a text of a workbook has it (ECMA-376, part 1, 22.9.2.19).
var escapedUnit = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escapedUnit.ReplaceAllStringFunc(s, func(unit string) string {
		n, err := strconv.ParseUint(unit[2:6], 16, 16)
		r := rune(n)
		switch {
		case err != nil || utf16.IsSurrogate(r):
			return unit
		case unicode.IsControl(r) && !unicode.IsSpace(r):
			return ""
		}
		return string(r)
	})
}

func (t *reader) rows(sheet io.Reader, shared []string) {
	x := interchange.StreamXML(sheet)
	line := 0
	for {
		row, err := x.Next(func(name string, _ []*interchange.Element) bool { return name == "row" })
		if err == io.EOF {
			return
		}
		if err != nil {
			t.im.Fail(t.file, line, "xlsx.broken", "the sheet cannot be read behind this row: %s", err)
			return
		}
		line++
		if n, err := strconv.Atoi(row.Attr("r")); err == nil && n > line {
			line = n // rows without cells are left out of the file
		}
		if !t.row(line, cells(row, shared)) {
			return
		}
	}
}

// cells puts the cells of a row into their columns.
func cells(row *interchange.Element, shared []string) []string {
	var cells []string
	for _, c := range row.All("c") {
		at := columnNumber(c.Attr("r"), len(cells))
		if at >= maxCells {
			break
		}
		for len(cells) <= at {
			cells = append(cells, "")
		}
		cells[at] = value(c, shared)
	}
	return cells
}

// columnNumber reads the letters of a reference such as "AB12", counted from 0.
func columnNumber(reference string, otherwise int) int {
	n := 0
	for _, r := range reference {
		if r < 'A' || r > 'Z' {
			break
		}
		if n = n*26 + int(r-'A') + 1; n > maxCells {
			return maxCells
		}
	}
	if n == 0 {
		return otherwise
	}
	return n - 1
}

func value(c *interchange.Element, shared []string) string {
	v := c.Child("v").Content()
	switch c.Attr("t") {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && i >= 0 && i < len(shared) {
			return shared[i]
		}
		return ""
	case "inlineStr":
		return richText(c)
	case "b":
		return map[string]string{"1": "true", "0": "false"}[strings.TrimSpace(v)]
	case "str":
		return unescape(v)
	}
	// A number has 15 digits that mean something; 0.1+0.2 is written with 17.
	if f, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil {
		short, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
		return strconv.FormatFloat(short, 'f', -1, 64)
	}
	return v
}
