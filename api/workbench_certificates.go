package api

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

type certificatesPage struct {
	deskView
	Rows []certificateRow
	Next string
	// Sought is the number, the name or the e-mail that was looked for; Exam and State
	// narrow the list.
	Sought, Exam string
	State        certs.State
	States       []certs.State
	Exams        []exam.Exam
}

// certificateRow is a certificate with its state now.
type certificateRow struct {
	certs.Certificate
	Now certs.State
}

// Sat is the attempt that it was issued for: what a certificate is keyed by has a sign
// behind it for each time that another one was issued for the same attempt.
func (r certificateRow) Sat() string {
	attempt, _, _ := strings.Cut(strings.TrimRight(r.Attempt, "+"), "#")
	return attempt
}

// certificates finds them by number, by the holder's name or e-mail, by exam and state,
// or lists all.
func (w workbench) certificates(c *fiber.Ctx) error {
	p := certificatesPage{deskView: w.desk(c, "wCertificates"), Sought: strings.TrimSpace(c.Query("q")), Exam: c.Query("exam"), State: certs.State(c.Query("state")), States: certs.States()}
	var err error
	if p.Exams, err = w.Exams.Exams(c.UserContext(), "", maxExams); err != nil {
		return err
	}
	all, err := w.findCertificates(c, &p)
	if err != nil {
		return err
	}
	if len(all) == 0 && (p.Sought != "" || p.Exam != "" || p.State != "") {
		p.Fault = p.T["wNoCertificate"]
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
	if id, err := certs.ParseID(p.Sought); err == nil {
		held, err := w.Certs.Record(ctx, id)
		if fault.Of(err) != fault.NotFound {
			return []certs.Certificate{held}, err
		}
	}
	if len([]rune(p.Sought)) > maxSearch {
		return nil, nil
	}
	f := certs.Filter{Exam: p.Exam, Words: certs.NameWords(p.Sought)}.In(p.State, w.Now())
	if strings.Contains(p.Sought, "@") && p.may(auth.PeopleRead) {
		person, err := w.Auth.PersonByEmail(ctx, p.Sought)
		if fault.Of(err) == fault.NotFound {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		f.Person, f.Words = person.ID, nil
	} else if p.Sought != "" && len(f.Words) == 0 {
		return nil, nil
	}
	return w.Certs.Find(ctx, f, after, rowsShown+1)
}

type certificatePage struct {
	deskView
	Row certificateRow
	// Reason and Name are as they were sent; Act is what was asked for, "" for nothing.
	Reason, Name, Act string
	By                map[string]string
	At                time.Time
	Files             []certs.File
}

func (w workbench) certificate(c *fiber.Ctx) error {
	return w.showCertificate(c, fiber.StatusOK, certificatePage{deskView: w.desk(c, "wCertificate")})
}

func (w workbench) showCertificate(c *fiber.Ctx, status int, p certificatePage) error {
	id, err := certs.ParseID(c.Params("certificate"))
	if err != nil {
		return err
	}
	held, err := w.Certs.Record(c.UserContext(), id)
	if err != nil {
		return err
	}
	p.At, p.Files = w.Now(), certs.Files()
	if p.Act == "" {
		p.Name = held.Statement.Name
	}
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

// changeCertificate runs an act with a reason on a certificate, and shows the
// certificate that it leads to.
func (w workbench) changeCertificate(c *fiber.Ctx, act, what string, do func(by string, id certs.ID, why string) (certs.Certificate, error)) error {
	id, err := certs.ParseID(c.Params("certificate"))
	if err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	var changed certs.Certificate
	why, err := checkReason(c.FormValue("reason"))
	if err == nil {
		if err = w.record(c, "certificates/"+string(id), ""); err != nil {
			return err
		}
		changed, err = do(by, id, why)
	}
	if err == nil {
		w.Wake() // log and status lists follow
		return done(c, "/workbench/certificates/"+string(changed.ID), what)
	}
	p := certificatePage{deskView: w.desk(c, "wCertificate"), Reason: c.FormValue("reason"), Name: c.FormValue("name"), Act: act}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showCertificate(c, status, p)
}

func (w workbench) revokeCertificate(c *fiber.Ctx) error {
	return w.changeCertificate(c, "revoke", "revoked", func(by string, id certs.ID, why string) (certs.Certificate, error) {
		return w.Certs.Revoke(c.UserContext(), by, id, why)
	})
}

func (w workbench) suspendCertificate(c *fiber.Ctx) error {
	return w.changeCertificate(c, "suspend", "suspended", func(by string, id certs.ID, why string) (certs.Certificate, error) {
		return w.Certs.Suspend(c.UserContext(), by, id, why)
	})
}

func (w workbench) resumeCertificate(c *fiber.Ctx) error {
	return w.changeCertificate(c, "resume", "resumed", func(by string, id certs.ID, why string) (certs.Certificate, error) {
		return w.Certs.Resume(c.UserContext(), by, id, why)
	})
}

func (w workbench) reissueCertificate(c *fiber.Ctx) error {
	return w.changeCertificate(c, "reissue", "reissued", func(by string, id certs.ID, why string) (certs.Certificate, error) {
		return w.Certs.Reissue(c.UserContext(), by, id, strings.TrimSpace(c.FormValue("name")), why)
	})
}
