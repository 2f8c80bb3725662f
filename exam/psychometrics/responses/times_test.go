package responses_test

import (
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

func TestTimes(t *testing.T) {
	m, _, err := read(t, "person,sat,a,b\nx,2026-11-02,1,0\ny,2026-11-03T10:00:00Z,,1\nz,,1,1\n", responses.Options{Date: "sat"})
	if err != nil {
		t.Fatal(err)
	}
	if p := m.People(); p[0].At.Day() != 2 || p[1].At.Hour() != 10 || !p[2].At.IsZero() {
		t.Errorf("dates %v", p)
	}
	timed, err := responses.ReadTimes(m, strings.NewReader("b,person,other\n12.5,x,\n3,y,\n4,nobody,7\n"))
	if err != nil {
		t.Fatal(err)
	}
	if a, b, c := timed.Of(0)[0].Seconds, timed.Of(0)[1].Seconds, timed.Of(1)[0].Seconds; a != 0 || b != 12.5 || c != 3 || m.Of(0)[1].Seconds != 0 {
		t.Errorf("seconds %v, %v, %v; before %v", a, b, c, m.Of(0)[1].Seconds)
	}
	for name, text := range map[string]string{"empty": "", "no person": "a\n1\n", "ragged": "person,a\nx\n", "words": "person,a\nx,fast\n", "below 0": "person,a\nx,-1\n", "NaN": "person,a\nx,NaN\n"} {
		if _, err := responses.ReadTimes(m, strings.NewReader(text)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	if _, problems, err := read(t, "sat,a\nyesterday,1\n", responses.Options{Date: "sat"}); err == nil || problems[0].Code != "date" {
		t.Errorf("%v %v", problems, err)
	}
	if _, problems, err := read(t, "a\n1\n", responses.Options{Date: "sat"}); err == nil || problems[0].Code != "no_date" {
		t.Errorf("%v %v", problems, err)
	}
}

func FuzzReadTimes(f *testing.F) {
	f.Add("person,a,b\nx,1,2.5\n")
	f.Add("a,person\n,x\n-,x\n")
	m, _, _ := read(f, "person,a,b\nx,1,0\ny,,1\n", responses.Options{})
	f.Fuzz(func(t *testing.T, text string) {
		timed, err := responses.ReadTimes(m, strings.NewReader(text))
		if err != nil {
			return
		}
		for _, c := range timed.Cells() {
			if !(c.Seconds >= 0) {
				t.Fatalf("%v seconds", c.Seconds)
			}
		}
	})
}
