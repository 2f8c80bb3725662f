package bench_test

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/internal/bench"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/server"
)

// TestMain lets the test binary be the service that some rows run as a process.
func TestMain(m *testing.M) {
	if os.Getenv("PROBA_BENCH_SERVE") != "" {
		if err := service(os.Args[1:]); err != nil {
			log.Fatal(err)
		}
		return
	}
	os.Exit(m.Run())
}

// service is "proba serve", which a package cannot import.
func service(options []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c, err := config.Load(options, func(string) string { return "" }, os.Stderr)
	if err != nil {
		return err
	}
	s, err := server.Open(ctx, c, time.Now, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	if _, err = s.Prepare(ctx); err == nil {
		if _, err = s.Listen(); err == nil {
			<-ctx.Done()
		}
	}
	return errors.Join(err, s.Close())
}

func serve(ctx context.Context, options ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, os.Args[0], options...)
	command.Env = append(os.Environ(), "PROBA_BENCH_SERVE=1")
	return command
}

// TestEveryRowRuns runs each measurement as briefly as it can: the figures are
// not looked at.
func TestEveryRowRuns(t *testing.T) {
	for _, row := range bench.Rows(serve) {
		if testing.Short() && row.Name != "save" && row.Name != "read" {
			continue // those are the ones with 256 learners at once
		}
		figures, err := row.Run(t.Context(), 150*time.Millisecond)
		if err != nil || len(figures) == 0 {
			t.Errorf("%s: %d figures, %v", row.Name, len(figures), err)
		}
		for _, f := range figures {
			if f.Value <= 0 {
				t.Errorf("%s: %s is %v %s", row.Name, f.Name, f.Value, f.Unit)
			}
		}
	}
}

func TestALimitIsKeptOrNot(t *testing.T) {
	for _, c := range []struct {
		figure bench.Figure
		good   bool
	}{
		{bench.Figure{Value: 5, Limit: 5}, true},
		{bench.Figure{Value: 6, Limit: 5}, false},
		{bench.Figure{Value: 6, Limit: 5, AtLeast: true}, true},
		{bench.Figure{Value: 4, Limit: 5, AtLeast: true}, false},
		{bench.Figure{Value: 4}, true},
	} {
		if c.figure.Good() != c.good {
			t.Errorf("%+v: good is %v", c.figure, !c.good)
		}
	}
}

// TestFiguresCanBeJudged beside their limits, as text and as JSON.
func TestFiguresCanBeJudged(t *testing.T) {
	for _, c := range []struct {
		value, limit float64
		want         string
	}{
		{.023461, .03, "0.0235"},
		{.000213, 0, "0.000213"},
		{1.0074, 1.02, "1.007"},
		{.99853, 1.005, "0.9985"},
		{33.849, 50, "33.8"},
		{99.96, 100, "100.0"},
		{100.04, 100, "100.0"},
		{16231.4, 0, "16231"},
		{2000, 2000, "2000"},
		{74.62, 40, "74.6"},
		{113.12, 200, "113.1"},
	} {
		f := bench.Figure{Name: "n", Value: c.value, Unit: "s", Limit: c.limit}
		if got := f.Text(); got != c.want {
			t.Errorf("%v beside %v is told as %s, want %s", c.value, c.limit, got, c.want)
		}
		text, err := json.Marshal(f)
		if err != nil || !strings.Contains(string(text), `"value":`+c.want+",") && !strings.Contains(string(text), `"value":`+c.want+"}") {
			t.Errorf("%v as JSON: %s, %v", c.value, text, err)
		}
	}
}

// BenchmarkRows reports every figure; the limits are those of the rows.
func BenchmarkRows(b *testing.B) {
	for _, row := range bench.Rows(serve) {
		b.Run(row.Name, func(b *testing.B) {
			for b.Loop() {
				figures, err := row.Run(b.Context(), time.Second)
				if err != nil {
					b.Fatal(err)
				}
				for _, f := range figures {
					b.ReportMetric(f.Value, strings.ReplaceAll(f.Name, " ", "_")+"_"+f.Unit)
				}
			}
		})
	}
}
