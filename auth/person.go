package auth

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/internal/fault"
)

// PersonSchema is the version of the stored form of a Person that this code
// writes.
const PersonSchema = 1

// Limits of a person's fields, in characters.
const (
	maxName         = 120 // what a certificate prints on two lines
	maxRegion       = 100
	maxOrganisation = 200
)

// Person is an account: one stored document.
//
// It holds the password's hash: an answer to a client is built from its fields,
// never by encoding it.
type Person struct {
	ID      string `json:"id"`      // UUID version 7 (RFC 9562), lower case
	Schema  int    `json:"schema"`  // PersonSchema at the time of writing
	Version int64  `json:"version"` // 1 when inserted, one more with each update

	// Email is as given, EmailKey is NormalizeEmail of it. The key is unique.
	Email    string `json:"email"`
	EmailKey string `json:"email_key"`

	// Name is printed on certificates, as given, in NFC.
	Name string `json:"name"`
	// Language is the BCP 47 tag of what the person reads, such as "uk".
	Language string `json:"language"`
	// Roles is not empty, has no repetition and stands in the order of Roles().
	Roles        []Role `json:"roles"`
	Region       string `json:"region,omitempty"`
	Organisation string `json:"organisation,omitempty"`

	// PasswordHash is a PHC string, "" for a person who has not set a password
	// yet and thus cannot sign in.
	PasswordHash string `json:"password_hash,omitempty"`
	// Epoch grows when everything issued before must stop working: see
	// invariant 6. It starts at 1.
	Epoch int64 `json:"epoch"`
	// Disabled people cannot sign in or refresh; their records stay.
	Disabled bool `json:"disabled,omitempty"`
	// Demo marks an account with a published password.
	Demo bool `json:"demo,omitempty"`

	CreatedAt time.Time `json:"created_at"` // UTC, to the millisecond
	UpdatedAt time.Time `json:"updated_at"`
}

// LogValue shows nothing of a person in logs but the id.
func (p Person) LogValue() slog.Value { return slog.StringValue(p.ID) }

// Registration is what is said of a person when they are registered.
type Registration struct {
	Email        string
	Name         string
	Language     string
	Roles        []Role
	Region       string
	Organisation string
	// Demo marks an account with a published password.
	Demo bool
}

// tidy returns r as it will be stored: trimmed, inner white space single, in
// NFC, the language tag canonical, the roles in order, and what is wrong with
// it, with field names as paths. checkName may be nil; otherwise it says
// whether a name can be printed.
func (r Registration) tidy(checkName func(string) error) (Registration, []fault.Field) {
	var faults []fault.Field
	bad := func(path, message string) {
		faults = append(faults, fault.Field{Path: path, Message: message})
	}

	r.Email = norm.NFC.String(strings.TrimSpace(r.Email))
	if _, ok := NormalizeEmail(r.Email); !ok {
		bad("email", "Give one e-mail address, such as olena@example.org.")
	}

	for _, f := range []struct {
		path  string
		value *string
		max   int
	}{
		{"name", &r.Name, maxName},
		{"region", &r.Region, maxRegion},
		{"organisation", &r.Organisation, maxOrganisation},
	} {
		tidied, problem := tidyLine(*f.value, f.max)
		*f.value = tidied
		if problem != "" {
			bad(f.path, problem)
		}
	}
	if problem := nameProblem(r.Name, checkName); problem != "" {
		bad("name", problem)
	}

	// Parse takes "" for "und", which nobody reads.
	tag, err := language.Parse(r.Language)
	if err != nil || tag == language.Und {
		bad("language", `Give a language tag, such as "uk" or "en".`)
	} else {
		r.Language = tag.String()
	}

	known, unknown := sortRoles(r.Roles)
	r.Roles = known
	switch {
	case len(unknown) > 0:
		bad("roles", "There is no such role. The roles are "+listRoles()+".")
	case len(known) == 0:
		bad("roles", "Give at least one role of "+listRoles()+".")
	}
	return r, faults
}

// nameProblem is what is wrong with a tidied name as one to be printed, "" for nothing.
func nameProblem(name string, checkName func(string) error) string {
	if !strings.ContainsFunc(name, unicode.IsLetter) {
		return "Give the name to be printed on certificates."
	}
	if checkName == nil {
		return ""
	}
	if err := checkName(name); err != nil {
		return "The name cannot be printed on a certificate: " + publicText(err)
	}
	return ""
}

// publicText returns the part of an error that is written for people.
func publicText(err error) string {
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		return f.Message
	}
	return err.Error()
}

// tidyLine returns one line of text as it is stored, and what is wrong with it.
// Control and format characters are refused: the latter include those that
// reorder text, with which a printed name can be made to read as another.
func tidyLine(s string, limit int) (tidied, problem string) {
	if !utf8.ValidString(s) {
		return "", "The text is not valid UTF-8."
	}
	s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	if utf8.RuneCountInString(s) > limit {
		return s, "The text is too long."
	}
	if strings.ContainsFunc(s, func(c rune) bool {
		return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co)
	}) {
		return s, "The text has invisible control characters."
	}
	return s, ""
}

// person returns the new person that r, tidied and in order, describes.
func (r Registration) person(id string, now time.Time) Person {
	key, _ := NormalizeEmail(r.Email)
	return Person{
		ID: id, Schema: PersonSchema, Version: 1,
		Email: r.Email, EmailKey: key,
		Name: r.Name, Language: r.Language, Roles: r.Roles,
		Region: r.Region, Organisation: r.Organisation,
		Epoch: 1, Demo: r.Demo,
		CreatedAt: now, UpdatedAt: now,
	}
}

// describes reports whether r, tidied, says of p just what is stored.
func (r Registration) describes(p Person) bool {
	key, _ := NormalizeEmail(r.Email)
	return key == p.EmailKey && r.Name == p.Name && r.Language == p.Language &&
		slices.Equal(r.Roles, p.Roles) && r.Region == p.Region &&
		r.Organisation == p.Organisation && r.Demo == p.Demo
}
