package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Serve is the command that runs the service, with the options of "proba serve". Ending the
// context ends it.
type Serve func(ctx context.Context, options ...string) *exec.Cmd

const (
	// patience is how long a service may take to answer for the first time.
	patience = 30 * time.Second
	// stopping is how long it may take to end before it is killed.
	stopping = 30 * time.Second
	// glance is the wait between two looks at a service that starts.
	glance = 2 * time.Millisecond
)

// process is a running service of its own process.
type process struct {
	command  *exec.Cmd
	base     string // of its pages
	ops      string // of its metrics
	answered time.Duration
	ended    chan struct{}
	said     string // the file of what it logged
}

// run starts the service over the folder and waits until it has answered with its first
// page.
func (serve Serve) run(ctx context.Context, dir string) (*process, error) {
	addresses, err := freeAddresses(2)
	if err != nil {
		return nil, err
	}
	said, err := os.Create(filepath.Clean(dir) + ".log")
	if err != nil {
		return nil, fmt.Errorf("log of the service: %w", err)
	}
	defer said.Close()
	p := &process{base: "http://" + addresses[0], ops: "http://" + addresses[1], said: said.Name(), ended: make(chan struct{}),
		command: serve(ctx, "-addr", addresses[0], "-ops-addr", addresses[1], "-data", dir)}
	p.command.Stderr = said
	p.command.Cancel = func() error { return p.command.Process.Signal(os.Interrupt) }
	p.command.WaitDelay = stopping
	began := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("run the service: %w", err)
	}
	go func() {
		defer close(p.ended)
		_ = p.command.Wait() // ends by a signal
	}()
	for p.look(ctx, p.base+"/") != nil {
		select {
		case <-p.ended:
			return nil, p.complain("ended before it answered")
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), p.stop())
		case <-time.After(glance):
		}
		if time.Since(began) > patience {
			return nil, errors.Join(p.complain("did not answer"), p.stop())
		}
	}
	p.answered = time.Since(began)
	return p, nil
}

// look asks for a page and reads it.
func (p *process) look(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", url, res.Status)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// complain says what is wrong, with what the service said at last.
func (p *process) complain(what string) error {
	text, err := os.ReadFile(p.said)
	return errors.Join(fmt.Errorf("the service %s; it said: %s", what, text[max(0, len(text)-2000):]), err)
}

// stop ends the service as an operator does, and waits for it.
func (p *process) stop() error {
	select {
	case <-p.ended:
		return nil
	default:
	}
	if err := p.command.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop the service: %w", err)
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(stopping):
		return errors.Join(p.complain("did not stop"), p.command.Process.Kill())
	}
}

// gauge is what a process says of itself.
type gauge struct {
	resident, heap float64       // bytes
	processor      time.Duration // since it began
}

// gauge asks the listener for operators.
func (p *process) gauge(ctx context.Context) (g gauge, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.ops+"/metrics", nil)
	if err != nil {
		return g, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return g, fmt.Errorf("metrics: %w", err)
	}
	defer res.Body.Close()
	values := make(map[string]float64)
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		name, text, _ := strings.Cut(lines.Text(), " ")
		if value, err := strconv.ParseFloat(text, 64); err == nil {
			values[name] = value
		}
	}
	g = gauge{resident: values["process_resident_memory_bytes"], heap: values["go_memstats_heap_inuse_bytes"], processor: time.Duration(values["process_cpu_seconds_total"] * float64(time.Second))}
	if err := lines.Err(); err != nil {
		return g, fmt.Errorf("metrics: %w", err)
	}
	if g.resident == 0 {
		return g, errors.New("metrics: the service does not say how much memory it takes")
	}
	return g, nil
}

// freeAddresses are loopback addresses at which nothing listens.
func freeAddresses(n int) ([]string, error) {
	addresses := make([]string, n)
	for i := range addresses {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close() // after all are found, so that they differ
		addresses[i] = l.Addr().String()
	}
	return addresses, nil
}

// coldStarts is how many first runs are measured.
const coldStarts = 3

// cold measures how long a service without a store takes until its first page: keys, store,
// bank and four exams are made on the way.
func (serve Serve) cold(ctx context.Context, dir string, _ time.Duration) ([]Figure, error) {
	var clock, processor []time.Duration
	for n := range coldStarts {
		p, err := serve.run(ctx, fmt.Sprintf("%s-%d", dir, n))
		if err != nil {
			return nil, err
		}
		g, err := p.gauge(ctx)
		if err := errors.Join(err, p.stop()); err != nil {
			return nil, err
		}
		clock, processor = append(clock, p.answered), append(processor, g.processor)
	}
	return []Figure{
		{Name: "a first run, from the command to the first page", Value: percentile(clock, 50).Seconds(), Unit: "s", Limit: 1},
		{Name: "… of the processor", Value: percentile(processor, 50).Seconds(), Unit: "s"},
	}, nil
}
