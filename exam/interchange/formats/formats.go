// Package formats knows all formats of interchange: it tells which one a file is
// in, reads it and writes it. What a format is lives in its own package; the native
// folder of YAML is package bankfile's.
package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/aiken"
	"github.com/proba-exam/proba/exam/interchange/gift"
	"github.com/proba-exam/proba/exam/interchange/moodlexml"
	"github.com/proba-exam/proba/exam/interchange/qti"
	"github.com/proba-exam/proba/exam/interchange/table"
)

// The formats by name. QTI is read in any of its versions and written in two.
const (
	GIFT   = "gift"
	Aiken  = "aiken"
	Moodle = "moodle-xml"
	CSV    = "csv"
	XLSX   = "xlsx"
	QTI    = "qti"
	QTI22  = "qti22"
	QTI30  = "qti30"
	// Native is one JSON document with the members of the native format, as the
	// API takes it and as a bank.yaml alone in a folder.
	Native = "proba"
)

// Several is the format of a bank that was read from files in several formats.
const Several = "several"

// Readable and Writable list the formats for messages.
var (
	Readable = []string{GIFT, Aiken, Moodle, CSV, XLSX, QTI}
	Writable = []string{GIFT, Moodle, CSV, XLSX, QTI22, QTI30, Native}
)

// names maps what people write to the formats.
var names = map[string]string{
	"gift": GIFT, "aiken": Aiken, "moodle": Moodle, "moodlexml": Moodle, "csv": CSV, "tsv": CSV, "xlsx": XLSX, "excel": XLSX,
	"qti": QTI, "qti12": QTI, "qti21": QTI, "qti2": QTI22, "qti22": QTI22, "qti3": QTI30, "qti30": QTI30,
	"proba": Native, "native": Native, "json": Native, "yaml": Native,
}

// Name returns the format that a person means, such as "QTI 3.0"; ok is false when
// there is none.
func Name(s string) (format string, ok bool) {
	format, ok = names[strings.NewReplacer(" ", "", "-", "", "_", "", ".", "").Replace(strings.ToLower(s))]
	return format, ok
}

var (
	answerLine = regexp.MustCompile(`(?m)^[ \t]*ANSWER:`)
	xmlRoot    = regexp.MustCompile(`<([A-Za-z_][A-Za-z0-9_.-]*:)?([A-Za-z][A-Za-z0-9_.-]*)[\s/>]`)
)

// roots maps the root elements of XML documents to formats.
var roots = map[string]string{"quiz": Moodle, "questestinterop": QTI, "manifest": QTI,
	"assessmentItem": QTI, "assessmentTest": QTI, "qti-assessment-item": QTI, "qti-assessment-test": QTI}

// Detect tells the format of a file by its content, and by its name where content
// does not tell; "" when neither does.
func Detect(name string, data []byte) string {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		p, err := interchange.OpenZip(data)
		if err != nil {
			return QTI
		}
		if p.Has("xl/workbook.xml") {
			return XLSX
		}
		if file, ok := table.IsTable(p); ok && table.IsWorkbook(file) {
			return XLSX
		} else if ok {
			return CSV
		}
		return QTI
	}
	text, ok := new(interchange.Import).Decode(name, data, "")
	if !ok {
		return ""
	}
	text = bytes.TrimSpace(text)
	if bytes.HasPrefix(text, []byte("<?xml")) || bytes.HasPrefix(text, []byte("<!")) || bytes.HasPrefix(text, []byte("<")) && strings.HasSuffix(name, ".xml") {
		for _, m := range xmlRoot.FindAllSubmatch(text[:min(len(text), 64<<10)], 20) {
			if format := roots[string(m[2])]; format != "" {
				return format
			}
		}
		return ""
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".tsv":
		return CSV
	case ".gift":
		return GIFT
	case ".yaml", ".yml", ".json": // the native format, which is a folder
		return ""
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case bytes.Contains(text, []byte("ANSWER:")) && answerLine.Match(text):
		return Aiken
	case bytes.ContainsRune(text, '{') && bytes.ContainsRune(text, '}'):
		return GIFT
	case bytes.Contains(bytes.ToLower(first), []byte("stem")) && bytes.ContainsAny(first, ",;\t"):
		return CSV
	}
	return ""
}

