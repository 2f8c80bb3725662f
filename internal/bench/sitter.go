package bench

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proba-exam/proba/exam"
)

// sitter is a learner of the hall with their browser.
type sitter struct {
	cookie          string        // of the session
	attempt, writer string        // once started
	begun           time.Duration // from the press to the answer that the attempt runs
}

// press sends the form of the Start button and reads the page that it leads to.
func (s *sitter) press(ctx context.Context, browsers *http.Client, base, sitting string) error {
	form := url.Values{"language": {"uk"}}.Encode()
	pressed := time.Now()
	res, _, err := s.send(ctx, browsers, http.MethodPost, base+"/my/sittings/"+sitting, "application/x-www-form-urlencoded", []byte(form), http.StatusSeeOther)
	if err != nil {
		return err
	}
	s.begun = time.Since(pressed)
	path, _, _ := strings.Cut(res.Header.Get("Location"), "?")
	s.attempt = strings.TrimPrefix(path, "/my/attempts/")
	for _, c := range res.Cookies() {
		if strings.HasSuffix(c.Name, s.attempt) {
			s.cookie, s.writer = s.cookie+"; "+c.Name+"="+c.Value, c.Value
		}
	}
	_, page, err := s.send(ctx, browsers, http.MethodGet, base+res.Header.Get("Location"), "", nil, http.StatusOK)
	if items := bytes.Count(page, []byte(`id="stem-`)); err == nil && (s.writer == "" || items != hallItems) {
		return fmt.Errorf("the exam page has %d questions, and the device writes: %v", items, s.writer != "")
	}
	return err
}

// save saves an answer, as the script of the page does.
func (s *sitter) save(ctx context.Context, browsers *http.Client, base string, seq int64) error {
	body, err := json.Marshal(exam.Save{Writer: s.writer, Seq: seq, Responses: []exam.SlotResponse{{Slot: int(seq)}}})
	if err != nil {
		return err
	}
	_, _, err = s.send(ctx, browsers, http.MethodPut, base+"/my/attempts/"+s.attempt+"/responses", "application/json", body, http.StatusOK)
	return err
}

func (s *sitter) send(ctx context.Context, browsers *http.Client, method, url, kind string, body []byte, want int) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Cookie", s.cookie)
	req.Header.Set("Accept", "text/html")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := browsers.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != want {
		err = fmt.Errorf("%s %s: %s: %s", method, url, res.Status, answer[:min(len(answer), 500)])
	}
	return res, answer, err
}

// all is what came of something that everybody did.
type all struct {
	waits  []time.Duration
	served int
	// refusal is what the first who was not served was told.
	refusal error
}

// add takes the least served of two.
func (a *all) add(more all) {
	a.waits, a.served, a.refusal = append(a.waits, more.waits...), min(a.served, more.served), cmp.Or(a.refusal, more.refusal)
}

// why is the refusal in a line.
func (a *all) why() string {
	if a.refusal == nil {
		return ""
	}
	return "the first who was not: " + strings.Join(strings.Fields(fmt.Sprintf("%.200v", a.refusal)), " ")
}

// everybody has all of the hall do something, evenly within the span.
func everybody(size int, span time.Duration, do func(n int) error) all {
	a := all{waits: make([]time.Duration, size)}
	var served atomic.Int64
	var first sync.Once
	var acting sync.WaitGroup
	began := time.Now()
	for n := range size {
		acting.Go(func() {
			time.Sleep(time.Until(began.Add(span * time.Duration(n) / time.Duration(size))))
			pressed := time.Now()
			err := do(n)
			a.waits[n] = time.Since(pressed)
			if err != nil {
				first.Do(func() { a.refusal = err })
				return
			}
			served.Add(1)
		})
	}
	acting.Wait()
	a.served = int(served.Load())
	return a
}
