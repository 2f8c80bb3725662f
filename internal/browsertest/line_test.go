package browsertest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// line is the way between browser and server. It can be cut, it can stop saves
// or lose the answers to them, and it records what came back to the browser.
type line struct {
	*httptest.Server

	mu         sync.Mutex
	to         *url.URL
	isCut      bool
	blocks     bool
	loses      bool
	lost       int
	transcript bytes.Buffer
}

func newLine(t *testing.T, address string) *line {
	t.Helper()
	l := &line{to: &url.URL{Scheme: "http", Host: address}}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(l.target())
			r.Out.Host = r.In.Host
			r.Out.Header.Del("Accept-Encoding")
		},
		ModifyResponse: l.pass,
		// The server is away: so is the line.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.down(r) {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *line) target() *url.URL {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to
}

func (l *line) down(r *http.Request) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.isCut || l.blocks && isSave(r)
}

func isSave(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/responses") }

// pass keeps what the browser is about to get, or loses it.
func (l *line) pass(res *http.Response) error {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loses && isSave(res.Request) {
		l.lost++
		return http.ErrAbortHandler
	}
	if l.isCut {
		return http.ErrAbortHandler
	}
	l.transcript.Write(body)
	return nil
}

func (l *line) set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

func (l *line) cut()     { l.set(func() { l.isCut = true }); l.CloseClientConnections() }
func (l *line) restore() { l.set(func() { l.isCut = false }) }

// blockSaves lets everything through but saves.
func (l *line) blockSaves(on bool) { l.set(func() { l.blocks = on }) }

// loseAnswers lets saves through to the server and nothing of them back.
func (l *line) loseAnswers(on bool) { l.set(func() { l.loses = on }) }

func (l *line) lostAnswers() (n int) { l.set(func() { n = l.lost }); return n }

// received is everything that the browser has got.
func (l *line) received() (text string) { l.set(func() { text = l.transcript.String() }); return text }