// Read takes in a file. Encoding is the caller's word for text formats, "" for
// none. It is an error only when format cannot be read.
func Read(im *interchange.Import, format, name string, data []byte, encoding string) error {
	if im.Format != "" && im.Format != format {
		im.Format = Several
	} else {
		im.Format = format
	}
	switch {
	case (format == CSV || format == XLSX) && IsTablePackage(data):
		table.ReadZip(im, name, data, encoding)
		return nil
	case format == XLSX:
		table.ReadXLSX(im, name, data)
		return nil
	case format == QTI:
		qti.Read(im, name, data)
		return nil
	}
	read := map[string]func(*interchange.Import, string, []byte){GIFT: gift.Read, Aiken: aiken.Read, Moodle: moodlexml.Read, CSV: table.ReadCSV}[format]
	if read == nil {
		return fmt.Errorf("%q cannot be read; the formats are %v", format, Readable)
	}
	if text, ok := im.Decode(name, data, encoding); ok {
		read(im, name, text)
	}
	return nil
}

// IsTablePackage reports whether a file is a package of a table and its images: a zip
// file that is no workbook itself.
func IsTablePackage(data []byte) bool {
	if !bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return false
	}
	p, err := interchange.OpenZip(data)
	return err != nil || !p.Has("xl/workbook.xml")
}

// Template writes the header of an empty table, for people to fill in.
func Template(w io.Writer, langs []string) error { return table.Template(w, langs) }

// Document is a bank as one JSON document: what Native writes and the API takes.
type Document struct {
	Bank      string          `json:"bank"`
	Title     exam.Text       `json:"title"`
	Languages []string        `json:"languages"`
	Stimuli   []exam.Stimulus `json:"stimuli,omitempty"`
	Items     []exam.Item     `json:"items"`
	// Media are the images that the texts show, the bytes in base64.
	Media []Medium `json:"media,omitempty"`
}

// Write writes a bank. What the format cannot carry is in the export's problems.
func Write(w io.Writer, format string, x *interchange.Export) error {
	restore, err := carry(format, x)
	if err != nil {
		return err
	}
	defer restore()
	switch format {
	case GIFT:
		return gift.Write(w, x)
	case Moodle:
		return moodlexml.Write(w, x)
	case CSV:
		return table.WriteCSV(w, x)
	case XLSX:
		return table.WriteXLSX(w, x)
	case QTI22:
		return qti.Write(w, x, qti.V22)
	case QTI30:
		return qti.Write(w, x, qti.V30)
	case Native:
		return writeNative(w, x)
	}
	return fmt.Errorf("%q cannot be written; the formats are %v", format, Writable)
}

// writeNative writes the bank whole, in all its languages.
func writeNative(w io.Writer, x *interchange.Export) error {
	bank := x.Bank
	r := bank.Release
	if len(x.Langs) < len(r.Languages) {
		x.Lose("", "lang.all", "the format %s has all languages of the bank, %s; which were asked for is left out", Native, strings.Join(r.Languages, ", "))
	}
	d := Document{Bank: r.Bank, Title: r.Title, Languages: r.Languages, Stimuli: r.Stimuli, Items: make([]exam.Item, bank.Items())}
	for i := range d.Items {
		d.Items[i] = bank.Revision(i).Item
	}
	for _, m := range x.AllMedia() {
		d.Media = append(d.Media, Medium(m))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

// IsPackage reports whether a folder holds a package that was unpacked.
func IsPackage(folder fs.FS) bool {
	_, err := fs.Stat(folder, "imsmanifest.xml")
	return err == nil
}

// ReadFolder takes in a package that was unpacked.
func ReadFolder(im *interchange.Import, folder fs.FS) {
	im.Format = QTI
	qti.ReadFolder(im, folder)
}
