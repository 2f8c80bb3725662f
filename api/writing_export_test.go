package api

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/formats"
	"github.com/proba-exam/proba/exam/interchange/gift"
	"github.com/proba-exam/proba/exam/interchange/moodlexml"
	"github.com/proba-exam/proba/internal/fault"
)

// TestWhatIsNotInAFileIsTold: the page says how many items a format leaves out, which and
// why, in its own language.
func TestWhatIsNotInAFileIsTold(t *testing.T) {
	p, err := loadPages(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	v := deskView{view: view{Lang: "uk", T: p.words["uk"]}}
	two := &exam.ClozeText{Passage: exam.Text{"en": "[[1]] [[2]]", "uk": "[[2]] [[1]]"}, Gaps: make([]exam.Gap, 2)}
	x := &interchange.Export{Langs: []string{"en", "uk"}}
	rows := []interchange.Problem{{Code: "media.missing", Message: "no matter"}}
	for _, reason := range []string{
		moodlexml.LeftOut(x, &exam.Item{Interaction: new(exam.HotspotImage)}), moodlexml.LeftOut(x, &exam.Item{Interaction: two}),
		gift.LeftOut(x, &exam.Item{Interaction: new(exam.HotspotImage)}), gift.LeftOut(x, &exam.Item{Interaction: two}),
	} {
		rows = append(rows, interchange.Problem{Item: "item-1", Code: formats.LeftOut, Message: reason})
	}
	for len(rows) < 30 {
		rows = append(rows, rows[1])
	}
	f, ok := errors.AsType[*fault.Fault](leftOut(rows))
	if !ok || len(f.Fields) != maxLeftOut+2 || !strings.Contains(f.Message, "29 items") {
		t.Fatalf("told %+v", f)
	}
	for _, field := range f.Fields[1:5] {
		said := v.said(field.Message)
		rest, ok := strings.CutPrefix(said, "item-1 не буде у файлі: ")
		if !ok || strings.ContainsAny(strings.NewReplacer("Moodle XML", "", "Moodle", "", "GIFT", "").Replace(rest), "abcdefghijklmnopqrstuvwxyz") {
			t.Errorf("said %q", said)
		}
	}
	if got := v.said(f.Fields[maxLeftOut+1].Message); got != "і ще завдань: 9" {
		t.Errorf("said %q", got)
	}
	if got := v.said(f.Fields[0].Message); got != "завдань, яких не буде у файлі: 29" {
		t.Errorf("said %q", got)
	}
	if err := leftOut(rows[:1]); err != nil {
		t.Errorf("nothing left out: %v", err)
	}
}
