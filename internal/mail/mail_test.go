package mail_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/internal/mail"
	"github.com/proba-exam/proba/internal/proctest"
)

var (
	now    = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	letter = mail.Message{To: "olena@proba.test", Subject: "Новий пароль", Text: "Відкрийте посилання:\nhttps://exams.proba.test/enter#TOKEN=A\n"}
)

const from = "Proba <exams@proba.test>"

func clock() time.Time { return now }

// checkLetter reads the letter with the standard library.
func checkLetter(t *testing.T, raw string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != letter.Subject || !strings.Contains(m.Header.Get("To"), letter.To) || !strings.Contains(m.Header.Get("From"), "exams@proba.test") {
		t.Errorf("header %v, %v", m.Header, err)
	}
	if date, err := m.Header.Date(); err != nil || !date.Equal(now) {
		t.Errorf("date %v, %v", date, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if got := strings.ReplaceAll(string(body), "\r\n", "\n"); err != nil || strings.TrimSpace(got) != strings.TrimSpace(letter.Text) {
		t.Errorf("body %q, %v", got, err)
	}
}

func TestAFolderKeepsLetters(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "mail")
	s, err := mail.Open("", from, folder, clock)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.eml"))
	if err != nil || len(files) != 2 {
		t.Fatalf("letters %v, %v", files, err)
	}
	info, err := os.Stat(files[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	checkLetter(t, string(raw))
}

// relay is an SMTP server (RFC 5321) that takes one letter.
func relay(t *testing.T) (address string, received <-chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	letters := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewScanner(conn)
		fmt.Fprint(conn, "220 relay\r\n")
		for in.Scan() {
			switch verb, _, _ := strings.Cut(strings.ToUpper(in.Text()), " "); verb {
			case "EHLO":
				fmt.Fprint(conn, "250-relay\r\n250 8BITMIME\r\n")
			case "DATA":
				fmt.Fprint(conn, "354 go on\r\n")
				var data strings.Builder
				for in.Scan() && in.Text() != "." {
					data.WriteString(in.Text() + "\r\n")
				}
				letters <- data.String()
				fmt.Fprint(conn, "250 taken\r\n")
			case "QUIT":
				fmt.Fprint(conn, "221 bye\r\n")
				return
			default:
				fmt.Fprint(conn, "250 fine\r\n")
			}
		}
	}()
	return listener.Addr().String(), letters
}

func TestARelayTakesALetter(t *testing.T) {
	address, received := relay(t)
	s, err := mail.Open("smtp+plain://"+address, from, "", clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	checkLetter(t, <-received)
}

// TestALetterIsNotSentInTheClear gives a relay without STARTTLS where it must be.
func TestALetterIsNotSentInTheClear(t *testing.T) {
	address, received := relay(t)
	s, err := mail.Open("smtp://"+address, from, "", clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), letter); err == nil {
		t.Error("a relay without TLS was used")
	}
	if len(received) > 0 {
		t.Error("a letter went out in the clear")
	}
}

func TestSettingsThatAreNone(t *testing.T) {
	for _, row := range []struct{ setting, from string }{
		{"exams.proba.test:587", from}, {"http://exams.proba.test", from}, {"smtp://", from}, {"smtp://relay:x", from}, {"", "no address"},
	} {
		if _, err := mail.Open(row.setting, row.from, "", clock); err == nil {
			t.Errorf("%q from %q was taken", row.setting, row.from)
		} else if strings.Contains(err.Error(), "password=") {
			t.Errorf("the fault shows a secret: %v", err)
		}
	}
}

// flaky fails so many times.
type flaky struct {
	fails int
	sent  chan mail.Message
}

func (f *flaky) Send(_ context.Context, m mail.Message) error {
	if f.fails > 0 {
		f.fails--
		return errors.New("the relay is busy")
	}
	f.sent <- m
	return nil
}

func TestTheOutboxTriesAgainAndGoesOn(t *testing.T) {
	f := &flaky{fails: 5, sent: make(chan mail.Message, 3)}
	waited := 0
	at := make(chan time.Time)
	close(at)
	o := mail.NewOutbox(f, slog.New(slog.DiscardHandler), func(d time.Duration) <-chan time.Time {
		if d >= time.Second {
			waited++
		}
		return at
	})
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan bool)
	go func() { o.Run(ctx); close(stopped) }()
	for _, to := range []string{"a@proba.test", "b@proba.test", "c@proba.test"} {
		o.Post(func(ctx context.Context, out mail.Sender) error { return out.Send(ctx, mail.Message{To: to}) })
	}
	o.Post(func(context.Context, mail.Sender) error { return errors.New("nobody of that name") })
	// The first letter fails three times and is given up, the second fails twice.
	if m := <-f.sent; m.To != "b@proba.test" {
		t.Errorf("first out: %s", m.To)
	}
	if m := <-f.sent; m.To != "c@proba.test" {
		t.Errorf("then: %s", m.To)
	}
	cancel()
	<-stopped
	if waited != 4 {
		t.Errorf("waited %d times between the tries of two letters", waited)
	}
}

// TestTheOutboxStopsBetweenTries when the service stops, and the job learns of it.
func TestTheOutboxStopsBetweenTries(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := mail.NewOutbox(&flaky{fails: 9}, slog.New(slog.DiscardHandler), func(time.Duration) <-chan time.Time {
		cancel()
		return nil // no try comes any more
	})
	result := make(chan error, 1)
	o.Post(func(ctx context.Context, out mail.Sender) error {
		result <- out.Send(ctx, mail.Message{To: "a@proba.test"})
		return nil
	})
	o.Run(ctx)
	if err := <-result; err == nil {
		t.Error("the job was told that the letter was sent")
	}
}

func TestTheOutboxHasABound(t *testing.T) {
	o := mail.NewOutbox(&flaky{}, slog.New(slog.DiscardHandler), time.After)
	posted := 0
	proctest.WaitFor(t, "the outbox is full", func() bool {
		ok := o.Post(func(context.Context, mail.Sender) error { return nil })
		posted++
		return !ok
	})
	if posted < 100 {
		t.Errorf("only %d jobs may wait", posted-1)
	}
}
