package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/proba-exam/proba/api"
	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/programmes"
)

const (
	demoEmail = "learner@proba.example"
	demoName  = "Олена Зразкова"
	// demoWindow is how long the sample sittings stay open.
	demoWindow = 365 * 24 * time.Hour
)

// FirstRun is what the operator has to be told, once.
type FirstRun struct {
	// AdminLink is a one-time link to set the administrator's password; "" when
	// it is set.
	AdminLink string
	// DemoEmail and DemoPassword sign the demo learner in; "" when there is
	// none, or it was there before.
	DemoEmail, DemoPassword string
}

// Prepare makes what a new store lacks: an administrator and the shipped bank with its
// exams. In development the exams are published and held in sittings, to which a demo
// learner is entitled. In production they stay drafts: the keys of the shipped bank are
// public, and whether it may decide anything is for the administrator to say. Every
// step can be repeated, so that a first run that was cut off is completed by the next.
func (s *Server) Prepare(ctx context.Context) (FirstRun, error) {
	var told FirstRun
	token, err := s.Auth.EnsureAdministrator(ctx, s.Config.AdminEmail, "Administrator", "uk")
	if err != nil {
		return told, fmt.Errorf("first administrator: %w", err)
	}
	if token != "" {
		told.AdminLink = api.EnterURL(s.Config.PublicURL, token)
	}
	if err := s.refuseDemo(ctx); err != nil {
		return told, err
	}
	sittings, err := s.shipped(ctx)
	if err != nil || !s.Config.Demo {
		return told, err
	}
	told.DemoEmail, told.DemoPassword, err = s.demoLearner(ctx, sittings)
	return told, err
}

// refuseDemo stops production over a store that was tried out with.
func (s *Server) refuseDemo(ctx context.Context) error {
	if s.Config.Env != config.Production {
		return nil
	}
	p, err := s.Auth.PersonByEmail(ctx, demoEmail)
	if err == nil && p.Demo {
		return fmt.Errorf("the store has a demo learner; start production with a new store")
	}
	if err != nil && fault.Of(err) != fault.NotFound {
		return fmt.Errorf("look for demo accounts: %w", err)
	}
	return nil
}

// shipped imports the shipped bank and its exams, and returns the ids of the exams, which
// their sample sittings share. A newer program over an older store keeps the exams that are
// there; its own bank is one more release.
func (s *Server) shipped(ctx context.Context) ([]string, error) {
	bank, err := programmes.Bank()
	if err != nil {
		return nil, err
	}
	release, _, err := s.Exams.ImportBank(ctx, "proba", bank)
	if err != nil {
		return nil, fmt.Errorf("import the shipped bank: %w", err)
	}
	drafts, err := programmes.Exams(release.Hash)
	if err != nil {
		return nil, err
	}
	var sittings []string
	for _, draft := range drafts {
		if err := s.sampleExam(ctx, draft); err != nil {
			return nil, fmt.Errorf("sample exam %s: %w", draft.ID, err)
		}
		sittings = append(sittings, draft.ID)
	}
	return sittings, nil
}

func (s *Server) sampleExam(ctx context.Context, draft exam.Exam) error {
	_, err := s.Exams.Sitting(ctx, draft.ID)
	if fault.Of(err) != fault.NotFound {
		return err
	}
	if _, _, err := s.Exams.CreateExam(ctx, draft); err != nil && fault.Code(err) != "exam.exists" {
		return err
	}
	if s.Config.Env == config.Production {
		return nil
	}
	if _, err := s.Exams.PublishExam(ctx, "proba", draft.ID); err != nil {
		return err
	}
	now := s.now()
	_, _, err = s.Exams.CreateSitting(ctx, exam.Sitting{ID: draft.ID, Exam: draft.ID, Title: draft.Title, Opens: now, Closes: now.Add(demoWindow)})
	if fault.Code(err) == "sitting.exists" {
		return nil // another copy of the service was faster, with another clock
	}
	return err
}

// demoLearner makes a learner with a random password who may sit every sample
// exam.
func (s *Server) demoLearner(ctx context.Context, sittings []string) (email, password string, err error) {
	p, err := s.Auth.PersonByEmail(ctx, demoEmail)
	if fault.Of(err) == fault.NotFound {
		p, err = s.Auth.Register(ctx, auth.Registration{Email: demoEmail, Name: demoName, Language: "uk", Roles: []auth.Role{auth.Learner}, Demo: true})
	}
	if err != nil {
		return "", "", fmt.Errorf("demo learner: %w", err)
	}
	if p.PasswordHash != "" {
		return "", "", nil
	}
	for _, sitting := range sittings {
		if _, err := s.Exams.Entitle(ctx, "proba", sitting, p.ID, 0); err != nil {
			return "", "", fmt.Errorf("demo learner: %w", err)
		}
	}
	password = rand.Text()[:16]
	if _, err := s.Auth.SetPassword(ctx, p.ID, password); err != nil {
		return "", "", fmt.Errorf("demo learner: %w", err)
	}
	return demoEmail, password, nil
}
