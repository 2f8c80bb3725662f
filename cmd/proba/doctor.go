package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"

	"github.com/proba-exam/proba/internal/doctor"
	"github.com/proba-exam/proba/internal/keyring"
	"github.com/proba-exam/proba/internal/server"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

func doctorReport(ctx context.Context, data string) (doctor.Report, error) {
	keys, err := keyring.Load(server.IssuerKeysPath(data))
	if errors.Is(err, fs.ErrNotExist) {
		keys, err = nil, nil // given as a secret; the signatures stay unchecked
	}
	if err != nil {
		return doctor.Report{}, err
	}
	store, err := sqlite.Open(ctx, sqlite.Config{Path: server.StorePath(data), ReadOnly: true})
	if err != nil {
		return doctor.Report{}, err
	}
	report, err := doctor.Examine(ctx, store, keys)
	return report, errors.Join(err, store.Close())
}

func doctorCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba doctor", flag.ContinueOnError)
	flags.SetOutput(stderr)
	data := flags.String("data", "proba-data", "folder of the embedded store")
	asJSON := flags.Bool("json", false, "print a machine-readable report")
	if err := flags.Parse(args); err != nil {
		return err
	}
	report, err := doctorReport(ctx, *data)
	if err != nil {
		return err
	}
	if *asJSON {
		enc := json.NewEncoder(stdout)
		enc.SetIndent("", "  ")
		err = enc.Encode(report)
	} else {
		for _, f := range report.Findings {
			fmt.Fprintf(stdout, "%s %s: %s\n", f.Kind, f.ID, f.Message)
		}
		_, err = fmt.Fprintf(stdout, "%d releases, %d exams, %d attempts, %d certificates: %d findings\n", report.Releases, report.Exams, report.Attempts, report.Certificates, len(report.Findings))
	}
	if err != nil {
		return err
	}
	if len(report.Findings) > 0 {
		return errNo
	}
	return nil
}
