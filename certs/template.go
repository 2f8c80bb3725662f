package certs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/internal/fault"
)

// Template is what an issuer decides of how certificates look. A revision never
// changes once it is stored: a certificate names the one that it was issued by, so
// that it is printed with the same bytes ever after. Whatever a template leaves out is
// as in a certificate without one.
type Template struct {
	Schema int    `json:"schema"`
	ID     string `json:"id"`
	// Revision counts from 1.
	Revision int `json:"revision"`
	// Texts by language.
	Texts map[string]TemplateText `json:"texts,omitempty"`
	// Signatories are printed under a line to be signed on.
	Signatories []Signatory `json:"signatories,omitempty"`
	Logo        Logo        `json:"logo,omitzero"`
	// ValidDays until a certificate expires whose exam says nothing of that; 0 for
	// never.
	ValidDays int `json:"valid_days,omitempty"`
	// Zone is an IANA time zone in which dates are printed and the last day of validity
	// ends; "" for the issuer's.
	Zone      string    `json:"zone,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
}

// TemplateText is what is printed in one language; "" for the usual words.
type TemplateText struct {
	// Heading is the large word, such as "Certificate".
	Heading string `json:"heading,omitempty"`
	// Lead stands above the holder's name, Body between it and the title of the exam.
	Lead string `json:"lead,omitempty"`
	Body string `json:"body,omitempty"`
	// Note is a line of small print, such as the order by which the programme was
	// accredited; "" for none.
	Note string `json:"note,omitempty"`
}

// Signatory is who signs by hand, by language.
type Signatory struct {
	Name     map[string]string `json:"name"`
	Function map[string]string `json:"function"`
}

// Bounds of a template. What is longer than a line is refused by its width; these only
// keep the measuring short.
const (
	maxSignatories   = 3 // what fits beside the code
	maxTemplateText  = 200
	maxTemplateID    = 64
	maxZone          = 64
	revisionsInOrder = 6 // digits by which revisions sort
)

// MaxValidDays is the longest that a certificate can be valid: a century. Exams have the
// same bound.
const MaxValidDays = 36_500

// TemplateLanguages are those that a certificate speaks.
func TemplateLanguages() []string { return []string{"uk", "en"} }

var templateID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$`)

// Ref names the revision, such as "academy/3".
func (t Template) Ref() string { return t.ID + "/" + strconv.Itoa(t.Revision) }

// Key is the place of the revision in the order of all.
func (t Template) Key() string { return TemplateKey(t.ID, t.Revision) }

// TemplateKey is the place of a revision in the order of all.
func TemplateKey(id string, revision int) string {
	return fmt.Sprintf("%s/%0*d", id, revisionsInOrder, revision)
}

var errNoTemplate = fault.New(fault.NotFound, "template.not_found", "There is no such certificate template.")

// ParseTemplateRef reads what Ref writes. "template.not_found" for anything else.
func ParseTemplateRef(ref string) (id string, revision int, err error) {
	id, number, _ := strings.Cut(ref, "/")
	revision, err = strconv.Atoi(number)
	if err != nil || revision < 1 || strconv.Itoa(revision) != number || len(number) > revisionsInOrder || !templateID.MatchString(id) {
		return "", 0, errNoTemplate
	}
	return id, revision, nil
}

// normalised is the template with its texts in NFC and nothing around them.
func (t Template) normalised() Template {
	clean := func(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }
	all := func(m map[string]string) map[string]string {
		out := make(map[string]string)
		for lang, s := range m {
			out[lang] = clean(s)
		}
		return out
	}
	texts := make(map[string]TemplateText)
	for lang, x := range t.Texts {
		if x = (TemplateText{clean(x.Heading), clean(x.Lead), clean(x.Body), clean(x.Note)}); x != (TemplateText{}) {
			texts[lang] = x
		}
	}
	t.Texts = texts
	var signatories []Signatory
	for _, s := range t.Signatories {
		signatories = append(signatories, Signatory{all(s.Name), all(s.Function)})
	}
	t.Signatories, t.Zone = signatories, strings.TrimSpace(t.Zone)
	return t
}

