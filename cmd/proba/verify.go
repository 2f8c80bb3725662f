package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/keyring"
)

// verifyReport is what "proba verify --json" prints: the answers apart from each
// other.
type verifyReport struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Title     string    `json:"title"`
	Score     *int      `json:"score_basis_points"`
	IssuedAt  time.Time `json:"issued_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	Signature bool      `json:"signature"`
	InDate    bool      `json:"in_date"`
	Status    string    `json:"status"`
}

func verify(_ context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	keys := flags.String("keys", "jwks.json", "the issuer's public key set")
	asJSON := flags.Bool("json", false, "print a machine-readable report")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("usage: proba verify [--keys JWKS] [--json] TEXT-OF-THE-QR-CODE")
	}
	data, err := os.ReadFile(*keys)
	if err != nil {
		return fmt.Errorf("key set: %w", err)
	}
	ring, err := keyring.Parse(data)
	if err != nil {
		return fmt.Errorf("%s: %w", *keys, err)
	}
	r, err := certs.Verify(flags.Arg(0), ring, time.Now())
	if err != nil {
		return err
	}
	report := verifyReport{ID: r.Claims.ID.Printed(), Name: r.Claims.Name, Title: r.Claims.Title, Score: r.Claims.Score, IssuedAt: r.Claims.IssuedAt,
		ExpiresAt: r.Claims.ExpiresAt, Signature: r.Signature, InDate: r.InDate, Status: "unknown (offline)"}
	if *asJSON {
		err = json.NewEncoder(stdout).Encode(report)
	} else {
		_, err = fmt.Fprintf(stdout, "holder     %s\nexam       %s\nnumber     %s\nissued     %s\nsignature  %v\nin date    %v\nstatus     %s\n", report.Name,
			report.Title, report.ID, report.IssuedAt.Format(time.DateOnly), report.Signature, report.InDate, report.Status)
	}
	if err != nil {
		return err
	}
	if !r.Good() {
		return errNo
	}
	return nil
}
