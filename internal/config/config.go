// Package config reads what an operator sets: flags, environment variables and
// secret files, in that order of precedence. All faults are reported at once.
package config

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Environments.
const (
	Development = "development"
	Production  = "production"
)

// Environment variables that other commands than serve read too.
const (
	StoreVariable      = "PROBA_STORE"
	IssuerKeysVariable = "PROBA_ISSUER_KEYS"
	LogKeysVariable    = "PROBA_LOG_KEYS"
)

// Config is everything that can be set. Each field has a flag and an environment
// variable; a secret's variable may have _FILE behind its name and then names a
// file that holds it.
type Config struct {
	// Env is "development" or "production". Production refuses what is only
	// fit for trying out: demo accounts, keys made without being asked for, a
	// public URL without TLS.
	Env string
	// Addr is where the service listens, host:port. TLS belongs to a reverse
	// proxy in front of it.
	Addr string
	// OpsAddr is where metrics, health and profiles are served. It has no
	// authentication: keep it on loopback or a private network. "" turns it off.
	OpsAddr string
	// PublicURL is how the service is reached from outside. It stands in QR
	// codes, links and tokens; changing it ends all sessions.
	PublicURL string
	// Data is the folder of the embedded store and of generated keys.
	Data string
	// Store is the connection string of a MongoDB server, mongodb://… or
	// mongodb+srv://…, which any number of copies of the service may share.
	// Empty, the store is embedded, under Data, and for one process.
	Store string
	// Zone is the IANA time zone in which dates are printed and the days of a
	// certificate end.
	Zone string
	// IssuerUK and IssuerEN are the issuer's name on certificates.
	IssuerUK string
	IssuerEN string
	// AdminEmail is the first administrator's address.
	AdminEmail string
	// Proxies are the networks, comma-separated in CIDR form, whose
	// X-Forwarded-For header is believed.
	Proxies string
	// Demo makes a demo learner with a random password on the first run.
	Demo bool
	// IssuerKeys, LogKeys and TokenKeys are key sets (JWKS with private halves).
	// Empty, they are kept in files under Data, and made there on the first run.
	IssuerKeys string
	LogKeys    string
	TokenKeys  string
	// Mail is the SMTP server that takes letters, such as
	// smtp://user:password@host:587; see internal/mail. Empty, letters are files in
	// a folder under Data. MailFrom is their sender.
	Mail     string
	MailFrom string
	// Witnesses are the verifier keys, separated by spaces, of those who cosign
	// the checkpoints of the transparency log.
	Witnesses string
	// Drain is how long a stopping service stays up, not ready, so that a load
	// balancer can notice.
	Drain time.Duration
}

// setting ties a field to its names.
type setting struct {
	flag, env, fallback, usage string
	secret                     bool
	target                     *string
}

func (c *Config) settings(demo, drain *string) []setting {
	return []setting{
		{"env", "PROBA_ENV", Development, "development or production", false, &c.Env},
		{"addr", "PROBA_ADDR", "127.0.0.1:8080", "address to listen on, host:port", false, &c.Addr},
		{"ops-addr", "PROBA_OPS_ADDR", "127.0.0.1:8081", "address of metrics and health, \"off\" for none", false, &c.OpsAddr},
		{"public-url", "PROBA_PUBLIC_URL", "", "how the service is reached from outside (default http:// and the address)", false, &c.PublicURL},
		{"data", "PROBA_DATA", "proba-data", "folder of the embedded store and the keys", false, &c.Data},
		{"zone", "PROBA_ZONE", "Europe/Kyiv", "IANA time zone of printed dates", false, &c.Zone},
		{"issuer-uk", "PROBA_ISSUER_UK", "Proba: демонстраційна установка", "issuer on certificates, in Ukrainian", false, &c.IssuerUK},
		{"issuer-en", "PROBA_ISSUER_EN", "Proba demonstration", "issuer on certificates, in English", false, &c.IssuerEN},
		{"admin-email", "PROBA_ADMIN_EMAIL", "administrator@proba.example", "e-mail address of the first administrator", false, &c.AdminEmail},
		{"trusted-proxies", "PROBA_TRUSTED_PROXIES", "", "networks of reverse proxies, such as 10.0.0.0/8", false, &c.Proxies},
		{"witnesses", "PROBA_WITNESSES", "", "verifier keys of witnesses of the transparency log, separated by spaces", false, &c.Witnesses},
		{"demo", "PROBA_DEMO", "", "make a demo learner: true or false (default true in development)", false, demo},
		{"drain", "PROBA_DRAIN", "0s", "how long to stay up, not ready, before stopping", false, drain},
		{"mail-from", "PROBA_MAIL_FROM", "Proba <proba@localhost.localdomain>", "sender of letters", false, &c.MailFrom},
		{"mail", "PROBA_MAIL", "", "SMTP server for letters, smtp://user:password@host:587; without it they are files in the data folder", true, &c.Mail},
		{"store", StoreVariable, "", "connection string of a MongoDB server; without it the store is embedded", true, &c.Store},
		{"issuer-keys", IssuerKeysVariable, "", "key set that signs certificates, as JSON", true, &c.IssuerKeys},
		{"log-keys", LogKeysVariable, "", "key set that signs the transparency log, as JSON", true, &c.LogKeys},
		{"token-keys", "PROBA_TOKEN_KEYS", "", "key set that signs access tokens, as JSON", true, &c.TokenKeys},
	}
}

