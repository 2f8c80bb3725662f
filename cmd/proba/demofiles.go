package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/verifier"
)

// certificateWait is how long a certificate, and then its place in the log, may
// take: the reconciler's interval, several times.
const certificateWait = 5 * time.Second

// await asks until it is done.
func await(what string, done func() (bool, error)) error {
	for deadline := time.Now().Add(certificateWait); ; time.Sleep(20 * time.Millisecond) {
		ok, err := done()
		if err != nil || ok {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New(what)
		}
	}
}

// collect waits for the learner's certificate and its place in the log, and writes
// its files.
func (d *demonstration) collect(ctx context.Context, learner *client, c *demoCertificate) error {
	var mine struct {
		Items []struct{ ID, URL string }
	}
	err := await("no certificate was issued", func() (bool, error) {
		err := learner.call(ctx, "GET", "/api/v1/me/certificates", nil, &mine)
		return len(mine.Items) > 0, err
	})
	if err != nil {
		return err
	}
	c.ID = mine.Items[0].ID
	_, c.Payload, _ = strings.Cut(mine.Items[0].URL, "#")
	began := time.Now()
	err = await("the certificate was not logged", func() (bool, error) {
		var v struct {
			LogIndex *int64 `json:"log_index"`
		}
		err := newClient(d.base).call(ctx, "GET", "/api/v1/verify/"+c.ID, nil, &v)
		return v.LogIndex != nil, err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(d.progress, "certificate %s, in the log after %d ms\n", c.ID, time.Since(began).Milliseconds())
	write := fileWriter(d.out)
	for file, as := range map[string]struct {
		suffix string
		path   *string
	}{
		"certificate.pdf": {".pdf", &c.PDF}, "badge.png": {".png", &c.PNG}, "badge.svg": {".svg", &c.SVG}, "credential.json": {".json", &c.Credential},
		"credential.jwt": {".jwt", &c.JWT}, "certificate.cose": {".cose", &c.COSE}, "certificate.tlog-proof": {".tlog-proof", &c.Proof},
	} {
		var data []byte
		if err := learner.call(ctx, "GET", "/api/v1/me/certificates/"+c.ID+"/files/"+file, nil, &data); err != nil {
			return err
		}
		if err := write(c.ID+as.suffix, data); err != nil {
			return err
		}
		*as.path = filepath.Join(d.out, c.ID+as.suffix)
	}
	return nil
}

// takeKit fetches the verification kit into the output folder.
func (d *demonstration) takeKit(ctx context.Context) error {
	var packed []byte
	if err := d.admin.call(ctx, "GET", "/api/v1/verification-kit", nil, &packed); err != nil {
		return err
	}
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return fmt.Errorf("verification kit: %w", err)
	}
	write := fileWriter(d.out)
	for _, file := range archive.File {
		r, err := file.Open()
		if err != nil {
			return fmt.Errorf("verification kit: %w", err)
		}
		data, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return fmt.Errorf("verification kit: %w", err)
		}
		if err := write(file.Name, data); err != nil {
			return err
		}
	}
	return nil
}

// revokedOffline waits until a verification kit shows that the certificate is
// revoked.
func (d *demonstration) revokedOffline(ctx context.Context, c *demoCertificate) (shown bool, err error) {
	return true, await("no status list shows the revocation", func() (bool, error) {
		if err := d.takeKit(ctx); err != nil {
			return false, err
		}
		v := verifyFlags{kit: d.out}
		if err := v.fill(); err != nil {
			return false, err
		}
		trust, err := v.trust()
		if err != nil {
			return false, err
		}
		report, err := v.check(ctx, c.PDF, trust)
		return report.Verdict == verifier.NotValid && report.Status.Answer == verifier.No && report.Signature.Answer == verifier.Yes, err
	})
}

// offline checks every file of a certificate with the kit and without the service.
// What holds the signed statement must be valid in full; a credential alone cannot
// be looked up in the log, and must be genuine.
func (d *demonstration) offline(ctx context.Context, c *demoCertificate) (bool, error) {
	v := verifyFlags{kit: d.out}
	if err := v.fill(); err != nil {
		return false, err
	}
	trust, err := v.trust()
	if err != nil {
		return false, err
	}
	for _, input := range []string{c.PDF, c.PNG, c.SVG, c.Credential, c.JWT, c.COSE, c.Payload} {
		report, err := v.check(ctx, input, trust)
		if err != nil {
			return false, fmt.Errorf("%s: %w", input, err)
		}
		want := verifier.Valid
		if input == c.SVG || input == c.Credential || input == c.JWT {
			want = verifier.Genuine
		}
		if report.Verdict != want || report.ID != certs.ID(c.ID).Printed() {
			return false, nil
		}
	}
	return true, nil
}
