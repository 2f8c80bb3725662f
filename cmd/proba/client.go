package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// client speaks to a running service as a program would.
type client struct {
	base            string
	email, password string // after enter
	token           string
	http            http.Client
}

func newClient(base string) *client {
	return &client{base: base, http: http.Client{Timeout: 30 * time.Second}}
}

// busyFor bounds how long a call is repeated while the service says that it is
// busy, and busyWait is the wait between.
const (
	busyFor  = time.Minute
	busyWait = 50 * time.Millisecond
)

// call sends in as JSON, if it is not nil, and reads the answer into out: a
// pointer to what the JSON holds, or to a []byte for the body as it is. What a busy
// service refuses for the moment is sent again.
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	for began := time.Now(); ; {
		err := c.once(ctx, method, path, in, out)
		if refused, ok := errors.AsType[*refusal](err); !ok || refused.status != http.StatusServiceUnavailable || time.Since(began) > busyFor {
			return err
		}
		select {
		case <-time.After(busyWait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *client) once(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		return &refusal{method: method, path: path, status: res.StatusCode, problem: string(data)}
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = data
		return nil
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// refusal is an answer that says no.
type refusal struct {
	method, path string
	status       int
	problem      string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%s %s: %d: %s", r.method, r.path, r.status, r.problem)
}

// enter redeems a one-time link with a password, and signs in with it.
func (c *client) enter(ctx context.Context, token, password string) error {
	var person struct {
		Email string `json:"email"`
	}
	if err := c.call(ctx, "POST", "/api/v1/auth/redeem", map[string]string{"token": token, "password": password}, &person); err != nil {
		return err
	}
	c.email, c.password = person.Email, password
	return c.signIn(ctx)
}

// signIn gets a new access token; one lives for minutes.
func (c *client) signIn(ctx context.Context) error {
	var session struct {
		AccessToken string `json:"access_token"`
	}
	if err := c.call(ctx, "POST", "/api/v1/auth/sign-in", map[string]string{"email": c.email, "password": c.password}, &session); err != nil {
		return err
	}
	c.token = session.AccessToken
	return nil
}
