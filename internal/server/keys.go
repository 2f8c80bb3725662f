package server

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/keyring"
)

// IssuerKeysPath is where generated issuer keys lie in a data folder.
func IssuerKeysPath(data string) string { return filepath.Join(data, "keys", "issuer.json") }

// LogKeysPath is where the generated keys of the transparency log lie.
func LogKeysPath(data string) string { return filepath.Join(data, "keys", "log.json") }

// checkpointPath is where the last signed checkpoint is remembered: beside the
// store, so that a store put back from a backup does not take it along.
func checkpointPath(data string) string { return filepath.Join(data, "log.checkpoint") }

// LogOrigin names the log of a service at the public URL, if it is a new log.
func LogOrigin(publicURL string) (string, error) {
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("%q has no host to name the log after", publicURL)
	}
	return u.Host + strings.TrimSuffix(u.Path, "/") + "/log", nil
}

// keys reads a key set from a secret or its file, and makes the file on a first
// run. Production takes no key that was made in development.
func (s *Server) keys(secret, path string) (*keyring.Ring, error) {
	ring, err := keyring.Load(path)
	switch {
	case secret != "":
		ring, err = keyring.Parse([]byte(secret))
	case errors.Is(err, fs.ErrNotExist):
		if ring, err = ring.Generate(rand.Reader, s.now(), s.Config.Env); err == nil {
			err = ring.Save(path)
		}
	}
	if err != nil {
		return nil, err
	}
	if s.Config.Env == config.Production && ring.Development() {
		return nil, fmt.Errorf("%s was made in development, where nobody guarded it; start production with a data folder or key set of its own", path)
	}
	return ring, nil
}

// issuerKeys is keys with a P-256 key for VC-JWT, which a set in a file gets when
// it never had one.
func (s *Server) issuerKeys(secret, path string) (*keyring.Ring, error) {
	ring, err := s.keys(secret, path)
	if err != nil || secret != "" {
		return ring, err
	}
	for _, k := range ring.Keys() {
		if k.Algorithm == keyring.ES256 {
			return ring, nil
		}
	}
	if ring, err = ring.GenerateES256(rand.Reader, s.now(), s.Config.Env); err != nil {
		return nil, err
	}
	return ring, ring.Save(path)
}

// tokens are the keys that sign access tokens, as package auth takes them.
func tokens(ring *keyring.Ring) (auth.Keys, error) {
	signing, err := ring.Active()
	if err != nil {
		return auth.Keys{}, fmt.Errorf("token keys: %w", err)
	}
	private, ok := signing.Private.(ed25519.PrivateKey)
	if !ok {
		return auth.Keys{}, fmt.Errorf("token key %s is not Ed25519", signing.ID)
	}
	keys := auth.Keys{SigningID: signing.ID, Signing: private, Verify: make(map[string]ed25519.PublicKey)}
	for _, k := range ring.Keys() {
		if public, ok := k.Public.(ed25519.PublicKey); ok && k.State == keyring.Retired {
			keys.Verify[k.ID] = public
		}
	}
	return keys, nil
}

// openLog opens the transparency log over the store.
func (s *Server) openLog(ctx context.Context) (*translog.Log, error) {
	var err error
	if s.LogKeys, err = s.keys(s.Config.LogKeys, LogKeysPath(s.Config.Data)); err != nil {
		return nil, fmt.Errorf("log keys: %w", err)
	}
	origin, err := LogOrigin(s.Config.PublicURL)
	if err != nil {
		return nil, err
	}
	path := checkpointPath(s.Config.Data)
	remembered, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("remembered checkpoint: %w", err)
	}
	log, err := translog.Open(ctx, translog.Config{Store: s.store, Origin: origin, Keys: s.LogKeys, Witnesses: strings.Fields(s.Config.Witnesses),
		Now: s.now, Remembered: remembered, Remember: func(checkpoint []byte) error { return replaceFile(path, checkpoint) }})
	if err != nil {
		return nil, fmt.Errorf("transparency log: %w", err)
	}
	if why := log.Refused(); why != nil {
		s.log.Error("the transparency log signs nothing", "err", why)
	}
	return log, nil
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".checkpoint-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(data)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
