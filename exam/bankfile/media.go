package bankfile

import (
	"errors"
	"io"
	"io/fs"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/picture"
	"github.com/proba-exam/proba/internal/fault"
)

// mediaFolder holds the images of a bank, beside its files.
const mediaFolder = "media/"

// media reads the images that the texts name by their files, and gives them the names of
// their content in the texts. What is no file of the folder stays, for the check to say.
func (r *reader) media(folder fs.FS) []exam.Medium {
	var all []exam.Medium
	names := make(map[string]string) // of files
	rename := func(o origin) func(string) string {
		return func(file string) string {
			if name, known := names[file]; known {
				return name
			}
			names[file] = file
			if !fs.ValidPath(mediaFolder + file) {
				return file
			}
			data, err := readMedium(folder, mediaFolder+file)
			if errors.Is(err, fs.ErrNotExist) {
				return file
			}
			m, cleanErr := picture.Clean(data)
			if err := errors.Join(err, cleanErr); err != nil {
				message := "cannot be read"
				if f, ok := errors.AsType[*fault.Fault](cleanErr); ok {
					message = f.Message
				}
				r.complain(mediaFolder+file, 0, o.id, "bank.media", "%s", message)
				return file
			}
			names[file], all = m.Name, append(all, m)
			return m.Name
		}
	}
	inText := func(t exam.Text, o origin) {
		for lang, s := range t {
			t[lang] = exam.Rename(s, rename(o))
		}
	}
	for i := range r.stimuli {
		inText(r.stimuli[i].Text, r.origins["stimuli"][i])
	}
	for i := range r.items {
		for _, t := range r.items[i].Writing() {
			inText(t, r.origins["items"][i])
		}
	}
	return all
}

func readMedium(folder fs.FS, name string) ([]byte, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, picture.MaxSource+1))
}
