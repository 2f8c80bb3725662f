package browsertest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/certs"
)

// certificateOf issues one.
func certificateOf(t *testing.T, w *world, attempt string, days int) certs.Certificate {
	t.Helper()
	score := 8750
	c, err := w.Certs.Issue(t.Context(), certs.Award{Attempt: attempt, Person: "p", Name: holder, Title: "Розслідування торгівлі людьми, вчиненої з використанням цифрових технологій",
		Language: "uk", Role: "investigator", Exam: "investigator", Score: &score, ValidDays: days})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Certs.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

const holder = "Олександра Шевченко-Ґудзь"

// verifying is a service with a certificate in each state, and who checks them on a
// phone.
func verifying(t *testing.T) (*world, *reviewer, map[certs.State]certs.Certificate) {
	t.Helper()
	w := newWorld(t)
	w.Clock.Forward(-72 * time.Hour)
	all := map[certs.State]certs.Certificate{certs.Expired: certificateOf(t, w, "expired", 1)}
	w.Clock.Forward(72 * time.Hour)
	for _, state := range []certs.State{certs.Valid, certs.Suspended, certs.Revoked, certs.Superseded} {
		c := certificateOf(t, w, string(state), 365)
		var err error
		switch state {
		case certs.Suspended:
			_, err = w.Certs.Suspend(t.Context(), "admin", c.ID, "Перевіряємо, хто складав іспит")
		case certs.Revoked:
			_, err = w.Certs.Revoke(t.Context(), "admin", c.ID, "Іспит складала інша особа")
		case certs.Superseded:
			_, err = w.Certs.Reissue(t.Context(), "admin", c.ID, "Олександра Шевченко-Ґудзій", "Помилка в прізвищі")
		}
		if err != nil {
			t.Fatal(err)
		}
		all[state] = c
	}
	if err := w.Certs.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := w.device(t)
	d.do(chromedp.EmulateViewport(390, 844))
	return w, newReviewer(d, "uk"), all
}

// TestVerifyingOnAPhone has one service answer, and then die.
func TestVerifyingOnAPhone(t *testing.T) {
	w, i, all := verifying(t)
	kit := t.TempDir()
	kitIn(t, w, kit)
	inEveryState(t, w, i, all)
	withoutTheService(t, w, i, all)
	theKit(t, w, i, all, kit)
}

// inEveryState opens each certificate's code on a phone: what was signed stands there
// in full, and never as good when the state is not.
func inEveryState(t *testing.T, w *world, i *reviewer, all map[certs.State]certs.Certificate) {
	t.Helper()
	for state, row := range map[certs.State]struct{ head, signed, kind, reason string }{
		certs.Valid:      {"Сертифікат чинний", "Код справжній", "good", ""},
		certs.Expired:    {"Строк дії сертифіката закінчився", "Підпис справжній, але сертифікат не чинний", "warn", ""},
		certs.Suspended:  {"Дію сертифіката призупинено", "Підпис справжній, але сертифікат не чинний", "warn", "Перевіряємо, хто складав іспит"},
		certs.Revoked:    {"Сертифікат відкликано", "Підпис справжній, але сертифікат не чинний", "warn", "Іспит складала інша особа"},
		certs.Superseded: {"Сертифікат замінено іншим", "Підпис справжній, але сертифікат не чинний", "warn", "Помилка в прізвищі"},
	} {
		c := all[state]
		i.open("/v")
		i.open("/v/" + string(c.ID) + "?lang=uk#" + certs.EncodePayload(c.Payload))
		i.until(string(state)+" is answered", "document.querySelector('#signed h2')?.textContent")
		said := value[string](i.device, "document.body.innerText")
		for _, want := range []string{row.head, row.signed, row.reason, holder, "87,50"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: the page does not say %q:\n%s", state, want, said)
			}
		}
		if kind := value[string](i.device, "document.querySelector('#signed').className"); kind != "signed "+row.kind {
			t.Errorf("%s: the answer looks %q", state, kind)
		}
		if wide := value[int](i.device, "document.documentElement.scrollWidth"); wide > 390 {
			t.Errorf("%s: the page is %d px wide", state, wide)
		}
		if state == certs.Superseded != strings.Contains(said, "Його замінено сертифікатом") {
			t.Errorf("%s: %s", state, said)
		}
		i.picture("verify-" + string(state) + ".png")
	}
	// The same in English.
	for state, head := range map[certs.State]string{certs.Valid: "This certificate is valid", certs.Expired: "expired", certs.Suspended: "suspended", certs.Revoked: "revoked", certs.Superseded: "replaced"} {
		c := all[state]
		i.open("/v")
		i.open("/v/" + string(c.ID) + "?lang=en#" + certs.EncodePayload(c.Payload))
		i.until(string(state)+" is answered in English", "document.querySelector('#signed h2')?.textContent")
		if said := value[string](i.device, "document.querySelector('h1').textContent"); !strings.Contains(said, head) {
			t.Errorf("%s in English: %s", state, said)
		}
		i.picture("verify-en-" + string(state) + ".png")
	}
	anotherPaper(t, i, all)
	severalAtOnce(t, w, i, all)
	// By the number alone nobody learns the name.
	i.open("/v/" + string(all[certs.Valid].ID) + "?lang=uk")
	if said := value[string](i.device, "document.body.innerText"); strings.Contains(said, holder) || !strings.Contains(said, "О*** Ш***") {
		t.Errorf("by number alone: %s", said)
	}
	if strings.Contains(w.Log.String(), certs.EncodePayload(all[certs.Valid].Payload)[:40]) {
		t.Error("the service's log has what stands behind the #")
	}
}

