package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/store"
)

// maxBatch bounds a transaction, and with it the wait of its first request.
const maxBatch = 512

// writer runs requests in one transaction after the other.
type writer struct {
	conn     *sql.Conn
	requests chan *request
	quit     chan struct{}
	done     chan struct{}
	closeErr error
}

// request is one change. run may return a fault only if it has written nothing,
// and any other error only to give up the whole transaction; it is then run again,
// alone.
type request struct {
	ctx    context.Context
	run    func(*tx) error
	err    error
	answer chan error
}

// tx runs statements in the writer's transaction; each is prepared once.
type tx struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func startWriter(conn *sql.Conn) *writer {
	w := &writer{conn: conn, requests: make(chan *request, maxBatch), quit: make(chan struct{}), done: make(chan struct{})}
	go w.loop()
	return w
}

// do has the writer run the change, and returns when it is on disk.
func (s *Store) do(ctx context.Context, run func(*tx) error) error {
	if s.writer == nil {
		return errors.New("the store is open for reading only")
	}
	r := &request{ctx: ctx, run: run, answer: make(chan error, 1)}
	select {
	case s.writer.requests <- r:
	case <-s.writer.quit:
		return fault.New(fault.Unavailable, "store.closed", "The service is stopping.")
	case <-ctx.Done():
		return store.Unavailable(ctx.Err())
	}
	select {
	case err := <-r.answer:
		return err
	case <-s.writer.done:
		return fault.New(fault.Unavailable, "store.closed", "The service is stopping.")
	case <-ctx.Done():
		// The change may still happen; every method of the contract is safe to
		// repeat.
		return store.Unavailable(ctx.Err())
	}
}

func (w *writer) stop() error {
	close(w.quit)
	<-w.done
	return w.closeErr
}

func (w *writer) loop() {
	defer close(w.done)
	t := &tx{conn: w.conn, stmts: make(map[string]*sql.Stmt)}
	defer func() {
		for _, stmt := range t.stmts {
			stmt.Close()
		}
		w.closeErr = w.conn.Close()
	}()
	batch := make([]*request, 0, maxBatch)
	quiet := time.NewTimer(quietFor)
	defer quiet.Stop()
	for {
		select {
		case r := <-w.requests:
			batch = w.collect(append(batch[:0], r))
			w.commit(t, batch)
			quiet.Reset(quietFor)
		case <-quiet.C:
			if w.chore(t) {
				quiet.Reset(0)
			}
		case <-w.quit:
			for batch = w.collect(batch[:0]); len(batch) > 0; batch = w.collect(batch[:0]) {
				w.commit(t, batch)
			}
			return
		}
	}
}

// quietFor is how long nobody has to write before what can wait is done.
const quietFor = 200 * time.Millisecond

// chore does a part of what can wait, and reports whether there is more of it. What
// fails is tried again at the next quiet moment, and by whoever needs it.
func (w *writer) chore(t *tx) (more bool) {
	r := &request{ctx: context.Background(), answer: make(chan error, 1)}
	r.run = func(t *tx) (err error) {
		more, err = takeDown(t)
		return err
	}
	w.commit(t, []*request{r})
	return more && <-r.answer == nil
}

// collect adds what has queued up.
func (w *writer) collect(batch []*request) []*request {
	for len(batch) < maxBatch {
		select {
		case r := <-w.requests:
			batch = append(batch, r)
		default:
			return batch
		}
	}
	return batch
}

// commit runs the batch in one transaction and answers every request.
func (w *writer) commit(t *tx, batch []*request) {
	err := w.transact(t, batch)
	if err != nil && len(batch) > 1 {
		// What made one request fail must not take the others with it.
		for i := range batch {
			w.commit(t, batch[i:i+1])
		}
		return
	}
	for _, r := range batch {
		if err != nil {
			r.err = err
		}
		r.answer <- r.err
	}
}

func (w *writer) transact(t *tx, batch []*request) error {
	// The writer's own context: a client that leaves must not undo the others.
	ctx := context.Background()
	if _, err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	for _, r := range batch {
		if r.err = r.ctx.Err(); r.err != nil {
			r.err = store.Unavailable(r.err)
			continue
		}
		r.err = r.run(t)
		if _, refused := errors.AsType[*fault.Fault](r.err); r.err != nil && !refused {
			_, rollbackErr := w.conn.ExecContext(ctx, "ROLLBACK")
			return errors.Join(r.err, rollbackErr)
		}
	}
	if _, err := t.exec("COMMIT"); err != nil {
		_, rollbackErr := w.conn.ExecContext(ctx, "ROLLBACK")
		return fmt.Errorf("commit: %w", errors.Join(err, rollbackErr))
	}
	return nil
}

func (t *tx) prepared(query string) (*sql.Stmt, error) {
	if stmt, ok := t.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := t.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	t.stmts[query] = stmt
	return stmt, nil
}

// exec runs the statement and returns how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	stmt, err := t.prepared(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.Exec(args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// add runs an INSERT of one row, and returns its number, if it was added.
func (t *tx) add(query string, args ...any) (row int64, added bool, err error) {
	stmt, err := t.prepared(query)
	if err != nil {
		return 0, false, err
	}
	result, err := stmt.Exec(args...)
	if err != nil {
		return 0, false, err
	}
	n, err := result.RowsAffected()
	if err != nil || n == 0 {
		return 0, false, err
	}
	row, err = result.LastInsertId()
	return row, true, err
}

// row runs a query of at most one row.
func (t *tx) row(query string, args []any, into ...any) error {
	stmt, err := t.prepared(query)
	if err != nil {
		return err
	}
	return stmt.QueryRow(args...).Scan(into...)
}

// taken reports whether err says that a unique key is taken. Such a statement
// has changed nothing, and the transaction goes on.
func taken(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE)
}
