package irt

import "testing"

func TestErrorMethod(t *testing.T) {
	for _, c := range []struct {
		model                Model
		parameters, products int
		want                 ErrorMethod
	}{
		{TwoPL, 400, 1000, ObservedInformation},
		{TwoPL, 402, 1000, ItemBlocks},
		{TwoPL, 40, mostProducts + 1, ItemBlocks},
		{OnePL, 1600, 1000, ObservedInformation},
		{OnePL, 1602, 1000, ItemBlocks},
		{OnePL, 40, mostProducts + 1, ItemBlocks},
		{ThreePL, 399, 1000, CrossProducts},
		{ThreePL, 402, 1000, ItemBlocks},
	} {
		if got := errorMethod(c.model, c.parameters, c.products); got != c.want {
			t.Errorf("%s with %d parameters and %d products: %s, want %s", c.model, c.parameters, c.products, got, c.want)
		}
	}
}
