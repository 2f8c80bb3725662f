// Package mail sends the few letters that Proba writes: one-time links to people.
// A Sender takes a letter to an SMTP server, or, where none is set, into a folder
// that the operator reads. The Outbox sends in the background, so that a page's
// answer tells nothing of whether a letter is on its way.
//
// The package knows neither people nor links: who writes a letter knows what stands
// in it. No address and no text of a letter is logged.
package mail

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Message is a letter in plain text to one person.
type Message struct {
	To      string
	Subject string
	Text    string
}

// Sender delivers a letter, or says why it could not; the letter may be given to it
// again.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Open returns the sender that the setting names:
//
//   - "" writes into the folder, one file a letter, readable by the service's user;
//   - smtp://user:password@host:587 sends with STARTTLS, which must work;
//   - smtps://user:password@host:465 sends over TLS;
//   - smtp+plain://host:25 sends without TLS, for a relay on the same machine.
//
// from is the sender's address, with a name if wished: "Proba <exams@example.org>".
func Open(setting, from, folder string, now func() time.Time) (Sender, error) {
	if err := gomail.NewMsg().From(from); err != nil {
		return nil, fmt.Errorf("sender's address %q: %w", from, err)
	}
	if setting == "" {
		return &Folder{Path: folder, From: from, Now: now}, nil
	}
	return newRelay(setting, from, now)
}

// relay is an SMTP server.
type relay struct {
	client *gomail.Client
	from   string
	now    func() time.Time
}

// sendTimeout bounds one step of talking to the relay.
const sendTimeout = 20 * time.Second

func newRelay(setting, from string, now func() time.Time) (*relay, error) {
	u, err := url.Parse(setting)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("the mail server is not given as a URL such as smtp://user:password@host:587")
	}
	options := []gomail.Option{gomail.WithTimeout(sendTimeout)}
	switch u.Scheme {
	case "smtp":
		options = append(options, gomail.WithTLSPortPolicy(gomail.TLSMandatory))
	case "smtps":
		options = append(options, gomail.WithSSLPort(false))
	case "smtp+plain":
		options = append(options, gomail.WithTLSPortPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("the mail server's URL begins with %q, not with smtp, smtps or smtp+plain", u.Scheme)
	}
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil, fmt.Errorf("the mail server's port %q is not a number", port)
		}
		options = append(options, gomail.WithPort(n))
	}
	if user := u.User.Username(); user != "" {
		secret, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(user), gomail.WithPassword(secret))
	}
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return &relay{client: client, from: from, now: now}, nil
}

// Send implements Sender: it returns nil when the relay has taken the letter.
func (r *relay) Send(ctx context.Context, m Message) error {
	letter, err := compose(m, r.from, r.now())
	if err != nil {
		return err
	}
	if err := r.client.DialAndSendWithContext(ctx, letter); err != nil {
		return fmt.Errorf("send a letter: %w", err)
	}
	return nil
}

// compose writes the letter as RFC 5322 has it.
func compose(m Message, from string, now time.Time) (*gomail.Msg, error) {
	letter := gomail.NewMsg()
	if err := letter.From(from); err != nil {
		return nil, fmt.Errorf("sender's address: %w", err)
	}
	if err := letter.To(m.To); err != nil {
		return nil, fmt.Errorf("recipient's address: %w", err)
	}
	letter.Subject(m.Subject)
	letter.SetDateWithValue(now)
	letter.SetMessageID()
	letter.SetBodyString(gomail.TypeTextPlain, m.Text)
	return letter, nil
}

func write(w io.Writer, letter *gomail.Msg) error {
	if _, err := letter.WriteTo(w); err != nil {
		return fmt.Errorf("write a letter: %w", err)
	}
	return nil
}
