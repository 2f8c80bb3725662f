package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/server"
)

// collectAt is how much garbage there may be, in percent of what is used, before it is
// collected: half of Go's own setting. A hall that presses Start leaves much at once; the
// memory of the service stays a third smaller for a twentieth of the processor.
const collectAt = 50

func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := config.Load(args, os.Getenv, stderr)
	if err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	s, err := server.Open(ctx, c, time.Now, log)
	if err != nil {
		return err
	}
	told, err := s.Prepare(ctx)
	if err != nil {
		return fmt.Errorf("first run: %w", closing(s, err))
	}
	address, err := s.Listen()
	if err != nil {
		return closing(s, err)
	}
	greet(stdout, c, address, told)
	<-ctx.Done()
	log.Info("stopping")
	return s.Close()
}

// closing closes what was opened and keeps the first error.
func closing(s *server.Server, err error) error {
	if closeErr := s.Close(); closeErr != nil {
		return fmt.Errorf("%w (and closing: %v)", err, closeErr)
	}
	return err
}

func greet(w io.Writer, c config.Config, address string, told server.FirstRun) {
	fmt.Fprintf(w, "Proba runs at %s (listening on %s, data in %s)\n", c.PublicURL, address, c.Data)
	if told.AdminLink != "" {
		fmt.Fprintf(w, "Administrator, one-time link for %s:\n  %s\n", c.AdminEmail, told.AdminLink)
	}
	if told.DemoEmail != "" {
		fmt.Fprintf(w, "Demo learner, shown once:\n  e-mail   %s\n  password %s\n", told.DemoEmail, told.DemoPassword)
	}
	fmt.Fprintf(w, "The interface for programs is described at %s/docs\n", c.PublicURL)
}

func version(_ context.Context, _ []string, stdout, _ io.Writer) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("this binary has no build information")
	}
	_, err := fmt.Fprintf(stdout, "proba %s %s\n", info.Main.Version, info.GoVersion)
	return err
}
