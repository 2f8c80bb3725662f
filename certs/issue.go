package certs

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

const (
	// schema numbers the stored form: 2 has credentials and the log.
	schema = 2
	// perStatusList is how many places of a list are given away. At half full,
	// drawing a free place at random takes two tries on average.
	perStatusList = badge.ListBits / 2
	// maxTries bounds drawing a place and compare-and-set: at half full, 64
	// draws in a row are taken with probability 2^-64.
	maxTries = 64
)

// Award is what a certificate is issued for.
type Award struct {
	// Attempt identifies the award: one attempt, one certificate.
	Attempt string
	Person  string
	Name    string
	Title   string
	// ShortTitle stands in the QR code when Title makes it too dense; may be "".
	ShortTitle string
	Language   string
	Role       string
	// Exam names what was passed, the same for all who passed it.
	Exam string
	// Score and Cut in basis points, nil when the certificate does not state
	// them; then Sections are left out too.
	Score, Cut *int
	Sections   []Section
	// ValidDays until it expires, 0 for what the template says. It is valid through the
	// whole of its last day in the issuer's zone, or the template's.
	ValidDays int
	// Template is the revision to print it by, "" for the usual look.
	Template string
}

// draft is a certificate before it has an id.
type draft struct {
	attempt, person string
	statement       Statement
	shortTitle      string
	supersedes      ID
	by              string
	why             reason
	// template that it is printed by, and its zone.
	template string
	zone     *time.Location
	days     int
	// until is when it expires if days does not say.
	until time.Time
}

// Issue returns the certificate of the award, and makes it if there is none.
// Two calls at once, or a call after a crash in the middle of another, give one
// certificate.
func (s *Service) Issue(ctx context.Context, award Award) (Certificate, error) {
	existing, err := s.Store.CertificateByAttempt(ctx, award.Attempt)
	if err == nil || fault.Of(err) != fault.NotFound {
		return existing, err
	}
	t, err := s.TemplateOf(ctx, award.Template)
	if err != nil {
		return Certificate{}, fmt.Errorf("template of an award: %w", err)
	}
	days := award.ValidDays
	if days == 0 && t != nil {
		days = t.ValidDays
	}
	statement := Statement{Name: norm.NFC.String(award.Name), Title: norm.NFC.String(award.Title), Language: award.Language, Role: award.Role,
		Issuer: s.issuer(award.Language), Exam: award.Exam}
	if award.Score != nil {
		statement.Score, statement.Cut, statement.Sections = award.Score, award.Cut, award.Sections
	}
	return s.issue(ctx, draft{attempt: award.Attempt, person: award.Person, statement: statement, shortTitle: norm.NFC.String(award.ShortTitle), template: award.Template, zone: t.zone(s.Zone), days: days})
}

func (s *Service) issue(ctx context.Context, d draft) (issued Certificate, err error) {
	serial, err := s.serials.take(ctx, s.Store)
	if err != nil {
		return Certificate{}, fmt.Errorf("place in the status list: %w", err)
	}
	used := false
	defer func() {
		if !used {
			s.serials.giveBack(serial)
		}
	}()
	for range maxTries {
		s.signing <- struct{}{}
		c, err := s.build(d, int(serial/perStatusList))
		<-s.signing
		if err != nil {
			return Certificate{}, err
		}
		err = s.Store.InsertCertificate(ctx, c)
		if fault.Code(err) != "certificate.exists" {
			used = err == nil
			return c, err
		}
		// The attempt, the id or the place is taken: the first is an answer,
		// the others are drawn again.
		existing, err := s.Store.CertificateByAttempt(ctx, d.attempt)
		if err == nil || fault.Of(err) != fault.NotFound {
			return existing, err
		}
	}
	return Certificate{}, fault.New(fault.Unavailable, "certificate.busy", "No free place in the status list was found; try again.")
}

// serials keeps what was drawn and not used: a certificate that cannot be issued is
// tried again for ever, and must not fill a status list with nothing.
type serials struct {
	mu     sync.Mutex
	unused []int64
}

func (s *serials) take(ctx context.Context, store Store) (int64, error) {
	s.mu.Lock()
	if n := len(s.unused); n > 0 {
		serial := s.unused[n-1]
		s.unused = s.unused[:n-1]
		s.mu.Unlock()
		return serial, nil
	}
	s.mu.Unlock() // calls side by side are committed together
	return store.NextStatusSerial(ctx)
}

// giveBack keeps a serial for the next certificate. It may have been used after all,
// when the answer of the store was lost: then a list gets one certificate more than
// its half, which does no harm.
func (s *serials) giveBack(serial int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unused = append(s.unused, serial)
}

