package config_test

import (
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/proba-exam/proba/internal/config"
)

func load(args []string, env map[string]string) (config.Config, error) {
	return config.Load(args, func(name string) string { return env[name] }, io.Discard)
}

func TestDefaultsServeOnLoopback(t *testing.T) {
	c, err := load(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:8080" || c.PublicURL != "http://127.0.0.1:8080" || !c.Demo || c.Env != config.Development {
		t.Errorf("defaults: %+v", c)
	}
}

func TestFlagsBeatTheEnvironment(t *testing.T) {
	c, err := load([]string{"-addr", "127.0.0.1:9000"}, map[string]string{"PROBA_ADDR": "127.0.0.1:7000", "PROBA_DATA": "/srv/proba"})
	if err != nil || c.Addr != "127.0.0.1:9000" || c.Data != "/srv/proba" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, err := load(nil, map[string]string{"PROBA_ENV": "staging", "PROBA_ADDR": "8080", "PROBA_ZONE": "Mars/Base", "PROBA_DEMO": "perhaps", "PROBA_TRUSTED_PROXIES": "proxy"})
	for _, name := range []string{"PROBA_ENV", "PROBA_ADDR", "PROBA_ZONE", "PROBA_DEMO", "PROBA_TRUSTED_PROXIES"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not reported: %v", name, err)
		}
	}
}

func TestProductionRefusesWhatIsForTryingOut(t *testing.T) {
	good := map[string]string{"PROBA_ENV": "production", "PROBA_PUBLIC_URL": "https://exams.example.org", "PROBA_ADMIN_EMAIL": "a@exams.example.org"}
	if _, err := load(nil, good); err != nil {
		t.Fatalf("a sound configuration is refused: %v", err)
	}
	for name, change := range map[string][2]string{
		"plain http":       {"PROBA_PUBLIC_URL", "http://exams.example.org"},
		"demo accounts":    {"PROBA_DEMO", "true"},
		"no real address":  {"PROBA_ADMIN_EMAIL", ""},
		"keys of one copy": {"PROBA_STORE", "mongodb://db.example.org/proba"},
	} {
		env := map[string]string{}
		for k, v := range good {
			env[k] = v
		}
		env[change[0]] = change[1]
		if _, err := load(nil, env); err == nil || !strings.Contains(err.Error(), change[0]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSecretsComeFromFilesAndAreNotPrinted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(file, []byte("top secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"PROBA_ISSUER_KEYS_FILE": file}
	c, err := load(nil, env)
	if err != nil || c.IssuerKeys != "top secret" {
		t.Fatalf("%q, %v", c.IssuerKeys, err)
	}
	var out strings.Builder
	_, err = config.Load([]string{"-print-config"}, func(n string) string { return env[n] }, &out)
	if !errors.Is(err, flag.ErrHelp) || strings.Contains(out.String(), "top secret") || !strings.Contains(out.String(), "(set)") {
		t.Errorf("printed %s, %v", out.String(), err)
	}
	env["PROBA_ISSUER_KEYS"] = "another"
	if _, err := load(nil, env); err == nil {
		t.Error("a secret given twice is taken")
	}
}

// TestOperationsPageNamesEverySetting holds the page to the code.
func TestOperationsPageNamesEverySetting(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if _, err := config.Load([]string{"-print-config"}, func(string) string { return "" }, &out); !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	var settings map[string]string
	if err := json.Unmarshal([]byte(out.String()), &settings); err != nil {
		t.Fatal(err)
	}
	for name := range settings {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/operations.md does not name %s", name)
		}
	}
}
