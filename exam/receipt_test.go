package exam_test

import (
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

func handedIn() *exam.Attempt {
	return &exam.Attempt{ID: "a1", Exam: "police", State: exam.Released, FinishedAt: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC),
		Form: exam.Form{Slots: make([]exam.Slot, 3)}, Responses: map[int]exam.Stored{0: {Seq: 1, Response: exam.Response{Choices: []int{2}}}, 1: {Seq: 2}}}
}

func TestAReceiptIsVerified(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := exam.NewReceipt(handedIn(), "https://exams.proba.test")
	if err != nil || r.Answered != 1 || r.Items != 3 || len(r.Digest) != 64 {
		t.Fatalf("%+v, %v", r, err)
	}
	token, err := r.Sign("k1", private)
	if err != nil {
		t.Fatal(err)
	}
	keys := func(id string) ed25519.PublicKey {
		if id == "k1" {
			return public
		}
		return nil
	}
	got, err := exam.VerifyReceipt(token+"\n", keys)
	if diff := cmp.Diff(r, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	stranger, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := exam.Receipt{Attempt: "a2"}.Sign("k1", private)
	if err != nil {
		t.Fatal(err)
	}
	parts, swapped := strings.Split(token, "."), strings.Split(other, ".")
	for name, c := range map[string]struct {
		token string
		key   ed25519.PublicKey
	}{
		"another key":      {token, stranger},
		"an unknown key":   {token, nil},
		"another payload":  {parts[0] + "." + swapped[1] + "." + parts[2], public},
		"no signature":     {parts[0] + "." + parts[1] + ".", public},
		"two parts":        {parts[0] + "." + parts[1], public},
		"nothing":          {"", public},
		"not in base64url": {"=." + parts[1] + "." + parts[2], public},
	} {
		if _, err := exam.VerifyReceipt(c.token, func(string) ed25519.PublicKey { return c.key }); fault.Code(err) != "receipt.invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestThereIsNoReceiptBeforeTheEnd(t *testing.T) {
	a := handedIn()
	a.State, a.FinishedAt = exam.Running, time.Time{}
	if _, err := exam.NewReceipt(a, ""); fault.Code(err) != "attempt.not_finished" {
		t.Errorf("a running attempt: %v", err)
	}
	a = handedIn()
	a.State = exam.Voided
	if _, err := exam.NewReceipt(a, ""); fault.Code(err) != "attempt.not_finished" {
		t.Errorf("a void attempt: %v", err)
	}
}

func FuzzVerifyReceipt(f *testing.F) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	token, err := exam.Receipt{Attempt: "a"}.Sign("k", private)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add("e30.e30.e30")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := exam.VerifyReceipt(text, func(string) ed25519.PublicKey { return public })
		if err == nil && r.Attempt != "a" {
			t.Errorf("%q is a receipt of attempt %q that was never signed", text, r.Attempt)
		}
	})
}
