package server

import (
	"context"
	"path/filepath"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/store/mongo"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

// Store is a store of either kind.
type Store interface {
	exam.Store
	authoring.Store
	statistics.Store
	certs.Store
	auth.Store
	audit.Store
	// Ping reports whether the store answers.
	Ping(context.Context) error
	Close() error
}

// StorePath is where the embedded store lies in a data folder.
func StorePath(data string) string { return filepath.Join(data, "proba.db") }

// OpenStore opens the store of a connection string, or without one the embedded
// store in the data folder. readOnly is for looking at an embedded store beside
// the service that writes it; others look at a store that many write anyway.
func OpenStore(ctx context.Context, uri, data string, readOnly bool) (Store, error) {
	if uri != "" {
		s, err := mongo.Open(ctx, uri)
		if err != nil {
			return nil, err // not a nil *mongo.Store in a Store
		}
		return s, nil
	}
	s, err := sqlite.Open(ctx, sqlite.Config{Path: StorePath(data), ReadOnly: readOnly})
	if err != nil {
		return nil, err
	}
	return s, nil
}
