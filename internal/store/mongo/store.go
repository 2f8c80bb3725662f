package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"github.com/proba-exam/proba/internal/store"
)

const (
	// defaultDatabase is used when the connection string names none.
	defaultDatabase = "proba"
	// selectTimeout is how long a call waits for a primary: longer than an
	// election, shorter than a person.
	selectTimeout = 10 * time.Second
)

// Store implements the Store interfaces of packages exam, auth and certs. It is
// safe for concurrent use, by any number of processes.
type Store struct {
	client *mongo.Client
	db     *mongo.Database
}

// Open connects to the server of a connection string, "mongodb://…" or
// "mongodb+srv://…", and brings its collections to the newest schema. The
// string's own write and read concerns count; without them both are majority.
func Open(ctx context.Context, uri string) (*Store, error) { return open(ctx, uri) }

// open is Open with more options for the client.
func open(ctx context.Context, uri string, more ...*options.ClientOptions) (*Store, error) {
	parsed, err := connstring.ParseAndValidate(uri)
	if err != nil {
		return nil, errors.New("the connection string of the store cannot be read; it looks like mongodb://user:password@host:27017/proba")
	}
	o := options.Client().
		SetAppName("proba").
		SetWriteConcern(writeconcern.Majority()).
		SetReadConcern(readconcern.Majority()).
		SetServerSelectionTimeout(selectTimeout).
		SetRegistry(registry()).
		SetBSONOptions(&options.BSONOptions{UseJSONStructTags: true}).
		ApplyURI(uri).
		SetReadPreference(readpref.Primary())
	client, err := mongo.Connect(append([]*options.ClientOptions{o}, more...)...)
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	database := parsed.Database
	if database == "" {
		database = defaultDatabase
	}
	s := &Store{client: client, db: client.Database(database)}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close ends the connections after the calls that are under way.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), selectTimeout)
	defer cancel()
	return s.client.Disconnect(ctx)
}

// Ping reports whether the primary answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.client.Ping(ctx, readpref.Primary()); err != nil {
		return store.Unavailable(err)
	}
	return nil
}

// passing are the answers of a server that is changing its role or stopping: what
// drivers repeat (Retryable Reads specification), and a majority that did not
// acknowledge in time.
var passing = []int{
	6, 7, 89, 9001, // host unreachable, not found, network time-out, socket
	91, 189, 262, 11600, 11602, 10107, 13435, 13436, // shutting down, stepping down, not primary
	64, // write concern time-out
}

// failed tells a failure that passes from one that does not: after the first the
// caller repeats.
func failed(ctx context.Context, err error) error {
	if ctx.Err() != nil || mongo.IsTimeout(err) || mongo.IsNetworkError(err) || errors.Is(err, mongo.ErrClientDisconnected) {
		return store.Unavailable(err)
	}
	if _, ok := errors.AsType[topology.ServerSelectionError](err); ok {
		return store.Unavailable(err)
	}
	if _, ok := errors.AsType[topology.ConnectionError](err); ok {
		return store.Unavailable(err)
	}
	if answer, ok := errors.AsType[mongo.ServerError](err); ok && slices.ContainsFunc(passing, answer.HasErrorCode) {
		return store.Unavailable(err)
	}
	return fmt.Errorf("store: %w", err)
}
