package badge

import (
	"fmt"
	"strconv"
	"time"

	"github.com/proba-exam/proba/internal/keyring"
)

// Checked is what a credential says, and whose signature it bears.
type Checked struct {
	ID, Issuer, IssuerName, Holder, Title string
	ValidFrom                             time.Time
	// ValidUntil is zero for what does not expire.
	ValidUntil time.Time
	Results    []Result
	// Status are the places in status lists, by purpose.
	Status map[Purpose]Place
	// Known is whether the named key is in the trusted set; Key is that key, and
	// Signature whether it signed exactly this.
	Known     bool
	Key       keyring.Key
	Signature bool
}

// Place is one bit of one list.
type Place struct {
	// List is the address of the list.
	List  string
	Index int
}

// Check reads a credential, with embedded proof or as VC-JWT, and checks its
// signature against the trusted keys. A credential that is none is fault
// "credential.malformed".
func Check(data []byte, keys *keyring.Ring) (Checked, error) {
	var doc map[string]any
	var c Checked
	var err error
	if IsJWT(data) {
		doc, c.Key, c.Known, c.Signature, err = checkJWT(data, keys)
	} else if doc, err = parse(data); err == nil {
		c.Key, c.Known, c.Signature, err = checkProof(doc, keys)
	}
	if err != nil {
		return Checked{}, err
	}
	if err := c.read(doc); err != nil {
		return Checked{}, errCredential.Wrap(err)
	}
	return c, nil
}

// Score is the total, the first result, as a share in basis points; nil when none
// is stated.
func (c *Checked) Score() *int {
	if len(c.Results) == 0 {
		return nil
	}
	return &c.Results[0].Score
}

func (c *Checked) read(doc map[string]any) (err error) {
	if !hasType(doc, "VerifiableCredential") || !hasType(doc, "OpenBadgeCredential") {
		return fmt.Errorf("it is of the types %v", texts(doc["type"]))
	}
	c.ID, _ = doc["id"].(string)
	c.Issuer = issuerOf(doc)
	if issuer, ok := doc["issuer"].(map[string]any); ok {
		c.IssuerName, _ = issuer["name"].(string)
	}
	if c.ValidFrom, err = instant(doc["validFrom"]); err != nil {
		return err
	}
	if c.ValidUntil, err = instant(doc["validUntil"]); err != nil {
		return err
	}
	subject, _ := doc["credentialSubject"].(map[string]any)
	for _, e := range objects(subject["identifier"]) {
		if e["identityType"] == "name" && e["hashed"] == false {
			c.Holder, _ = e["identityHash"].(string)
		}
	}
	achieved, _ := subject["achievement"].(map[string]any)
	c.Title, _ = achieved["name"].(string)
	if c.ID == "" || c.Issuer == "" || c.Title == "" || c.ValidFrom.IsZero() {
		return fmt.Errorf("it lacks id, issuer, name or validFrom")
	}
	names := make(map[any]Result)
	for _, d := range objects(achieved["resultDescription"]) {
		r := Result{}
		r.Name, _ = d["name"].(string)
		if required, ok := points(d["requiredValue"]); ok {
			r.Required = &required
		}
		names[d["id"]] = r
	}
	for _, e := range objects(subject["result"]) {
		r, described := names[e["resultDescription"]]
		var isNumber bool
		if r.Score, isNumber = points(e["value"]); described && isNumber {
			c.Results = append(c.Results, r)
		}
	}
	return c.places(doc)
}

func (c *Checked) places(doc map[string]any) error {
	c.Status = make(map[Purpose]Place)
	for _, e := range objects(doc["credentialStatus"]) {
		purpose, _ := e["statusPurpose"].(string)
		list, _ := e["statusListCredential"].(string)
		text, _ := e["statusListIndex"].(string)
		index, err := strconv.Atoi(text)
		if _, twice := c.Status[Purpose(purpose)]; twice || err != nil || index < 0 || list == "" || e["type"] != "BitstringStatusListEntry" {
			return fmt.Errorf("a status entry cannot be read")
		}
		c.Status[Purpose(purpose)] = Place{list, index}
	}
	return nil
}

// points reads a per cent value as basis points.
func points(v any) (int, bool) {
	text, _ := v.(string)
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f < 0 || f > 100 {
		return 0, false
	}
	return int(f*100 + 0.5), true
}

// instant reads a time that may be missing.
func instant(v any) (time.Time, error) {
	if v == nil {
		return time.Time{}, nil
	}
	text, _ := v.(string)
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%v is no time", v)
	}
	return t.UTC(), nil
}

// objects are the objects of a member that is one of them or an array.
func objects(v any) []map[string]any {
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		var all []map[string]any
		for _, e := range v {
			if o, ok := e.(map[string]any); ok {
				all = append(all, o)
			}
		}
		return all
	}
	return nil
}
