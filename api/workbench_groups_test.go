package api

import (
	"slices"
	"testing"
)

func TestRegionsStandInAlphabeticalOrder(t *testing.T) {
	want := []string{"", "Вінницька область", "Галицький район", "Ґалаґанівка", "Житомирська область", "Запорізька область", "Івано-Франківська область", "Їжакевичі", "Київська область", "Чернівецька область", "Чернігівська область"}
	groups := make([]group, len(want))
	for i, name := range want {
		groups[(i*7)%len(want)].Name = name
	}
	byAlphabet("uk", groups)
	got := make([]string, len(groups))
	for i, g := range groups {
		got[i] = g.Name
	}
	if !slices.Equal(got, want) {
		t.Errorf("the order is %q, want %q", got, want)
	}
}
