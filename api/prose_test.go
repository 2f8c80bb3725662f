package api

import (
	"testing"
	"time"
)

func TestProse(t *testing.T) {
	for text, want := range map[string]string{
		"Which **three** facts?":             "Which <strong>three</strong> facts?",
		"*S.M. v. Croatia* and *Rantsev*":    "<em>S.M. v. Croatia</em> and <em>Rantsev</em>",
		"2 * 3 * 4 = 24":                     "2 * 3 * 4 = 24",
		"<script>alert(1)</script> **<b>x**": "&lt;script&gt;alert(1)&lt;/script&gt; <strong>&lt;b&gt;x</strong>",
		"один **два** & «три»":               "один <strong>два</strong> &amp; «три»",
		"** no word ** and * none *":         "** no word ** and * none *",
		"unfinished **strong and *emphasis":  "unfinished **strong and *emphasis",
		`quotes " and ' stay harmless`:       "quotes &#34; and &#39; stay harmless",
	} {
		if got := string(prose(text)); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		lang string
		f    float64
		want string
	}{{"uk", 8.4, "8,4"}, {"en", 8.4, "8.4"}, {"uk", 12, "12"}, {"en", 1.0 / 3, "0.33"}} {
		if got := decimal(c.lang, c.f); got != c.want {
			t.Errorf("%v in %s is %q, want %q", c.f, c.lang, got, c.want)
		}
	}
}

func TestMinutesLeftAreRoundedUp(t *testing.T) {
	for left, want := range map[time.Duration]int{30 * time.Minute: 30, 61 * time.Second: 2, time.Second: 1, 0: 0, -time.Minute: 0} {
		if got := wholeMinutes(left); got != want {
			t.Errorf("%v are %d minutes, want %d", left, got, want)
		}
	}
}

func TestLettersAndBriefs(t *testing.T) {
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{{"uk", 0, "А"}, {"uk", 3, "Г"}, {"en", 11, "L"}, {"en", 12, "13"}, {"de", 0, "1"}} {
		if got := letterOf(c.lang, c.n); got != c.want {
			t.Errorf("option %d in %s is %q, want %q", c.n, c.lang, got, c.want)
		}
	}
	for text, want := range map[string]string{
		"полювання":    "полювання",
		"**три** доби": "три доби",
		"Збирання даних про рух, інформації в реальному часі": "Збирання даних про рух, інфор…",
		"a, b, c, d, e, f, g, h, i, j,, k": "a, b, c, d, e, f, g, h, i, j…",
	} {
		if got := brief(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
