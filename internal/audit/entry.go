package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// EntrySchema is the version of the stored form of an Entry that this code writes.
const EntrySchema = 1

// Operator is the actor of what is ordered on the machine itself, by the command
// line.
const Operator = "operator"

// Act is what somebody orders.
type Act struct {
	// Actor is the id of a person, or Operator.
	Actor string `json:"actor"`
	// Action is the name of the operation in the contract, such as "voidAttempt".
	Action string `json:"action"`
	// Object is kind and id of what it is done to, such as
	// "sittings/lviv-spring"; "" when there is none.
	Object string `json:"object"`
	// Note is a detail in the form "seconds=600", "" for none.
	Note string `json:"note,omitempty"`
	// Failed is the code of the fault for which an act that was logged before came
	// to nothing, "" for an act.
	Failed string `json:"failed,omitempty"`
}

// Entry is one act in its place in the log: one stored document that never changes.
type Entry struct {
	Schema int       `json:"schema"`
	Number int64     `json:"number"` // from 1
	At     time.Time `json:"at"`     // UTC, to the millisecond
	// Previous is the Hash of the entry before this one, "" for the first.
	Previous string `json:"previous"`
	// Hash is over all other members, see Sum.
	Hash string `json:"hash"`
	Act  `json:"act"`
}

// Sum is the hex SHA-256 over the entry without its Hash, as encoding/json writes
// it: the members in the order of the Go type.
func (e Entry) Sum() (string, error) {
	e.Hash = ""
	data, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("hash of entry %d: %w", e.Number, err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// follow returns the entry of the act after last; the zero Entry stands for an
// empty log.
func follow(last Entry, a Act, now time.Time) (Entry, error) {
	e := Entry{Schema: EntrySchema, Number: last.Number + 1, At: now.UTC().Truncate(time.Millisecond), Previous: last.Hash, Act: a}
	if e.At.Before(last.At) {
		e.At = last.At // another copy's clock is ahead
	}
	var err error
	e.Hash, err = e.Sum()
	return e, err
}

// Check reports why e cannot stand right after last, nil when it can. The zero
// Entry stands for the beginning.
func Check(last, e Entry) error {
	sum, err := e.Sum()
	switch {
	case err != nil:
		return err
	case e.Number != last.Number+1:
		return fmt.Errorf("number %d follows %d", e.Number, last.Number)
	case e.Previous != last.Hash:
		return fmt.Errorf("it does not hold the hash of the entry before it")
	case e.Hash != sum:
		return fmt.Errorf("its content does not have its hash")
	case e.At.Before(last.At):
		return fmt.Errorf("it is older than the entry before it")
	}
	return nil
}