// Load reads the configuration. args are what follows the command's name;
// flag.ErrHelp says that help was asked for and printed.
func Load(args []string, getenv func(string) string, output io.Writer) (Config, error) {
	var c Config
	var demo, drain string
	flags := flag.NewFlagSet("proba serve", flag.ContinueOnError)
	flags.SetOutput(output)
	printConfig := flags.Bool("print-config", false, "print the configuration, secrets left out, and stop")
	settings := c.settings(&demo, &drain)
	var faults []error
	for _, s := range settings {
		value, err := fromEnv(s, getenv)
		if err != nil {
			faults = append(faults, err)
		}
		if value == "" {
			value = s.fallback
		}
		if s.secret { // a secret on the command line would be seen by every user of the machine
			*s.target = value
			continue
		}
		flags.StringVar(s.target, s.flag, value, s.usage+" ("+s.env+")")
	}
	if err := flags.Parse(args); err != nil {
		return Config{}, err
	}
	if flags.NArg() > 0 {
		faults = append(faults, fmt.Errorf("%q is not expected here", flags.Arg(0)))
	}
	faults = append(faults, c.check(demo, drain)...)
	if err := errors.Join(faults...); err != nil {
		return Config{}, err
	}
	if *printConfig {
		return c, errors.Join(c.print(output, settings), flag.ErrHelp)
	}
	return c, nil
}

// Secret reads one secret by its variable, or from the file that NAME_FILE names,
// for commands that need no more of the configuration.
func Secret(name string, getenv func(string) string) (string, error) {
	return fromEnv(setting{env: name, secret: true}, getenv)
}

// fromEnv reads a variable, or for a secret the file that its _FILE variable
// names.
func fromEnv(s setting, getenv func(string) string) (string, error) {
	value := getenv(s.env)
	if !s.secret {
		return value, nil
	}
	file := getenv(s.env + "_FILE")
	if file == "" {
		return value, nil
	}
	if value != "" {
		return "", fmt.Errorf("%s and %s_FILE are both set; keep one", s.env, s.env)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s_FILE: %w", s.env, err)
	}
	return strings.TrimSpace(string(data)), nil
}

func (c *Config) check(demo, drain string) []error {
	var faults []error
	fail := func(name, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...)))
	}
	production := c.Env == Production
	if !production && c.Env != Development {
		fail("PROBA_ENV", "%q is neither development nor production", c.Env)
	}
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		fail("PROBA_ADDR", "%q is not host:port", c.Addr)
	}
	if c.OpsAddr == "off" {
		c.OpsAddr = ""
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Addr
	}
	u, err := url.Parse(c.PublicURL)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Path != "" || u.RawQuery != "":
		fail("PROBA_PUBLIC_URL", "%q is not a URL of scheme and host, such as https://exams.example.org", c.PublicURL)
	case production && u.Scheme != "https":
		fail("PROBA_PUBLIC_URL", "%q is not https; production hands out no links that anybody on the way can read", c.PublicURL)
	}
	if _, err := time.LoadLocation(c.Zone); err != nil {
		fail("PROBA_ZONE", "%q is not an IANA time zone, such as Europe/Kyiv", c.Zone)
	}
	if _, err := c.TrustedProxies(); err != nil {
		fail("PROBA_TRUSTED_PROXIES", "%v", err)
	}
	if c.Store != "" && !strings.HasPrefix(c.Store, "mongodb://") && !strings.HasPrefix(c.Store, "mongodb+srv://") {
		fail(StoreVariable, "is not the connection string of a MongoDB server, such as mongodb://host:27017/proba")
	}
	if production && c.Store != "" && (c.IssuerKeys == "" || c.TokenKeys == "") {
		fail(StoreVariable, "copies that share a store need the same keys: make three sets with \"proba keys generate\" and set PROBA_ISSUER_KEYS, PROBA_LOG_KEYS and PROBA_TOKEN_KEYS")
	}
	c.Demo = !production
	if demo != "" {
		if c.Demo, err = strconv.ParseBool(demo); err != nil {
			fail("PROBA_DEMO", "%q is neither true nor false", demo)
		}
	}
	if production && c.Demo {
		fail("PROBA_DEMO", "production has no demo accounts")
	}
	if production && strings.HasSuffix(c.AdminEmail, ".example") {
		fail("PROBA_ADMIN_EMAIL", "is not set; production needs the real address of its first administrator")
	}
	if c.Drain, err = time.ParseDuration(drain); err != nil || c.Drain < 0 {
		fail("PROBA_DRAIN", "%q is not a duration, such as 5s", drain)
	}
	return faults
}

// TrustedProxies parses Proxies.
func (c *Config) TrustedProxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for part := range strings.SplitSeq(c.Proxies, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, fmt.Errorf("%q is not a network, such as 10.0.0.0/8", part)
		}
		all = append(all, p)
	}
	return all, nil
}

// print writes every setting; of a secret only whether it is set.
func (c *Config) print(w io.Writer, settings []setting) error {
	shown := make(map[string]string)
	for _, s := range settings {
		shown[s.env] = *s.target
		if s.secret {
			shown[s.env] = map[bool]string{true: "(set)", false: ""}[*s.target != ""]
		}
	}
	shown["PROBA_DEMO"], shown["PROBA_DRAIN"] = strconv.FormatBool(c.Demo), c.Drain.String()
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(shown)
}
