package verifier

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/fault"
)

// MaxInput is the largest file that is looked at: a photograph of a page.
const MaxInput = 20 << 20

// Evidence is what an input holds of a certificate.
type Evidence struct {
	// Kind says what the input is: pdf, png, image, svg, credential, jwt,
	// address, payload or cose.
	Kind string
	// Code is the text of the QR code, or its payload, "" for none.
	Code string
	// Credential is an Open Badges credential, as JSON or JWT, nil for none.
	Credential []byte
	// Proof is a proof of inclusion in the log, nil for none.
	Proof []byte
}

// The faults of inputs.
var (
	errNothing  = fault.New(fault.Invalid, "evidence.none", "Nothing of a certificate was found in this.")
	errTooLarge = fault.New(fault.TooLarge, "evidence.too_large", "This is larger than 20 MB; a certificate is not.")
	errTwoCodes = fault.New(fault.Invalid, "evidence.two_codes", "This holds the codes of more than one certificate; check them one by one.")
	errTwo      = fault.New(fault.Invalid, "evidence.two_credentials", "This holds more than one credential; check them one by one.")
)

// Read takes the evidence out of a file's content or a text.
func Read(data []byte) (Evidence, error) {
	switch {
	case len(data) > MaxInput:
		return Evidence{}, errTooLarge
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return readPDF(data)
	case badge.IsPNG(data):
		return readPNG(data)
	case isImage(data):
		return readImage(data)
	case badge.IsSVG(data):
		return readSVG(data)
	case badge.IsJWT(data):
		return Evidence{Kind: "jwt", Credential: data}, nil
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")):
		return Evidence{Kind: "credential", Credential: data}, nil
	case len(data) > 0 && data[0] == 0xd2: // tag 18 of CBOR: COSE_Sign1
		return Evidence{Kind: "cose", Code: certs.EncodePayload(data)}, nil
	}
	return readText(strings.TrimSpace(string(data)))
}

func readText(text string) (Evidence, error) {
	switch {
	case strings.Contains(text, "/") && !strings.ContainsAny(text, " \t\r\n"):
		return Evidence{Kind: "address", Code: text}, nil
	case payload.MatchString(text):
		return Evidence{Kind: "payload", Code: text}, nil
	}
	return Evidence{}, errNothing
}

var (
	payload = regexp.MustCompile(`^[A-Z2-7]{100,}$`)
	// code is the address in a certificate's QR code.
	code = regexp.MustCompile(`https?://[^\s()<>#]+/v/[A-Z2-7]{16}#[A-Z2-7]+`)
)

// addCode adds the text of a code, which must be the only one.
func (e *Evidence) addCode(text string) error {
	if e.Code != "" && e.Code != text {
		return errTwoCodes
	}
	e.Code = text
	return nil
}

// addFile adds a file that was found inside, by what it is and not by its name.
func (e *Evidence) addFile(data []byte) error {
	switch text := bytes.TrimSpace(data); {
	case translog.IsProof(data):
		if e.Proof != nil && !bytes.Equal(e.Proof, data) {
			return errTwo
		}
		e.Proof = data
	case badge.IsJWT(text), bytes.HasPrefix(text, []byte("{")) && bytes.Contains(text, []byte("OpenBadgeCredential")):
		if e.Credential != nil && !bytes.Equal(e.Credential, data) {
			return errTwo
		}
		e.Credential = data
	}
	return nil
}

// found is the evidence, or that there is none.
func (e Evidence) found() (Evidence, error) {
	if e.Code == "" && e.Credential == nil {
		return Evidence{}, errNothing
	}
	return e, nil
}

func readSVG(data []byte) (Evidence, error) {
	credential, err := badge.FromSVG(data)
	if err != nil {
		return Evidence{}, err
	}
	return Evidence{Kind: "svg", Credential: credential}.found()
}

// readPNG takes both the baked credential and the QR code that the image shows.
func readPNG(data []byte) (Evidence, error) {
	credential, err := badge.FromPNG(data)
	if err != nil {
		return Evidence{}, err
	}
	e := Evidence{Kind: "png", Credential: credential}
	if e.Code, err = scan(data); err != nil && (credential == nil || fault.Code(err) != errNothing.Code) {
		return Evidence{}, err
	}
	return e.found()
}

func readImage(data []byte) (Evidence, error) {
	text, err := scan(data)
	return Evidence{Kind: "image", Code: text}, err
}
