package aiken_test

import (
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/aiken"
	"github.com/proba-exam/proba/exam/interchange/banktest"
)

func TestRead(t *testing.T) {
	banktest.Run(t, []banktest.Case{
		banktest.Given("two questions", "Who?\nA. Ada\nB) Bob <b>\nANSWER: B\n\nWhat\nfor?\nA. a\nB. b\nC. c\nANSWER: A", []string{"single | Who? | -Ada | +Bob <b>", "single | What\nfor? | +a | -b | -c"}, nil),
		banktest.Given("Windows lines", "Who?\r\nA. a\r\nB. b\r\nANSWER: A\r\n", []string{"single | Who? | +a | -b"}, nil),
		banktest.Given("no answer", "Who?\nA. a\nB. b\n\nWhat?\nA. c\nB. d\nANSWER: A", []string{"single | What? | +c | -d"}, []string{"aiken.no_answer"}),
		banktest.Given("no answer at the end", "Who?\nA. a\nB. b\n", nil, []string{"aiken.no_answer"}),
		banktest.Given("another letter", "Who?\nA. a\nB. b\nANSWER: C", nil, []string{"aiken.answer"}),
		banktest.Given("two letters", "Who?\nA. a\nB. b\nANSWER: A, B", nil, []string{"aiken.answer"}),
		banktest.Given("no options", "Who?\nANSWER: A", nil, []string{"aiken.no_options"}),
		banktest.Given("an answer alone", "ANSWER: A", nil, []string{"aiken.no_question"}),
		banktest.Given("the same letter twice", "Who?\nA. a\nA. b\nANSWER: A", nil, []string{"key.several"}),
		banktest.Given("the same option twice", "Who?\nA. a\nB. a\nANSWER: A", nil, []string{"item.invalid"}),
		banktest.Given("a hundred thousand options", "Who?\n"+strings.Repeat("A. a\n", 100_000)+"ANSWER: B", nil, []string{"aiken.answer"}),
		banktest.Given("asterisks", "Who *is*?\nA. a\nB. b\nANSWER: A", []string{"single | Who *is*? | +a | -b"}, []string{"text.asterisks"}),
	}, func(im *interchange.Import, source string) { aiken.Read(im, "bank.txt", []byte(source)) })
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Q?\nA. a\nB. b\nANSWER: A"))
	f.Add([]byte("A. a\nANSWER: \nQ"))
	f.Fuzz(func(t *testing.T, data []byte) {
		banktest.Fuzzed(t, func(im *interchange.Import) {
			if text, ok := im.Decode("f", data, ""); ok {
				aiken.Read(im, "f", text)
			}
		})
	})
}
