// Package mongotest gives a test a server that speaks MongoDB's wire protocol.
//
// With PROBA_TEST_MONGODB_URI set it is that server. Otherwise it is FerretDB
// (the command in internal/ferret) on a throw-away PostgreSQL cluster, both as
// processes that a test may kill. Where PostgreSQL is not installed the test is
// skipped, and fails when CI is set.
package mongotest

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/proba-exam/proba/internal/proctest"
)

// Server is a running server.
type Server struct {
	// URI is the connection string, with a database of this test's own.
	URI string

	address  string
	postgres *postgres
	ferret   *proctest.Process
	binary   string
}

// Start gives a server to the test; it ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	database := "proba-" + strings.ToLower(rand.Text())
	if uri := os.Getenv("PROBA_TEST_MONGODB_URI"); uri != "" {
		return &Server{URI: strings.TrimRight(uri, "/") + "/" + database}
	}
	p := startPostgres(t)
	s := &Server{postgres: p, binary: buildFerret(t), address: proctest.FreeAddress(t)}
	s.URI = "mongodb://" + s.address + "/" + database
	s.startFerret(t)
	return s
}

// CanKill reports whether the server is one that Kill may end.
func (s *Server) CanKill() bool { return s.ferret != nil }

// Kill ends the server as a power cut would: neither FerretDB nor PostgreSQL
// finishes what it was doing.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.ferret.Kill(t)
	s.postgres.control(t, "stop", "-m", "immediate")
}

// Restart starts what Kill ended, at the same address.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.postgres.start(t)
	s.startFerret(t)
}

func (s *Server) startFerret(t testing.TB) {
	t.Helper()
	ferret := exec.Command(s.binary, s.address, s.postgres.url)
	ferret.Dir = t.TempDir()
	s.ferret = proctest.Start(t, ferret)
	s.ferret.WaitForListener(t, s.address)
}

// buildFerret builds the command from its own module.
func buildFerret(t testing.TB) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/proba-exam/proba").Output()
	if err != nil {
		t.Fatalf("find the module: %v", err)
	}
	binary := filepath.Join(t.TempDir(), "ferret")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	build.Dir = filepath.Join(strings.TrimSpace(string(out)), "internal", "ferret")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build FerretDB: %v\n%s", err, out)
	}
	return binary
}

// postgres is a cluster of this test's own.
type postgres struct {
	bin, data, url string
	host, port     string
	credential     *syscall.Credential // PostgreSQL refuses to run as root
}

func startPostgres(t testing.TB) *postgres {
	t.Helper()
	bin := postgresBin()
	if bin == "" {
		missing := "PostgreSQL is not installed: the MongoDB store is NOT tested (Debian: apt-get install postgresql)"
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	p := &postgres{bin: bin}
	// Not t.TempDir: its parents are closed to other users.
	dir, err := os.MkdirTemp("", "proba-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	p.data = filepath.Join(dir, "data")
	if os.Geteuid() == 0 {
		p.credential = postgresUser(t)
		if err := os.Chown(dir, int(p.credential.Uid), int(p.credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	p.run(t, "initdb", "-D", p.data, "-U", "proba", "-A", "trust", "-E", "UTF8", "--locale=C")
	p.host, p.port, err = net.SplitHostPort(proctest.FreeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	p.url = "postgres://proba@" + net.JoinHostPort(p.host, p.port) + "/postgres"
	p.start(t)
	t.Cleanup(func() { p.control(t, "stop", "-m", "immediate") })
	return p
}

func (p *postgres) start(t testing.TB) {
	t.Helper()
	p.control(t, "start", "-l", p.data+".log", "-o", fmt.Sprintf("-h %s -p %s -k ''", p.host, p.port))
}

func (p *postgres) control(t testing.TB, args ...string) {
	t.Helper()
	p.run(t, "pg_ctl", append([]string{"-D", p.data, "-w"}, args...)...)
}

func (p *postgres) run(t testing.TB, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(filepath.Join(p.bin, name), args...)
	cmd.Dir = filepath.Dir(p.data)
	if p.credential != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential}
	}
	// A file, not a pipe: the server that pg_ctl starts would hold a pipe open.
	output, err := os.CreateTemp(t.TempDir(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Run(); err != nil {
		said, readErr := os.ReadFile(output.Name())
		t.Fatalf("%s %s: %v\n%s", name, args[len(args)-1], errors.Join(err, readErr), bytes.TrimSpace(said))
	}
}

// postgresBin finds the server's programs: Debian keeps them out of the PATH.
func postgresBin() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

func postgresUser(t testing.TB) *syscall.Credential {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatalf("this test runs as root, and PostgreSQL may not: %v", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}
