package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/bankfile"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/formats"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/server"
)

// bankFlags are the flags of check and import.
type bankFlags struct {
	asJSON, partial        bool
	format, encoding, data string
	roles                  string
	options                interchange.Options
	difficulty             string
}

func (f *bankFlags) declare(flags *flag.FlagSet) {
	flags.BoolVar(&f.asJSON, "json", false, "print a machine-readable report")
	flags.StringVar(&f.format, "format", "", "format of the files, one of "+strings.Join(formats.Readable, ", ")+"; found out from each file by default")
	flags.StringVar(&f.encoding, "encoding", "", "encoding of text files, such as windows-1251; found out by default")
	flags.StringVar(&f.options.Bank, "bank", "", "id of the bank; all files become this one bank. By default each file is a bank of its own, called after it")
	flags.StringVar(&f.options.Title, "title", "", "title of the bank")
	flags.StringVar(&f.options.Lang, "lang", "", "language of texts that name none, such as uk")
	flags.StringVar(&f.roles, "role", "", "roles, separated by commas, of questions that name none")
	flags.StringVar(&f.options.Topic, "topic", "", "topic of questions that name none and have no category")
	flags.StringVar(&f.options.Stage, "stage", "", "stage of questions that name none")
	flags.StringVar(&f.options.Level, "level", "", "cognitive level of questions that name none")
	flags.StringVar(&f.difficulty, "difficulty", "", "difficulty of questions that name none")
}

// settle turns the flags into options.
func (f *bankFlags) settle() error {
	if f.roles != "" {
		f.options.Roles = strings.Split(f.roles, ",")
	}
	f.options.Difficulty = exam.Difficulty(f.difficulty)
	if f.format == "" {
		return nil
	}
	name, ok := formats.Name(f.format)
	if name == formats.QTI22 || name == formats.QTI30 {
		name = formats.QTI // a package says its version itself
	}
	if f.format = name; !ok || name != formats.Native && !slices.Contains(formats.Readable, name) {
		return fmt.Errorf("--format is none of %s", strings.Join(formats.Readable, ", "))
	}
	return nil
}

// parseMixed parses flags wherever they stand among the paths.
func parseMixed(flags *flag.FlagSet, args []string) (paths []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return paths, nil
		}
		paths = append(paths, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

// source is a bank that was read, with its report.
type source struct {
	bank   *exam.Bank
	report interchange.Report
}

// isNative reports whether path is a folder in the native format.
func isNative(path string) bool {
	_, err := os.Stat(filepath.Join(path, bankfile.Manifest))
	return err == nil
}

// onlyNative reports whether check has only folders in the native format and no
// flag but --json, which it puts first.
func onlyNative(args []string) (ordered []string, ok bool) {
	for _, arg := range args {
		switch {
		case arg == "-json" || arg == "--json":
			ordered = append([]string{arg}, ordered...)
		case isNative(arg):
			ordered = append(ordered, arg)
		default:
			return nil, false
		}
	}
	return ordered, len(ordered) > 0
}

func readNative(path string) (source, error) {
	bank, problems, err := bankfile.Read(os.DirFS(path))
	if err != nil {
		return source{}, err
	}
	s := source{bank: bank, report: interchange.Report{Format: formats.Native, Problems: []interchange.Problem{}}}
	for _, p := range problems {
		s.report.Problems = append(s.report.Problems, interchange.Problem{File: p.File, Line: p.Line, Item: p.Item, Severity: interchange.Severity(p.Severity), Code: p.Code, Message: p.Message})
	}
	if bank != nil {
		s.report.Items, s.report.Imported = bank.Items(), bank.Items()
	}
	return s, nil
}

// readBanks reads each path as a bank of its own, or all files as the one bank that
// --bank names.
func readBanks(f *bankFlags, paths []string) ([]source, error) {
	var all []source
	im := new(interchange.Import)
	for _, path := range paths {
		if isNative(path) {
			s, err := readNative(path)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
			continue
		}
		if f.options.Bank == "" {
			im = new(interchange.Import)
		}
		if err := readForeign(im, f, path); err != nil {
			return nil, err
		}
		if f.options.Bank == "" {
			o := f.options
			o.Bank = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
			bank, report := im.Finish(o)
			all = append(all, source{bank, report})
		}
	}
	if im.Format != "" && f.options.Bank != "" {
		bank, report := im.Finish(f.options)
		all = append(all, source{bank, report})
	}
	return all, nil
}

func readForeign(im *interchange.Import, f *bankFlags, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return readFolder(im, path)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, interchange.MaxFile+1))
	if err != nil {
		return err
	}
	format := f.format
	if len(data) > interchange.MaxFile {
		im.Format = format
		im.Fail(path, 0, "file.too_large", "is larger than %d MB; split it", interchange.MaxFile>>20)
		return nil
	}
	if format == "" {
		if format = formats.Detect(path, data); format == "" {
			return fmt.Errorf("%s: cannot tell its format; say --format with one of %s, or name the folder of a %s", path, strings.Join(formats.Readable, ", "), bankfile.Manifest)
		}
	}
	return formats.Read(im, format, path, data, f.encoding)
}

