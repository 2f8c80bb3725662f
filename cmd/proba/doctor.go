package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/doctor"
	"github.com/proba-exam/proba/internal/keyring"
	"github.com/proba-exam/proba/internal/server"
)

func doctorReport(ctx context.Context, data string) (doctor.Report, error) {
	keys, err := issuerKeys(data)
	if err != nil {
		return doctor.Report{}, err
	}
	uri, err := config.Secret(config.StoreVariable, os.Getenv)
	if err != nil {
		return doctor.Report{}, err
	}
	store, err := server.OpenStore(ctx, uri, data, true)
	if err != nil {
		return doctor.Report{}, err
	}
	report, err := doctor.Examine(ctx, store, keys)
	return report, errors.Join(err, store.Close())
}

// issuerKeys reads the keys as the service does; nil when there are none, and
// then the signatures stay unchecked.
func issuerKeys(data string) (*keyring.Ring, error) {
	secret, err := config.Secret(config.IssuerKeysVariable, os.Getenv)
	if err != nil {
		return nil, err
	}
	if secret != "" {
		return keyring.Parse([]byte(secret))
	}
	keys, err := keyring.Load(server.IssuerKeysPath(data))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return keys, err
}

func doctorCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba doctor", flag.ContinueOnError)
	flags.SetOutput(stderr)
	data := flags.String("data", cmp.Or(os.Getenv("PROBA_DATA"), "proba-data"), "folder of the embedded store and the keys; PROBA_STORE names another store")
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
		_, err = fmt.Fprintf(stdout, "%d releases, %d exams, %d attempts, %d certificates, %d entries in the audit log: %d findings\n", report.Releases, report.Exams, report.Attempts, report.Certificates, report.Audit.Number, len(report.Findings))
		if err == nil && report.Audit.Number > 0 {
			_, err = fmt.Fprintf(stdout, "newest audit entry: %d %s\n", report.Audit.Number, report.Audit.Hash)
		}
	}
	if err != nil {
		return err
	}
	if len(report.Findings) > 0 {
		return errNo
	}
	return nil
}
