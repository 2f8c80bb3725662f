package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"path"
	"strings"

	"github.com/proba-exam/proba/certs"
)

// WriteKit hands out every file of a verification kit: what certs has of it, and the
// checking page in each language, one file with scripts, keys and status lists in it, that
// works from a folder when there is no service any more.
func WriteKit(ctx context.Context, s *certs.Service, write func(name string, data []byte) error) error {
	p, err := loadPages(s.Zone)
	if err != nil {
		return err
	}
	return p.writeKit(ctx, s, write)
}

func (p *pages) writeKit(ctx context.Context, s *certs.Service, write func(name string, data []byte) error) error {
	brought := make(map[string]json.RawMessage)
	err := s.Kit(ctx, func(name string, data []byte) error {
		if at := servedAt(name); at != "" {
			brought[at] = data
		}
		return write(name, data)
	})
	if err != nil {
		return err
	}
	for _, lang := range pageLanguages {
		page, err := p.kitPage(s, lang, brought)
		if err != nil {
			return fmt.Errorf("page of the kit: %w", err)
		}
		if err := write(kitPages[lang], page); err != nil {
			return err
		}
	}
	return nil
}

// kitPages are the names of the page in the kit, by language.
var kitPages = map[string]string{"uk": "index.html", "en": "index.en.html"}

// servedAt is where the service has a file of the kit that the page reads, "" for others.
func servedAt(name string) string {
	if name == "jwks.json" {
		return "/.well-known/jwks.json"
	}
	list, found := strings.CutPrefix(name, "status/")
	if !found {
		return ""
	}
	number, purpose, _ := strings.Cut(strings.TrimSuffix(list, ".json"), "-")
	return path.Join("/status", number, purpose)
}

type kitPage struct {
	view
	// Of says whose kit it is and of when, OtherFile is the page in the other language.
	Of, OtherFile string
	Style         template.CSS
	// Payload and JSQR are scripts as addresses with data, Script and Brought stand in the
	// page itself.
	Payload, JSQR   string
	Script, Brought template.JS
}

// kitPage is the page in one language.
func (p *pages) kitPage(s *certs.Service, lang string, brought map[string]json.RawMessage) ([]byte, error) {
	source := func(name string) []byte { return p.assets[p.hashed[name]].plain }
	address := func(name string) string {
		return "data:text/javascript;base64," + base64.StdEncoding.EncodeToString(source(name))
	}
	data, err := json.Marshal(brought) // which writes < as \u003c, so that nothing ends the script
	if err != nil {
		return nil, err
	}
	t, other := p.words[lang], pageLanguages[0]
	if lang == other {
		other = pageLanguages[1]
	}
	now := certs.Date(lang, s.Now().In(p.zone))
	shown := kitPage{view: view{Lang: lang, Other: other, Title: t["check"], T: t}, OtherFile: kitPages[other], Of: strings.Replace(t["kitOf"], "%s", now, 1) + ": " + strings.TrimPrefix(strings.TrimPrefix(s.PublicURL, "https://"), "http://"),
		Style: template.CSS(source("style.css")) + template.CSS(source("verify.css")), Payload: address("payload.js"), JSQR: address("jsQR.js"), Script: template.JS(source("verify.js")), Brought: template.JS(data)} // all of it ours, but for the data, which are JSON
	var b bytes.Buffer
	if err := p.templates.ExecuteTemplate(&b, "kit.html", shown); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
