// Command ferret speaks the MongoDB wire protocol in front of PostgreSQL, for
// tests of the MongoDB store where no MongoDB can be installed. It is a process
// of its own, so that a test can kill it, and a module of its own, so that
// nothing of it gets into Proba.
//
// Usage: ferret LISTEN POSTGRESQL-URL
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "ferret:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 3 {
		return errors.New("usage: ferret LISTEN POSTGRESQL-URL")
	}
	inner, err := freeAddress()
	if err != nil {
		return err
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:      ferretdb.ListenerConfig{TCP: inner},
		Handler:       "postgresql",
		PostgreSQLURL: os.Args[2],
	})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	if err := await(ctx, inner); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		return err
	}
	err = (&serial{target: inner}).serve(ctx, listener)
	stop()
	return errors.Join(err, <-ended)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// await returns when something listens at the address.
func await(ctx context.Context, address string) error {
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("FerretDB does not come up: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
