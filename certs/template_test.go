package certs_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/fault"
)

const goodSVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><title>Емблема</title><rect width="40" height="20" rx="3" fill="#18403a"/><circle cx="20" cy="10" r="7" fill="#ffd34d"/><path d="M4 10h8M28 10h8" stroke="#fff" stroke-width="2"/></svg>`

func logoPNG(t testing.TB, width, height int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		img.Set(x, height/2, color.NRGBA{R: 24, G: 64, B: 58, A: 200})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func signed(name, function string) certs.Signatory {
	return certs.Signatory{Name: map[string]string{"uk": name, "en": name}, Function: map[string]string{"uk": function, "en": function}}
}

// academy is a template that says everything.
func academy(t testing.TB) certs.Template {
	t.Helper()
	logo, err := certs.ReadLogo([]byte(goodSVG))
	if err != nil {
		t.Fatal(err)
	}
	return certs.Template{ID: "academy", ValidDays: 30, Zone: "Pacific/Kiritimati", Logo: logo,
		Texts: map[string]certs.TemplateText{"uk": {Heading: "Свідоцтво", Lead: "Це засвідчує, що", Body: "опановано програму підвищення кваліфікації", Note: "Наказ № 7 від 1 березня 2026 року"},
			"en": {Heading: "Diploma", Lead: "This confirms that", Body: "has completed the programme", Note: "Order No. 7"}},
		Signatories: []certs.Signatory{signed("Ганна Ґудзь", "Ректорка"), signed("Петро Їжак", "Голова комісії")}}
}

// paths are the fields that a fault names.
func paths(err error) (all []string) {
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		for _, field := range f.Fields {
			all = append(all, field.Path)
		}
	}
	return all
}

func TestATemplateIsRefusedByField(t *testing.T) {
	f := newService(t)
	long := strings.Repeat("ширина ", 20)
	for path, change := range map[string]func(*certs.Template){
		"/id":         func(x *certs.Template) { x.ID = "A b" },
		"/zone":       func(x *certs.Template) { x.Zone = "Mars/Olympus" },
		"/valid_days": func(x *certs.Template) { x.ValidDays = -1 },
		"/texts/fr":   func(x *certs.Template) { x.Texts["fr"] = certs.TemplateText{Lead: "Ceci"} },
		"/texts/uk/heading": func(x *certs.Template) {
			x.Texts["uk"] = certs.TemplateText{Heading: "Свідоцтво про підвищення кваліфікації"}
		},
		"/texts/en/lead":             func(x *certs.Template) { x.Texts["en"] = certs.TemplateText{Lead: "证书"} },
		"/texts/uk/body":             func(x *certs.Template) { x.Texts["uk"] = certs.TemplateText{Body: long} },
		"/texts/uk/note":             func(x *certs.Template) { x.Texts["uk"] = certs.TemplateText{Note: "Наказ\u202e № 7"} },
		"/signatories/1/name/uk":     func(x *certs.Template) { x.Signatories[1].Name["uk"] = long },
		"/signatories/0/function/en": func(x *certs.Template) { x.Signatories[0].Function["en"] = "" },
		"/signatories":               func(x *certs.Template) { x.Signatories = slices.Repeat(x.Signatories, 2) },
		"/logo":                      func(x *certs.Template) { x.Logo.Width = 1 },
	} {
		x := academy(t)
		change(&x)
		_, _, err := f.SaveTemplate(t.Context(), "admin", x)
		if got := paths(err); fault.Code(err) != "template.invalid" || !slices.Equal(got, []string{path}) {
			t.Errorf("%s: the fault names %v: %v", path, got, err)
		}
		if _, err := f.SampleTemplate(x, "uk"); fault.Code(err) != "template.invalid" {
			t.Errorf("%s: a sample of it: %v", path, err)
		}
	}
	if all, err := f.Store.Templates(t.Context(), "", 10); err != nil || len(all) != 0 {
		t.Errorf("something was stored: %v, %v", all, err)
	}
}

func TestRevisionsOfATemplate(t *testing.T) {
	f, ctx := newService(t), t.Context()
	first, created, err := f.SaveTemplate(ctx, "admin", academy(t))
	if err != nil || !created || first.Ref() != "academy/1" {
		t.Fatalf("first: %s %v %v", first.Ref(), created, err)
	}
	if again, created, err := f.SaveTemplate(ctx, "admin", academy(t)); err != nil || created || again.Ref() != "academy/1" {
		t.Errorf("sent twice: %s %v %v", again.Ref(), created, err)
	}
	other := academy(t)
	other.ValidDays = 60
	if _, _, err := f.SaveTemplate(ctx, "admin", other); fault.Code(err) != "template.exists" {
		t.Errorf("another one under the same id: %v", err)
	}
	other.Revision = 1
	for _, after := range []bool{false, true} { // lost before it was stored, and after
		f.store.Fail("InsertTemplate", after)
		if _, _, err := f.SaveTemplate(ctx, "admin", other); err == nil {
			t.Error("a lost write is reported as done")
		}
	}
	second, _, err := f.SaveTemplate(ctx, "admin", other)
	if err != nil || second.Ref() != "academy/2" {
		t.Errorf("repeated: %s %v", second.Ref(), err)
	}
	other.ValidDays = 90
	if _, _, err := f.SaveTemplate(ctx, "admin", other); fault.Code(err) != "template.stale" {
		t.Errorf("on an old revision: %v", err)
	}
	other.Revision = 7
	if _, _, err := f.SaveTemplate(ctx, "admin", other); fault.Code(err) != "template.not_found" {
		t.Errorf("on a revision that is not there: %v", err)
	}
	for _, ref := range []string{"academy/3", "academy/01", "academy", "academy/-1", "../1", "none/1"} {
		if _, err := f.TemplateOf(ctx, ref); fault.Code(err) != "template.not_found" {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

// A certificate is printed by its own revision ever after, also the one that replaces it.
func TestACertificateRemembersItsTemplate(t *testing.T) {
	f, ctx := newService(t), t.Context()
	if _, _, err := f.SaveTemplate(ctx, "admin", academy(t)); err != nil {
		t.Fatal(err)
	}
	a := award("a1")
	a.Template, a.ValidDays = "academy/1", 0
	c := issue(t, f, a)
	// Kiritimati is 14 hours ahead: its day 30 days on ends at 10:00 UTC.
	if got := c.Statement.ExpiresAt.Format("15:04"); c.Template != "academy/1" || got != "10:00" || c.Statement.ExpiresAt.Sub(c.Statement.IssuedAt).Hours() > 31*24 {
		t.Errorf("template %q, from %s to %s", c.Template, c.Statement.IssuedAt, c.Statement.ExpiresAt)
	}
	before, err := f.PDF(ctx, &c)
	if err != nil {
		t.Fatal(err)
	}
	changed := academy(t)
	changed.Revision, changed.Logo, changed.Zone = 1, certs.Logo{}, ""
	if _, _, err := f.SaveTemplate(ctx, "admin", changed); err != nil {
		t.Fatal(err)
	}
	stored, err := f.Record(ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	after, err := f.PDF(ctx, &stored)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("after another revision the certificate has other bytes: %d, %d, %v", len(before), len(after), err)
	}
	plain := award("a2")
	plainC := issue(t, f, plain)
	plainC.ID, plainC.Statement.IssuedAt = c.ID, c.Statement.IssuedAt
	if usual, err := f.PDF(ctx, &plainC); err != nil || bytes.Equal(usual, before) || len(before) > 110_000 {
		t.Errorf("the template changes nothing, or much: %d and %d bytes, %v", len(usual), len(before), err)
	}
	next, err := f.Reissue(ctx, "admin", c.ID, "Олександра Шевченко", "misspelt")
	if err != nil || next.Template != "academy/1" || !next.Statement.ExpiresAt.Equal(c.Statement.ExpiresAt) {
		t.Errorf("the new one has template %q and ends %s, %v", next.Template, next.Statement.ExpiresAt, err)
	}
	if *sample != "" {
		if err := os.WriteFile(*sample, before, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheSampleOfATemplate(t *testing.T) {
	f := newService(t)
	for _, lang := range certs.TemplateLanguages() {
		x := academy(t)
		sample, err := f.SampleTemplate(x, lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{x.Texts[lang].Lead, x.Texts[lang].Note, "Ганна Ґудзь", "Голова комісії", "Pacific/Kiritimati", "data:image/png;base64,"} {
			if !strings.Contains(string(sample.SVG), word) {
				t.Errorf("the drawing in %s lacks %q", lang, word)
			}
		}
		if !bytes.HasPrefix(sample.PDF, []byte("%PDF-")) {
			t.Errorf("no PDF in %s", lang)
		}
		again, err := f.SampleTemplate(x, lang)
		if err != nil || !bytes.Equal(again.PDF, sample.PDF) || !bytes.Equal(again.SVG, sample.SVG) {
			t.Errorf("the same template gives another sample: %v", err)
		}
	}
}

func TestTheTitleOfAnExamHasRoom(t *testing.T) {
	f := newService(t)
	title := "Розслідування торгівлі людьми"
	for want, row := range map[string][2]string{"": {"", title}, "template.not_found": {"none/1", title}, "certificate.unprintable": {"", "证书"}, "certificate.too_wide": {"", strings.Repeat(title+" ", 12)}} {
		if err := f.CheckExam(t.Context(), row[0], "uk", row[1]); fault.Code(err) != want {
			t.Errorf("%v: %v, want %q", row, err, want)
		}
	}
}

func TestLogos(t *testing.T) {
	shape := func(inside string) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">` + inside + `</svg>`
	}
	for name, row := range map[string]struct {
		data          string
		width, height int
	}{
		"svg":               {goodSVG, 660, 330},
		"svg with a header": {`<?xml version="1.0" encoding="UTF-8"?>` + goodSVG, 660, 330},
		"png":               {string(logoPNG(t, 200, 50)), 200, 50},
		"doctype":           {`<!DOCTYPE svg [<!ENTITY a "b">]>` + goodSVG, 0, 0},
		"script":            {shape(`<script>alert(1)</script>`), 0, 0},
		"handler":           {shape(`<rect onload="x()" width="3" height="3"/>`), 0, 0},
		"link":              {shape(`<a href="https://x.test"><rect width="3" height="3"/></a>`), 0, 0},
		"reference":         {shape(`<use href="#x"/>`), 0, 0},
		"image":             {shape(`<image href="https://x.test/a.png"/>`), 0, 0},
		"foreign":           {shape(`<foreignObject/>`), 0, 0},
		"xlink":             {`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"><g xlink:href="#x"/></svg>`, 0, 0},
		"style":             {shape(`<rect style="fill:red" width="3" height="3"/>`), 0, 0},
		"url":               {shape(`<rect fill="URL(https://x.test)" width="3" height="3"/>`), 0, 0},
		"nonzero":           {shape(`<path fill-rule="nonzero" d="M0 0h9v9h-9z"/>`), 330, 330},
		"even-odd":          {shape(`<path fill-rule="evenodd" d="M0 0h9v9h-9zM3 3h3v3h-3z"/>`), 0, 0},
		"even-odd in all":   {shape(`<g fill-rule=" evenodd"><path d="M0 0h9v9h-9zM3 3h3v3h-3z"/></g>`), 0, 0},
		"stylesheet":        {`<?xml-stylesheet href="https://x.test"?>` + goodSVG, 0, 0},
		"no size":           {`<svg xmlns="http://www.w3.org/2000/svg"><rect width="3" height="3"/></svg>`, 0, 0},
		"thin":              {strings.Replace(goodSVG, "0 0 40 20", "0 0 4000 1", 1), 0, 0},
		"many shapes":       {shape(strings.Repeat(`<g/>`, 2001)), 0, 0},
		"far outside":       {shape(`<path d="M0 0` + strings.Repeat("l1 -900000l1 900000", 2000) + `"/>`), 0, 0},
		"broken path":       {shape(`<path d="M x y Z 1"/>`), 0, 0},
		"html":              {`<html><svg/></html>`, 0, 0},
		"text":              {`logo`, 0, 0},
		"nothing":           {``, 0, 0},
		"large image":       {string(logoPNG(t, 2001, 1)), 0, 0},
		"cut off":           {string(logoPNG(t, 200, 50)[:60]), 0, 0},
		"long":              {strings.Repeat("x", 257<<10), 0, 0},
	} {
		logo, err := certs.ReadLogo([]byte(row.data))
		if row.width == 0 {
			if got := paths(err); !slices.Equal(got, []string{"/logo"}) {
				t.Errorf("%s is not refused: %d bytes, %v", name, len(logo.PNG), err)
			}
			continue
		}
		if err != nil || logo.Width != row.width || logo.Height != row.height {
			t.Errorf("%s: %d × %d, %v", name, logo.Width, logo.Height, err)
		}
	}
	again, err := certs.ReadLogo([]byte(goodSVG))
	if first, _ := certs.ReadLogo([]byte(goodSVG)); err != nil || !bytes.Equal(first.PNG, again.PNG) {
		t.Errorf("drawing twice gives other pixels: %v", err)
	}
}

// FuzzReadLogo: whatever is sent, the answer is an image within bounds or a fault, soon.
func FuzzReadLogo(f *testing.F) {
	f.Add([]byte(goodSVG))
	f.Add([]byte(`<svg viewBox="0 0 1 1"><path d="M0 0a1e9 1e9 0 1 1 1 1z" stroke="red" stroke-width="1e9"/></svg>`))
	pixel, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pixel)
	f.Fuzz(func(t *testing.T, data []byte) {
		logo, err := certs.ReadLogo(data)
		if err != nil {
			if len(logo.PNG) > 0 || fault.Code(err) != "template.invalid" {
				t.Errorf("%v with %d bytes", err, len(logo.PNG))
			}
			return
		}
		if c, err := png.DecodeConfig(bytes.NewReader(logo.PNG)); err != nil || c.Width != logo.Width || c.Height != logo.Height || c.Width > 2000 || c.Height > 2000 {
			t.Errorf("%+v, %v", c, err)
		}
	})
}
