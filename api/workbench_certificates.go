package api

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/fault"
)

type certificatesPage struct {
	deskView
	Rows []certificateRow
	Next string
	// Sought is the number or the e-mail that was looked for.
	Sought string
}

// certificateRow is a certificate with its state now.
type certificateRow struct {
	certs.Certificate
	Now certs.State
}

// certificates finds them by number or by the holder's e-mail, or lists all.
func (w workbench) certificates(c *fiber.Ctx) error {
	p := certificatesPage{deskView: w.desk(c, "wCertificates"), Sought: strings.TrimSpace(c.Query("q"))}
	all, err := w.findCertificates(c, &p)
	if err != nil {
		return err
	}
	if len(all) > rowsShown {
		all = all[:rowsShown]
		p.Next = string(all[rowsShown-1].ID)
	}
	for _, held := range all {
		p.Rows = append(p.Rows, certificateRow{held, held.StateAt(w.Now())})
	}
	return w.show(c, fiber.StatusOK, "certificates", p)
}

func (w workbench) findCertificates(c *fiber.Ctx, p *certificatesPage) ([]certs.Certificate, error) {
	ctx, after := c.UserContext(), certs.ID(c.Query("after"))
	if p.Sought == "" {
		return w.Certs.Store.Certificates(ctx, after, rowsShown+1)
	}
	if id, err := certs.ParseID(p.Sought); err == nil {
		held, err := w.Certs.Store.Certificate(ctx, id)
		if fault.Of(err) == fault.NotFound {
			p.Fault = p.T["wNoCertificate"]
			return nil, nil
		}
		return []certs.Certificate{held}, err
	}
	if !p.may(auth.PeopleRead) {
		p.Fault = p.T["wNoCertificate"]
		return nil, nil
	}
	person, err := w.Auth.PersonByEmail(ctx, p.Sought)
	if fault.Of(err) == fault.NotFound {
		p.Fault = p.T["wNoCertificate"]
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return w.Certs.Of(ctx, person.ID, after, rowsShown+1)
}

type certificatePage struct {
	deskView
	Row    certificateRow
	Reason string // as it was sent
	By     map[string]string
	At     time.Time
}

func (w workbench) certificate(c *fiber.Ctx) error {
	return w.showCertificate(c, fiber.StatusOK, certificatePage{deskView: w.desk(c, "wCertificate")})
}

func (w workbench) showCertificate(c *fiber.Ctx, status int, p certificatePage) error {
	id, err := certs.ParseID(c.Params("certificate"))
	if err != nil {
		return err
	}
	held, err := w.Certs.Store.Certificate(c.UserContext(), id)
	if err != nil {
		return err
	}
	p.At = w.Now()
	p.Row, p.By = certificateRow{held, held.StateAt(p.At)}, make(map[string]string)
	for _, e := range held.Events {
		if e.By == "" || p.By[e.By] != "" {
			continue
		}
		who, err := w.nameOf(c, e.By)
		if err != nil {
			return err
		}
		p.By[e.By] = who.Name
	}
	return w.show(c, status, "certificate", p)
}

func (w workbench) revokeCertificate(c *fiber.Ctx) error {
	id, err := certs.ParseID(c.Params("certificate"))
	if err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	why, err := checkReason(c.FormValue("reason"))
	if err == nil {
		if err = w.record(c, "certificates/"+string(id), ""); err != nil {
			return err
		}
		_, err = w.Certs.Revoke(c.UserContext(), by, id, why)
	}
	if err == nil {
		return done(c, "/workbench/certificates/"+string(id), "revoked")
	}
	p := certificatePage{deskView: w.desk(c, "wCertificate"), Reason: c.FormValue("reason")}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showCertificate(c, status, p)
}
