package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/proba-exam/proba/api"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/keyring"
	"github.com/proba-exam/proba/internal/server"
)

// kitCommand writes a verification kit from a store, beside the service or without
// it.
func kitCommand(ctx context.Context, args []string, _, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba kit", flag.ContinueOnError)
	flags.SetOutput(stderr)
	data := flags.String("data", dataFolder(), keysFolder)
	publicURL := flags.String("public-url", os.Getenv("PROBA_PUBLIC_URL"), "how the service is reached from outside")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 || *publicURL == "" {
		return errors.New("usage: proba kit -public-url URL [-data FOLDER] OUTPUT-FOLDER")
	}
	uri, err := config.Secret(config.StoreVariable, os.Getenv)
	if err != nil {
		return err
	}
	store, err := server.OpenStore(ctx, uri, *data, true)
	if err != nil {
		return err
	}
	err = writeKit(ctx, store, *data, *publicURL, flags.Arg(0))
	return errors.Join(err, store.Close())
}

func writeKit(ctx context.Context, store server.Store, data, publicURL, out string) error {
	issuer, err := storedKeys(config.IssuerKeysVariable, server.IssuerKeysPath(data))
	if err != nil {
		return err
	}
	logKeys, err := storedKeys(config.LogKeysVariable, server.LogKeysPath(data))
	if err != nil {
		return err
	}
	if issuer == nil || logKeys == nil {
		return fmt.Errorf("no keys were found in %s", data)
	}
	origin, err := server.LogOrigin(publicURL)
	if err != nil {
		return err
	}
	log, err := translog.OpenReadOnly(ctx, translog.Config{Store: store, Origin: origin, Keys: logKeys, Now: time.Now})
	if err != nil {
		return err
	}
	service, err := certs.NewService(certs.Deps{Store: store, Keys: issuer, Log: log, Now: time.Now, PublicURL: publicURL, Zone: time.UTC})
	if err != nil {
		return err
	}
	return api.WriteKit(ctx, service, fileWriter(out))
}

// storedKeys reads a key set as the service does; nil when there is none.
func storedKeys(variable, path string) (*keyring.Ring, error) {
	secret, err := config.Secret(variable, os.Getenv)
	if err != nil {
		return nil, err
	}
	if secret != "" {
		return keyring.Parse([]byte(secret))
	}
	keys, err := keyring.Load(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return keys, err
}

// fileWriter writes files below a folder.
func fileWriter(folder string) func(name string, data []byte) error {
	return func(name string, data []byte) error {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return fmt.Errorf("write a file: %w", err)
		}
		return nil
	}
}
