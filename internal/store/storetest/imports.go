package storetest

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
)

func importParts(t *testing.T, s Store) {
	ctx := t.Context()
	one, other := id(), id()
	for _, p := range []authoring.ImportPart{{Import: one, Name: "items/0", Data: []byte("old")}, {Import: one, Name: "items/0", Data: []byte{0, 0xff}}, {Import: one, Name: "media/x", Data: []byte("x")}, {Import: other, Name: "items/0", Data: []byte("y")}} {
		must(t, s.PutImportPart(ctx, p))
	}
	got, err := s.ImportPart(ctx, one, "items/0")
	must(t, err)
	same(t, "part", got, authoring.ImportPart{Import: one, Name: "items/0", Data: []byte{0, 0xff}})
	must(t, s.DropImportParts(ctx, one))
	must(t, s.DropImportParts(ctx, one))
	_, err = s.ImportPart(ctx, one, "media/x")
	wantCode(t, "dropped part", err, "import.part_not_found")
	if got, err = s.ImportPart(ctx, other, "items/0"); err != nil || !bytes.Equal(got.Data, []byte("y")) {
		t.Errorf("the part of another import: %q, %v", got.Data, err)
	}
	due := func(at time.Time) (found bool) {
		ids, err := s.ImportsDue(ctx, at, 1000)
		must(t, err)
		for _, id := range ids {
			found = found || id == one
		}
		return found
	}
	i := authoring.Import{Schema: 2, Version: 1, ID: one, Bank: "bank", DueAt: now}
	must(t, s.InsertImport(ctx, i))
	if due(now.Add(-time.Millisecond)) || !due(now) {
		t.Error("an import is due too early or too late")
	}
	i.DueAt = time.Time{}
	must(t, s.UpdateImport(ctx, i))
	if due(now.Add(time.Hour)) {
		t.Error("an import that is never due is")
	}
	must(t, s.DropImport(ctx, one))
	must(t, s.DropImport(ctx, one))
	_, err = s.Import(ctx, one)
	wantCode(t, "dropped import", err, "import.not_found")
}

// desk writes banks in the store, at a time that the test sets.
type desk struct {
	*authoring.Service
	exams *exam.Service
	now   time.Time
}

func newDesk(t *testing.T, s Store) *desk {
	d := &desk{now: now}
	clock := func() time.Time { return d.now }
	exams, err := exam.NewService(exam.Deps{Store: s, Now: clock})
	must(t, err)
	d.Service, d.exams = authoring.NewService(authoring.Deps{Store: s, Revisions: s, Exams: exams, Now: clock}), exams
	return d
}

// bank makes an empty bank.
func (d *desk) bank(t *testing.T) string {
	name := strings.ToLower(id())
	_, err := d.Create(t.Context(), "ann", authoring.Copy{ID: name, Title: exam.Text{"uk": "Банк"}, Languages: []string{"uk"}})
	must(t, err)
	return name
}

// picture is an image that nobody else has.
func picture() exam.Medium {
	name := strings.Map(func(r rune) rune { return '0' + r%10 }, id()+id()+id())
	return exam.Medium{Name: name[:64] + "-1x1.png", Data: []byte(name)}
}

// showing is a finished item that shows an image, or none.
func showing(id string, m *exam.Medium) exam.Item {
	key, stem := true, "Так, "+id+"?"
	if m != nil {
		stem += " " + exam.Image{Alt: "схема", Name: m.Name}.String()
	}
	return exam.Item{ID: id, Kind: exam.TrueFalse, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic, Stem: exam.Text{"uk": stem}, Interaction: &exam.TrueOrFalse{True: &key}}
}

