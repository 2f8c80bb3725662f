package server_test

import (
	"bytes"
	"log/slog"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/internal/server"
)

// TestProductionWithoutTrustedProxiesIsWarned opens the service behind a proxy that
// it does not know.
func TestProductionWithoutTrustedProxiesIsWarned(t *testing.T) {
	for name, row := range map[string]struct {
		env  map[string]string
		more map[string]string
		want bool
	}{
		"production":           {production(filepath.Join(t.TempDir(), "a")), nil, true},
		"with trusted proxies": {production(filepath.Join(t.TempDir(), "b")), map[string]string{"PROBA_TRUSTED_PROXIES": "10.0.0.0/8"}, false},
		"development":          {development(filepath.Join(t.TempDir(), "c")), nil, false},
	} {
		maps.Copy(row.env, row.more)
		var log bytes.Buffer
		s, err := server.Open(t.Context(), load(t, row.env), time.Now, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := strings.Contains(log.String(), "level=WARN") && strings.Contains(log.String(), "PROBA_TRUSTED_PROXIES"); got != row.want {
			t.Errorf("%s: warned is %v; the log:\n%s", name, got, log.String())
		}
	}
}
