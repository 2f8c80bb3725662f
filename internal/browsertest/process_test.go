package browsertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/proctest"
	"github.com/proba-exam/proba/internal/server"
)

// process is the service as a process of its own, over an embedded store.
type process struct {
	data, address, output string
	*proctest.Process
}

func (p *process) start(t *testing.T) {
	t.Helper()
	output, err := os.OpenFile(p.output, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "PROBA_TEST_SERVE=1", "PROBA_DATA="+p.data, "PROBA_ADDR="+p.address, "PROBA_OPS_ADDR=off")
	command.Stdout = output
	p.Process = proctest.Start(t, command)
	p.WaitForListener(t, p.address)
}

// told is what the first run printed.
func (p *process) told(t *testing.T) (first server.FirstRun) {
	t.Helper()
	proctest.WaitFor(t, "the first run tells of the demo learner", func() bool {
		printed, err := os.ReadFile(p.output)
		if err != nil {
			t.Fatal(err)
		}
		line, _, complete := bytes.Cut(printed, []byte("\n"))
		return complete && json.Unmarshal(line, &first) == nil
	})
	return first
}

// TestTheServerIsKilled kills the real service in the middle of answering and starts
// it again: the page goes on by itself and nothing is lost.
func TestTheServerIsKilled(t *testing.T) {
	needBrowser(t)
	t.Parallel()
	dir := t.TempDir()
	p := &process{data: filepath.Join(dir, "data"), address: proctest.FreeAddress(t), output: filepath.Join(dir, "output")}
	p.start(t)
	first := p.told(t)
	d := newDevice(t, "http://"+p.address, chromium, chromedp.WithNewBrowserContext())
	d.open("/sign-in?lang=uk")
	d.do(chromedp.SendKeys(chromedp.CSS("#email"), first.DemoEmail), chromedp.SendKeys(chromedp.CSS("#password"), first.DemoPassword))
	d.click("form button")
	d.at("/my")
	id := d.begin("uk")
	keys := p.keys(t, id)
	given := make(map[int]exam.Response)
	right := func(slot int) {
		d.answer(slot, keys[slot])
		given[slot] = keys[slot]
	}
	right(0)
	d.safe()
	d.kept()
	for n := 1; n < 7; n += 3 {
		right(n) // perhaps under way
		p.Kill(t)
		right(n + 1)
		d.journalled(d.unacknowledged())
		d.reload() // there is no server: the page comes from the browser
		d.loaded()
		d.until("the page says that there is no line", "document.querySelector('#safety').dataset.line === 'waiting'")
		for slot := range given {
			if !d.is(fmt.Sprintf("document.querySelector('#places button[value=\"%d\"]').matches('.answered')", slot+1)) {
				t.Errorf("after a reload without a server item %d is not answered", slot+1)
			}
		}
		right(n + 2)
		p.start(t)
		d.safe()
	}
	p.Kill(t)
	store := p.store(t)
	defer store.Close()
	a, err := store.Attempt(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for slot, want := range given {
		if got := a.Responses[slot].Response; got.Leaf() != want.Leaf() {
			t.Errorf("item %d: the store holds %+v, want %+v", slot+1, got, want)
		}
	}
}

// unacknowledged is how many answers the page says are here only.
func (d *device) unacknowledged() int {
	d.t.Helper()
	return value[int](d, "document.querySelectorAll('#places .places .unsafe').length")
}

// store opens what the service stores in.
func (p *process) store(t *testing.T) server.Store {
	t.Helper()
	store, err := server.OpenStore(t.Context(), "", p.data, true)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func (p *process) keys(t *testing.T, id string) []exam.Response {
	t.Helper()
	store := p.store(t)
	defer store.Close()
	service, err := exam.NewService(exam.Deps{Store: store, Now: nil})
	if err != nil {
		t.Fatal(err)
	}
	a, err := store.Attempt(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := service.Bank(t.Context(), a.Form.Release)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := bank.Keys(a.Form)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestTheBrowserIsKilled kills the whole browser while answers wait for the line, and
// opens the exam in a new one over the same profile.
func TestTheBrowserIsKilled(t *testing.T) {
	w := newWorld(t)
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	profile, email := t.TempDir(), w.learner(t)
	browser, cancel := launch(path, profile)
	d := newDevice(t, w.line.URL, browser)
	d.signIn(email)
	id := d.begin("uk")
	keys := w.keys(t, id)
	w.line.cut()
	d.answer(0, keys[0])
	d.answer(1, keys[1])
	d.unsafe(2)
	d.journalled(2)
	if err := chromedp.FromContext(d.ctx).Browser.Process().Kill(); err != nil {
		t.Fatal(err)
	}
	cancel()
	w.line.restore()

	again, cancel := launch(path, profile)
	t.Cleanup(cancel)
	d = newDevice(t, w.line.URL, again)
	d.signIn(email)
	d.open("/my/attempts/" + id)
	if d.is("!document.querySelector('#elsewhere').hidden") { // the cookie went with the browser
		d.click("#elsewhere button")
	}
	d.live()
	d.safe()
	w.stored(t, id, map[int]exam.Response{0: keys[0], 1: keys[1]})
}
