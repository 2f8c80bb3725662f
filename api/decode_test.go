package api

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// item is an item with the given text in place of NAME.
func item(replace, by string) string {
	return `{"bank":"b","title":{"en":"B"},"languages":["en"],"items":[` + strings.Replace(
		`{"id":"one","kind":"single","roles":["police"],"topic":"t","level":"apply","difficulty":"basic","stem":{"en":"S"},"interaction":{"options":[{"text":{"en":"A"},"key":true}]}}`,
		replace, by, 1) + `]}`
}

// TestDecodingIsStrict gives each operation a body that it must not take, and
// wants the place and what was expected there.
func TestDecodingIsStrict(t *testing.T) {
	for name, row := range map[string]struct {
		into          any
		body          string
		path, message string
	}{
		"unknown member":            {new(inLanguage), `{"language":"uk","admin":true}`, "/admin", "is not a member that belongs here"},
		"other letters":             {new(inLanguage), `{"LANGUAGE":"uk"}`, "/LANGUAGE", "is not a member that belongs here"},
		"a member twice":            {new(inLanguage), `{"language":"uk","language":"en"}`, "/language", "is there twice"},
		"null":                      {new(inLanguage), `null`, "", "must be an object"},
		"a list":                    {new(inLanguage), `[]`, "", "must be an object"},
		"two values":                {new(inLanguage), `{"language":"uk"}{}`, "", "must be one JSON value; more follows it"},
		"rubbish behind":            {new(inLanguage), `{"language":"uk"}}`, "", "must be one JSON value; more follows it"},
		"empty":                     {new(inLanguage), ` `, "", "ends too early"},
		"cut off":                   {new(inLanguage), `{"language":`, "", "ends too early"},
		"no JSON":                   {new(inLanguage), `{"language":uk}`, "/language", "is not JSON at byte 12"},
		"not UTF-8":                 {new(inLanguage), "{\"language\":\"\xff\"}", "/language", "is not JSON at byte 13"},
		"a number for a text":       {new(inLanguage), `{"language":1}`, "/language", "must be a text in double quotes"},
		"a text for a number":       {new(extension), `{"seconds":"600","reason":"r"}`, "/seconds", "must be a whole number"},
		"a broken number":           {new(extension), `{"seconds":1.5,"reason":"r"}`, "/seconds", "must be a whole number"},
		"an endless number":         {new(extension), `{"seconds":99999999999999999999,"reason":"r"}`, "/seconds", "must be a whole number"},
		"no time":                   {new(sittingDraft), `{"id":"s","opens":"tomorrow"}`, "/opens", "must be a time such as 2026-03-01T09:00:00Z"},
		"a number for a time":       {new(sittingDraft), `{"id":"s","opens":1}`, "/opens", "must be a time such as 2026-03-01T09:00:00Z"},
		"deep in a save":            {new(exam.Save), `{"writer":"w","seq":1,"responses":[{"slot":0,"response":{}},{"slot":1,"response":{"choices":[0,"b"]}}]}`, "/responses/1/response/choices/1", "must be a whole number"},
		"no list":                   {new(exam.Save), `{"writer":"w","seq":1,"responses":{}}`, "/responses", "must be a list"},
		"no bool":                   {new(examDraft), `{"policy":{"certificate":{"issue":"yes"}}}`, "/policy/certificate/issue", "must be true or false"},
		"a language twice":          {new(examDraft), `{"title":{"en":"A","en":"B"}}`, "/title/en", "is there twice"},
		"no texts":                  {new(examDraft), `{"title":"A"}`, "/title", "must be an object"},
		"unknown in an item":        {new(bankDocument), item(`"stem"`, `"Stem":{},"stem"`), "/items/0/Stem", "is not a member that belongs here"},
		"twice in an item":          {new(bankDocument), item(`"stem"`, `"id":"two","stem"`), "/items/0/id", "is there twice"},
		"unknown in an interaction": {new(bankDocument), item(`"options"`, `"shuffle":true,"options"`), "/items/0/interaction/shuffle", "is not a member that belongs here"},
		"twice in an interaction":   {new(bankDocument), item(`"key":true`, `"key":true,"key":false`), "/items/0/interaction/options/0/key", "is there twice"},
		"wrong in an interaction":   {new(bankDocument), item(`"key":true`, `"key":1`), "/items/0/interaction/options/0/key", "must be true or false"},
		"wrong in an item":          {new(bankDocument), item(`["police"]`, `"police"`), "/items/0/roles", "must be a list"},
		"another kind":              {new(bankDocument), item(`"single"`, `"essay"`), "/items/0/kind", `"essay" is not a kind of item`},
		"no interaction":            {new(bankDocument), item(`"interaction":{"options":[{"text":{"en":"A"},"key":true}]}`, `"rationale":{}`), "/items/0/interaction", "is missing"},
	} {
		err := decodeBody(t, row.body, row.into)
		f, ok := errors.AsType[*fault.Fault](err)
		if !ok || f.Code != "request.malformed" || len(f.Fields) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := f.Fields[0]; got.Path != row.path || got.Message != row.message {
			t.Errorf("%s: %q %s; want %q %s", name, got.Path, got.Message, row.path, row.message)
		}
	}
	for name, row := range map[string]struct {
		into any
		body string
	}{
		"a language": {new(inLanguage), ` {"language":"uk"} `},
		"a save":     {new(exam.Save), `{"writer":"w","seq":1,"responses":[{"slot":0,"response":{"choices":[0]}}]}`},
		"a sitting":  {new(sittingDraft), `{"id":"s","opens":"2026-03-01T09:00:00.123Z"}`},
		"a bank":     {new(bankDocument), item("", "")},
	} {
		if err := decodeBody(t, row.body, row.into); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// decodeBody decodes the text as the body of a request.
func decodeBody(t *testing.T, body string, into any) error {
	t.Helper()
	app := fiber.New()
	var decoded error
	app.Post("/", func(c *fiber.Ctx) error {
		decoded = decode(c, into)
		return nil
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "proba.test"
	req.Header.Set("Content-Type", "application/json")
	res, err := app.Test(req, -1)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return decoded
}
