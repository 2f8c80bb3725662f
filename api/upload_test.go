package api_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/proctest"
)

// head is the header of an import whose body has so many bytes.
func head(token string, length int) string {
	request := fmt.Sprintf("POST /api/v1/banks/releases HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", length)
	if token != "" {
		request += "Authorization: Bearer " + token + "\r\n"
	}
	return request + "\r\n"
}

// TestOnlyWhoMayImportSendsALongBody announces bodies and never sends them: who is
// refused gets the answer at once, and the server has set nothing aside.
func TestOnlyWhoMayImportSendsALongBody(t *testing.T) {
	e := start(t)
	address := strings.TrimPrefix(e.base, "http://")
	author, learner := e.person(t, auth.Author), e.learner(t)
	for name, row := range map[string]struct {
		token  string
		length int
	}{
		"nobody":               {"", 2 << 20},
		"a token that is none": {"abc", 2 << 20},
		"a learner":            {learner.token, 2 << 20},
		"an author, too long":  {author.token, 64<<20 + 1},
	} {
		res, body, err := exchange(address, head(row.token, row.length))
		if err != nil || res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(body), "request.too_large") {
			t.Errorf("%s: %v, %v: %s", name, res, err, body)
		}
	}
	long := fmt.Sprintf(`{"bank":"b","title":{"uk":%q},"languages":["uk"],"items":[]}`, strings.Repeat("x", 2<<20))
	for range 4 { // one after the other they leave the place free
		if r := author.do(t, "POST", "/api/v1/banks/releases", long); r.code() != "bank.invalid" {
			t.Fatalf("an author's long bank: %d %.200s", r.status, r.body)
		}
	}
}

// TestLongUploadsAreFew holds every place for a long body, and gives them up by
// hanging up.
func TestLongUploadsAreFew(t *testing.T) {
	e := start(t)
	author := e.person(t, auth.Author)
	var held []net.Conn
	for range 2 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(e.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, head(author.token, 32<<20)+"{"); err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
	}
	ask := func() reply {
		res, body, err := exchange(strings.TrimPrefix(e.base, "http://"), head(author.token, 2<<20)+strings.Repeat(" ", 2<<20))
		if err != nil {
			return reply{} // the connection was closed before all was sent
		}
		return reply{res.StatusCode, res.Header, body}
	}
	var busy reply
	proctest.WaitFor(t, "a third long body is refused", func() bool {
		busy = ask()
		return busy.status == http.StatusServiceUnavailable
	})
	if busy.code() != "upload.busy" || busy.header.Get("Retry-After") == "" {
		t.Errorf("%d %v: %s", busy.status, busy.header, busy.body)
	}
	if r := author.do(t, "POST", "/api/v1/banks/releases", `{"bank":"b","title":{},"languages":[],"items":[]}`); r.code() != "bank.invalid" {
		t.Errorf("a short bank meanwhile: %d %s", r.status, r.body)
	}
	for _, conn := range held {
		conn.Close()
	}
	proctest.WaitFor(t, "a place is free again", func() bool { return ask().code() == "request.malformed" })
}
