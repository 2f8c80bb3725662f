package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/server"
)

// demoReport is what "proba demo --json" prints.
type demoReport struct {
	Roles      []demoRole  `json:"roles"`
	Revoked    demoRevoked `json:"revoked"`
	DurationMS int64       `json:"duration_ms"`
}

type demoRole struct {
	Role            string          `json:"role"`
	Items           int             `json:"items"`
	Score           float64         `json:"score"`
	Max             float64         `json:"max"`
	Passed          bool            `json:"passed"`
	Certificate     demoCertificate `json:"certificate"`
	VerifiedOnline  bool            `json:"verified_online"`
	VerifiedOffline bool            `json:"verified_offline"`
}

type demoCertificate struct {
	ID         string `json:"id"`
	PDF        string `json:"pdf"`
	PNG        string `json:"png"`
	Credential string `json:"credential"`
	Payload    string `json:"payload"`
	SVG        string `json:"svg"`
	JWT        string `json:"jwt"`
	COSE       string `json:"cose"`
	Proof      string `json:"proof"`
}

type demoRevoked struct {
	ID    string `json:"id"`
	State string `json:"state"`
	// Offline says that the kit taken afterwards shows it too.
	Offline bool `json:"offline"`
}

func demo(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba demo", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("out", "", "folder for the certificates and the key set (default: a temporary one, removed)")
	asJSON := flags.Bool("json", false, "print a machine-readable report")
	if err := flags.Parse(args); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "proba-demo-")
	if err != nil {
		return fmt.Errorf("temporary store: %w", err)
	}
	defer os.RemoveAll(folder)
	if *out == "" {
		*out = filepath.Join(folder, "out")
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return fmt.Errorf("output folder: %w", err)
	}
	began := time.Now()
	d := &demonstration{out: *out, progress: stderr}
	report, err := d.run(ctx, filepath.Join(folder, "data"))
	if err != nil {
		return err
	}
	report.DurationMS = time.Since(began).Milliseconds()
	if *asJSON {
		err = printJSON(stdout, report)
	} else {
		err = printDemo(stdout, report)
	}
	return errors.Join(err, report.verdict())
}

// verdict is errNo unless everything that the demonstration is to show was seen.
func (r *demoReport) verdict() error {
	for _, role := range r.Roles {
		if !role.Passed || !role.VerifiedOnline || !role.VerifiedOffline {
			return errNo
		}
	}
	if len(r.Roles) == 0 || r.Revoked.State != string(certs.Revoked) || !r.Revoked.Offline {
		return errNo
	}
	return nil
}

func printDemo(w io.Writer, r demoReport) error {
	for _, role := range r.Roles {
		fmt.Fprintf(w, "%-13s %4.1f of %.0f  passed %-5v certificate %s  online %-5v offline %v\n", role.Role, role.Score, role.Max,
			role.Passed, role.Certificate.ID, role.VerifiedOnline, role.VerifiedOffline)
	}
	_, err := fmt.Fprintf(w, "revoked       %s is shown as %s, offline too: %v\n%d ms\n", r.Revoked.ID, r.Revoked.State, r.Revoked.Offline, r.DurationMS)
	return err
}

// demonstration runs the main job over real HTTP.
type demonstration struct {
	out      string
	progress io.Writer

	server *server.Server
	base   string
	admin  *client
}

func (d *demonstration) run(ctx context.Context, data string) (report demoReport, err error) {
	c, err := config.Load([]string{"-addr", "127.0.0.1:0", "-ops-addr", "off", "-public-url", "http://127.0.0.1", "-data", data, "-demo=false"}, func(string) string { return "" }, d.progress)
	if err != nil {
		return report, err
	}
	if d.server, err = server.Open(ctx, c, time.Now, slog.New(slog.DiscardHandler)); err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, d.server.Close()) }()
	told, err := d.server.Prepare(ctx)
	if err != nil {
		return report, err
	}
	address, err := d.server.Listen()
	if err != nil {
		return report, err
	}
	d.base = "http://" + address
	if err := d.begin(ctx, told); err != nil {
		return report, err
	}
	exams, err := d.server.Exams.Exams(ctx, "", 10)
	if err != nil {
		return report, err
	}
	for i, e := range exams {
		fmt.Fprintf(d.progress, "%s sits %d items\n", e.Blueprint.Role, e.Blueprint.Length())
		role, err := d.role(ctx, e, i)
		if err != nil {
			return report, fmt.Errorf("%s: %w", e.Blueprint.Role, err)
		}
		report.Roles = append(report.Roles, role)
	}
	if report.Revoked, err = d.revoke(ctx, report.Roles[len(report.Roles)-1].Certificate.ID); err != nil {
		return report, err
	}
	report.Revoked.Offline, err = d.revokedOffline(ctx, &report.Roles[len(report.Roles)-1].Certificate)
	return report, err
}

