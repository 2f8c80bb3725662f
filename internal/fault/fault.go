// Package fault is the one error type that crosses Proba's package borders.
//
// A Fault says what kind of failure it is (a closed set, so that one file can
// map it to HTTP), carries a stable dotted code that clients and tests may rely
// on, and a message that is safe to show to anybody. What is not safe (a
// driver's words, a path, a name) goes into the wrapped cause, which is logged
// and never sent.
//
// The package knows nothing of HTTP, stores or domains. An error that is not a
// Fault is by definition internal: Of returns Internal for it.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure a Fault is. The set is closed.
type Kind uint8

// The kinds, in the order of "whose move is it": the caller's, then ours.
const (
	// Internal is a failure of ours that the caller cannot mend. It is the zero
	// value, so that a Fault built without care is not shown as the caller's.
	Internal Kind = iota
	// Invalid is input that breaks a documented rule.
	Invalid
	// Unauthenticated is a request without valid proof of who is asking.
	Unauthenticated
	// Forbidden is a known person asking for what their role does not allow.
	Forbidden
	// NotFound is a thing that does not exist, or that the asker may not know
	// to exist.
	NotFound
	// Conflict is a request that was valid but contradicts the present state.
	Conflict
	// TooLarge is input over a documented limit of size.
	TooLarge
	// Unsupported is input in a format or encoding that is not taken.
	Unsupported
	// TooMany is a caller over their rate.
	TooMany
	// Unavailable is a passing failure of ours: the same request may be repeated.
	Unavailable
)

// String returns the kind's name as it appears in logs.
func (k Kind) String() string {
	names := [...]string{"internal", "invalid", "unauthenticated", "forbidden", "not-found",
		"conflict", "too-large", "unsupported", "too-many", "unavailable"}
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Field names one faulty place of an input.
type Field struct {
	// Path points at the place: a JSON Pointer (RFC 6901) for documents
	// ("/items/3/options/1"), a name for query parameters and flags.
	Path string `json:"path"`
	// Message says what is wrong there and what to do, for people.
	Message string `json:"message"`
}

// Fault is an error with a kind, a stable code and a message for anybody.
type Fault struct {
	Kind    Kind
	Code    string  // dotted, stable, such as "attempt.closed"
	Message string  // safe to show
	Fields  []Field // faulty places, possibly none

	cause error
}

// New returns a fault. The message is formatted as by fmt.Sprintf; nothing that
// the caller may not see belongs in it.
func New(kind Kind, code, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap returns a copy of f with cause as the error behind it.
func (f *Fault) Wrap(cause error) *Fault {
	g := *f
	g.cause = cause
	return &g
}

// At returns a copy of f with the faulty places added.
func (f *Fault) At(fields ...Field) *Fault {
	g := *f
	g.Fields = append(append([]Field(nil), f.Fields...), fields...)
	return &g
}

// Within returns err with the places of its Fault below prefix, "/learners": a part of
// a document was judged by who does not know where it stands. Other errors come back
// as they are.
func Within(prefix string, err error) error {
	f, ok := errors.AsType[*Fault](err)
	if !ok || len(f.Fields) == 0 {
		return err
	}
	g := *f
	g.Fields = make([]Field, len(f.Fields))
	for i, p := range f.Fields {
		g.Fields[i] = Field{Path: prefix + p.Path, Message: p.Message}
	}
	return &g
}

// Error returns code, message, places and cause on one line, for logs.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Code)
	b.WriteString(": ")
	b.WriteString(f.Message)
	for i, p := range f.Fields {
		b.WriteString([]string{" [", "; "}[min(i, 1)])
		b.WriteString(p.Path + ": " + p.Message)
	}
	if len(f.Fields) > 0 {
		b.WriteByte(']')
	}
	if f.cause != nil {
		b.WriteString(": ")
		b.WriteString(f.cause.Error())
	}
	return b.String()
}

// Unwrap returns the cause, possibly nil.
func (f *Fault) Unwrap() error { return f.cause }

// Of returns the kind of err: that of the first Fault in its chain, Internal
// when there is none.
func Of(err error) Kind {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Kind
	}
	return Internal
}

// Code returns the code of the first Fault in err's chain, "" when there is none.
func Code(err error) string {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Code
	}
	return ""
}
