package mongo_test

import (
	"strings"
	"testing"

	"github.com/proba-exam/proba/internal/mongotest"
	"github.com/proba-exam/proba/internal/store/mongo"
	"github.com/proba-exam/proba/internal/store/storetest"
)

func open(t testing.TB, uri string) *mongo.Store {
	t.Helper()
	s, err := mongo.Open(t.Context(), uri)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	server := mongotest.Start(t)
	first := open(t, server.URI)
	storetest.Run(t, first)
	t.Run("opened again", func(t *testing.T) { // as the second copy of the service does
		if err := open(t, server.URI).Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("an older database is found by name", func(t *testing.T) { olderIsFoundByName(t, server.URI+"-older") })
	t.Run("lists have indexes", func(t *testing.T) { listsHaveIndexes(t, server.URI) })
}

func TestAConnectionStringIsNotEchoed(t *testing.T) {
	_, err := mongo.Open(t.Context(), "mongodb://user:secret@host:port:9/%%")
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v, want one without the password", err)
	}
}