func (s *Service) build(d draft, list int) (Certificate, error) {
	key, err := s.Keys.Active()
	if err != nil {
		return Certificate{}, fmt.Errorf("issuing key: %w", err)
	}
	id, err := NewID(s.Rand)
	if err != nil {
		return Certificate{}, err
	}
	var draw [4]byte
	if _, err := io.ReadFull(s.Rand, draw[:]); err != nil {
		return Certificate{}, fmt.Errorf("draw a place in the status list: %w", err)
	}
	now := s.moment().Truncate(time.Second) // the payload holds whole seconds
	c := Certificate{
		Schema: schema, ID: id, Version: 1, Attempt: d.attempt, ShortTitle: d.shortTitle, Template: d.template, Person: d.person, Key: key.Serial, State: Valid,
		StatusList: list, StatusIndex: int(binary.BigEndian.Uint32(draw[:]) % badge.ListBits), Statement: d.statement, Supersedes: d.supersedes,
		Events: []Event{{At: now, State: Valid, By: d.by, Reason: d.why.text, Code: d.why.code}}, Unlogged: true,
	}
	c.Statement.IssuedAt, c.Statement.ExpiresAt = now, d.until
	if d.days > 0 {
		c.Statement.ExpiresAt = expiry(now, d.days, d.zone)
	}
	if err := c.Statement.checkPrintable(); err != nil {
		return Certificate{}, err
	}
	if c.Payload, err = s.payload(&c, key, d.shortTitle); err != nil {
		return Certificate{}, err
	}
	return c, s.credentials(&c, key)
}

// payload signs the statement. When the QR code would get too dense to be read
// from a worn print, the short title stands in it, or none, and the verifier shows
// the server's.
func (s *Service) payload(c *Certificate, key keyring.Key, shortTitle string) ([]byte, error) {
	claims := Claims{ID: c.ID, Key: key.Serial, Name: c.Statement.Name, Score: c.Statement.Score,
		List: c.StatusList, Status: c.StatusIndex, IssuedAt: c.Statement.IssuedAt, ExpiresAt: c.Statement.ExpiresAt}
	for _, title := range []string{c.Statement.Title, shortTitle, ""} {
		claims.Title = title
		payload, err := claims.sign(key)
		if err != nil {
			return nil, fmt.Errorf("sign certificate: %w", err)
		}
		q, err := symbol(URL(s.PublicURL, c.ID, payload))
		if err == nil && q.VersionNumber <= maxQRVersion {
			return payload, nil
		}
	}
	return nil, errNameTooLong
}

// credentials signs the statement as Open Badges credential, in both forms.
func (s *Service) credentials(c *Certificate, key keyring.Key) error {
	claim := s.claim(c)
	var err error
	if c.Credential, err = claim.Sign(key); err != nil {
		return err
	}
	jwtKey, err := s.Keys.ActiveFor(keyring.ES256)
	if err != nil {
		return nil // an issuer without a P-256 key gives no JWT
	}
	c.JWT, err = claim.SignJWT(jwtKey)
	return err
}

// claim is the statement in the words of Open Badges.
func (s *Service) claim(c *Certificate) badge.Claim {
	st, w := &c.Statement, wordsOf(c.Statement.Language)
	base := strings.TrimSuffix(s.PublicURL, "/")
	claim := badge.Claim{
		ID: base + "/v/" + string(c.ID), Issuer: s.did, IssuerName: st.Issuer, IssuerURL: base, Holder: st.Name,
		Achievement: base + "/achievements/" + url.PathEscape(st.Exam), Title: st.Title, Description: w.description + " «" + st.Title + "»", Criteria: w.criteria,
		Language: st.Language, Revocation: s.listURL(c.StatusList, badge.Revocation), Suspension: s.listURL(c.StatusList, badge.Suspension),
		Index: c.StatusIndex, ValidFrom: st.IssuedAt, ValidUntil: st.ExpiresAt, Aligned: s.Aligned[st.Role],
	}
	if st.Score != nil {
		claim.Results = append(claim.Results, badge.Result{Name: w.score, Score: *st.Score, Required: st.Cut})
	}
	for _, section := range st.Sections {
		claim.Results = append(claim.Results, badge.Result(section))
	}
	return claim
}

// sampleID is the number on samples, which nobody is ever given: it would have to be
// drawn out of 2^80.
const sampleID ID = "AAAAAAAAAAAAAAAA"

// Preview prints what a certificate of the award would look like. Nothing is signed
// or stored.
func (s *Service) Preview(ctx context.Context, award Award) ([]byte, error) {
	t, err := s.TemplateOf(ctx, award.Template)
	if err != nil {
		return nil, err
	}
	sample, err := s.sample(award, t, nil)
	return sample.PDF, err
}

func (s *Service) issuer(lang string) string {
	if name, ok := s.Issuer[lang]; ok {
		return name
	}
	return s.Issuer["en"]
}

// expiry is the first instant after the last day of validity, zero for none.
func expiry(issued time.Time, days int, zone *time.Location) time.Time {
	if days == 0 {
		return time.Time{}
	}
	day := issued.In(zone)
	return time.Date(day.Year(), day.Month(), day.Day()+days+1, 0, 0, 0, 0, zone).UTC()
}