// begin signs the administrator in.
func (d *demonstration) begin(ctx context.Context, told server.FirstRun) error {
	d.admin = newClient(d.base)
	_, token, _ := strings.Cut(told.AdminLink, "#")
	return d.admin.enter(ctx, token, "demonstration administrator")
}

var demoNames = []string{"Олена Ґалаґан", "Іван Шевченко", "Marta Kowalska-Żuk", "Євгенія Їжакевич"}

// role has one learner sit one exam and checks the certificate.
func (d *demonstration) role(ctx context.Context, e exam.Exam, n int) (demoRole, error) {
	learner, err := d.enrol(ctx, e, demoNames[n%len(demoNames)])
	if err != nil {
		return demoRole{}, err
	}
	attempt, err := d.sit(ctx, learner, e)
	if err != nil {
		return demoRole{}, err
	}
	r := demoRole{Role: e.Blueprint.Role, Items: e.Blueprint.Length()}
	var outcome struct {
		Result struct {
			Passed     bool
			Score, Max float64
		}
	}
	if err := learner.call(ctx, "GET", "/api/v1/me/attempts/"+attempt+"/outcome", nil, &outcome); err != nil {
		return r, err
	}
	r.Passed, r.Score, r.Max = outcome.Result.Passed, outcome.Result.Score, outcome.Result.Max
	if err := d.collect(ctx, learner, &r.Certificate); err != nil {
		return r, err
	}
	r.VerifiedOnline, err = d.online(ctx, r.Certificate.ID)
	if err != nil {
		return r, err
	}
	if err := d.takeKit(ctx); err != nil {
		return r, err
	}
	r.VerifiedOffline, err = d.offline(ctx, &r.Certificate)
	return r, err
}

// enrol registers a learner, who follows the invitation.
func (d *demonstration) enrol(ctx context.Context, e exam.Exam, name string) (*client, error) {
	learners := map[string]any{"learners": []map[string]any{{"email": e.ID + "@proba.example", "name": name, "language": "uk"}}}
	var enrolled struct {
		Items []struct{ Invitation string }
	}
	if err := d.admin.call(ctx, "POST", "/api/v1/sittings/"+e.ID+"/learners", learners, &enrolled); err != nil {
		return nil, err
	}
	_, token, _ := strings.Cut(enrolled.Items[0].Invitation, "#")
	learner := newClient(d.base)
	return learner, learner.enter(ctx, token, "demonstration learner")
}

// sit answers every item but the last one rightly, one save for each, and hands
// in. The learner's side of HTTP has no keys: they come from the store.
func (d *demonstration) sit(ctx context.Context, learner *client, e exam.Exam) (attempt string, err error) {
	var session struct {
		Attempt struct{ ID string }
		Writer  string
	}
	if err := learner.call(ctx, "POST", "/api/v1/me/sittings/"+e.ID+"/attempt", map[string]string{"language": "uk"}, &session); err != nil {
		return "", err
	}
	stored, err := d.server.Exams.Attempt(ctx, session.Attempt.ID)
	if err != nil {
		return "", err
	}
	bank, err := d.server.Exams.Bank(ctx, stored.Form.Release)
	if err != nil {
		return "", err
	}
	keys, err := bank.Keys(stored.Form)
	if err != nil {
		return "", err
	}
	path := "/api/v1/me/attempts/" + session.Attempt.ID
	var ack struct{ Digest string }
	for slot, key := range keys[:len(keys)-1] {
		save := exam.Save{Writer: session.Writer, Seq: int64(slot + 1), Responses: []exam.SlotResponse{{Slot: slot, Response: key}}}
		if err := learner.call(ctx, "PUT", path+"/responses", save, &ack); err != nil {
			return "", err
		}
	}
	return session.Attempt.ID, learner.call(ctx, "POST", path+"/submit", map[string]string{"writer": session.Writer, "digest": ack.Digest}, nil)
}

// online asks the public interface, as anybody may.
func (d *demonstration) online(ctx context.Context, id string) (bool, error) {
	var v struct{ State certs.State }
	err := newClient(d.base).call(ctx, "GET", "/api/v1/verify/"+id, nil, &v)
	return v.State == certs.Valid, err
}

func (d *demonstration) revoke(ctx context.Context, id string) (demoRevoked, error) {
	if err := d.admin.call(ctx, "POST", "/api/v1/certificates/"+id+"/revoke", map[string]string{"reason": "demonstration of revoking"}, nil); err != nil {
		return demoRevoked{}, err
	}
	var v struct{ State string }
	err := newClient(d.base).call(ctx, "GET", "/api/v1/verify/"+id, nil, &v)
	return demoRevoked{ID: id, State: v.State}, err
}
