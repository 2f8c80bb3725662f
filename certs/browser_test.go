package certs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/keyring"
)

// mutations is how many changed payloads both parsers read.
const mutations = 2000

// TestTheBrowserReadsAsGoDoes has the page's parser and Go's read the same inputs: the
// vectors, the seeds of the fuzz target and mutations of all of them, always the same
// ones. What one refuses the other refuses, and what both read is the same statement.
func TestTheBrowserReadsAsGoDoes(t *testing.T) {
	node := tool(t, "node")
	var known vectors
	if err := json.Unmarshal(must(os.ReadFile(vectorFile))(t), &known); err != nil {
		t.Fatal(err)
	}
	ring := must(keyring.Parse(known.Keys))(t)
	var inputs []string
	for _, v := range known.Items {
		inputs = append(inputs, v.Payload)
	}
	inputs = append(inputs, payloadSeeds...)
	random := rand.New(rand.NewChaCha8([32]byte{1, 2, 3}))
	for from := len(inputs); len(inputs) < from+mutations; {
		inputs = append(inputs, mutated(random, inputs[random.IntN(from)]))
	}

	type read struct {
		Answer string          `json:"answer"` // yes, no, no-key, malformed
		Claims json.RawMessage `json:"claims,omitempty"`
	}
	want, seen := make([]read, len(inputs)), make(map[string]int)
	for i, input := range inputs {
		want[i].Answer, want[i].Claims = goReads(t, input, ring)
		seen[want[i].Answer]++
	}
	for _, answer := range []string{"yes", "no", "no-key", "malformed"} {
		if seen[answer] < 3 {
			t.Errorf("%d inputs are answered with %q: that says little", seen[answer], answer)
		}
	}
	script := `
import { readFileSync } from "node:fs";
import { check, Malformed } from "` + must(filepath.Abs("../api/web/payload.js"))(t) + `";
const { keys, inputs } = JSON.parse(readFileSync(0, "utf8"));
const out = [];
for (const input of inputs) {
  try {
    const { answer, claims } = await check(input, "", keys);
    out.push({ answer, claims: Object.fromEntries(Object.entries(claims).sort()) });
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    out.push({ answer: "malformed" });
  }
}
console.log(JSON.stringify(out));`
	command := exec.Command(node, "--input-type=module", "-e", script)
	command.Stdin = bytes.NewReader(must(json.Marshal(map[string]any{"keys": known.Keys, "inputs": inputs}))(t))
	var errs bytes.Buffer
	command.Stderr = &errs
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.Bytes())
	}
	var got []read
	if err := json.Unmarshal(out, &got); err != nil || len(got) != len(inputs) {
		t.Fatalf("%d answers for %d inputs, %v", len(got), len(inputs), err)
	}
	wrong := 0
	for i := range inputs {
		if got[i].Answer != want[i].Answer || !sameJSON(t, got[i].Claims, want[i].Claims) {
			if wrong++; wrong <= 5 {
				t.Errorf("%q\nGo      %s %s\nbrowser %s %s", inputs[i], want[i].Answer, want[i].Claims, got[i].Answer, got[i].Claims)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d inputs are read in two ways", wrong, len(inputs))
	}
}

// sameJSON compares what is said, whatever letters are escaped.
func sameJSON(t *testing.T, a, b json.RawMessage) bool {
	t.Helper()
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	var x, y any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}

// goReads is what Go says of a payload.
func goReads(t *testing.T, input string, keys *keyring.Ring) (answer string, claims json.RawMessage) {
	t.Helper()
	if strings.ContainsAny(input, "/ \t\r\n") { // the page takes these apart, or away, itself
		return "malformed", nil
	}
	r, err := certs.Verify(input, keys, now)
	if err != nil {
		return "malformed", nil
	}
	switch {
	case r.Signature:
		answer = "yes"
	case r.KeyState == "":
		answer = "no-key"
	default:
		answer = "no"
	}
	said := map[string]any{"key": r.Claims.Key, "list": r.Claims.List, "issued": r.Claims.IssuedAt.Unix(), "id": r.Claims.ID, "name": r.Claims.Name, "title": r.Claims.Title, "score": r.Claims.Score, "status": r.Claims.Status}
	if !r.Claims.ExpiresAt.IsZero() {
		said["expires"] = r.Claims.ExpiresAt.Unix()
	}
	return answer, must(json.Marshal(said))(t)
}

// mutated changes a payload as letters, or as the bytes that they stand for.
func mutated(random *rand.Rand, text string) string {
	if raw, err := certs.DecodePayload(text); err == nil && len(raw) > 0 && random.IntN(3) > 0 {
		return certs.EncodePayload(changed(random, raw))
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abc018=+-"
	out := []byte(text)
	if len(out) == 0 {
		return string(letters[random.IntN(len(letters))])
	}
	at := random.IntN(len(out))
	switch random.IntN(4) {
	case 0:
		out[at] = letters[random.IntN(len(letters))]
	case 1:
		out = slices.Insert(out, at, letters[random.IntN(len(letters))])
	case 2:
		out = slices.Delete(out, at, at+1)
	default:
		out = out[:at]
	}
	return string(out)
}

// changed changes bytes: the heads of CBOR lie in the first and the last parts of a
// payload, and are met as often as the long texts and the signature between them.
func changed(random *rand.Rand, raw []byte) []byte {
	out := bytes.Clone(raw)
	for range 1 + random.IntN(2) {
		at := random.IntN(len(out))
		if random.IntN(2) == 0 {
			at = random.IntN(min(len(out), 48))
		}
		switch random.IntN(5) {
		case 0:
			out[at] = byte(random.IntN(256))
		case 1:
			out[at] ^= 1 << random.IntN(8)
		case 2:
			out = slices.Insert(out, at, []byte{0x00, 0x18, 0x1f, 0x5f, 0x78, 0x80, 0xf6, 0xff}[random.IntN(8)])
		case 3:
			if len(out) > 1 {
				out = slices.Delete(out, at, at+1)
			}
		default:
			out[at]++
		}
	}
	return out
}
