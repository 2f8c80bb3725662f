package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// TestTheBookDecidesWhoWins runs the rules of web/book.js in the browser, for what a
// server and two devices cannot be brought to do at will.
func TestTheBookDecidesWhoWins(t *testing.T) {
	w := newWorld(t)
	s := w.sits(t, w.medley(t)) // not every form of the shipped exam asks for a number
	const a, b, c = `{choices:[0]}`, `{choices:[1]}`, `{choices:[2]}`
	for name, script := range map[string]string{
		"an answer over the stored one stands": `book.write(0, ` + b + `); const r = book.merge([{slot:0, seq:5, response:` + a + `}]);
			return book.slots[0].now === text(` + b + `) && book.slots[0].dirty && r.aside.length === 0`,
		"an answer of another device since then wins": `book.write(0, ` + b + `); const r = book.merge([{slot:0, seq:6, response:` + c + `}]);
			return book.slots[0].now === text(` + c + `) && !book.slots[0].dirty && r.aside[0] === 0 && r.changed[0] === 0`,
		"an own sending whose acknowledgement was lost is no other device's": `book.write(0, ` + b + `); book.sending([0], 6); book.write(0, ` + c + `);
			const r = book.merge([{slot:0, seq:6, response:` + b + `}]); return book.slots[0].now === text(` + c + `) && book.slots[0].dirty && r.aside.length === 0`,
		"another device's answer under the same number is another's": `book.write(0, ` + b + `); book.sending([0], 6); book.write(0, ` + b + `);
			book.merge([{slot:0, seq:6, response:` + c + `}]); return book.slots[0].now === text(` + c + `)`,
		"what the server has forgotten is sent again": `const r = book.merge([]); return book.slots[0].now === text(` + a + `) && book.slots[0].dirty && r.aside.length === 0`,
		"an acknowledgement of an older answer makes nothing safe": `book.write(0, ` + b + `); const batch = book.sending([0], 6); book.write(0, ` + c + `);
			return book.acknowledged(batch, 6).length === 0 && book.slots[0].dirty && book.slots[0].base === 6`,
		"an acknowledgement of the newest makes it safe": `book.write(0, ` + b + `); const batch = book.sending([0], 6); return book.acknowledged(batch, 6)[0] === 0 && !book.slots[0].dirty`,
		"going back while a save is under way is an answer too": `book.write(0, ` + b + `); const batch = book.sending([0], 6); book.write(0, ` + a + `);
			book.acknowledged(batch, 6); return book.slots[0].dirty && book.slots[0].now === text(` + a + `)`,
		"a merge takes over what was not touched": `const r = book.merge([{slot:0, seq:9, response:` + c + `}]); return book.slots[0].now === text(` + c + `) && r.changed[0] === 0`,
		"empty members are left out":              `return text({choices:[], order:[], pairs:[-1,-1], text:""}) === "" && text({pairs:[-1,2]}) === '{"pairs":[-1,2]}'`,
	} {
		if !s.is(`(async () => { const { Book, canonical: text } = await import(document.querySelector("link[href$='-book.js']").href);
			const book = new Book([{ seq: 5, response: ` + a + ` }]); ` + script + `; })()`) {
			t.Errorf("not so: %s", name)
		}
	}

	s.readsNumbers()
}

// readsNumbers holds the page to the readings that the marking is held to.
func (s *sat) readsNumbers() {
	s.t.Helper()
	data, err := os.ReadFile("../../exam/testdata/numbers.json")
	if err != nil {
		s.t.Fatal(err)
	}
	var rows []struct{ Typed, Read, Fault string }
	if err := json.Unmarshal(data, &rows); err != nil {
		s.t.Fatal(err)
	}
	read := value[[]struct {
		Plain   string
		TwoWays []string
	}](s.device, `(async () => { const { readNumber } = await import(document.querySelector("link[href$='-answers.js']").href);
		return `+string(data)+`.map((r) => readNumber(r.typed)); })()`)
	for n, r := range rows {
		if got := read[n]; got.Plain != r.Read || (len(got.TwoWays) == 2) != (r.Fault == "answer.number_two_ways") {
			s.t.Errorf("the page reads %q as %+v, the marking as %q %s", r.Typed, got, r.Read, r.Fault)
		}
	}
	item := value[int](s.device, "[...document.querySelectorAll('.item')].findIndex((item) => item.querySelector('[data-kind=numeric]'))")
	for _, row := range [][2]string{{"багато", "не прочитати"}, {"1 000", "Прочитано як 1000"}, {"1,000", "напишіть 1000, якщо дріб — 1,0000"}} {
		s.goTo(item)
		value[bool](s.device, fmt.Sprintf("(() => { const f = document.querySelector('#item-%d [name=text]'); f.value = %q; return f.dispatchEvent(new Event('input', { bubbles: true })); })()", item+1, row[0]))
		s.until("the page says how it reads "+row[0], fmt.Sprintf("document.querySelector('#item-%d .reading').textContent.includes(%q)", item+1, row[1]))
	}
	newReviewer(s.device, "uk").look("exam-number-two-ways")
	s.click("#places button[value=summary]")
	s.until("the summary lists it", fmt.Sprintf("document.querySelector('[data-list=unread]:not([hidden]) .place').textContent === '%d'", item+1))
}
