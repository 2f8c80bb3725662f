package badge

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/proba-exam/proba/internal/keyring"
)

// Claim is what a credential says.
type Claim struct {
	// ID is the address of the certificate's public page.
	ID string
	// Issuer is the did:web of who issues, IssuerName and IssuerURL how people
	// know it.
	Issuer, IssuerName, IssuerURL string
	// Holder is the full name.
	Holder string
	// Achievement names what was achieved, the same for all who achieved it.
	Achievement                  string
	Title, Description, Criteria string
	// Language of the texts, as BCP 47 has it.
	Language string
	Results  []Result
	Aligned  []Alignment
	// Status are the addresses of the status lists, revocation first, and Index
	// the place in them.
	Revocation, Suspension string
	Index                  int
	ValidFrom              time.Time
	// ValidUntil is zero for what does not expire.
	ValidUntil time.Time
}

// Result is a score as a share of what could be reached.
type Result struct {
	// Name says of what, in Claim.Language.
	Name string
	// Score and Required are basis points: 8750 is 87.5 %. Required is nil where
	// no minimum was set.
	Score    int
	Required *int
}

// Alignment names a place in a framework that the achievement is aligned to.
type Alignment struct {
	Name      string `json:"name"`
	URL       string `json:"url"`
	Framework string `json:"framework,omitempty"`
	Code      string `json:"code,omitempty"`
}

// The shapes of Open Badges 3.0, appendix B, as far as they are used. The order of
// the members is the order in the file.
type (
	credential struct {
		Context    []string      `json:"@context"`
		ID         string        `json:"id"`
		Type       []string      `json:"type"`
		Issuer     profile       `json:"issuer"`
		ValidFrom  string        `json:"validFrom"`
		ValidUntil string        `json:"validUntil,omitempty"`
		Name       string        `json:"name"`
		Subject    subject       `json:"credentialSubject"`
		Status     []statusEntry `json:"credentialStatus"`
		Proof      []proof       `json:"proof,omitempty"`
	}
	profile struct {
		ID   string   `json:"id"`
		Type []string `json:"type"`
		Name string   `json:"name"`
		URL  string   `json:"url"`
	}
	subject struct {
		ID          string      `json:"id"`
		Type        []string    `json:"type"`
		Identifier  []identity  `json:"identifier"`
		Achievement achievement `json:"achievement"`
		Result      []result    `json:"result,omitempty"`
	}
	identity struct {
		Type         string `json:"type"`
		Hashed       bool   `json:"hashed"`
		IdentityHash string `json:"identityHash"`
		IdentityType string `json:"identityType"`
	}
	achievement struct {
		ID          string              `json:"id"`
		Type        []string            `json:"type"`
		Alignment   []alignment         `json:"alignment,omitempty"`
		Criteria    criteria            `json:"criteria"`
		Description string              `json:"description"`
		Language    string              `json:"inLanguage"`
		Name        string              `json:"name"`
		Results     []resultDescription `json:"resultDescription,omitempty"`
	}
	alignment struct {
		Type      []string `json:"type"`
		Code      string   `json:"targetCode,omitempty"`
		Framework string   `json:"targetFramework,omitempty"`
		Name      string   `json:"targetName"`
		URL       string   `json:"targetUrl"`
	}
	criteria struct {
		Narrative string `json:"narrative"`
	}
	resultDescription struct {
		ID       string   `json:"id"`
		Type     []string `json:"type"`
		Name     string   `json:"name"`
		Required string   `json:"requiredValue,omitempty"`
		Result   string   `json:"resultType"`
		Max      string   `json:"valueMax"`
		Min      string   `json:"valueMin"`
	}
	result struct {
		Type        []string `json:"type"`
		Description string   `json:"resultDescription"`
		Value       string   `json:"value"`
	}
	statusEntry struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Purpose string `json:"statusPurpose"`
		Index   string `json:"statusListIndex"`
		List    string `json:"statusListCredential"`
	}
)

// subjectID names the holder of one credential: another one of theirs has another
// id, so that they cannot be put together.
func subjectID(credential string) string {
	return "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(credential)).String()
}

func (c *Claim) credential() credential {
	doc := credential{
		Context: []string{contextCredentials, contextBadges},
		ID:      c.ID, Type: []string{"VerifiableCredential", "OpenBadgeCredential"},
		Issuer:    profile{ID: c.Issuer, Type: []string{"Profile"}, Name: c.IssuerName, URL: c.IssuerURL},
		ValidFrom: stamp(c.ValidFrom), Name: c.Title,
		Subject: subject{
			ID: subjectID(c.ID), Type: []string{"AchievementSubject"},
			Identifier: []identity{{Type: "IdentityObject", IdentityHash: c.Holder, IdentityType: "name"}},
			Achievement: achievement{ID: c.Achievement, Type: []string{"Achievement"}, Criteria: criteria{c.Criteria}, Description: c.Description,
				Language: c.Language, Name: c.Title},
		},
		// Verifiers of others stop at the first entry with the purpose that they
		// know: revocation comes first.
		Status: []statusEntry{entry(c.Revocation, Revocation, c.Index), entry(c.Suspension, Suspension, c.Index)},
	}
	if !c.ValidUntil.IsZero() {
		doc.ValidUntil = stamp(c.ValidUntil)
	}
	for _, a := range c.Aligned {
		doc.Subject.Achievement.Alignment = append(doc.Subject.Achievement.Alignment, alignment{Type: []string{"Alignment"}, Code: a.Code, Framework: a.Framework, Name: a.Name, URL: a.URL})
	}
	for i, r := range c.Results {
		id := fmt.Sprintf("%s#result-%d", c.Achievement, i)
		description := resultDescription{ID: id, Type: []string{"ResultDescription"}, Name: r.Name, Result: "Percent", Max: "100", Min: "0"}
		if r.Required != nil {
			description.Required = percent(*r.Required)
		}
		doc.Subject.Achievement.Results = append(doc.Subject.Achievement.Results, description)
		doc.Subject.Result = append(doc.Subject.Result, result{Type: []string{"Result"}, Description: id, Value: percent(r.Score)})
	}
	return doc
}

func entry(list string, purpose Purpose, index int) statusEntry {
	return statusEntry{ID: fmt.Sprintf("%s#%d", list, index), Type: "BitstringStatusListEntry", Purpose: string(purpose), Index: strconv.Itoa(index), List: list}
}

// percent writes basis points as per cent.
func percent(points int) string { return strconv.FormatFloat(float64(points)/100, 'f', -1, 64) }

// Sign returns the credential with an embedded proof.
func (c *Claim) Sign(key keyring.Key) ([]byte, error) {
	doc := c.credential()
	p, err := signed(doc, key, key.VerificationMethod(c.Issuer), c.ValidFrom)
	if err != nil {
		return nil, fmt.Errorf("sign the credential: %w", err)
	}
	doc.Proof = []proof{p}
	return encode(doc)
}

func encode(doc any) ([]byte, error) {
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the credential: %w", err)
	}
	return append(data, '\n'), nil
}
