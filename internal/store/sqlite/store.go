package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// readers is the size of the read pool: a few more than the cores of a small
// machine, so that a slow listing does not keep a learner's page waiting.
const readers = 8

// Config says where the store is.
type Config struct {
	// Path of the database file. Its folder is made, with mode 0700.
	Path string
	// ReadOnly opens it for inspection beside a process that writes; every
	// writing method then fails.
	ReadOnly bool
}

// Store implements the Store interfaces of packages exam, auth and certs. It is
// safe for concurrent use.
type Store struct {
	read   *sql.DB
	write  *sql.DB
	writer *writer
	lock   *os.File
	few    int // matches, as the constant says

	mu      sync.Mutex
	queries map[string]*sql.Stmt
}

// Open opens the store, makes it when there is none, and migrates its schema.
func Open(ctx context.Context, c Config) (*Store, error) {
	s := &Store{few: few, queries: make(map[string]*sql.Stmt)}
	if err := s.open(ctx, c); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, c Config) (err error) {
	if c.ReadOnly {
		if _, err := os.Stat(c.Path); err != nil {
			return fmt.Errorf("open the store for reading: %w", err)
		}
		if s.read, err = connect(c.Path, readers, "query_only(1)"); err != nil {
			return err
		}
		conn, err := s.read.Conn(ctx)
		if err != nil {
			return fmt.Errorf("open %s: %w", c.Path, err)
		}
		defer conn.Close()
		_, err = schemaNumber(ctx, conn)
		return err
	}
	if err := os.MkdirAll(filepath.Dir(c.Path), 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if s.lock, err = takeLock(c.Path + ".lock"); err != nil {
		return err
	}
	// SQLite gives its side files the mode of the main one.
	file, err := os.OpenFile(c.Path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("make the store: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("make the store: %w", err)
	}
	if s.write, err = connect(c.Path, 1); err != nil {
		return err
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open %s: %w", c.Path, err)
	}
	if err := migrate(ctx, conn); err != nil {
		return err
	}
	s.writer = startWriter(conn)
	s.read, err = connect(c.Path, readers, "query_only(1)")
	return err
}

func connect(path string, connections int, pragmas ...string) (*sql.DB, error) {
	q := url.Values{"_pragma": append([]string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)"}, pragmas...)}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func takeLock(path string) (*os.File, error) {
	lock, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the lock file: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, fmt.Errorf("%s is held: another process writes this store; stop it first", path)
	}
	return lock, nil
}

// query returns the prepared query: parsing takes longer than most of them run.
// Queries are constants and a few combinations of filters, so that they are kept
// until Close.
func (s *Store) query(ctx context.Context, text string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt, ok := s.queries[text]; ok {
		return stmt, nil
	}
	stmt, err := s.read.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.queries[text] = stmt
	return stmt, nil
}

// Close ends the store after the writes that are under way. Later writes fail.
func (s *Store) Close() error {
	var errs []error
	if s.writer != nil {
		errs = append(errs, s.writer.stop())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stmt := range s.queries {
		errs = append(errs, stmt.Close())
	}
	for _, db := range []*sql.DB{s.write, s.read} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// Ping reports whether the store can be read.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }
