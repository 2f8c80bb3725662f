package formats

import (
	"fmt"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/picture"
	"github.com/proba-exam/proba/internal/fault"
)

// Medium is an image in a Document.
type Medium struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// Checked are the images of a document, which must be what their names say and hold
// nothing that does not show. path is where they stand in it.
func Checked(all []Medium, path string) ([]exam.Medium, error) {
	var media []exam.Medium
	var faults []fault.Field
	for i, m := range all {
		kept, err := picture.Clean(m.Data)
		at := fmt.Sprintf("%s/%d", path, i)
		switch {
		case err != nil:
			faults = append(faults, fault.Field{Path: at + "/data", Message: "is no image that can be kept"})
		case kept.Name != m.Name:
			faults = append(faults, fault.Field{Path: at + "/name", Message: fmt.Sprintf("the image is %s once what does not show is taken out", kept.Name)})
		default:
			media = append(media, kept)
		}
	}
	if len(faults) > 0 {
		return nil, fault.New(fault.Invalid, "media.invalid", "%d images cannot be kept.", len(faults)).At(faults...)
	}
	return media, nil
}
