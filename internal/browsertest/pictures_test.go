package browsertest

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// mostOfPictures is how many bytes the pictures of docs/administrators.md have together at
// most: a manual is read on lines that are slow too.
const mostOfPictures = 400_000

// TestTheManualsPicturesAreSmall adds up the pictures of docs/administrators.md, all of
// which there are and are shown.
func TestTheManualsPicturesAreSmall(t *testing.T) {
	const docs = "../../docs"
	text, err := os.ReadFile(filepath.Join(docs, "administrators.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown, sum := make(map[string]bool), int64(0)
	for _, m := range regexp.MustCompile(`\]\((pictures/[^)]+)\)`).FindAllStringSubmatch(string(text), -1) {
		info, err := os.Stat(filepath.Join(docs, m[1]))
		if err != nil {
			t.Error(err)
			continue
		}
		shown[filepath.Base(m[1])] = true
		sum += info.Size()
	}
	if len(shown) < 10 || sum > mostOfPictures {
		t.Errorf("%d pictures have %d bytes together, %d are allowed", len(shown), sum, mostOfPictures)
	}
	stored, err := filepath.Glob(filepath.Join(docs, "pictures", "workbench-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range stored {
		if !shown[filepath.Base(path)] {
			t.Errorf("%s is shown nowhere", path)
		}
	}
}
