package api

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/internal/fault"
)

// How long others may keep what the issuer publishes. A list says itself that a
// verifier asks again after an hour; five minutes bound what a cache adds.
const (
	cacheBriefly = "public, max-age=300"
	cacheForever = "public, max-age=31536000, immutable"
)

// publicKeys serves the key set that verifiers pin.
func (s *server) publicKeys(c *fiber.Ctx) error {
	set, err := s.Certs.PublicKeys(c.UserContext())
	if err != nil {
		return err
	}
	return sendCached(c, "application/jwk-set+json", set)
}

// didDocument serves the document that did:web resolves to.
func (s *server) didDocument(c *fiber.Ctx) error {
	doc, err := s.Keys.DIDDocument(s.Certs.DID())
	if err != nil {
		return err
	}
	return sendCached(c, "application/did+json", doc)
}

// statusList serves a published status list.
func (s *server) statusList(c *fiber.Ctx) error {
	list, err := strconv.Atoi(c.Params("list"))
	if err != nil || list < 0 || strconv.Itoa(list) != c.Params("list") {
		return fault.New(fault.NotFound, "status_list.not_found", "There is no such status list.")
	}
	l, err := s.Certs.StatusListCredential(c.UserContext(), list, badge.Purpose(c.Params("purpose")))
	if err != nil {
		return err
	}
	return sendCached(c, "application/vc", l.Credential)
}

// sendCached sends what changes seldom, and nothing to who has it.
func sendCached(c *fiber.Ctx, mediaType string, data []byte) error {
	sum := sha256.Sum256(data)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, cacheBriefly)
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*") // it is for verifiers on other pages too
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, mediaType)
	return c.Send(data)
}

// myCertificateFile sends one file of the caller's certificate.
func (s *server) myCertificateFile(c *fiber.Ctx) error {
	certificate, err := s.owned(c)
	if err != nil {
		return err
	}
	return s.sendFile(c, &certificate)
}

// certificateFile sends one file of anybody's certificate.
func (s *server) certificateFile(c *fiber.Ctx) error {
	certificate, err := s.certificateOf(c)
	if err != nil {
		return err
	}
	return s.sendFile(c, &certificate)
}

func (s *server) sendFile(c *fiber.Ctx, certificate *certs.Certificate) error {
	name := c.Params("file")
	data, mediaType, err := s.Certs.File(c.UserContext(), certificate, name)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+string(certificate.ID)+"-"+name+`"`)
	return c.Send(data)
}

func (s *server) certificateOf(c *fiber.Ctx) (certs.Certificate, error) {
	id, err := certs.ParseID(c.Params("certificate"))
	if err != nil {
		return certs.Certificate{}, err
	}
	return s.Certs.Record(c.UserContext(), id)
}

// certificateRecord is a certificate in full, for staff.
type certificateRecord struct {
	ID           certs.ID           `json:"id"`
	State        certs.State        `json:"state"`
	Person       string             `json:"person"`
	Attempt      string             `json:"attempt"`
	Name         string             `json:"name"`
	Title        string             `json:"title"`
	Language     string             `json:"language"`
	Role         string             `json:"role"`
	Exam         string             `json:"exam,omitempty"`
	Issuer       string             `json:"issuer"`
	Template     string             `json:"template,omitempty"`
	Score        *int               `json:"score_basis_points,omitempty"`
	IssuedAt     time.Time          `json:"issued_at"`
	ExpiresAt    time.Time          `json:"expires_at,omitzero"`
	Supersedes   certs.ID           `json:"supersedes,omitempty"`
	SupersededBy certs.ID           `json:"superseded_by,omitempty"`
	StatusList   int                `json:"status_list"`
	StatusIndex  int                `json:"status_index"`
	Key          uint16             `json:"key"`
	Logged       bool               `json:"logged"`
	Events       []certificateEvent `json:"events"`
	Files        []string           `json:"files"`
	URL          string             `json:"url"`
}

type certificateEvent struct {
	At       time.Time   `json:"at"`
	State    certs.State `json:"state"`
	By       string      `json:"by,omitempty"`
	Reason   string      `json:"reason,omitempty"`
	LogIndex *int64      `json:"log_index,omitempty"`
}

func (s *server) showRecord(c certs.Certificate) certificateRecord {
	st := &c.Statement
	r := certificateRecord{ID: c.ID, State: c.StateAt(s.Now()), Person: c.Person, Attempt: c.Attempt, Name: st.Name, Title: st.Title, Language: st.Language,
		Role: st.Role, Exam: st.Exam, Issuer: st.Issuer, Template: c.Template, Score: st.Score, IssuedAt: st.IssuedAt, ExpiresAt: st.ExpiresAt, Supersedes: c.Supersedes,
		SupersededBy: c.SupersededBy, StatusList: c.StatusList, StatusIndex: c.StatusIndex, Key: c.Key, Logged: !c.Unlogged, URL: s.Certs.URL(&c)}
	for _, e := range c.Events {
		r.Events = append(r.Events, certificateEvent{At: e.At, State: e.State, By: e.By, Reason: e.Reason, LogIndex: e.Index})
	}
	for _, f := range certs.Files() {
		r.Files = append(r.Files, f.Name)
	}
	return r
}

