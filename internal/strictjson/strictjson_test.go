package strictjson_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/internal/strictjson"
)

// sample has one member of each kind that a document of ours may have.
type sample struct {
	Text    string            `json:"text"`
	Whole   int               `json:"whole"`
	Count   uint              `json:"count"`
	Number  float64           `json:"number"`
	Yes     *bool             `json:"yes"`
	At      time.Time         `json:"at"`
	List    []int             `json:"list"`
	Words   map[string]string `json:"words"`
	Inner   inner             `json:"inner"`
	Several []inner           `json:"several"`
}

type inner struct {
	Even int `json:"even"`
}

func (in *inner) UnmarshalJSON(data []byte) error {
	type plain inner
	if err := strictjson.Unmarshal(data, (*plain)(in)); err != nil {
		return err
	}
	if in.Even%2 != 0 {
		return &strictjson.Error{Path: "/even", Message: "must be even"}
	}
	return nil
}

func TestUnmarshalNamesThePlace(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: "",
		`{"text":"a","whole":-1,"count":1,"number":0.5,"yes":true,"at":"2026-03-01T09:00:00Z","list":[1],"words":{"a":"b"},"inner":{"even":2}}`: "",
		`{"text":null}`:                         "",
		`null`:                                  "must be an object",
		`7`:                                     "must be an object",
		`[{}]`:                                  "must be an object",
		``:                                      "ends too early",
		`{"text":"a`:                            "ends too early",
		`{"text":"a",}`:                         "is not JSON at byte 11",
		`{} x`:                                  "must be one JSON value; more follows it",
		`{"TEXT":"a"}`:                          "/TEXT: is not a member that belongs here",
		`{"a/b":1}`:                             "/a~1b: is not a member that belongs here",
		`{"text":"a","text":"b"}`:               "/text: is there twice",
		`{"words":{"a":"b","a":"c"}}`:           "/words/a: is there twice",
		`{"text":{}}`:                           "/text: must be a text in double quotes",
		`{"whole":1.5}`:                         "/whole: must be a whole number",
		`{"whole":1e400}`:                       "/whole: must be a whole number",
		`{"count":-1}`:                          "/count: must be a whole number, 0 or more",
		`{"number":"1"}`:                        "/number: must be a number",
		`{"yes":"no"}`:                          "/yes: must be true or false",
		`{"at":"soon"}`:                         "/at: must be a time such as 2026-03-01T09:00:00Z",
		`{"list":{}}`:                           "/list: must be a list",
		`{"list":[1,"b"]}`:                      "/list/1: must be a whole number",
		`{"words":[]}`:                          "/words: must be an object",
		`{"words":{"a":1}}`:                     "/words/a: must be a text in double quotes",
		`{"inner":{"even":3}}`:                  "/inner/even: must be even",
		`{"several":[{"even":2},{"odd":1}]}`:    "/several/1/odd: is not a member that belongs here",
		`{"several":[{"even":2},{"even":"x"}]}`: "/several/1/even: must be a whole number",
	} {
		err := strictjson.Unmarshal([]byte(text), new(sample))
		if got := message(t, err); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func message(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	wrong, ok := errors.AsType[*strictjson.Error](err)
	if !ok {
		t.Fatalf("%v is no Error", err)
	}
	return wrong.Error()
}

// FuzzUnmarshal looks for a text that panics, that encoding/json would not take at
// all, or whose refusal tells of Go.
func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{`{}`, `null`, `{"whole":1.5}`, `{"several":[{"even":1}]}`, "{\"text\":\"\xff\"}", `{"at":"2026-03-01T09:00:00Z"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		err := strictjson.Unmarshal(text, new(sample))
		if err == nil {
			if loose := json.Unmarshal(text, new(sample)); loose != nil {
				t.Errorf("taken, but encoding/json says: %v", loose)
			}
			return
		}
		wrong, _ := errors.AsType[*strictjson.Error](err)
		for _, word := range []string{"json", "Go ", "int", "struct"} {
			if wrong == nil || strings.Contains(wrong.Message, word) {
				t.Errorf("the refusal is %v", err)
			}
		}
	})
}
