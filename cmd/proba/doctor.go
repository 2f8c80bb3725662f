package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/doctor"
	"github.com/proba-exam/proba/internal/server"
)

func doctorReport(ctx context.Context, data string) (doctor.Report, error) {
	keys, err := storedKeys(config.IssuerKeysVariable, server.IssuerKeysPath(data))
	if err != nil {
		return doctor.Report{}, err
	}
	logKeys, err := storedKeys(config.LogKeysVariable, server.LogKeysPath(data))
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
	report, err := doctor.Examine(ctx, store, doctor.Keys{Issuer: keys, Log: logKeys})
	return report, errors.Join(err, store.Close())
}

func doctorCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba doctor", flag.ContinueOnError)
	flags.SetOutput(stderr)
	data := flags.String("data", dataFolder(), keysFolder)
	asJSON := flags.Bool("json", false, "print a machine-readable report")
	if err := flags.Parse(args); err != nil {
		return err
	}
	report, err := doctorReport(ctx, *data)
	if err != nil {
		return err
	}
	if *asJSON {
		err = printJSON(stdout, report)
	} else {
		for _, f := range report.Findings {
			fmt.Fprintf(stdout, "%s %s: %s\n", f.Kind, f.ID, f.Message)
		}
		_, err = fmt.Fprintf(stdout, "%d releases, %d exams, %d attempts, %d certificates, %d status lists, %d log entries, %d audit entries: %d findings\n",
			report.Releases, report.Exams, report.Attempts, report.Certificates, report.StatusLists, report.LogEntries, report.Audit.Number, len(report.Findings))
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
