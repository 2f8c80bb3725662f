package api_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMalformedRequestsOnTheWire sends what no HTTP library would: requests that
// a proxy in front and we could read differently, which is how requests are
// smuggled. Each is refused at once, with the headers of every other answer.
func TestMalformedRequestsOnTheWire(t *testing.T) {
	e := start(t)
	address := strings.TrimPrefix(e.base, "http://")
	for name, request := range map[string]string{
		"no host":                      "GET /docs HTTP/1.1\r\n\r\n",
		"two hosts":                    "GET /docs HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"two lengths":                  "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}abc",
		"length is no number":          "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
		"length and chunks":            "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"an unknown transfer encoding": "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
		"a line feed in a chunk":       "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2;\nx\r\n{}\r\n0\r\n\r\n",
		"a space before the colon":     "GET /docs HTTP/1.1\r\nHost : a\r\n\r\n",
		"headers without end":          "GET /docs HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 20_000) + "\r\n\r\n",
	} {
		res, body, err := exchange(address, request)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
			// Hanging up is a refusal too.
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case res.StatusCode < 400 || res.StatusCode >= 500 || res.StatusCode == http.StatusRequestTimeout:
			t.Errorf("%s: answered %s: %.100s", name, res.Status, body)
		case res.Header.Get("Content-Type") != "application/problem+json" || res.Header.Get("X-Content-Type-Options") != "nosniff":
			t.Errorf("%s: %s with headers %v", name, res.Status, res.Header)
		}
	}
}

// TestAnOversizedBodyIsRefusedByItsLength is answered before the body is read: who
// goes on sending it may find the connection closed instead of the answer.
func TestAnOversizedBodyIsRefusedByItsLength(t *testing.T) {
	e := start(t)
	head := "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1048577\r\n\r\n"
	res, body, err := exchange(strings.TrimPrefix(e.base, "http://"), head)
	if err != nil || res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(body), "request.too_large") {
		t.Errorf("%v, %v: %s", res, err, body)
	}
}

// patience is longer than the server waits for a request, on a slow machine too: a
// request that it does not refuse by itself gets its 408.
const patience = 2 * time.Minute

// exchange sends the request as it is, and reads one answer.
func exchange(address, request string) (*http.Response, []byte, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, nil, err
	}
	// Who is refused early may not get rid of the rest, and still finds the answer.
	_, writing := io.WriteString(conn, request)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return nil, nil, errors.Join(err, writing)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

// TestAHalfSentRequestDoesNotHoldOthersUp is a room of clients that stop in the
// middle of a line.
func TestAHalfSentRequestDoesNotHoldOthersUp(t *testing.T) {
	e := start(t)
	address := strings.TrimPrefix(e.base, "http://")
	for range 50 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := fmt.Fprint(conn, "GET /docs HTTP/1.1\r\nHo"); err != nil {
			t.Fatal(err)
		}
	}
	if res, _, err := exchange(address, "GET /v HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("another client: %v, %v", res, err)
	}
}
