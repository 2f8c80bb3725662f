package qti_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
	"github.com/proba-exam/proba/exam/interchange/qti"
)

func format(v qti.Version) banktest.Format {
	return banktest.Format{
		Read: func(im *interchange.Import, data []byte) { qti.Read(im, "bank.zip", data) },
		Write: func(x *interchange.Export) ([]byte, error) {
			var b bytes.Buffer
			err := qti.Write(&b, x, v)
			return b.Bytes(), err
		},
	}
}

func TestRoundTrip(t *testing.T) {
	for name, v := range map[string]qti.Version{"2.2": qti.V22, "3.0": qti.V30} {
		for langs, l := range map[string][]string{"one language": {"uk"}, "two languages": {"en", "uk"}} {
			t.Run(name+" in "+langs, func(t *testing.T) {
				banktest.RoundTrip(t, banktest.Drawer{Langs: l, Units: true, Rules: true, Images: true, Kinds: []exam.Kind{exam.Cloze, exam.Hotspot, exam.ExtendedText}}, format(v))
			})
		}
	}
}

// TestWordsOfEachLanguage: a short text with other answers in each language keeps all of
// them.
func TestWordsOfEachLanguage(t *testing.T) {
	same(t, exam.Item{ID: "short-one", Kind: exam.ShortText, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic, Stem: exam.Text{"en": "So?", "uk": "Отже?"},
		Interaction: &exam.Words{Accepted: []exam.Text{{"en": "deceit", "uk": "обман"}, {"en": "fraud", "uk": "шахрайство"}}}})
}

// TestTheLargestText: the most gaps with the most answers that an item can have are
// written, and the rules that this takes are run when it is read.
func TestTheLargestText(t *testing.T) {
	in := &exam.ClozeText{Passage: make(exam.Text), Gaps: make([]exam.Gap, 20)}
	for i := range in.Gaps {
		for _, lang := range []string{"en", "uk"} {
			in.Passage[lang] += fmt.Sprintf("[[%d]]\n", i+1)
		}
		for j := range 20 {
			word := fmt.Sprintf("word %d", j)
			in.Gaps[i].Accepted = append(in.Gaps[i].Accepted, exam.Text{"en": word, "uk": word})
		}
	}
	for lang, s := range in.Passage {
		in.Passage[lang] = strings.TrimSpace(s)
	}
	same(t, exam.Item{ID: "large-one", Kind: exam.Cloze, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic, Stem: exam.Text{"en": "So?", "uk": "Отже?"}, Interaction: in})
}

// same writes an item of two languages and holds what is read to it.
func same(t *testing.T, want exam.Item) {
	t.Helper()
	bank, err := exam.NewBank("one-item", exam.Text{"en": "S", "uk": "К"}, []string{"en", "uk"}, nil, []exam.Item{want})
	if err != nil {
		t.Fatal(err)
	}
	x, err := interchange.NewExport(bank, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := qti.Write(&b, x, qti.V30); err != nil {
		t.Fatal(err)
	}
	got, report := banktest.Read(t, func(im *interchange.Import) { qti.Read(im, "p.zip", b.Bytes()) })
	if got == nil || got.Revision(0).Hash != bank.Revision(0).Hash {
		t.Errorf("read back otherwise: %+v", report)
	}
}
