package openbadge

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// schemaAddress is of the JSON Schema that 1EdTech's validator applies.
const schemaAddress = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"

// The document, members in the order in which a person would read them.
type (
	wireCredential struct {
		Context    []string     `json:"@context"`
		ID         string       `json:"id"`
		Type       []string     `json:"type"`
		Name       any          `json:"name"`
		Issuer     wireIssuer   `json:"issuer"`
		ValidFrom  string       `json:"validFrom"`
		ValidUntil string       `json:"validUntil,omitempty"`
		Subject    wireSubject  `json:"credentialSubject"`
		Status     any          `json:"credentialStatus,omitempty"`
		Schema     []wireSchema `json:"credentialSchema,omitempty"`
	}
	wireIssuer struct {
		ID   string   `json:"id"`
		Type []string `json:"type"`
		Name any      `json:"name"`
		URL  string   `json:"url"`
	}
	wireSubject struct {
		ID          string           `json:"id"`
		Type        []string         `json:"type"`
		Identifier  []wireIdentifier `json:"identifier,omitempty"`
		Achievement wireAchievement  `json:"achievement"`
		Result      []wireResult     `json:"result,omitempty"`
	}
	// wireIdentifier is an IdentityObject; identityHash holds plain text when
	// hashed is false.
	wireIdentifier struct {
		Type         string `json:"type"`
		Hashed       bool   `json:"hashed"`
		IdentityHash string `json:"identityHash"`
		IdentityType string `json:"identityType"`
	}
	wireAchievement struct {
		ID          string            `json:"id"`
		Type        []string          `json:"type"`
		Kind        string            `json:"achievementType"`
		InLanguage  string            `json:"inLanguage"`
		Name        any               `json:"name"`
		Description any               `json:"description"`
		Criteria    wireCriteria      `json:"criteria"`
		Alignment   []wireAlignment   `json:"alignment,omitempty"`
		Results     []wireDescription `json:"resultDescription,omitempty"`
	}
	wireCriteria struct {
		Narrative any `json:"narrative"`
	}
	wireAlignment struct {
		Type      []string `json:"type"`
		Name      string   `json:"targetName"`
		URL       string   `json:"targetUrl"`
		Framework string   `json:"targetFramework,omitempty"`
		Code      string   `json:"targetCode,omitempty"`
	}
	wireDescription struct {
		ID   string   `json:"id"`
		Type []string `json:"type"`
		Name any      `json:"name"`
		Kind string   `json:"resultType"`
		Min  string   `json:"valueMin,omitempty"`
		Max  string   `json:"valueMax,omitempty"`
		Cut  string   `json:"requiredValue,omitempty"`
	}
	wireResult struct {
		Type        []string `json:"type"`
		Description string   `json:"resultDescription"`
		Value       string   `json:"value"`
	}
	wireStatus struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Purpose string `json:"statusPurpose"`
		Index   string `json:"statusListIndex"`
		List    string `json:"statusListCredential"`
	}
	wireSchema struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	}
)

// Build writes the credential as a document, without a proof. Anything that is
// missing or impossible is fault "credential.incomplete" with the places in the
// document.
//
// The document names 1EdTech's JSON Schema when it satisfies it. That schema
// takes texts in one language and a single status entry only
// (1EdTech/openbadges-specification#623), so that a credential with more than
// that conforms to Verifiable Credentials 2.0 but does not name the schema.
func Build(c Credential) ([]byte, error) {
	if p := c.checkOurs(); len(p) > 0 {
		return nil, errIncomplete.At(p...)
	}
	w := wireCredential{
		Context:    []string{ContextCredentials, ContextOpenBadges, ContextExtensions},
		ID:         c.ID,
		Type:       []string{"VerifiableCredential", "OpenBadgeCredential"},
		Name:       c.Name.wire(c.Language),
		Issuer:     wireIssuer{ID: c.Issuer.ID, Type: []string{"Profile"}, Name: c.Issuer.Name.wire(c.Language), URL: c.Issuer.URL},
		ValidFrom:  formatTime(c.ValidFrom),
		ValidUntil: formatTime(c.ValidUntil),
		Subject:    c.wireSubject(),
		Status:     c.wireStatus(),
	}
	if len(c.Status) <= 1 && c.inOneLanguage() {
		w.Schema = []wireSchema{{ID: schemaAddress, Type: "1EdTechJsonSchemaValidator2019"}}
	}
	return encode(w)
}

func (c *Credential) wireSubject() wireSubject {
	a := &c.Achievement
	s := wireSubject{ID: c.Subject.ID, Type: []string{"AchievementSubject"}, Achievement: wireAchievement{
		ID: a.ID, Type: []string{"Achievement"}, Kind: "Certification", InLanguage: c.Language, Name: a.Name.wire(c.Language),
		Description: a.Description.wire(c.Language), Criteria: wireCriteria{a.Criteria.wire(c.Language)},
	}}
	if c.Subject.Name != "" {
		s.Identifier = []wireIdentifier{{Type: "IdentityObject", IdentityHash: c.Subject.Name, IdentityType: "name"}}
	}
	for _, l := range a.Alignments {
		s.Achievement.Alignment = append(s.Achievement.Alignment,
			wireAlignment{Type: []string{"Alignment"}, Name: l.Name, URL: l.URL, Framework: l.Framework, Code: l.Code})
	}
	for _, r := range c.Results {
		s.Achievement.Results = append(s.Achievement.Results, wireDescription{ID: r.ID, Type: []string{"ResultDescription"},
			Name: r.Name.wire(c.Language), Kind: r.Type, Min: r.Min, Max: r.Max, Cut: r.Cut})
		s.Result = append(s.Result, wireResult{Type: []string{"Result"}, Description: r.ID, Value: r.Value})
	}
	return s
}

// wireStatus is nothing, one entry or a list of them, revocation first: the
// 1EdTech validator stops at the first entry with that purpose, and others pick
// their checker by the first entry.
func (c *Credential) wireStatus() any {
	entries := make([]wireStatus, 0, len(c.Status))
	rank := func(e StatusEntry) int { return slices.Index([]string{Suspension, Revocation}, e.Purpose) }
	for _, e := range slices.SortedStableFunc(slices.Values(c.Status), func(a, b StatusEntry) int { return cmp.Compare(rank(b), rank(a)) }) {
		entries = append(entries, wireStatus{ID: fmt.Sprintf("%s#%d", e.List, e.Index), Type: "BitstringStatusListEntry",
			Purpose: e.Purpose, Index: strconv.Itoa(e.Index), List: e.List})
	}
	switch len(entries) {
	case 0:
		return nil
	case 1:
		return entries[0]
	}
	return entries
}

func (c *Credential) inOneLanguage() bool {
	texts := []Text{c.Name, c.Issuer.Name, c.Achievement.Name, c.Achievement.Description, c.Achievement.Criteria}
	for _, r := range c.Results {
		texts = append(texts, r.Name)
	}
	return !slices.ContainsFunc(texts, func(t Text) bool { return len(t) > 1 })
}

// formatTime is a time as XML Schema's dateTimeStamp, "" for the zero time.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.999Z07:00")
}

// encode is JSON for people: indented, letters as they are.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode JSON: %w", err)
	}
	return out.Bytes(), nil
}