func (s *server) certificate(c *fiber.Ctx) error {
	certificate, err := s.certificateOf(c)
	if err != nil {
		return err
	}
	return c.JSON(s.showRecord(certificate))
}

// maxSearch is the longest part of a name to look for.
const maxSearch = 100

func (s *server) certificates(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	name := strings.TrimSpace(c.Query("name"))
	if len([]rune(name)) > maxSearch {
		return fault.New(fault.Invalid, "request.parameter", "A query parameter is out of range.").At(fault.Field{Path: "name", Message: "must have at most 100 characters"})
	}
	filter := certs.Filter{Person: c.Query("person"), Exam: c.Query("exam"), State: certs.State(c.Query("state")), Words: certs.NameWords(name)}
	if name != "" && len(filter.Words) == 0 {
		return c.JSON(page([]certs.Certificate{}, limit, func(c certs.Certificate) string { return string(c.ID) }, s.showRecord))
	}
	all, err := s.Certs.Find(c.UserContext(), filter, certs.ID(after), limit+1)
	if err != nil {
		return err
	}
	return c.JSON(page(all, limit, func(c certs.Certificate) string { return string(c.ID) }, s.showRecord))
}

// changed runs an act that needs a reason on a certificate, and shows its public
// view.
func (s *server) changed(c *fiber.Ctx, act func(by string, id certs.ID, why string) (certs.Certificate, error)) error {
	by, why, err := s.reasoned(c)
	if err != nil {
		return err
	}
	id, err := certs.ParseID(c.Params("certificate"))
	if err != nil {
		return err
	}
	if err := s.record(c, "certificates/"+string(id), ""); err != nil {
		return err
	}
	if _, err := act(by, id, why); err != nil {
		return err
	}
	s.Wake() // log and status lists follow
	return s.showPublic(c, id)
}

func (s *server) showPublic(c *fiber.Ctx, id certs.ID) error {
	p, err := s.Certs.Lookup(c.UserContext(), id)
	if err != nil {
		return err
	}
	return c.JSON(showVerification(p))
}

func (s *server) revoke(c *fiber.Ctx) error {
	return s.changed(c, func(by string, id certs.ID, why string) (certs.Certificate, error) {
		return s.Certs.Revoke(c.UserContext(), by, id, why)
	})
}

func (s *server) suspend(c *fiber.Ctx) error {
	return s.changed(c, func(by string, id certs.ID, why string) (certs.Certificate, error) {
		return s.Certs.Suspend(c.UserContext(), by, id, why)
	})
}

func (s *server) resumeCertificate(c *fiber.Ctx) error {
	return s.changed(c, func(by string, id certs.ID, why string) (certs.Certificate, error) {
		return s.Certs.Resume(c.UserContext(), by, id, why)
	})
}

type reissue struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// reissue replaces a certificate by one with the name corrected.
func (s *server) reissue(c *fiber.Ctx) error {
	var in reissue
	if err := decode(c, &in); err != nil {
		return err
	}
	by, why, err := accountable(c, in.Reason)
	if err != nil {
		return err
	}
	id, err := certs.ParseID(c.Params("certificate"))
	if err != nil {
		return err
	}
	if err := s.record(c, "certificates/"+string(id), ""); err != nil {
		return err
	}
	next, err := s.Certs.Reissue(c.UserContext(), by, id, strings.TrimSpace(in.Name), why)
	if err != nil {
		return err
	}
	s.Wake()
	return c.Status(fiber.StatusCreated).JSON(s.showRecord(next))
}

type preview struct {
	Name      string `json:"name"`
	Title     string `json:"title"`
	Language  string `json:"language"`
	Score     *int   `json:"score_basis_points"`
	ValidDays int    `json:"valid_days"`
	Template  string `json:"template"`
}

// maxPreviewText bounds the texts of a preview.
const maxPreviewText = 300

// previewCertificate prints a sample, which is signed by nobody.
func (s *server) previewCertificate(c *fiber.Ctx) error {
	var in preview
	if err := decode(c, &in); err != nil {
		return err
	}
	var faults []fault.Field
	for _, field := range []struct{ path, text string }{{"/name", in.Name}, {"/title", in.Title}} {
		if n := len([]rune(field.text)); n < 1 || n > maxPreviewText {
			faults = append(faults, fault.Field{Path: field.path, Message: "must have 1 to 300 characters"})
		}
	}
	if in.Score != nil && (*in.Score < 0 || *in.Score > 10_000) {
		faults = append(faults, fault.Field{Path: "/score_basis_points", Message: "must be 0 to 10000"})
	}
	if in.ValidDays < 0 || in.ValidDays > certs.MaxValidDays {
		faults = append(faults, fault.Field{Path: "/valid_days", Message: "must be 0 to 36500"})
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "certificate.preview", "A certificate cannot look like this.").At(faults...)
	}
	pdf, err := s.Certs.Preview(c.UserContext(), certs.Award{Name: in.Name, Title: in.Title, Language: in.Language, Score: in.Score, ValidDays: in.ValidDays, Template: in.Template})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	return c.Send(pdf)
}
