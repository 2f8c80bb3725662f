package storetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/audit"
)

// ErrLost is how a Flaky store fails.
var ErrLost = errors.New("the connection was lost")

// Flaky is a store whose next call of one writing method fails: before it did
// what was asked, or after, when the answer is lost. The methods are those
// declared here; all others are the store's own.
type Flaky struct {
	Store
	// BeforeInsertAttempt, when it is set, runs before an attempt is stored.
	BeforeInsertAttempt func()
	// BeforeUpdateAttempt likewise.
	BeforeUpdateAttempt func()
	// Serial is what NextStatusSerial returns, 0 for the store's own.
	Serial int64

	mu     sync.Mutex
	method string
	good   int
	after  bool

	counting string
	counted  int
}

// Count begins to count the calls of a method, Attempt or one that can fail.
func (f *Flaky) Count(method string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counting, f.counted = method, 0
}

// Counted is how many there were.
func (f *Flaky) Counted() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.counted
}

// Attempt implements exam.AttemptStore.
func (f *Flaky) Attempt(ctx context.Context, id string) (exam.Attempt, error) {
	f.mu.Lock()
	if f.counting == "Attempt" {
		f.counted++
	}
	f.mu.Unlock()
	return f.Store.Attempt(ctx, id)
}

// Fail arms the store: the next call of the method fails, after it took effect or
// before.
func (f *Flaky) Fail(method string, after bool) { f.FailAfter(0, method, after) }

// FailAfter is Fail after some calls that are good. It disarms the store from what it
// was armed with before.
func (f *Flaky) FailAfter(good int, method string, after bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.method, f.good, f.after = method, good, after
}

// Armed reports whether a failure is still to come.
func (f *Flaky) Armed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.method != ""
}

func (f *Flaky) call(method string, write func() error) error {
	f.mu.Lock()
	if f.counting == method {
		f.counted++
	}
	due, after := f.method == method && f.good == 0, f.after
	if due {
		f.method = ""
	} else if f.method == method {
		f.good--
	}
	f.mu.Unlock()
	if due && !after {
		return ErrLost
	}
	if err := write(); err != nil {
		return err
	}
	if due {
		return ErrLost
	}
	return nil
}

// InsertAttempt implements exam.AttemptStore.
func (f *Flaky) InsertAttempt(ctx context.Context, a exam.Attempt) error {
	if f.BeforeInsertAttempt != nil {
		f.BeforeInsertAttempt()
	}
	return f.call("InsertAttempt", func() error { return f.Store.InsertAttempt(ctx, a) })
}

// UpdateAttempt implements exam.AttemptStore.
func (f *Flaky) UpdateAttempt(ctx context.Context, a exam.Attempt) error {
	if f.BeforeUpdateAttempt != nil {
		f.BeforeUpdateAttempt()
	}
	return f.call("UpdateAttempt", func() error { return f.Store.UpdateAttempt(ctx, a) })
}

// SaveResponses implements exam.AttemptStore.
func (f *Flaky) SaveResponses(ctx context.Context, id string, s exam.Save, slots int, now time.Time) (ack exam.Ack, err error) {
	err = f.call("SaveResponses", func() error {
		ack, err = f.Store.SaveResponses(ctx, id, s, slots, now)
		return err
	})
	return ack, err
}

// PutRelease implements exam.BankStore.
func (f *Flaky) PutRelease(ctx context.Context, r exam.Release) error {
	return f.call("PutRelease", func() error { return f.Store.PutRelease(ctx, r) })
}

// InsertExam implements exam.ExamStore.
func (f *Flaky) InsertExam(ctx context.Context, e exam.Exam) error {
	return f.call("InsertExam", func() error { return f.Store.InsertExam(ctx, e) })
}

// UpdateExam implements exam.ExamStore.
func (f *Flaky) UpdateExam(ctx context.Context, e exam.Exam) error {
	return f.call("UpdateExam", func() error { return f.Store.UpdateExam(ctx, e) })
}

// InsertSitting implements exam.ExamStore.
func (f *Flaky) InsertSitting(ctx context.Context, s exam.Sitting) error {
	return f.call("InsertSitting", func() error { return f.Store.InsertSitting(ctx, s) })
}

// UpdateSitting implements exam.ExamStore.
func (f *Flaky) UpdateSitting(ctx context.Context, s exam.Sitting) error {
	return f.call("UpdateSitting", func() error { return f.Store.UpdateSitting(ctx, s) })
}

// InsertExposure implements exam.DrawStore.
func (f *Flaky) InsertExposure(ctx context.Context, e exam.Exposure) error {
	return f.call("InsertExposure", func() error { return f.Store.InsertExposure(ctx, e) })
}