// anotherPaper has a code that was changed, and that of another certificate, under the
// number of a valid one: the heading of the page is not what the record says of the number.
func anotherPaper(t *testing.T, i *reviewer, all map[certs.State]certs.Certificate) {
	t.Helper()
	code := certs.EncodePayload(all[certs.Valid].Payload)
	last := "A"
	if strings.HasSuffix(code[:len(code)-9], last) {
		last = "B"
	}
	for name, payload := range map[string]string{"changed": code[:len(code)-10] + last + code[len(code)-9:], "cut": code[:len(code)-40], "of another": certs.EncodePayload(all[certs.Revoked].Payload)} {
		i.open("/v")
		i.open("/v/" + string(all[certs.Valid].ID) + "?lang=uk#" + payload)
		i.until("a code "+name+" is answered", "document.querySelector('#signed h2')?.textContent")
		if head := value[string](i.device, "document.querySelector('h1').textContent"); head != "Цьому сертифікату не можна довіряти" {
			t.Errorf("a code %s: the page is headed %q", name, head)
		}
		if row := value[string](i.device, "document.querySelector('#record dl').innerText"); !strings.HasPrefix(row, "Стан у реєстрі\nСертифікат чинний") {
			t.Errorf("a code %s: the record says %q", name, row)
		}
		i.picture("verify-code-" + strings.ReplaceAll(name, " ", "-") + ".png")
	}
}

// severalAtOnce fills in the form of employers.
func severalAtOnce(t *testing.T, w *world, i *reviewer, all map[certs.State]certs.Certificate) {
	t.Helper()
	valid, revoked := all[certs.Valid], all[certs.Revoked]
	i.open("/v?lang=uk")
	i.clickIn("a[href^='/v/several']")
	i.at("/v/several")
	i.fill("items", strings.Join([]string{w.Certs.URL(&valid), revoked.ID.Printed(), "AAAA-AAAA-AAAA-AAAA"}, "\n"))
	i.clickIn("main form button")
	i.until("the rows are there", "document.querySelectorAll('tbody tr').length === 3")
	if said := value[string](i.device, "document.querySelector('table').innerText"); !strings.Contains(said, holder) || strings.Count(said, "чинний") != 1 || !strings.Contains(said, "відкликано") || !strings.Contains(said, "немає") {
		t.Errorf("several at once: %s", said)
	}
	i.look("several")
	if !i.is("(() => { const e = document.querySelector('.scroll'); return e.scrollWidth <= e.clientWidth; })()") {
		t.Error("several at once: the table scrolls sideways in a desktop's window")
	}
	i.do(chromedp.EmulateViewport(390, 844))
}

