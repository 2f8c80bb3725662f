package qti

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// Version is one that is written.
type Version struct {
	item, content, schema, edition, kind, template string
	// hyphens says that names are those of QTI 3.0.
	hyphens bool
}

// The versions that are written, with the namespaces and names of their
// specifications (QTI 2.2.4; QTI 3.0.1).
var (
	V22 = Version{
		item: "http://www.imsglobal.org/xsd/imsqti_v2p2", content: "http://www.imsglobal.org/xsd/imscp_v1p1",
		schema: "QTIv2.2 Package", edition: "1.0.0", kind: "xmlv2p2", template: "http://www.imsglobal.org/question/qti_v2p2/rptemplates/",
	}
	V30 = Version{
		item: "http://www.imsglobal.org/xsd/imsqtiasi_v3p0", content: "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
		schema: "QTI Package", edition: "3.0.0", kind: "xmlv3p0", template: "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/",
		hyphens: true,
	}
)

// writer writes one package.
type writer struct {
	Version
	x        *interchange.Export
	zip      *zip.Writer
	manifest strings.Builder
}

// Write writes the bank as a package: a file for each item and case text in each
// language, and the manifest. The first language has the item's id as identifier,
// another one has it with the language behind a point. Metadata are keywords of the
// resources. What QTI cannot mark as Proba does is told in the export's problems.
func Write(out io.Writer, x *interchange.Export, v Version) error {
	w := &writer{Version: v, x: x, zip: zip.NewWriter(out)}
	r := x.Bank.Release
	for _, st := range r.Stimuli {
		for _, lang := range x.Langs {
			if err := w.stimulus(st, lang); err != nil {
				return err
			}
		}
	}
	for _, rev := range x.Bank.Revisions() {
		for _, lang := range x.Langs {
			if err := w.item(&rev.Item, lang); err != nil {
				return err
			}
		}
	}
	if err := w.media(); err != nil {
		return err
	}
	title, language := escaped(r.Title.In(x.Langs[0])), escaped(x.Langs[0])
	head := fmt.Sprintf("<manifest xmlns=%q xmlns:lom=\"http://ltsc.ieee.org/xsd/LOM\" identifier=%q>\n<metadata><schema>%s</schema><schemaversion>%s</schemaversion>"+
		"<lom:lom><lom:general><lom:title><lom:string language=%q>%s</lom:string></lom:title></lom:general></lom:lom></metadata>\n<organizations/>\n<resources>\n",
		w.content, ncname(r.Bank), w.schema, w.edition, language, title)
	if err := w.file("imsmanifest.xml", head+w.manifest.String()+"</resources>\n</manifest>\n"); err != nil {
		return err
	}
	return w.zip.Close()
}

func (w *writer) file(name, content string) error {
	f, err := w.zip.Create(name)
	if err != nil {
		return err
	}
	up := strings.Repeat("../", strings.Count(name, "/"))
	content = w.x.Placed(content, func(m exam.Medium) string { return up + mediaFolder + m.Name })
	_, err = io.WriteString(f, xml.Header+valid(content))
	return err
}

// mediaFolder holds the images of a package.
const mediaFolder = "media/"

// mediumID is the identifier of an image in the manifest.
func mediumID(name string) string { return "image-" + name[:32] }

// media writes the images and lists them in the manifest.
func (w *writer) media() error {
	for _, m := range w.x.AllMedia() {
		f, err := w.zip.Create(mediaFolder + m.Name)
		if err != nil {
			return err
		}
		if _, err := f.Write(m.Data); err != nil {
			return err
		}
		fmt.Fprintf(&w.manifest, "<resource identifier=%q type=\"webcontent\" href=%q><file href=%q/></resource>\n", mediumID(m.Name), mediaFolder+m.Name, mediaFolder+m.Name)
	}
	return nil
}

// needs lists the identifiers of the images that texts show in a language.
func needs(lang string, texts ...exam.Text) []string {
	var ids []string
	for _, t := range texts {
		for _, m := range exam.Images(t[lang]) {
			if id := mediumID(m.Name); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// valid replaces characters that XML cannot hold.
func valid(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 {
			return r
		}
		return '\ufffd'
	}, s)
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;")

func escaped(s string) string { return escapes.Replace(s) }

// ncname makes an identifier of an id: it must not begin with a digit.
func ncname(id string) string {
	if id != "" && id[0] >= '0' && id[0] <= '9' {
		return digitMark + id
	}
	return id
}

// digitMark stands before identifiers whose id begins with a digit.
const digitMark = "i."

// identifier of an item or case text in a language.
func (w *writer) identifier(id, lang string) string {
	if lang == w.x.Langs[0] {
		return ncname(id)
	}
	return ncname(id) + "." + lang
}

// path of the file of an item or case text.
func (w *writer) path(folder, id, lang string) string {
	if lang == w.x.Langs[0] {
		return folder + "/" + id + ".xml"
	}
	return folder + "/" + lang + "/" + id + ".xml"
}

// name writes a name of QTI 2.2 in the version's form.
func (w *writer) name(name string) string {
	if !w.hyphens {
		return name
	}
	return "qti-" + hyphenated(name)
}

func hyphenated(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// tag writes an element with the content, which is XML already. Attributes come in
// pairs of name and value.
func (w *writer) tag(name, content string, attributes ...string) string {
	var b strings.Builder
	b.WriteString("<" + w.name(name))
	for i := 0; i+1 < len(attributes); i += 2 {
		attribute := attributes[i]
		if w.hyphens && !strings.HasPrefix(attribute, "xml") {
			attribute = hyphenated(attribute)
		}
		b.WriteString(" " + attribute + `="` + escaped(attributes[i+1]) + `"`)
	}
	if content == "" {
		b.WriteString("/>")
		return b.String()
	}
	b.WriteString(">" + content + "</" + w.name(name) + ">")
	return b.String()
}

// block is a text as blocks of HTML.
func block(text string) string {
	html := interchange.ToHTML(text)
	if strings.HasPrefix(html, "<p>") {
		return html
	}
	return "<p>" + html + "</p>"
}

// resource lists a file in the manifest.
func (w *writer) resource(kind, identifier, path, lang string, keywords, dependencies []string) {
	fmt.Fprintf(&w.manifest, "<resource identifier=%q type=\"imsqti_%s_%s\" href=%q>", identifier, kind, w.kind, path)
	fmt.Fprintf(&w.manifest, "<metadata><lom:lom><lom:general><lom:language>%s</lom:language>", escaped(lang))
	for _, k := range keywords {
		fmt.Fprintf(&w.manifest, "<lom:keyword><lom:string language=\"x-none\">%s</lom:string></lom:keyword>", escaped(k))
	}
	fmt.Fprintf(&w.manifest, "</lom:general></lom:lom></metadata><file href=%q/>", path)
	for _, d := range dependencies {
		fmt.Fprintf(&w.manifest, "<dependency identifierref=%q/>", d)
	}
	w.manifest.WriteString("</resource>\n")
}

func (w *writer) stimulus(st exam.Stimulus, lang string) error {
	id, path := w.identifier(st.ID, lang), w.path("stimuli", st.ID, lang)
	w.resource("stimulus", id, path, lang, nil, needs(lang, st.Text))
	return w.file(path, w.tag("assessmentStimulus", w.tag("stimulusBody", block(st.Text[lang])),
		"xmlns", w.Version.item, "identifier", id, "title", st.ID, "xml:lang", lang)+"\n")
}
