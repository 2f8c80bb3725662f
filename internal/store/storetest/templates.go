package storetest

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/fault"
)

func templates(t *testing.T, s Store) {
	ctx, name := t.Context(), strings.ToLower(id())
	first := certs.Template{Schema: 1, ID: name, Revision: 1, CreatedAt: now, CreatedBy: "admin"}
	second := certs.Template{Schema: 1, ID: name, Revision: 2, Texts: map[string]certs.TemplateText{"uk": {Heading: "Свідоцтво", Note: "Наказ № 7"}}, ValidDays: 365, Zone: "Europe/Kyiv",
		Signatories: []certs.Signatory{{Name: map[string]string{"uk": "О. Ректор", "en": "O. Rector"}, Function: map[string]string{"uk": "Ректорка", "en": "Rector"}}},
		Logo:        certs.Logo{PNG: []byte{0, 255, 10}, Width: 3, Height: 2}, CreatedAt: now, CreatedBy: "admin"}
	must(t, s.InsertTemplate(ctx, first))

	var racing sync.WaitGroup
	var wins atomic.Int32
	for range racers {
		racing.Go(func() {
			switch err := s.InsertTemplate(ctx, second); {
			case err == nil:
				wins.Add(1)
			case fault.Code(err) != "template.exists":
				t.Error(err)
			}
		})
	}
	racing.Wait()
	same(t, "who stores one revision", wins.Load(), int32(1))
	other := second
	other.ValidDays = 1
	wantCode(t, "another second revision", s.InsertTemplate(ctx, other), "template.exists")
	got, err := s.Template(ctx, name, 2)
	must(t, err)
	same(t, "revision", got, second)
	_, err = s.Template(ctx, name, 3)
	wantCode(t, "a revision that is not there", err, "template.not_found")
	tenth := first
	tenth.Revision = 10
	must(t, s.InsertTemplate(ctx, tenth))

	// From the place before this template's first revision: a store holds others.
	bare := second
	bare.Logo.PNG = nil
	for name, row := range map[string]struct {
		after string
		limit int
		want  []certs.Template
	}{
		"all":         {certs.TemplateKey(name, 0), 3, []certs.Template{first, bare, tenth}},
		"first page":  {certs.TemplateKey(name, 0), 2, []certs.Template{first, bare}},
		"second page": {certs.TemplateKey(name, 2), 1, []certs.Template{tenth}},
	} {
		got, err := s.Templates(ctx, row.after, row.limit)
		must(t, err)
		same(t, name, got, row.want)
	}
}
