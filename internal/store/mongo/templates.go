package mongo

import (
	"context"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/store"
)

// InsertTemplate implements certs.TemplateStore.
func (s *Store) InsertTemplate(ctx context.Context, t certs.Template) error {
	return insert(ctx, s, templates, t.Key(), t, store.TemplateTaken)
}

// Template implements certs.TemplateStore.
func (s *Store) Template(ctx context.Context, id string, revision int) (certs.Template, error) {
	return one[certs.Template](ctx, s, templates, byKey(certs.TemplateKey(id, revision)), store.TemplateMissing)
}

// Templates implements certs.TemplateStore.
func (s *Store) Templates(ctx context.Context, after string, limit int) ([]certs.Template, error) {
	return many[certs.Template](ctx, s, templates, page{by: "_id", after: after, limit: limit, without: []string{"logo.png"}})
}
