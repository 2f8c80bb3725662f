package authoring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// tidied is how many imports one round tidies up.
const tidied = 100

func itemsPart(start int) string    { return fmt.Sprintf("items/%06d", start) }
func mediumPart(name string) string { return "media/" + name }
func noImport() error {
	return fault.New(fault.NotFound, "import.not_found", "There is no such import.")
}

// stopped is why an import that is being worked at must not go on.
func (i *Import) stopped() error {
	if i.Failure != nil {
		return fault.New(fault.Conflict, "import.stopped", "%s", i.Failure.Message)
	}
	return fault.New(fault.Conflict, "import.stopped", "This import is over; check the file again.")
}

// keepItems keeps some items of an import, those from the one at start on, in a part of
// their own.
func (s *Service) keepItems(ctx context.Context, id string, start int, items []exam.Item) error {
	if len(items) == 0 {
		return nil
	}
	data, err := json.Marshal(items)
	if err != nil {
		return fmt.Errorf("encode the items of an import: %w", err)
	}
	if err := s.store.PutImportPart(ctx, ImportPart{Import: id, Name: itemsPart(start), Data: data}); err != nil {
		return fmt.Errorf("keep the items of an import: %w", err)
	}
	return nil
}

// importRevisions stores the revisions of some items of an import, from the one at start
// on, and returns them. Their images are pinned first.
func (s *Service) importRevisions(ctx context.Context, i *Import, refs []Incoming, start int) ([]exam.Revision, error) {
	if i.Schema < 2 {
		hashes := make([]string, len(refs))
		for n, in := range refs {
			hashes[n] = in.Revision
		}
		return s.revisions.Revisions(ctx, hashes)
	}
	p, err := s.store.ImportPart(ctx, i.ID, itemsPart(start))
	if err != nil {
		return nil, err
	}
	var items []exam.Item
	if err := json.Unmarshal(p.Data, &items); err != nil {
		return nil, fmt.Errorf("part %s of import %s: %w", p.Name, i.ID, err)
	}
	if len(items) != len(refs) {
		return nil, fmt.Errorf("part %s of import %s has %d items for %d", p.Name, i.ID, len(items), len(refs))
	}
	revisions := make([]exam.Revision, len(items))
	var texts []exam.Text
	for n := range items {
		revisions[n] = exam.Revision{Hash: refs[n].Revision, Item: items[n]} // computed when the part was written
		texts = append(texts, items[n].Writing()...)
	}
	if err := s.pin(ctx, texts...); err != nil {
		return nil, err
	}
	return revisions, s.revisions.PutRevisions(ctx, revisions)
}

// takeMedia stores the images of an import, and pins those of its case texts.
func (s *Service) takeMedia(ctx context.Context, i *Import) error {
	if i.Schema < 2 {
		return nil
	}
	for _, name := range i.Media {
		p, err := s.store.ImportPart(ctx, i.ID, mediumPart(name))
		if err != nil {
			return err
		}
		if err := s.revisions.PutMedium(ctx, exam.Medium{Name: name, Data: p.Data}); err != nil {
			return fmt.Errorf("store an image: %w", err)
		}
	}
	var texts []exam.Text
	for _, st := range i.Cases {
		texts = append(texts, st.Text)
	}
	return s.pin(ctx, texts...)
}

// changeImport loads an import, applies the change and stores it, again from the start
// when somebody else was first.
func (s *Service) changeImport(ctx context.Context, id string, change func(Import) (Import, error)) (Import, error) {
	for range maxConflicts {
		i, err := s.store.Import(ctx, id)
		if err != nil {
			return Import{}, err
		}
		before := i
		if i, err = change(i); err != nil || reflect.DeepEqual(before, i) {
			return i, err
		}
		err = s.store.UpdateImport(ctx, i)
		if err == nil {
			i.Version++
			return i, nil
		}
		if fault.Code(err) != "import.stale" {
			return Import{}, fmt.Errorf("change import %s: %w", id, err)
		}
	}
	return Import{}, fault.New(fault.Unavailable, "import.busy", "This import is being changed by others; try again.")
}

// Progress returns what whoever works at an import calls as it goes on: it stores how far
// that is, once in a while. It is an error when nobody wants it to go on: it was stopped,
// or nobody has looked at it for long.
func (s *Service) Progress(id string) func(ctx context.Context, done, total int) error {
	return s.progress(id, false)
}

func (s *Service) progress(id string, applying bool) func(ctx context.Context, done, total int) error {
	var told time.Time
	return func(ctx context.Context, done, total int) error {
		now := s.moment()
		if err := ctx.Err(); err != nil || now.Sub(told) < telling {
			return err
		}
		told = now
		if applying {
			return s.tellApplying(ctx, id, progress{done, total, now})
		}
		_, err := s.changeImport(ctx, id, func(i Import) (Import, error) {
			switch {
			case i.State != ImportReading:
				return i, i.stopped()
			case now.Sub(i.AskedAt) > unattended:
				return i, fault.New(fault.Conflict, "import.unattended", "Nobody waited for the file to be read; check it again.")
			}
			i.ToldAt, i.Done, i.Total = now, done, total
			return i, nil
		})
		return err
	}
}

