package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/formats"
	"github.com/proba-exam/proba/exam/interchange/table"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/server"
)

const exportUsage = "usage: proba bank export --format FORMAT [--out FILE] [--lang en,uk] PATH | --release HASH | --template"

// exportReport is what "proba bank export --json" prints.
type exportReport struct {
	Format   string                `json:"format"`
	Items    int                   `json:"items"`
	Problems []interchange.Problem `json:"problems"`
}

// exportBank writes a bank, from a file in any format or from the store.
func exportBank(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("proba bank export", flag.ContinueOnError)
	flags.SetOutput(stderr)
	format := flags.String("format", "", "format to write, one of "+strings.Join(formats.Writable, ", "))
	out := flags.String("out", "", "file to write; it must not exist. By default the standard output")
	langs := flags.String("lang", "", "languages to write, separated by commas; all by default")
	hash := flags.String("release", "", "hash of a release in the store, in place of a path")
	data := flags.String("data", dataFolder(), storeFolder)
	template := flags.Bool("template", false, "write the header of an empty table as CSV")
	asJSON := flags.Bool("json", false, "print a machine-readable report; needs --out")
	paths, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	var languages []string
	if *langs != "" {
		languages = strings.Split(*langs, ",")
	}
	if *template {
		if len(languages) == 0 {
			languages = []string{"en"}
		}
		return table.Template(stdout, languages)
	}
	name, ok := formats.Name(*format)
	if name == formats.QTI {
		name = formats.QTI30
	}
	if !ok || (len(paths) == 1) == (*hash != "") {
		return errors.New(exportUsage)
	}
	if *asJSON && *out == "" {
		return errors.New("--json needs --out, since the report takes the standard output")
	}
	bank, err := exported(ctx, paths, *hash, *data, stderr)
	if err != nil {
		return err
	}
	x, err := interchange.NewExport(bank, languages)
	if err != nil {
		return err
	}
	if err := writeBank(stdout, *out, name, x); err != nil {
		return err
	}
	left := formats.CountLeftOut(x.Problems())
	report := exportReport{Format: name, Items: bank.Items() - left, Problems: x.Problems()}
	if *asJSON {
		return printJSON(stdout, report)
	}
	return printImport(stderr, interchange.Report{Format: name, Items: bank.Items(), Imported: report.Items, Skipped: left, Problems: report.Problems}, false)
}

// exported finds the bank to write.
func exported(ctx context.Context, paths []string, hash, data string, stderr io.Writer) (bank *exam.Bank, err error) {
	if hash == "" {
		sources, err := readBanks(new(bankFlags), paths)
		if err != nil {
			return nil, err
		}
		if s := sources[0]; s.bank == nil || s.report.Refused() {
			return nil, errors.Join(printImport(stderr, s.report, false), errors.New("the bank has faults; mend them first"))
		}
		return sources[0].bank, nil
	}
	uri, err := config.Secret(config.StoreVariable, os.Getenv)
	if err != nil {
		return nil, err
	}
	store, err := server.OpenStore(ctx, uri, data, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	service, err := exam.NewService(exam.Deps{Store: store, Now: time.Now})
	if err != nil {
		return nil, err
	}
	if bank, err = service.Bank(ctx, hash); err != nil {
		return nil, err
	}
	for _, name := range bank.Media() {
		m, err := service.Medium(ctx, name)
		if err != nil {
			return nil, err
		}
		bank.Bring([]exam.Medium{m})
	}
	return bank, nil
}

// writeBank writes to a new file or, without a name, to the standard output.
func writeBank(stdout io.Writer, out, format string, x *interchange.Export) (err error) {
	if out == "" {
		return formats.Write(stdout, format, x)
	}
	f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(fmt.Errorf("%s was not written whole", out), err, os.Remove(out))
		}
	}()
	return formats.Write(f, format, x)
}
