package mail

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Folder keeps letters as files, for the operator of an installation without a mail
// server, and for trying out.
type Folder struct {
	Path string
	From string
	Now  func() time.Time
}

// Send implements Sender. The files sort by time and are readable by the service's
// user alone: they hold links.
func (f *Folder) Send(_ context.Context, m Message) error {
	if err := os.MkdirAll(f.Path, 0o700); err != nil {
		return fmt.Errorf("folder of letters: %w", err)
	}
	letter, err := compose(m, f.From, f.Now())
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(f.Path, ".letter-*")
	if err != nil {
		return fmt.Errorf("folder of letters: %w", err)
	}
	if err := errors.Join(write(file, letter), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	// The name appears with the whole letter behind it.
	name := f.Now().UTC().Format("20060102T150405.000") + filepath.Base(file.Name())[len(".letter"):] + ".eml"
	if err := os.Rename(file.Name(), filepath.Join(f.Path, name)); err != nil {
		return fmt.Errorf("folder of letters: %w", err)
	}
	return nil
}
