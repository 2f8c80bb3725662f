package browsertest

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/server"
)

// chromium is the one browser process of all tests, nil where there is none. Each
// test has profiles of its own in it.
var chromium context.Context

// film is the video that the browser plays as what its camera sees; a test writes it.
var film string

// TestMain starts the browser, or is the service that a test kills.
func TestMain(m *testing.M) {
	if os.Getenv("PROBA_TEST_SERVE") != "" {
		if err := serve(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		// Most of the time goes into waiting for pages and clocks.
		if err := f.Value.Set(strconv.Itoa(2 * runtime.GOMAXPROCS(0))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
	os.Exit(withBrowser(m))
}

func withBrowser(m *testing.M) int {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return m.Run()
	}
	profile, err := os.MkdirTemp("", "proba-chromium")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(profile)
	film = filepath.Join(profile, "camera.y4m")
	ctx, cancel := launch(path, profile, chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-file-for-fake-video-capture", film))
	defer cancel()
	if err := chromedp.Do(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "chromium does not start:", err)
		return 1
	}
	chromium = ctx
	code := m.Run()
	if err := chromedp.Cancel(ctx); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "chromium does not stop:", err)
	}
	return code
}

// launch has a browser process of its own; it starts with the first step.
func launch(path, profile string, options ...chromedp.ExecAllocatorOption) (context.Context, context.CancelFunc) {
	all := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "uk"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(all, options...)...)
	ctx, cancel := chromedp.NewContext(allocator)
	return ctx, func() { cancel(); stop() }
}

// serve runs the service as "proba serve" does, and prints what the first run tells.
func serve() error {
	c, err := config.Load(nil, os.Getenv, io.Discard)
	if err != nil {
		return err
	}
	ctx := context.Background()
	s, err := server.Open(ctx, c, time.Now, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	told, err := s.Prepare(ctx)
	if err != nil {
		return err
	}
	if _, err := s.Listen(); err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		return err
	}
	select {} // until it is killed
}

// needBrowser skips the test where there is no browser, and fails it in CI.
func needBrowser(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("drives a browser")
	}
	if chromium != nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("chromium is not installed: apt-get install chromium")
	}
	t.Skip("NOT TESTED in a real browser: chromium is not installed (apt-get install chromium)")
}