// progress is how far the applying of an import is. It is a part of its own: the import
// holds thousands of items then.
type progress struct {
	Done  int       `json:"done"`
	Total int       `json:"total"`
	At    time.Time `json:"at"`
}

const progressPart = "progress"

func (s *Service) tellApplying(ctx context.Context, id string, p progress) error {
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode the progress of an import: %w", err)
	}
	return s.store.PutImportPart(ctx, ImportPart{Import: id, Name: progressPart, Data: data})
}

// told is the import with what was told of it since it is being applied.
func (s *Service) told(ctx context.Context, i Import) (Import, error) {
	if i.State != ImportApplying {
		return i, nil
	}
	part, err := s.store.ImportPart(ctx, i.ID, progressPart)
	if fault.Of(err) == fault.NotFound {
		return i, nil
	}
	var p progress
	if err == nil {
		err = json.Unmarshal(part.Data, &p)
	}
	if err == nil && p.At.After(i.ToldAt) {
		i.Done, i.Total, i.ToldAt = p.Done, p.Total, p.At
	}
	return i, err
}

// Attend takes down that somebody looks at an import that is being read.
func (s *Service) Attend(ctx context.Context, id string) (Import, error) {
	i, err := s.changeImport(ctx, id, func(i Import) (Import, error) {
		if i.State == importDropped {
			return i, noImport()
		}
		if now := s.moment(); i.State == ImportReading && now.Sub(i.AskedAt) >= attending {
			i.AskedAt = now
		}
		return i, nil
	})
	if err != nil {
		return i, err
	}
	return s.told(ctx, i)
}

// StopImport ends the reading of a file; whoever reads it notices within seconds. What
// was read to its end stays.
func (s *Service) StopImport(ctx context.Context, bank, id string) (Import, error) {
	return s.changeImport(ctx, id, func(i Import) (Import, error) {
		if i.Bank != bank || i.State == importDropped {
			return i, noImport()
		}
		if i.State == ImportReading {
			i.State, i.Failure = ImportFailed, &Failure{Code: "import.stopped", Message: "The reading of the file was stopped."}
		}
		return i, nil
	})
}

// FailImport takes down why a file was not read to its end, and drops what it has left. One
// that was read to its end stays whole: what failed is the answer to its last write.
func (s *Service) FailImport(ctx context.Context, id string, why error) error {
	f := Failure{Code: "import.failed", Message: "The file could not be read to its end; check it again."}
	if known, ok := errors.AsType[*fault.Fault](why); ok && known.Kind != fault.Internal {
		f = Failure{Code: known.Code, Message: known.Message}
	}
	i, err := s.changeImport(ctx, id, func(i Import) (Import, error) {
		if i.State == ImportReading {
			i.State, i.Failure, i.ToldAt = ImportFailed, &f, s.moment()
		}
		return i, nil
	})
	if err != nil || i.State != ImportFailed {
		return err
	}
	return s.dropParts(ctx, id)
}

func (s *Service) dropParts(ctx context.Context, id string) error {
	if err := s.store.DropImportParts(ctx, id); err != nil {
		return fmt.Errorf("drop the parts of import %s: %w", id, err)
	}
	return nil
}

// TidyImports deletes the imports that nobody applied in time, with all that they hold,
// and the parts of those that were. One that fails stays due and does not keep the others.
// It returns how many it went through.
func (s *Service) TidyImports(ctx context.Context) (int, error) {
	ids, err := s.store.ImportsDue(ctx, s.moment(), tidied)
	if err != nil {
		return 0, fmt.Errorf("list the imports that are over: %w", err)
	}
	var wrong []error
	for _, id := range ids {
		i, err := s.store.Import(ctx, id)
		if fault.Of(err) == fault.NotFound {
			continue
		}
		if err == nil {
			err = s.tidyImport(ctx, i)
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("tidy up: import %s: %w", id, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return len(ids) - len(wrong), errors.Join(wrong...)
}

// tidyImport deletes what an import holds, and the import itself when it was never
// applied. Whoever begins to apply it meanwhile is first, or finds nothing.
func (s *Service) tidyImport(ctx context.Context, i Import) error {
	now := s.moment()
	if i.AppliedAt.IsZero() {
		over := false
		if _, err := s.changeImport(ctx, i.ID, func(i Import) (Import, error) {
			if over = i.AppliedAt.IsZero() && !i.DueAt.After(now); over {
				i.State = importDropped
			}
			return i, nil
		}); err != nil || !over {
			return err
		}
	}
	if err := s.dropParts(ctx, i.ID); err != nil {
		return err
	}
	if i.AppliedAt.IsZero() {
		return s.store.DropImport(ctx, i.ID)
	}
	_, err := s.changeImport(ctx, i.ID, func(i Import) (Import, error) {
		i.DueAt = time.Time{}
		return i, nil
	})
	return err
}