// zone is where the template's days are, other when it does not say.
func (t *Template) zone(other *time.Location) *time.Location {
	if t == nil || t.Zone == "" {
		return other
	}
	zone, err := time.LoadLocation(t.Zone)
	if err != nil { // known when it was saved, and unknown to this machine
		return other
	}
	return zone
}

// Check returns what is wrong with a template, by field: what cannot be printed, what
// does not fit the page, what is out of bounds.
func (t *Template) Check() ([]fault.Field, error) {
	var faults []fault.Field
	wrong := func(path, message string, args ...any) {
		faults = append(faults, fault.Field{Path: path, Message: fmt.Sprintf(message, args...)})
	}
	if !templateID.MatchString(t.ID) {
		wrong("/id", "use 3 to 64 small letters, digits and hyphens")
	}
	for lang := range t.Texts {
		if lang != "uk" && lang != "en" {
			wrong("/texts/"+lang, "a certificate does not speak this language")
		}
	}
	if len(t.Signatories) > maxSignatories {
		wrong("/signatories", "no more than 3 fit the page")
	}
	if t.ValidDays < 0 || t.ValidDays > MaxValidDays {
		wrong("/valid_days", "must be 0 to 36500")
	}
	if _, err := time.LoadLocation(t.Zone); err != nil || t.Zone == "Local" || len(t.Zone) > maxZone {
		wrong("/zone", "is not the name of a time zone, such as Europe/Kyiv")
	}
	ruler, err := newPage(&Certificate{}, Layout{})
	if err != nil {
		return nil, err
	}
	for _, f := range t.fields() {
		switch message := misprint(f.text); {
		case f.text == "" && f.needed:
			wrong(f.path, "must not be empty")
		case utf8.RuneCountInString(f.text) > maxTemplateText:
			wrong(f.path, "must have at most 200 characters")
		case message != "":
			wrong(f.path, "%s", message)
		default:
			if over := ruler.width(f.style, f.size, f.spaced()) / f.width; over > 1 {
				wrong(f.path, "does not fit its line: it is %d %% too long", max(1, int(over*100)-100))
			}
		}
	}
	return append(faults, t.Logo.check()...), nil
}

// field is one text of a template and the line that it is printed on.
type field struct {
	path, text, style string
	size, width       float64
	needed, capitals  bool
}

func (f *field) spaced() string {
	if f.capitals {
		return spread(f.text)
	}
	return f.text
}

func (t *Template) fields() []field {
	var all []field
	for _, lang := range TemplateLanguages() {
		x, at := t.Texts[lang], "/texts/"+lang
		all = append(all, field{path: at + "/heading", text: x.Heading, style: "B", size: headingSize, width: textWidth, capitals: true},
			field{path: at + "/lead", text: x.Lead, size: textSize, width: textWidth}, field{path: at + "/body", text: x.Body, size: textSize, width: textWidth},
			field{path: at + "/note", text: x.Note, size: noteSize, width: textWidth})
		for i, s := range t.Signatories {
			at := fmt.Sprintf("/signatories/%d", i)
			all = append(all, field{path: at + "/name/" + lang, text: s.Name[lang], style: "B", size: signatorySize, width: signatoryWidth, needed: true},
				field{path: at + "/function/" + lang, text: s.Function[lang], size: functionSize, width: signatoryWidth, needed: true})
		}
	}
	return all
}

// misprint says why a text cannot be printed, "" when it can.
func misprint(s string) string {
	r, found, err := firstUnprintable(s)
	switch {
	case err != nil:
		return "cannot be printed"
	case !found:
		return ""
	case invisible(r):
		return fmt.Sprintf("holds an invisible character (U+%04X)", r)
	}
	return fmt.Sprintf("the certificate's font has no character %q (U+%04X)", r, r)
}

// invisible characters would hide in a name what is signed.
func invisible(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// over returns the words with the template's instead of the usual ones.
func (t *Template) over(w words, lang string) words {
	if t == nil {
		return w
	}
	x := t.Texts[lang]
	for _, part := range []struct {
		into *string
		text string
	}{{&w.certificate, x.Heading}, {&w.states, x.Lead}, {&w.passed, x.Body}, {&w.note, x.Note}} {
		if part.text != "" {
			*part.into = part.text
		}
	}
	return w
}
