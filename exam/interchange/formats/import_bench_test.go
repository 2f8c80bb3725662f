package formats_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/formats"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

// BenchmarkImport20000 reads and checks 20,000 single choices in one file, compares them
// with a bank in a store on disk, and takes them in as drafts. The limit for each format
// is 10 s an operation and 300 MB of memory of the process.
func BenchmarkImport20000(b *testing.B) {
	for _, format := range []string{formats.GIFT, formats.Moodle, formats.CSV, formats.XLSX, formats.QTI22, formats.QTI30} {
		b.Run(format, func(b *testing.B) {
			file := fileOf(b, format)
			peak := 0.0
			for b.Loop() {
				b.StopTimer()
				w := newImporter(b)
				most := watchMemory()
				b.StartTimer()
				began, used := time.Now(), cpuTime()
				src := read(b, file)
				debug.FreeOSMemory() // as the service does
				checked := time.Now()
				id := w.check(b, src)
				src = authoring.Source{} // it is a matter of two requests
				w.apply(b, id)
				b.ReportMetric(checked.Sub(began).Seconds(), "s/read")
				b.ReportMetric(time.Since(checked).Seconds(), "s/taken")
				b.ReportMetric((cpuTime() - used).Seconds(), "s-cpu")
				peak = max(peak, most())
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/bank")
			b.ReportMetric(peak, "MB-peak")
		})
	}
}

// fileOf is a large bank in the format. What made it is forgotten.
func fileOf(b *testing.B, format string) []byte {
	b.Helper()
	x, err := interchange.NewExport(large(b, 20_000), nil)
	if err != nil {
		b.Fatal(err)
	}
	var file bytes.Buffer
	if format == formats.XLSX {
		workbook(b, &file, x)
	} else if err := formats.Write(&file, format, x); err != nil {
		b.Fatal(err)
	}
	return bytes.Clone(file.Bytes())
}

func read(b *testing.B, file []byte) authoring.Source {
	b.Helper()
	im := new(interchange.Import)
	if err := formats.Read(im, formats.Detect("bank", file), "bank", file, ""); err != nil {
		b.Fatal(err)
	}
	bank, report := im.Finish(interchange.Options{Bank: "large-bank", Lang: "uk"})
	if report.Imported != 20_000 {
		b.Fatalf("%+v", report.Problems[0])
	}
	return authoring.Source{File: "bank", Format: report.Format, Found: report.Items, Revisions: bank.Revisions(), Cases: bank.Release.Stimuli, Media: bank.Brought()}
}

// importer is the writing of banks over a store on disk.
type importer struct{ *authoring.Service }

func newImporter(b *testing.B) importer {
	b.Helper()
	store, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(b.TempDir(), "proba.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	exams, err := exam.NewService(exam.Deps{Store: store, Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	w := importer{authoring.NewService(authoring.Deps{Store: store, Revisions: store, Exams: exams, Now: time.Now})}
	if _, err := w.Create(context.Background(), "ann", authoring.Copy{ID: "large-bank", Title: exam.Text{"uk": "Банк"}, Languages: []string{"uk"}}); err != nil {
		b.Fatal(err)
	}
	return w
}

func (w importer) check(b *testing.B, src authoring.Source) (id string) {
	b.Helper()
	i, err := w.CheckImport(context.Background(), "ann", "large-bank", src)
	if err != nil {
		b.Fatal(err)
	}
	return i.ID
}

func (w importer) apply(b *testing.B, id string) {
	b.Helper()
	if a, err := w.Apply(context.Background(), "ann", "large-bank", id); err != nil || len(a.Stale) > 0 || len(a.Import.Items) != 20_000 {
		b.Fatalf("%d items, %d stale, %v", len(a.Import.Items), len(a.Stale), err)
	}
}

// cpuTime is what the process has worked so far: on a machine that others use it says more
// than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchMemory gives back what is free and looks again and again at what the process holds
// in memory. The function that it returns ends that, and gives the most there was, in MB.
func watchMemory() (most func() float64) {
	debug.FreeOSMemory()
	peak, over := make(chan float64), make(chan struct{})
	go func() {
		most := 0.0
		for {
			select {
			case <-over:
				peak <- most
				return
			case <-time.After(10 * time.Millisecond):
				most = max(most, residentMemory())
			}
		}
	}()
	return func() float64 {
		close(over)
		return <-peak
	}
}

// residentMemory is what the process holds in memory, in MB; 0 where nobody says.
func residentMemory() float64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if fields := strings.Fields(string(statm)); err == nil && len(fields) > 1 {
		if pages, err := strconv.ParseFloat(fields[1], 64); err == nil {
			return pages * float64(os.Getpagesize()) / (1 << 20)
		}
	}
	return 0
}
