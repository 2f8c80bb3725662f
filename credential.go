package openbadge

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/proba-exam/proba/internal/fault"
)

// Credential is what a document states. All strings are as shown to people; all
// times are UTC, to the millisecond.
type Credential struct {
	// ID is the credential's own address, such as https://HOST/v/ID.
	ID string
	// Language is the document's own one, a lower-case BCP 47 tag. A Text in
	// one language only must be in this one. It is "und" in a document that
	// does not say.
	Language string
	// Name is shown by wallets in lists. Optional when reading.
	Name   Text
	Issuer Issuer
	// ValidFrom is the first instant of validity, ValidUntil the first after
	// it; zero for a credential that does not expire.
	ValidFrom, ValidUntil time.Time
	Subject               Subject
	Achievement           Achievement
	// Results in the order in which they are shown, possibly none.
	Results []Result
	// Status says where revocation and suspension are published, possibly
	// nowhere.
	Status []StatusEntry
}

// Issuer is who states it.
type Issuer struct {
	// ID is a DID, such as did:web:HOST: see IssuerDID.
	ID   string
	Name Text
	// URL is of the issuer's own pages.
	URL string
}

// Subject is the holder.
type Subject struct {
	// ID is a random one made for this credential ("urn:uuid:…"), so that
	// credentials of one person cannot be joined by it.
	ID string
	// Name is the holder's, "" when the credential does not state it.
	Name string
}

// Achievement is what was achieved: the certificate of an exam, the same for all
// who pass it.
type Achievement struct {
	// ID is an address that is the same for everyone with this achievement.
	ID          string
	Name        Text
	Description Text
	// Criteria says what had to be done, in Markdown.
	Criteria Text
	// Alignments link the achievement to published frameworks: the professional
	// role.
	Alignments []Alignment
}

// Alignment is an entry of a published framework.
type Alignment struct {
	// Name and URL of the entry are required.
	Name, URL string
	// Framework is the name of the framework, Code the entry's code in it.
	Framework, Code string
}

// Types of results (Open Badges 3.0, ResultType). The vocabulary is open.
const (
	Percent     = "Percent"
	RawScore    = "RawScore"
	ScaledScore = "ScaledScore"
)

// Result is one thing that was measured: the total, or a section.
type Result struct {
	// ID is an IRI that is the same for everyone with this achievement.
	ID   string
	Name Text
	// Type is one of the constants or another type of the vocabulary.
	Type string
	// Min and Max bound Value, Cut is the least that passes; "" when not stated.
	Min, Max, Cut string
	// Value is what this holder reached, such as "86.5".
	Value string
}

// Purposes of a status entry.
const (
	Revocation = "revocation" // for good
	Suspension = "suspension" // until lifted
)

// StatusEntry is a place in a published Bitstring Status List.
type StatusEntry struct {
	Purpose string
	// List is the address of the list's credential.
	List string
	// Index of the credential's bit, from 0.
	Index int
}

var errIncomplete = fault.New(fault.Invalid, "credential.incomplete", "The credential lacks something that it has to state, or states something impossible.")

// problems collects faulty places of a document.
type problems []fault.Field

func (p *problems) add(pointer, format string, args ...any) {
	*p = append(*p, fault.Field{Path: pointer, Message: fmt.Sprintf(format, args...)})
}

func (p *problems) iri(pointer, value string) {
	if !isIRI(value) {
		p.add(pointer, "must be an absolute IRI")
	}
}

func (p *problems) text(pointer, language string, value Text) {
	if problem := value.problem(language); problem != "" {
		p.add(pointer, "%s", problem)
	}
}

// check finds what any Open Badges credential has to have.
func (c *Credential) check() problems {
	var p problems
	const achievement = "/credentialSubject/achievement"
	p.iri("/id", c.ID)
	p.iri("/issuer/id", c.Issuer.ID)
	p.iri("/credentialSubject/id", c.Subject.ID)
	p.iri(achievement+"/id", c.Achievement.ID)
	p.text(achievement+"/name", c.Language, c.Achievement.Name)
	p.text(achievement+"/description", c.Language, c.Achievement.Description)
	if c.ValidFrom.IsZero() {
		p.add("/validFrom", "is missing")
	}
	if !c.ValidUntil.IsZero() && !c.ValidUntil.After(c.ValidFrom) {
		p.add("/validUntil", "is not after validFrom")
	}
	for i, a := range c.Achievement.Alignments {
		at := fmt.Sprintf("%s/alignment/%d", achievement, i)
		if a.Name == "" {
			p.add(at+"/targetName", "is missing")
		}
		p.iri(at+"/targetUrl", a.URL)
	}
	c.checkResults(&p)
	for i, s := range c.Status {
		at := fmt.Sprintf("/credentialStatus/%d", i)
		p.iri(at+"/statusListCredential", s.List)
		if s.Purpose == "" {
			p.add(at+"/statusPurpose", "is missing")
		}
		if s.Index < 0 {
			p.add(at+"/statusListIndex", "is negative")
		}
	}
	return p
}

func (c *Credential) checkResults(p *problems) {
	seen := map[string]bool{}
	for i, r := range c.Results {
		at := fmt.Sprintf("/credentialSubject/achievement/resultDescription/%d", i)
		p.iri(at+"/id", r.ID)
		p.text(at+"/name", c.Language, r.Name)
		if r.Type == "" {
			p.add(at+"/resultType", "is missing")
		}
		if r.Value == "" {
			p.add(fmt.Sprintf("/credentialSubject/result/%d/value", i), "is missing")
		}
		if seen[r.ID] {
			p.add(at+"/id", "is the identifier of another result too")
		}
		seen[r.ID] = true
	}
}

// checkOurs finds what we ask of our own credentials beyond that.
func (c *Credential) checkOurs() problems {
	p := c.check()
	if !languageTag.MatchString(c.Language) {
		p.add("/credentialSubject/achievement/inLanguage", "must be a language tag in lower case")
	}
	p.text("/name", c.Language, c.Name)
	p.text("/issuer/name", c.Language, c.Issuer.Name)
	p.text("/credentialSubject/achievement/criteria/narrative", c.Language, c.Achievement.Criteria)
	p.iri("/issuer/url", c.Issuer.URL)
	const scheme = "urn:uuid:"
	if id, err := uuid.Parse(c.Subject.ID); err != nil || c.Subject.ID != scheme+id.String() {
		p.add("/credentialSubject/id", "must be %s and a random UUID in lower case", scheme)
	}
	return p
}
