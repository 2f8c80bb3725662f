package gift_test

import (
	"bytes"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
	"github.com/proba-exam/proba/exam/interchange/gift"
)

var format = banktest.Format{
	Read: func(im *interchange.Import, data []byte) { gift.Read(im, "bank.gift", data) },
	Write: func(x *interchange.Export) ([]byte, error) {
		var b bytes.Buffer
		err := gift.Write(&b, x)
		return b.Bytes(), err
	},
}

func TestRoundTrip(t *testing.T) {
	for name, langs := range map[string][]string{"one language": {"uk"}, "two languages": {"en", "uk"}} {
		t.Run(name, func(t *testing.T) {
			banktest.RoundTrip(t, banktest.Drawer{Langs: langs, Rules: true, Images: true, Kinds: []exam.Kind{exam.Cloze, exam.ExtendedText}, OneText: true, OneGap: true, PlainRubrics: true}, format)
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("::a::b{=c ~d}"))
	f.Add([]byte("a{~%50%b~%50%c~%-100%d####e}"))
	f.Add([]byte("$CATEGORY: x\na{#1..2}\n\nb{=c->d =e->f}"))
	f.Add([]byte("// [tag:kind:cloze]\n[html]a<hr class\\=\"passage\"/>b {=c ~d} e\n\nf{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		banktest.Fuzzed(t, func(im *interchange.Import) {
			if text, ok := im.Decode("f", data, ""); ok {
				gift.Read(im, "f", text)
			}
		})
	})
}