// readFolder reads an unpacked package. Links that lead out of it are not followed.
func readFolder(im *interchange.Import, path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	defer root.Close()
	if !formats.IsPackage(root.FS()) {
		return fmt.Errorf("%s is a folder without %s and without imsmanifest.xml; name a bank's folder or a file", path, bankfile.Manifest)
	}
	formats.ReadFolder(im, root.FS())
	return nil
}

// interchangeBank runs "proba bank check" and "import".
func interchangeBank(ctx context.Context, verb string, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba bank "+verb, flag.ContinueOnError)
	flags.SetOutput(stderr)
	var f bankFlags
	f.declare(flags)
	if verb == "import" {
		flags.BoolVar(&f.partial, "partial", false, "import what can be imported when some questions are refused; by default nothing is")
		flags.StringVar(&f.data, "data", dataFolder(), storeFolder)
	}
	paths, err := parseMixed(flags, args)
	if err == nil {
		err = f.settle()
	}
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return errors.New("name at least one file, or a folder with a " + bankfile.Manifest)
	}
	sources, err := readBanks(&f, paths)
	if err != nil {
		return err
	}
	if verb == "import" {
		if err := importBanks(ctx, &f, sources, stderr); err != nil {
			return err
		}
	}
	report := sum(sources)
	if err := printImport(stdout, report, f.asJSON); err != nil {
		return err
	}
	if report.Refused() {
		return errNo
	}
	return nil
}

// importBanks stores the banks. One with refused questions is not stored, unless
// the person said so: half a bank is easily taken for the whole.
func importBanks(ctx context.Context, f *bankFlags, sources []source, stderr io.Writer) (err error) {
	var service *exam.Service
	for i := range sources {
		s := &sources[i]
		if s.report.Refused() && !f.partial || s.bank == nil {
			s.report.Imported, s.report.Skipped = 0, s.report.Items
			continue
		}
		if service == nil {
			uri, err := config.Secret(config.StoreVariable, os.Getenv)
			if err != nil {
				return err
			}
			store, openErr := server.OpenStore(ctx, uri, f.data, false)
			if openErr != nil {
				return openErr
			}
			defer func() { err = errors.Join(err, store.Close()) }()
			if service, err = exam.NewService(exam.Deps{Store: store, Now: time.Now}); err != nil {
				return err
			}
		}
		release, isNew, err := service.ImportBank(ctx, "proba bank import", s.bank)
		if err != nil {
			return err
		}
		word := "stored as"
		if !isNew {
			word = "was there already as"
		}
		fmt.Fprintf(stderr, "bank %s, %d items, %s release %s\n", release.Bank, s.bank.Items(), word, release.Hash)
	}
	return nil
}

// sum adds the reports of several sources up.
func sum(sources []source) interchange.Report {
	total := interchange.Report{Problems: []interchange.Problem{}}
	for i, s := range sources {
		if total.Format = s.report.Format; i > 0 && s.report.Format != sources[0].report.Format {
			total.Format = formats.Several
		}
		total.Items += s.report.Items
		total.Imported += s.report.Imported
		total.Skipped += s.report.Skipped
		total.Problems = append(total.Problems, s.report.Problems...)
	}
	return total
}

func printImport(w io.Writer, r interchange.Report, asJSON bool) error {
	if asJSON {
		return printJSON(w, r)
	}
	for _, p := range r.Problems {
		place := p.File
		if p.Line > 0 {
			place += fmt.Sprintf(":%d", p.Line)
		}
		if p.Item != "" {
			place += fmt.Sprintf(": %q", p.Item)
		}
		if place != "" {
			place += ": "
		}
		fmt.Fprintf(w, "%s%s: %s [%s]\n", place, p.Severity, p.Message, p.Code)
	}
	_, err := fmt.Fprintf(w, "%s: %d questions, %d imported, %d skipped\n", r.Format, r.Items, r.Imported, r.Skipped)
	return err
}
