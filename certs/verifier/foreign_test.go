package verifier_test

import (
	"strings"
	"testing"

	"github.com/proba-exam/proba/certs/verifier"
)

// A credential names the key that signed it, in full. That it fits its own key says
// nothing: somebody else's credential, with the issuer's name and a key of their own, is
// never good, in any form and whatever lists and log they bring along.
func TestTheKeyInACredentialIsNotTrusted(t *testing.T) {
	i, forger := newIssuer(t), newIssuer(t)
	genuine, forged := i.certificate(t, "a1"), forger.certificate(t, "a1")
	kit, theirs := i.kit(t), forger.kit(t)
	mixed := kit
	mixed.Lists, mixed.Checkpoint, mixed.Tiles = theirs.Lists, theirs.Checkpoint, theirs.Tiles
	if !strings.Contains(string(forged.Credential), "did:web:cert.example.ua#") {
		t.Fatal("the forger does not claim to be the issuer")
	}
	for name, input := range forger.inputs(t, forged) {
		for with, trust := range map[string]verifier.Trust{"the issuer's kit": kit, "the issuer's keys beside the forger's lists and log": mixed} {
			r, err := check(t, input, trust)
			if err != nil || r.Signature.Answer == verifier.Yes || r.Verdict == verifier.Valid || r.Verdict == verifier.Genuine {
				t.Errorf("%s with %s: %+v, %v", name, with, r, err)
			}
		}
	}
	if r, err := check(t, i.file(t, genuine, "credential.json"), kit); err != nil || r.Verdict != verifier.Genuine {
		t.Errorf("the issuer's own: %+v, %v", r, err)
	}
}