// UpdateExposure implements exam.DrawStore.
func (f *Flaky) UpdateExposure(ctx context.Context, e exam.Exposure) error {
	return f.call("UpdateExposure", func() error { return f.Store.UpdateExposure(ctx, e) })
}

// PutCalibration implements exam.DrawStore.
func (f *Flaky) PutCalibration(ctx context.Context, c exam.Calibration) error {
	return f.call("PutCalibration", func() error { return f.Store.PutCalibration(ctx, c) })
}

// InsertRegrade implements exam.RegradeStore.
func (f *Flaky) InsertRegrade(ctx context.Context, g exam.Regrade) error {
	return f.call("InsertRegrade", func() error { return f.Store.InsertRegrade(ctx, g) })
}

// UpdateRegrade implements exam.RegradeStore.
func (f *Flaky) UpdateRegrade(ctx context.Context, g exam.Regrade) error {
	return f.call("UpdateRegrade", func() error { return f.Store.UpdateRegrade(ctx, g) })
}

// PutRegradeChange implements exam.RegradeStore.
func (f *Flaky) PutRegradeChange(ctx context.Context, c exam.RegradeChange) error {
	return f.call("PutRegradeChange", func() error { return f.Store.PutRegradeChange(ctx, c) })
}

// InsertCertificate implements certs.Store.
func (f *Flaky) InsertCertificate(ctx context.Context, c certs.Certificate) error {
	return f.call("InsertCertificate", func() error { return f.Store.InsertCertificate(ctx, c) })
}

// UpdateCertificate implements certs.Store.
func (f *Flaky) UpdateCertificate(ctx context.Context, c certs.Certificate) error {
	return f.call("UpdateCertificate", func() error { return f.Store.UpdateCertificate(ctx, c) })
}

// InsertTemplate implements certs.TemplateStore.
func (f *Flaky) InsertTemplate(ctx context.Context, t certs.Template) error {
	return f.call("InsertTemplate", func() error { return f.Store.InsertTemplate(ctx, t) })
}

// AppendEntry implements audit.Store.
func (f *Flaky) AppendEntry(ctx context.Context, e audit.Entry) error {
	return f.call("AppendEntry", func() error { return f.Store.AppendEntry(ctx, e) })
}

// PutStatusList implements certs.Store.
func (f *Flaky) PutStatusList(ctx context.Context, l certs.StatusList) error {
	return f.call("PutStatusList", func() error { return f.Store.PutStatusList(ctx, l) })
}

// UpdateCertificates implements certs.Store.
func (f *Flaky) UpdateCertificates(ctx context.Context, all []certs.Certificate) error {
	return f.call("UpdateCertificates", func() error { return f.Store.UpdateCertificates(ctx, all) })
}

// EnqueueEntries implements translog.Store.
func (f *Flaky) EnqueueEntries(ctx context.Context, all []translog.Entry) error {
	return f.call("EnqueueEntries", func() error { return f.Store.EnqueueEntries(ctx, all) })
}

// WidenTiles implements translog.Store.
func (f *Flaky) WidenTiles(ctx context.Context, all []translog.Tile) error {
	return f.call("WidenTiles", func() error { return f.Store.WidenTiles(ctx, all) })
}

// AdvanceLog implements translog.Store.
func (f *Flaky) AdvanceLog(ctx context.Context, h translog.Head) error {
	return f.call("AdvanceLog", func() error { return f.Store.AdvanceLog(ctx, h) })
}

// NextStatusSerial implements certs.Store: Serial, when it is set, instead of the
// store's own.
func (f *Flaky) NextStatusSerial(ctx context.Context) (int64, error) {
	if f.Serial > 0 {
		return f.Serial, nil
	}
	return f.Store.NextStatusSerial(ctx)
}

// InsertJob implements statistics.Store.
func (f *Flaky) InsertJob(ctx context.Context, j statistics.Job) error {
	return f.call("InsertJob", func() error { return f.Store.InsertJob(ctx, j) })
}

// UpdateJob implements statistics.Store.
func (f *Flaky) UpdateJob(ctx context.Context, j statistics.Job) error {
	return f.call("UpdateJob", func() error { return f.Store.UpdateJob(ctx, j) })
}

// PutPart implements statistics.Store.
func (f *Flaky) PutPart(ctx context.Context, p statistics.Part) error {
	return f.call("PutPart", func() error { return f.Store.PutPart(ctx, p) })
}

// InsertScript implements exam.ScriptStore.
func (f *Flaky) InsertScript(ctx context.Context, c exam.Script) error {
	return f.call("InsertScript", func() error { return f.Store.InsertScript(ctx, c) })
}

// UpdateScript implements exam.ScriptStore.
func (f *Flaky) UpdateScript(ctx context.Context, c exam.Script) error {
	return f.call("UpdateScript", func() error { return f.Store.UpdateScript(ctx, c) })
}
