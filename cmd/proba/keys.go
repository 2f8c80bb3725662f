package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/keyring"
)

const keysUsage = `usage: proba keys generate [-kind issuer|log|token] FILE   make a key set
       proba keys rotate FILE                     add new keys; the active ones are retired
       proba keys retire FILE KID                 sign nothing new with a key
       proba keys revoke FILE KID                 the key is known to others: rotate first
       proba keys list FILE                       show what is in a set
       proba keys public FILE                     print the public halves

The service reads its keys when it starts, and logs what happened to them then.
`

func keys(_ context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba keys", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, keysUsage) }
	words := map[string]int{"generate": 1, "rotate": 1, "retire": 2, "revoke": 2, "list": 1, "public": 1}
	if len(args) == 0 || words[args[0]] == 0 {
		flags.Usage()
		return errors.New("say generate, rotate, retire, revoke, list or public")
	}
	kind := flags.String("kind", "issuer", "what the set is for: issuer, log or token")
	rotate := flags.Bool("rotate", false, "the same as the command rotate")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() != words[args[0]] {
		flags.Usage()
		return fmt.Errorf("%s takes %d arguments", args[0], words[args[0]])
	}
	path, kid := flags.Arg(0), flags.Arg(1)
	switch {
	case args[0] == "generate" && !*rotate:
		return generateKeys(path, *kind, stderr)
	case args[0] == "list" || args[0] == "public":
		return showKeys(args[0], path, stdout)
	}
	return changeKeys(args[0], path, kid, stderr)
}

// generateKeys never replaces a set: what it signed could not be checked again.
func generateKeys(path, kind string, stderr io.Writer) error {
	if !slices.Contains([]string{"issuer", "log", "token"}, kind) {
		return fmt.Errorf("-kind %q is neither issuer, log nor token", kind)
	}
	_, err := keyring.Load(path)
	if err == nil {
		return fmt.Errorf("%s holds keys already; \"proba keys rotate\" adds new ones and keeps the others for what they signed", path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	ring, err := new(keyring.Ring).Generate(rand.Reader, time.Now(), config.Production)
	if err == nil && kind == "issuer" { // VC-JWT is signed with P-256
		ring, err = ring.GenerateES256(rand.Reader, time.Now(), config.Production)
	}
	if err != nil {
		return err
	}
	return saveKeys(ring, path, stderr)
}

func changeKeys(what, path, kid string, stderr io.Writer) error {
	ring, err := keyring.Load(path)
	if err != nil {
		return err
	}
	now := time.Now()
	switch what {
	case "retire":
		ring, err = ring.Retire(kid)
	case "revoke":
		ring, err = ring.Revoke(kid, now)
	default:
		ring, err = rotated(ring, now)
	}
	if err != nil {
		return err
	}
	if _, err := ring.Active(); err != nil {
		return fmt.Errorf("nothing would be left to sign with: rotate first (%w)", err)
	}
	return saveKeys(ring, path, stderr)
}

// rotated has a new key for each algorithm that the set has keys of.
func rotated(ring *keyring.Ring, now time.Time) (*keyring.Ring, error) {
	next, err := ring.Generate(rand.Reader, now, config.Production)
	if err == nil && slices.ContainsFunc(ring.Keys(), func(k keyring.Key) bool { return k.Algorithm == keyring.ES256 }) {
		next, err = next.GenerateES256(rand.Reader, now, config.Production)
	}
	return next, err
}

func saveKeys(ring *keyring.Ring, path string, stderr io.Writer) error {
	if err := ring.Save(path); err != nil {
		return err
	}
	for _, k := range ring.Keys() {
		if k.State == keyring.Active {
			fmt.Fprintf(stderr, "%s: key %s (%s) signs from the next start on.\n", path, k.ID, k.Algorithm)
		}
	}
	_, err := fmt.Fprintln(stderr, "Keep a copy where the service is not.")
	return err
}

func showKeys(what, path string, stdout io.Writer) error {
	ring, err := keyring.Load(path)
	if err != nil {
		return err
	}
	if what == "public" {
		public, err := ring.Public()
		if err != nil {
			return err
		}
		_, err = stdout.Write(public)
		return err
	}
	for _, k := range ring.Keys() {
		if _, err := fmt.Fprintf(stdout, "%-14s %-6s %-8s %s %s\n", k.ID, k.Algorithm, k.State, k.CreatedAt.Format(time.DateOnly), k.Environment); err != nil {
			return err
		}
	}
	return nil
}
