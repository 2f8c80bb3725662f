package api

import "github.com/proba-exam/proba/certs"

// templateStories are the pages of certificate templates.
func templateStories(_ *pages, v deskView) map[string]any {
	both := func(s string) map[string]string { return map[string]string{"uk": s, "en": s} }
	t := certs.Template{ID: "academy", Revision: 2, Texts: map[string]certs.TemplateText{"uk": {Heading: "Назва <b>"}, "en": {Heading: "Title <b>"}}, ValidDays: 30, Zone: "Europe/Kyiv",
		Signatories: []certs.Signatory{{Name: both("Олена <i>"), Function: both("Ректорка")}}, CreatedAt: storyTime}
	page := templatePage{deskView: v, M: t, Logo: "AAAA", Rows: []certs.Signatory{t.Signatories[0], {}, {}}, Samples: []templateSample{{"uk", "data:image/svg+xml;base64,AAAA"}, {"en", "data:image/svg+xml;base64,AAAA"}}}
	return map[string]any{
		"templates":     templatesPage{deskView: v, Rows: []templateRow{{certs.Template{ID: "academy", Revision: 1, CreatedAt: storyTime}, false, "Олена"}, {t, true, "Олена"}}, Next: "academy/000002"},
		"template":      page,
		"template_part": page,
	}
}
