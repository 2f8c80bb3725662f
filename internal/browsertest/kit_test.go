package browsertest

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/api"
	"github.com/proba-exam/proba/certs"
)

// theKit opens the page of a verification kit from a folder, with nothing else there: it
// answers from the keys and lists in it, about dropped files and pasted codes.
func theKit(t *testing.T, w *world, i *reviewer, all map[certs.State]certs.Certificate, folder string) {
	t.Helper()
	for name, row := range map[string]struct {
		state certs.State
		file  string
		want  []string
		kind  string
	}{
		"valid":      {certs.Valid, "certificate.pdf", []string{"Код справжній", holder, "87,50", "не відкликано й не призупинено"}, "good"},
		"suspended":  {certs.Suspended, "certificate.pdf", []string{"ПРИЗУПИНЕНО", "не чинний"}, "warn"},
		"revoked":    {certs.Revoked, "badge.png", []string{"АНУЛЬОВАНО", "не чинний"}, "bad"},
		"superseded": {certs.Superseded, "", []string{"АНУЛЬОВАНО", "не чинний"}, "bad"},
		"expired":    {certs.Expired, "", []string{"ЗАКІНЧИВСЯ", "не чинний"}, "warn"},
	} {
		i.openFile(filepath.Join(folder, "index.html"))
		c := all[row.state]
		if row.file != "" {
			data, _, err := w.Certs.File(t.Context(), &c, row.file)
			if err != nil {
				t.Fatal(err)
			}
			i.drop(row.file, data)
		} else {
			i.fill("text", w.Certs.URL(&c))
			i.clickIn("#pasted button")
		}
		i.until("the kit answers about "+name, "document.querySelector('#signed h2')?.textContent")
		said := value[string](i.device, "document.body.innerText")
		for _, want := range row.want {
			if !strings.Contains(said, want) {
				t.Errorf("the kit on %s: the page does not say %q:\n%s", name, want, said)
			}
		}
		if kind := value[string](i.device, "document.querySelector('#signed').className"); kind != "signed "+row.kind {
			t.Errorf("the kit on %s: the answer looks %q", name, kind)
		}
		if name == "valid" {
			i.look("kit")
		}
	}
	i.fill("text", "hello")
	i.clickIn("#pasted button")
	i.until("words are refused", "document.querySelector('#said').textContent.includes('не знайдено') && document.querySelector('#signed').hidden")
	i.openFile(filepath.Join(folder, "index.en.html"))
	c := all[certs.Valid]
	code := certs.EncodePayload(c.Payload)
	other := "A"
	if code[150] == 'A' {
		other = "B"
	}
	i.fill("text", code[:150]+other+code[151:])
	i.clickIn("#pasted button")
	i.until("a changed code is not genuine", "document.querySelector('#signed.bad h2')")
}

// openFile opens a page of a folder.
func (d *device) openFile(path string) {
	d.t.Helper()
	d.do(chromedp.Navigate((&url.URL{Scheme: "file", Path: path}).String()))
	d.until("the page of the kit works", "!document.querySelector('#tools').hidden")
}

// kitIn writes a verification kit.
func kitIn(t *testing.T, w *world, folder string) {
	t.Helper()
	err := api.WriteKit(t.Context(), w.Certs, func(name string, data []byte) error {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("folder: %w", err)
		}
		return os.WriteFile(path, data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
