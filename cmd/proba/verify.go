package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/certs/verifier"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

const verifyUsage = `usage: proba verify [flags] FILE|TEXT        check a PDF, PNG, JPEG, SVG, credential, VC-JWT, or the text of a QR code
       proba verify consistency [flags] A B   compare two checkpoints of a log

Nothing is asked of any network. Exit 0: nothing that was checked speaks against it;
1: it is not valid; 2: it cannot be told.
`

// verifyFlags is what a verifier brings.
type verifyFlags struct {
	keys, kit, checkpoint, log, proof string
	lists                             []string
	strict, asJSON                    bool
}

func (v *verifyFlags) parse(args []string, stderr io.Writer) (rest []string, err error) {
	flags := flag.NewFlagSet("proba verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, verifyUsage); flags.PrintDefaults() }
	flags.StringVar(&v.keys, "keys", "", "the issuer's public key set (default jwks.json)")
	flags.StringVar(&v.kit, "kit", "", "folder with a verification kit: keys, status lists and log")
	flags.Func("status", "a saved status list; give one for revocation and one for suspension", func(s string) error {
		v.lists = append(v.lists, s)
		return nil
	})
	flags.StringVar(&v.checkpoint, "checkpoint", "", "a saved checkpoint of the log")
	flags.StringVar(&v.log, "log", "", "folder with a copy of the log (default the checkpoint's folder)")
	flags.StringVar(&v.proof, "proof", "", "a proof of inclusion, for an input that does not bring its own")
	flags.BoolVar(&v.strict, "strict", false, "what was not checked is not good enough")
	flags.BoolVar(&v.asJSON, "json", false, "print a machine-readable report")
	// Flags may stand behind the file too.
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return rest, v.fill()
		}
		rest, args = append(rest, flags.Arg(0)), flags.Args()[1:]
	}
}

// fill takes from the kit what was not given.
func (v *verifyFlags) fill() error {
	if v.kit != "" {
		if v.keys == "" {
			v.keys = filepath.Join(v.kit, "jwks.json")
		}
		if v.checkpoint == "" {
			v.checkpoint = filepath.Join(v.kit, "log", "checkpoint")
		}
		if len(v.lists) == 0 {
			lists, err := filepath.Glob(filepath.Join(v.kit, "status", "*.json"))
			if err != nil {
				return fmt.Errorf("kit: %w", err)
			}
			v.lists = lists
		}
	}
	if v.keys == "" {
		v.keys = "jwks.json"
	}
	if v.log == "" && v.checkpoint != "" {
		v.log = filepath.Dir(v.checkpoint)
	}
	return nil
}

// trust reads what was brought.
func (v *verifyFlags) trust() (verifier.Trust, error) {
	t := verifier.Trust{Now: time.Now()}
	data, err := os.ReadFile(v.keys)
	if err != nil {
		return t, fmt.Errorf("key set: %w", err)
	}
	if t.Keys, err = keyring.Parse(data); err != nil {
		return t, fmt.Errorf("%s: %w", v.keys, err)
	}
	for _, name := range v.lists {
		list, err := os.ReadFile(name)
		if err != nil {
			return t, fmt.Errorf("status list: %w", err)
		}
		t.Lists = append(t.Lists, list)
	}
	if v.checkpoint != "" {
		if t.Checkpoint, err = os.ReadFile(v.checkpoint); err != nil {
			return t, fmt.Errorf("checkpoint: %w", err)
		}
	}
	if v.log != "" {
		t.Tiles = translog.Dir{FS: os.DirFS(v.log)}
	}
	return t, nil
}

func verify(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var v verifyFlags
	rest, err := v.parse(args, stderr)
	if err != nil {
		return err
	}
	if len(rest) == 3 && rest[0] == "consistency" {
		return v.consistency(ctx, rest[1], rest[2], stdout)
	}
	if len(rest) > 0 && rest[0] == "consistency" {
		return errors.New("name two files that hold checkpoints or proofs: proba verify consistency A B")
	}
	if len(rest) != 1 {
		fmt.Fprint(stderr, verifyUsage)
		return errors.New("name one file, or the text of one QR code")
	}
	trust, err := v.trust()
	if err != nil {
		return err
	}
	report, err := v.check(ctx, rest[0], trust)
	if err != nil {
		return v.refused(err, stdout)
	}
	if v.asJSON {
		err = printJSON(stdout, report)
	} else {
		err = printReport(stdout, report)
	}
	if err != nil {
		return err
	}
	switch {
	case report.Verdict == verifier.NotValid:
		return errNo
	case report.Verdict == verifier.CannotTell, v.strict && report.Verdict != verifier.Valid:
		return errors.New("it cannot be told whether this certificate is valid")
	}
	return nil
}

// maxName is the longest argument that is taken for the name of a file that is not
// there; a VC-JWT, which has dots too, is longer.
const maxName = 256

