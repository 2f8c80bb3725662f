package sqlite

import (
	"context"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/store"
)

// InsertTemplate implements certs.TemplateStore.
func (s *Store) InsertTemplate(ctx context.Context, t certs.Template) error {
	doc, err := encode(t)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.TemplateTaken, "INSERT INTO templates (key, doc) VALUES (?, ?)", t.Key(), doc)
}

// Template implements certs.TemplateStore.
func (s *Store) Template(ctx context.Context, id string, revision int) (certs.Template, error) {
	return one[certs.Template](ctx, s, store.TemplateMissing, "SELECT doc FROM templates WHERE key = ?", certs.TemplateKey(id, revision))
}

// Templates implements certs.TemplateStore.
func (s *Store) Templates(ctx context.Context, after string, limit int) ([]certs.Template, error) {
	return many[certs.Template](ctx, s, "SELECT json_remove(doc, '$.logo.png') FROM templates WHERE key > ? ORDER BY key LIMIT ?", after, limit)
}
