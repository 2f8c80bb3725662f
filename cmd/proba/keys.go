package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/keyring"
)

const keysUsage = `usage: proba keys generate [-rotate] FILE   make a key set, or with -rotate add a key and retire the others
       proba keys public FILE               print the public halves
`

func keys(_ context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba keys", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, keysUsage) }
	if len(args) == 0 {
		flags.Usage()
		return errors.New("say generate or public")
	}
	rotate := flags.Bool("rotate", false, "add a key to the set and retire the others")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return errors.New("name one file")
	}
	path := flags.Arg(0)
	switch args[0] {
	case "generate":
		return generateKeys(path, *rotate, stderr)
	case "public":
		ring, err := keyring.Load(path)
		if err != nil {
			return err
		}
		public, err := ring.Public()
		if err != nil {
			return err
		}
		_, err = stdout.Write(public)
		return err
	}
	flags.Usage()
	return fmt.Errorf("%q is neither generate nor public", args[0])
}

// generateKeys never replaces a set: what it signed could not be checked again.
func generateKeys(path string, rotate bool, stderr io.Writer) error {
	ring, err := keyring.Load(path)
	switch {
	case err == nil && !rotate:
		return fmt.Errorf("%s holds keys already; -rotate adds one and keeps the others for what they signed", path)
	case rotate && err != nil:
		return err
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if ring, err = ring.Generate(rand.Reader, time.Now(), config.Production); err != nil {
		return err
	}
	if err := ring.Save(path); err != nil {
		return err
	}
	active, err := ring.Active()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stderr, "%s: key %s signs from now on. Keep a copy where the service is not.\n", path, active.ID)
	return err
}
