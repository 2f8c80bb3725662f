package api

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/internal/fault"
)

const (
	// workingTime bounds the reading of one file, and taking it in: 25,000 questions take
	// seconds, two thousand photographs some minutes.
	workingTime = 10 * time.Minute
	// patience is how long a form waits for what it began before the page shows how far
	// that is: most files are read by then.
	patience = 2 * time.Second
	// maxReadings is how many files are read at once. Each costs its own length and
	// several times that.
	maxReadings = 2
)

// background works on beside the request, which may be over before. It ends with the
// server or after workingTime.
func (s *server) background(work func(ctx context.Context) error) <-chan error {
	done := make(chan error, 1)
	run := func() {
		ctx, cancel := context.WithTimeout(s.base, workingTime)
		defer cancel()
		defer func() {
			if r := recover(); r != nil {
				s.Log.Error("panic", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
				done <- fmt.Errorf("panic: %v", r)
			}
		}()
		done <- work(ctx)
	}
	if s.Go == nil {
		go run()
	} else {
		s.Go(run)
	}
	return done
}

// await waits for what was begun, and reports whether it is over.
func await(done <-chan error) (over bool, err error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-done:
		return true, err
	case <-timer.C:
		return false, nil
	}
}

// reading is a file on its way into a bank.
type reading struct {
	made   authoring.Import
	data   []byte
	format string
	say    interchange.Options
	copy   authoring.Copy
}

// beginReading has a file read, unless too many are.
func (s *server) beginReading(r reading) (<-chan error, error) {
	select {
	case s.readings <- struct{}{}:
	default:
		return nil, fault.New(fault.Unavailable, "upload.busy", "Other long uploads are under way; nothing was stored. Send it again in a moment.")
	}
	return s.background(func(ctx context.Context) error {
		defer func() { <-s.readings }()
		return s.read(ctx, r)
	}), nil
}

// read reads the file and compares it with the bank. What stands in the way is kept with
// the import.
func (s *server) read(ctx context.Context, r reading) error {
	going := s.Authoring.Progress(r.made.ID)
	data := r.data
	r.data = nil // the memory goes before the store needs some
	src, err := readSource(r.made.File, data, r.format, r.say, &r.copy, func(found int) error { return going(ctx, found, 0) })
	// Reading leaves several times the length of the file behind. Given back at once, it is
	// not added to what comparing and keeping need.
	debug.FreeOSMemory()
	if err == nil {
		_, err = s.Authoring.FillImport(ctx, r.made, src)
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fault.New(fault.Invalid, "import.too_long", "The file was not read within %d minutes; split it.", workingTime/time.Minute).Wrap(err)
	}
	if fault.Of(err) == fault.Internal {
		s.Log.Error("import", "import", r.made.ID, "err", err)
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget)
	defer cancel()
	return errors.Join(err, s.Authoring.FailImport(after, r.made.ID, err))
}

// beginApplying has an import taken in.
func (s *server) beginApplying(by, bank, id string) <-chan error {
	return s.background(func(ctx context.Context) error {
		_, err := s.Authoring.Apply(ctx, by, bank, id)
		if fault.Of(err) == fault.Internal && err != nil {
			s.Log.Error("import", "import", id, "err", err)
		}
		return err
	})
}
