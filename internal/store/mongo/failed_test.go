package mongo

import (
	"context"
	"errors"
	"testing"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/proba-exam/proba/internal/fault"
)

// TestWhatPassesIsToBeRepeated tells what a caller may repeat from what only a
// programmer can mend.
func TestWhatPassesIsToBeRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want fault.Kind
	}{
		"not primary":            {mongo.CommandError{Code: 10107, Name: "NotWritablePrimary"}, fault.Unavailable},
		"shutting down":          {mongo.CommandError{Code: 91, Name: "ShutdownInProgress"}, fault.Unavailable},
		"network":                {mongo.CommandError{Labels: []string{"NetworkError"}}, fault.Unavailable},
		"no majority in time":    {mongo.WriteException{WriteConcernError: &mongo.WriteConcernError{Code: 64}}, fault.Unavailable},
		"client is closed":       {mongo.ErrClientDisconnected, fault.Unavailable},
		"deadline":               {context.DeadlineExceeded, fault.Unavailable},
		"bad value":              {mongo.CommandError{Code: 2, Name: "BadValue"}, fault.Internal},
		"a document not decoded": {errors.New("error decoding key head.state"), fault.Internal},
	} {
		if got := fault.Of(failed(t.Context(), c.err)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if got := fault.Of(failed(gone, errors.New("anything"))); got != fault.Unavailable {
		t.Errorf("a call that was given up: %v", got)
	}
}
