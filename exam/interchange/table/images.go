package table

import (
	"archive/zip"
	"errors"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// mediaFolder holds the images beside a table that is written.
const mediaFolder = "media/"

// IsTable reports whether a package is a table with the images that it names, and which
// of its files the table is: a CSV, or a workbook.
func IsTable(p *interchange.Package) (file string, ok bool) {
	for _, name := range p.Names() {
		switch ext := strings.ToLower(path.Ext(name)); {
		case strings.HasPrefix(name, "__MACOSX/"): // what a Mac adds to its packages
		case strings.HasPrefix(path.Base(name), "~$"): // and Excel beside an open workbook
		case ext == ".xml":
			return "", false
		case ext == ".csv" || ext == ".tsv" || ext == ".xlsx":
			if file != "" {
				return "", false
			}
			file = name
		}
	}
	return file, file != ""
}

// IsWorkbook reports whether a file of a package is a workbook, by its name.
func IsWorkbook(name string) bool { return strings.EqualFold(path.Ext(name), ".xlsx") }

// ReadZip takes in a table, CSV or a workbook, with the images beside it, which its texts and its
// column "image" name.
func ReadZip(im *interchange.Import, name string, data []byte, encoding string) {
	p, err := interchange.OpenZip(data)
	if err != nil {
		im.Fail(name, 0, "package.broken", "%s", err)
		return
	}
	file, ok := IsTable(p)
	if !ok {
		im.Fail(name, 0, "table.package", "is no package with one table (.csv or .xlsx) and the images that it names")
		return
	}
	content, err := p.Read(file)
	if err != nil {
		im.Fail(name+"/"+file, 0, "package.broken", "%s", err)
		return
	}
	if IsWorkbook(file) {
		readXLSX(im, name+"/"+file, content, func(src string) ([]byte, error) { return beside(p, file, src) })
		return
	}
	text, ok := im.Decode(name+"/"+file, content, encoding)
	if !ok {
		return
	}
	readCSV(im, name+"/"+file, text, func(src string) ([]byte, error) { return beside(p, file, src) })
}

// beside reads the file of a package that src in the table means.
func beside(p *interchange.Package, table, src string) ([]byte, error) {
	if plain, err := url.PathUnescape(src); err == nil {
		src = plain
	}
	name, err := interchange.Resolve(table, src)
	if err != nil {
		return nil, err
	}
	return p.Read(name)
}

// withImage is the text with an image in a paragraph of its own behind it, in each of its
// languages. The description may be in some languages only; what has none is refused.
func (q *question) withImage(text exam.Text, src string, alt exam.Text) exam.Text {
	if src == "" {
		return text
	}
	if text == nil {
		text = make(exam.Text)
	}
	for lang := range q.h[colStem] {
		words := alt[lang]
		if words == "" {
			words = alt[interchange.Unnamed]
		}
		text[lang] = strings.TrimSpace(text[lang] + "\n\n" + marked(src, words))
	}
	return text
}

// marked is an image as it stands in a text, whatever signs its file and its words have.
func marked(src, alt string) string {
	return exam.Image{
		Alt:  strings.NewReplacer("[", "(", "]", ")", "\n", " ").Replace(alt),
		Name: strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29").Replace(src),
	}.String()
}

// writeImages writes the table and the images that it names as one package.
func writeImages(out io.Writer, table string, media []exam.Medium, write func(io.Writer) error) error {
	z := zip.NewWriter(out)
	f, err := z.Create(table)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return err
	}
	for _, m := range media {
		f, err := z.CreateHeader(&zip.FileHeader{Name: mediaFolder + m.Name, Method: zip.Store}) // it is compressed already
		if err != nil {
			return err
		}
		if _, err := f.Write(m.Data); err != nil {
			return err
		}
	}
	return z.Close()
}

// drawing is an image that lies over a cell of a sheet.
type drawing struct {
	column    int
	part, alt string
}

// drawings finds the images of a sheet by the row where their upper left corner is
// (ECMA-376, part 1, 20.5). What cannot be read is told and left out.
func drawings(im *interchange.Import, file string, p *interchange.Package, sheet string) map[int][]drawing {
	found := make(map[int][]drawing)
	for _, name := range related(p, sheet, "/drawing") {
		root, err := part(p, name)
		if err != nil {
			im.Fail(file, 0, "xlsx.broken", "the images of the sheet: %s", err)
			return nil
		}
		images := relations(p, name)
		for _, anchor := range root.Children {
			from, picture := anchor.Child("from"), anchor.Child("pic")
			if from == nil || picture == nil {
				continue
			}
			column, errColumn := strconv.Atoi(strings.TrimSpace(from.Child("col").Content()))
			row, errRow := strconv.Atoi(strings.TrimSpace(from.Child("row").Content()))
			blip := picture.Find("blip")
			if errors.Join(errColumn, errRow) != nil || len(blip) == 0 {
				continue
			}
			d := drawing{column: column, part: images[blip[0].Attr("embed")].target}
			if words := picture.Find("cNvPr"); len(words) > 0 {
				d.alt = words[0].Attr("descr")
			}
			found[row+1] = append(found[row+1], d)
		}
	}
	return found
}

// relation is an entry of the relations of a part.
type relation struct{ kind, target string }

// relations of a part of a workbook by their ids; those that lead out of it are left out.
func relations(p *interchange.Package, name string) map[string]relation {
	all := make(map[string]relation)
	file := path.Dir(name) + "/_rels/" + path.Base(name) + ".rels"
	if !p.Has(file) {
		return all
	}
	root, err := part(p, file)
	if err != nil {
		return all
	}
	for _, r := range root.Find("Relationship") {
		target, absolute := strings.CutPrefix(r.Attr("Target"), "/")
		from := name
		if absolute {
			from = ""
		}
		if resolved, err := interchange.Resolve(from, target); err == nil && r.Attr("TargetMode") != "External" {
			all[r.Attr("Id")] = relation{r.Attr("Type"), resolved}
		}
	}
	return all
}

// related are the parts that a part has a relation of a kind to.
func related(p *interchange.Package, name, kind string) []string {
	var names []string
	for _, r := range relations(p, name) {
		if strings.HasSuffix(r.kind, kind) {
			names = append(names, r.target)
		}
	}
	slices.Sort(names)
	return names
}

// drawn puts the images over a row's cells behind their texts. A cell of a column that
// holds no text has its image told as lost.
func (t *reader) drawn(line int, cells []string) []string {
	lost := 0
	for _, d := range t.drawings[line] {
		if !t.columns[d.column] {
			lost++
			continue
		}
		for len(cells) <= d.column {
			cells = append(cells, "")
		}
		cells[d.column] = strings.TrimSpace(cells[d.column] + "\n\n" + marked(d.part, d.alt))
	}
	if lost > 0 {
		t.im.Warn(t.file, line, "media.place", "%d images are not over a cell of a text and are left out", lost)
	}
	return cells
}