// drop lets a file fall onto the page.
func (d *device) drop(name string, data []byte) {
	d.t.Helper()
	value[bool](d, fmt.Sprintf(`(() => {
		const files = new DataTransfer();
		files.items.add(new File([Uint8Array.from(atob(%q), (c) => c.charCodeAt(0))], %q));
		document.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
		return true;
	})()`, base64.StdEncoding.EncodeToString(data), name))
}

// checkerKept waits until the browser can do without the service.
func (d *device) checkerKept() {
	d.t.Helper()
	d.until("the page is kept", `(async () => { const kept = await Promise.all(["/v?lang=uk", "/.well-known/jwks.json", "/status/0/revocation", "/status/0/suspension"]
		.map((path) => caches.match(path))); return kept.every(Boolean) && navigator.serviceWorker.controller !== null; })()`)
}

// withoutTheService visits the page once, has the service die, and drops files of
// certificates onto what the browser kept.
func withoutTheService(t *testing.T, w *world, i *reviewer, all map[certs.State]certs.Certificate) {
	t.Helper()
	file := func(state certs.State, name string) []byte {
		c := all[state]
		data, _, err := w.Certs.File(t.Context(), &c, name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	i.open("/v?lang=uk")
	i.checkerKept()
	if err := w.line.Listener.Close(); err != nil {
		t.Fatal(err)
	}
	w.line.CloseClientConnections()
	i.open("/v?lang=uk") // as the installed app opens it
	i.until("the kept page works", "!document.querySelector('#tools').hidden")
	for name, row := range map[string]struct {
		file []byte
		want []string
		kind string
	}{
		"valid.pdf":     {file(certs.Valid, "certificate.pdf"), []string{"Код справжній", holder, "не відкликано й не призупинено", "журналі тут не перевірено"}, "good"},
		"valid.png":     {file(certs.Valid, "badge.png"), []string{"Код справжній", holder, "не відкликано й не призупинено"}, "good"},
		"revoked.pdf":   {file(certs.Revoked, "certificate.pdf"), []string{"АНУЛЬОВАНО", "не чинний"}, "bad"},
		"suspended.png": {file(certs.Suspended, "badge.png"), []string{"ПРИЗУПИНЕНО", "не чинний"}, "warn"},
		"expired.pdf":   {file(certs.Expired, "certificate.pdf"), []string{"ЗАКІНЧИВСЯ", "не чинний"}, "warn"},
	} {
		i.open("/v?lang=uk")
		i.until("the kept page works", "!document.querySelector('#tools').hidden")
		i.drop(name, row.file)
		i.until(name+" is answered", "document.querySelector('#signed h2')?.textContent")
		said := value[string](i.device, "document.body.innerText")
		for _, want := range row.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: the page does not say %q:\n%s", name, want, said)
			}
		}
		if kind := value[string](i.device, "document.querySelector('#signed').className"); kind != "signed "+row.kind {
			t.Errorf("%s: the answer looks %q", name, kind)
		}
		i.picture("offline-" + name + ".png")
	}
	for name, row := range map[string]struct {
		file []byte
		want string
	}{
		"nothing.png": {[]byte("\x89PNG\r\n\x1a\n"), "не знайдено"},
		"two.pdf":     {append(file(certs.Valid, "certificate.pdf"), file(certs.Revoked, "certificate.pdf")...), "двох сертифікатів"},
	} {
		i.drop("valid.pdf", file(certs.Valid, "certificate.pdf"))
		i.until("a good one is answered", "document.querySelector('.signed.good h2')")
		i.drop(name, row.file)
		i.until(name+" is refused", fmt.Sprintf("document.querySelector('#said').textContent.includes(%q)", row.want))
		if !value[bool](i.device, "document.querySelector('#signed').hidden && !document.querySelector('.signed.good')") {
			t.Errorf("%s: the answer about the file before still stands there", name)
		}
	}
}
