package moodlexml

import (
	"errors"
	"net/url"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// pluginFile stands for the files of an element in its text.
const pluginFile = "@@PLUGINFILE@@"

// files lets the images of a text be those that lie beside it in <file> elements.
func (r *reader) files(e *interchange.Element) {
	all := e.All("file")
	used := make(map[*interchange.Element]bool)
	r.d.Media = func(src string) ([]byte, error) {
		wanted, here := strings.CutPrefix(src, pluginFile)
		if !here {
			return nil, errors.New("it is not in the file, and nothing is fetched")
		}
		wanted, _, _ = strings.Cut(wanted, "?")
		if plain, err := url.PathUnescape(wanted); err == nil {
			wanted = plain
		}
		for _, f := range all {
			folder := strings.TrimSuffix(f.Attr("path"), "/") + "/"
			if folder+f.Attr("name") != wanted || f.Attr("encoding") != "base64" {
				continue
			}
			if !used[f] {
				used[f] = true
				r.used++
			}
			data, err := interchange.Base64(f.Content())
			if err != nil {
				return nil, errors.New("its base64 is broken")
			}
			return data, nil
		}
		return nil, errors.New("the element holds no such file")
	}
}

// placed is HTML with the files that its images need, as elements beside it.
func placed(x *interchange.Export, html string) (text, files string) {
	known := make(map[string]bool)
	var b strings.Builder
	text = x.Placed(html, func(m exam.Medium) string {
		if !known[m.Name] {
			known[m.Name] = true
			b.WriteString(`<file name="` + m.Name + `" path="/" encoding="base64">` + interchange.EncodeBase64(m.Data) + `</file>`)
		}
		return pluginFile + "/" + m.Name
	})
	return text, b.String()
}
