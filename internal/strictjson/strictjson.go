// Package strictjson reads JSON from outside: one value, no unknown member, none
// twice, none in other letters, and valid UTF-8. What it refuses is an Error, which
// points at the place and says in plain words what belongs there.
//
// It knows nothing of what it reads into. Types with an UnmarshalJSON of their own
// may return an Error for a place inside them.
package strictjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Error is a place at which a text is not what it should be.
type Error struct {
	// Path is a JSON pointer (RFC 6901), "" for the whole.
	Path string
	// Message goes on from the name of the place, such as "must be a whole number".
	Message string

	cause error
}

// Error returns place and message.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Message
	}
	return e.Path + ": " + e.Message
}

// Unwrap returns what the decoder said, possibly nil.
func (e *Error) Unwrap() error { return e.cause }

// Below returns a copy of e that points at the same place from further up.
func (e *Error) Below(path string) *Error {
	return &Error{Path: path + e.Path, Message: e.Message, cause: e.cause}
}

// Unmarshal reads an object into a value. A refusal is an *Error; the value may
// then be half filled.
func Unmarshal(data []byte, into any) error {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data))
	if kind := dec.PeekKind(); kind != jsontext.KindBeginObject && kind != jsontext.KindInvalid {
		return &Error{Message: "must be an object"}
	}
	if err := json.UnmarshalDecode(dec, into, json.RejectUnknownMembers(true)); err != nil {
		return misread(err)
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return &Error{Message: "must be one JSON value; more follows it", cause: err}
	}
	return nil
}

// misread says in our words what the decoder found.
func misread(err error) *Error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Message: "ends too early", cause: err}
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		message := fmt.Sprintf("is not JSON at byte %d", syntax.ByteOffset)
		if errors.Is(syntax, jsontext.ErrDuplicateName) {
			message = "is there twice"
		}
		return &Error{string(syntax.JSONPointer), message, err}
	}
	wrong, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return &Error{Message: "cannot be read", cause: err}
	}
	if inner, ok := errors.AsType[*Error](wrong.Err); ok {
		return inner.Below(string(wrong.JSONPointer))
	}
	message := "must be " + inWords(wrong.GoType)
	if errors.Is(wrong, json.ErrUnknownName) {
		message = "is not a member that belongs here"
	}
	return &Error{string(wrong.JSONPointer), message, err}
}

// inWords says what a value of the type looks like in JSON.
func inWords(t reflect.Type) string {
	if t == nil {
		return "another kind of value"
	}
	if t == reflect.TypeFor[time.Time]() {
		return "a time such as 2026-03-01T09:00:00Z"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return inWords(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number, 0 or more"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.String:
		return "a text in double quotes"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "another kind of value"
}
