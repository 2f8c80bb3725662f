package api

import "testing"

func TestTheLanguageThatARuleSheetProposes(t *testing.T) {
	for name, c := range map[string]struct {
		offered      []string
		page, before string
		want         string
	}{
		"that of the page":               {[]string{"uk", "en"}, "en", "", "en"},
		"the only one, whatever is read": {[]string{"uk"}, "en", "", "uk"},
		"the one chosen before":          {[]string{"uk", "en"}, "en", "uk", "uk"},
		"none, when neither is offered":  {[]string{"de", "fr"}, "en", "", ""},
	} {
		if got := firstLanguage(c.offered, c.page, c.before); got != c.want {
			t.Errorf("%s: %q is chosen, want %q", name, got, c.want)
		}
	}
}
