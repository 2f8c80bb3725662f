package qti_test

import (
	"bytes"
	"testing"

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
				banktest.RoundTrip(t, banktest.Drawer{Langs: l, Units: true, Rules: true, Images: true}, format(v))
			})
		}
	}
}