// check reads the argument, a file's name or a text, and checks it.
func (v *verifyFlags) check(ctx context.Context, arg string, trust verifier.Trust) (verifier.Report, error) {
	data := []byte(arg)
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		return verifier.Report{}, fmt.Errorf("%s is a folder; name one file in it", arg)
	case err != nil && filepath.Ext(arg) != "" && !strings.ContainsAny(arg, "# \n") && !strings.Contains(arg, "://") && len(arg) < maxName:
		return verifier.Report{}, fmt.Errorf("there is no file %s", arg)
	case err == nil:
		file, err := os.Open(arg)
		if err != nil {
			return verifier.Report{}, err
		}
		defer file.Close()
		if data, err = io.ReadAll(io.LimitReader(file, verifier.MaxInput+1)); err != nil {
			return verifier.Report{}, err
		}
	}
	if translog.IsProof(data) {
		return verifier.Report{}, errors.New("this is a proof of a log; name the certificate, and give this with -proof")
	}
	evidence, err := verifier.Read(data)
	if err != nil {
		return verifier.Report{}, err
	}
	if v.proof != "" {
		if evidence.Proof, err = os.ReadFile(v.proof); err != nil {
			return verifier.Report{}, fmt.Errorf("proof: %w", err)
		}
	}
	return verifier.Check(ctx, evidence, trust)
}

// refused answers for an input that could not be checked. What is damaged inside a
// signature's reach is not valid; where nothing was found, nothing can be told.
func (v *verifyFlags) refused(err error, stdout io.Writer) error {
	verdict, answer := verifier.CannotTell, err
	if code := fault.Code(err); code == "payload.malformed" || code == "credential.malformed" {
		verdict, answer = verifier.NotValid, errNo
	}
	if v.asJSON {
		return errors.Join(printJSON(stdout, map[string]string{"verdict": string(verdict), "problem": err.Error()}), answer)
	}
	if errors.Is(answer, errNo) {
		fmt.Fprintf(stdout, "verdict    not valid: %v\n", err)
	}
	return answer
}

func printReport(w io.Writer, r verifier.Report) error {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-10s %s\n", name, fmt.Sprintf(format, args...))
	}
	row("holder", "%s", r.Name)
	title := r.Title
	if title == "" {
		title = "(not in the code; see the page or the paper)"
	}
	row("exam", "%s", title)
	if r.Score != nil {
		row("score", "%d.%02d %%", *r.Score/100, *r.Score%100)
	}
	row("number", "%s", r.ID)
	row("issued", "%s", r.IssuedAt.Format(time.RFC3339))
	for _, f := range []struct {
		name    string
		finding verifier.Finding
	}{{"signature", r.Signature}, {"dates", r.Dates}, {"status", r.Status}, {"log", r.Log}} {
		row(f.name, "%-12s %s", strings.ReplaceAll(string(f.finding.Answer), "_", " "), f.finding.Detail)
	}
	words := map[verifier.Verdict]string{
		verifier.Valid: "valid", verifier.NotValid: "NOT VALID", verifier.CannotTell: "cannot tell",
		verifier.Genuine: "genuine and in date; not everything was checked, see above",
	}
	_, err := fmt.Fprintf(w, "%-10s %s\nCompare the name with the holder's identity document, and these lines with the paper.\n", "verdict", words[r.Verdict])
	return err
}

// consistency compares two checkpoints.
func (v *verifyFlags) consistency(ctx context.Context, a, b string, stdout io.Writer) error {
	if v.log == "" {
		v.log = filepath.Dir(b)
	}
	trusted, err := v.trust()
	if err != nil {
		return err
	}
	trust, err := translog.NewTrust(trusted.Keys.LogKeys())
	if err != nil {
		return err
	}
	if trust.Empty() {
		return fmt.Errorf("%s names no log", v.keys)
	}
	var opened [2]translog.Checkpoint
	for i, name := range []string{a, b} {
		signed, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
		if translog.IsProof(signed) { // a proof carries one
			proof, err := translog.ParseProof(signed)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			signed = proof.Checkpoint
		}
		if opened[i], err = trust.Open(signed); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	err = translog.Consistent(ctx, opened[0], opened[1], trusted.Tiles)
	consistent := err == nil
	if err != nil && !errors.Is(err, translog.ErrInconsistent) {
		return err
	}
	if v.asJSON {
		err = printJSON(stdout, map[string]any{"consistent": consistent, "sizes": []int64{opened[0].Size, opened[1].Size}, "origin": opened[0].Origin})
	} else if consistent {
		_, err = fmt.Fprintf(stdout, "consistent: the log of %s grew from %d to %d entries\n", opened[0].Origin, min(opened[0].Size, opened[1].Size), max(opened[0].Size, opened[1].Size))
	} else {
		_, err = fmt.Fprintf(stdout, "NOT consistent: the log of %s was rewritten. Keep both checkpoints; they prove it.\n", opened[0].Origin)
	}
	if err == nil && !consistent {
		return errNo
	}
	return err
}