// abandonedImports: what a dry run found is nowhere once its time is over, while another
// import of the same file that was applied stays.
func abandonedImports(t *testing.T, s Store) {
	ctx, d := t.Context(), newDesk(t, s)
	bank, m, kept := d.bank(t), picture(), picture()
	check := func(m exam.Medium) authoring.Import {
		i, err := d.CheckImport(ctx, "eve", bank, authoring.Source{File: "f.xml", Format: "moodle-xml", Found: 1, Items: []exam.Item{showing("item-"+m.Name[:20], &m)}, Media: []exam.Medium{m}})
		must(t, err)
		if len(i.Items) != 1 || i.State != authoring.ImportChecked {
			t.Fatalf("checked %+v", i)
		}
		return i
	}
	given, taken := check(m), check(kept)
	revision := []string{given.Items[0].Revision}
	for when, at := range map[string]time.Time{"in the dry run": now, "after it": now.Add(25 * time.Hour)} {
		d.now = at
		_, err := s.Revisions(ctx, revision)
		wantCode(t, "a revision of the file "+when, err, "revision.not_found")
		_, err = s.Medium(ctx, m.Name)
		wantCode(t, "an image of the file "+when, err, "media.not_found")
	}
	d.now = now
	if _, err := d.Apply(ctx, "eve", bank, taken.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.TidyImports(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ImportPart(ctx, given.ID, "items/000000"); err != nil {
		t.Errorf("an import of today was tidied up: %v", err)
	}
	// As of another copy of the service that applied it too, and died over it.
	must(t, s.PutImportPart(ctx, authoring.ImportPart{Import: taken.ID, Name: "progress", Data: []byte("{}")}))
	d.now = now.Add(25 * time.Hour)
	_, err := d.TidyImports(ctx)
	must(t, err)
	for _, part := range []string{"items/000000", "media/" + m.Name} {
		_, err = s.ImportPart(ctx, given.ID, part)
		wantCode(t, part, err, "import.part_not_found")
	}
	_, err = s.Import(ctx, given.ID)
	wantCode(t, "the abandoned import", err, "import.not_found")
	_, err = d.Apply(ctx, "eve", bank, given.ID)
	wantCode(t, "applying it", err, "import.not_found")
	if i, err := s.Import(ctx, taken.ID); err != nil || i.State != authoring.ImportApplied || !i.DueAt.IsZero() {
		t.Errorf("the import that was applied: %+v, %v", i, err)
	}
	for _, part := range []string{"items/000000", "progress"} {
		_, err = s.ImportPart(ctx, taken.ID, part)
		wantCode(t, "what it held apart, "+part, err, "import.part_not_found")
	}
	wantCode(t, "its image", s.DropMedium(ctx, kept.Name), "media.pinned")
}

// earlierImages: an image that only an earlier revision or a release shows stays, in the
// bank and in the store.
func earlierImages(t *testing.T, s Store) {
	ctx, d := t.Context(), newDesk(t, s)
	bank, earlier, released, spare := d.bank(t), picture(), picture(), picture()
	for _, m := range []exam.Medium{earlier, released, spare} {
		_, err := d.AddMedium(ctx, "ann", bank, "a.png", m)
		must(t, err)
	}
	write := func(seen string, it exam.Item) authoring.Entry {
		e, err := d.Write(ctx, "ann", bank, seen, it)
		must(t, err)
		return e
	}
	e := write("", showing("item-old", &earlier))
	write(e.Revision, showing("item-old", nil))
	e = write("", showing("item-out", &released))
	_, err := d.Submit(ctx, "ann", bank, e.ID, e.Revision)
	must(t, err)
	_, err = d.Approve(ctx, "bob", bank, e.ID, e.Revision)
	must(t, err)
	_, p, err := d.Prospect(ctx, bank)
	must(t, err)
	_, err = d.Release(ctx, "bob", bank, p.Bank.Release.Hash)
	must(t, err)
	write(e.Revision, showing("item-out", nil))
	for what, m := range map[string]exam.Medium{"an earlier revision's image": earlier, "a release's image": released} {
		_, err := d.DropMedium(ctx, bank, m.Name)
		wantCode(t, "dropping "+what, err, "media.pinned")
		if got, err := s.Medium(ctx, m.Name); err != nil || !bytes.Equal(got.Data, m.Data) {
			t.Errorf("%s: %q, %v", what, got.Data, err)
		}
	}
	c, err := d.DropMedium(ctx, bank, spare.Name)
	must(t, err)
	if len(c.Media) != 2 {
		t.Errorf("the bank has %d images, want 2", len(c.Media))
	}
	_, err = s.Medium(ctx, spare.Name)
	wantCode(t, "a spare image", err, "media.not_found")
}
