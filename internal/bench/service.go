package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/server"
)

// save compares saving answers, acknowledged when they are on disk, with what the
// store reaches when it only appends a row of the same size.
func save(ctx context.Context, dir string, effort time.Duration) ([]Figure, error) {
	store, err := server.OpenStore(ctx, "", dir, false)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	now := time.Now().UTC()
	const slots = 60
	for i := range learners {
		a := exam.Attempt{Schema: 1, ID: fmt.Sprint(i), Version: 1, Exam: "e", Person: fmt.Sprint(i), Number: 1, State: exam.Running, Writer: "w",
			AcceptUntil: now.Add(time.Hour), Form: exam.Form{Slots: make([]exam.Slot, slots)}}
		if err := store.InsertAttempt(ctx, a); err != nil {
			return nil, err
		}
	}
	var mu sync.Mutex
	var waits []time.Duration
	saved, err := together(effort, func(learner, n int) error {
		began := time.Now()
		s := exam.Save{Writer: "w", Seq: int64(n + 1), Responses: []exam.SlotResponse{{Slot: n % slots, Response: exam.Response{Choices: []int{n % 4}}}}}
		_, err := store.SaveResponses(ctx, fmt.Sprint(learner), s, slots, now)
		mu.Lock()
		waits = append(waits, time.Since(began))
		mu.Unlock()
		return err
	})
	if err != nil {
		return nil, err
	}
	row := rowOfASave(slots)
	appended, err := together(effort, func(learner, n int) error {
		return store.PutRevisions(ctx, []exam.Revision{{Hash: fmt.Sprintf("%09d-%03d", n, learner), Item: row}})
	})
	if err != nil {
		return nil, err
	}
	return []Figure{
		{Name: "answers saved, 256 learners", Value: saved, Unit: "1/s"},
		{Name: "bare appends of the same size", Value: appended, Unit: "1/s"},
		{Name: "saves as a share of appends", Value: 100 * saved / appended, Unit: "%", Limit: 40, AtLeast: true},
		{Name: "a save, 99th percentile", Value: millis(percentile(waits, 99)), Unit: "ms", Limit: 50},
	}, nil
}

// rowOfASave is an item whose document has as many bytes as a save writes: the
// response, and the hashes of all slots beside the attempt.
func rowOfASave(slots int) exam.Item {
	const response = 64 // attempt, slot, number, time and a choice
	return exam.Item{Stem: exam.Text{"en": strings.Repeat("x", response+slots*len(exam.Leaf{}))}}
}

// open puts a service together over the folder, without the reconciler and the listener.
func open(ctx context.Context, dir string) (*server.Server, error) {
	c, err := config.Load([]string{"-addr", "127.0.0.1:0", "-ops-addr", "off", "-public-url", "http://127.0.0.1", "-data", dir}, func(string) string { return "" }, io.Discard)
	if err != nil {
		return nil, err
	}
	return server.Open(ctx, c, time.Now, slog.New(slog.DiscardHandler))
}

// start runs a service with one learner who may sit every sample exam.
func start(ctx context.Context, dir string) (s *server.Server, session auth.Session, base string, err error) {
	if s, err = open(ctx, dir); err != nil {
		return nil, auth.Session{}, "", err
	}
	told, err := s.Prepare(ctx)
	if err != nil {
		return s, auth.Session{}, "", err
	}
	session, err = s.Auth.SignIn(ctx, told.DemoEmail, told.DemoPassword)
	if err != nil {
		return s, auth.Session{}, "", err
	}
	address, err := s.Listen()
	return s, session, "http://" + address, err
}

// authenticate checks access tokens: one that a client sends with every call, which
// is the rule, and those that come for the first time.
func authenticate(ctx context.Context, dir string, effort time.Duration) ([]Figure, error) {
	s, session, _, err := start(ctx, dir)
	if s != nil {
		defer s.Close()
	}
	if err != nil {
		return nil, err
	}
	check := func(token string) error {
		p, err := s.Auth.Authenticate(token)
		if err != nil {
			return err
		}
		return p.Require(auth.ExamsSit)
	}
	again, err := median(effort, func(int) error { return check(session.AccessToken) })
	if err != nil {
		return nil, err
	}
	fresh := make([]string, 200)
	for i := range fresh {
		if session, err = s.Auth.Refresh(ctx, session.RefreshToken); err != nil {
			return nil, err
		}
		fresh[i] = session.AccessToken
	}
	var waits []time.Duration
	for _, token := range fresh {
		began := time.Now()
		if err := check(token); err != nil {
			return nil, err
		}
		waits = append(waits, time.Since(began))
	}
	return []Figure{
		{Name: "check an access token", Value: micros(again), Unit: "µs", Limit: 100},
		{Name: "… for the first time, once in its five minutes", Value: micros(percentile(waits, 50)), Unit: "µs"},
	}, nil
}

// pause between two reads of one learner. Learners read, think, and read again;
// 256 of them make 1,024 requests a second here, some fifty times what a room of
// people makes, and the client that plays them takes half of the machine.
const pause = 250 * time.Millisecond

// read measures how long 256 learners wait for a page and for a JSON answer,
// over connections of their own.
func read(ctx context.Context, dir string, effort time.Duration) ([]Figure, error) {
	s, session, base, err := start(ctx, dir)
	if s != nil {
		defer s.Close()
	}
	if err != nil {
		return nil, err
	}
	var figures []Figure
	for _, what := range []struct{ name, path string }{{"a page", "/v"}, {"a learner's offers as JSON", "/api/v1/me/offers"}} {
		waits, err := reads(ctx, base+what.path, session.AccessToken, effort)
		if err != nil {
			return nil, err
		}
		figures = append(figures,
			Figure{Name: "read " + what.name + ", 256 learners, median", Value: millis(percentile(waits, 50)), Unit: "ms"},
			Figure{Name: "read " + what.name + ", 256 learners, 99th percentile", Value: millis(percentile(waits, 99)), Unit: "ms", Limit: 10})
	}
	return figures, nil
}

func reads(ctx context.Context, url, token string, effort time.Duration) ([]time.Duration, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: learners, MaxConnsPerHost: learners}}
	defer client.CloseIdleConnections()
	get := func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("GET %s: %s", url, res.Status)
		}
		return nil
	}
	var mu sync.Mutex
	var waits []time.Duration
	began := time.Now()
	_, err := together(2*effort, func(learner, n int) error {
		// Each learner keeps to a beat of their own, spread over the pause.
		beat := time.Duration(n)*pause + pause*time.Duration(learner)/learners
		time.Sleep(time.Until(began.Add(beat)))
		asked := time.Now()
		if err := get(); err != nil {
			return err
		}
		if took := time.Since(asked); n > 0 { // the first opens the connection
			mu.Lock()
			waits = append(waits, took)
			mu.Unlock()
		}
		return nil
	})
	return waits, err
}
