package interchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Package is a zip file or a folder with files that refer to each other. It is
// read in memory, a file at a time.
type Package struct {
	open  func(name string) (io.ReadCloser, error)
	sizes map[string]uint64
	read  int64
}

// The reasons for which a package is not read.
var (
	errPath      = errors.New("has a file whose path leads out of the package or is not plain")
	errLink      = errors.New("has a link or a device in it; pack the files themselves")
	errEntries   = fmt.Errorf("has more than %d files", MaxEntries)
	errUnpacked  = fmt.Errorf("unpacks to more than %d MB", MaxUnpacked>>20)
	errEntrySize = fmt.Errorf("has a file of more than %d MB", MaxFile>>20)
)

// OpenZip opens a zip file. Nothing of it is unpacked yet; names, kinds, number
// and declared sizes of its files are checked.
func OpenZip(data []byte) (*Package, error) {
	if bytes.Count(data, []byte("PK\x01\x02")) > MaxEntries { // before the directory is held in memory
		return nil, errEntries
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("is not a zip file that can be read: %w", err)
	}
	files := make(map[string]*zip.File, len(z.File))
	sizes := make(map[string]uint64, len(z.File))
	var total uint64
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		if !fs.ValidPath(name) || strings.ContainsAny(name, "\\:\x00") {
			return nil, errPath
		}
		if f.FileInfo().IsDir() {
			continue
		}
		if !f.Mode().IsRegular() {
			return nil, errLink
		}
		if f.UncompressedSize64 > MaxFile {
			return nil, errEntrySize
		}
		if total += f.UncompressedSize64; total > MaxUnpacked {
			return nil, errUnpacked
		}
		if _, twice := files[name]; twice {
			return nil, fmt.Errorf("has %q twice", name)
		}
		files[name], sizes[name] = f, f.UncompressedSize64
	}
	return &Package{sizes: sizes, open: func(name string) (io.ReadCloser, error) { return files[name].Open() }}, nil
}

// OpenFolder opens a folder as if it were unpacked from a zip file. The file
// system must not follow links out of itself, as that of os.Root does not.
func OpenFolder(folder fs.FS) (*Package, error) {
	sizes := make(map[string]uint64)
	var total uint64
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !d.Type().IsRegular() {
			return errLink
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		sizes[name] = uint64(info.Size())
		total += sizes[name]
		switch {
		case len(sizes) > MaxEntries:
			return errEntries
		case total > MaxUnpacked:
			return errUnpacked
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &Package{sizes: sizes, open: func(name string) (io.ReadCloser, error) { return folder.Open(name) }}, nil
}

// Names lists the files in alphabetical order.
func (p *Package) Names() []string {
	names := make([]string, 0, len(p.sizes))
	for name := range p.sizes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Has reports whether the package holds the file.
func (p *Package) Has(name string) bool {
	_, ok := p.sizes[name]
	return ok
}

// Open opens a file. What is really read counts against MaxFile and MaxUnpacked,
// whatever the package declared. Close it before another one is opened.
func (p *Package) Open(name string) (io.ReadCloser, error) {
	if !p.Has(name) {
		return nil, fmt.Errorf("has no file %q", name)
	}
	f, err := p.open(name)
	if err != nil {
		return nil, fmt.Errorf("file %q cannot be read: %w", name, err)
	}
	return &measured{p: p, name: name, f: f, left: MaxFile}, nil
}

// measured is an open file of a package.
type measured struct {
	p    *Package
	name string
	f    io.ReadCloser
	left int64
}

func (m *measured) Read(b []byte) (int, error) {
	n, err := m.f.Read(b)
	m.left -= int64(n)
	m.p.read += int64(n)
	if m.left < 0 || m.p.read > MaxUnpacked {
		return 0, errUnpacked
	}
	if err != nil && err != io.EOF {
		err = fmt.Errorf("file %q cannot be read: %w", m.name, err)
	}
	return n, err
}

func (m *measured) Close() error { return m.f.Close() }

// Read returns a file whole.
func (p *Package) Read(name string) ([]byte, error) {
	f, err := p.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var data bytes.Buffer
	data.Grow(int(min(p.sizes[name], 1<<20)) + bytes.MinRead) // a declared size is only a hint
	if _, err := data.ReadFrom(f); err != nil {
		return nil, err
	}
	return data.Bytes(), nil
}

// Resolve returns the file that href in file from means. It is an error when it
// lies outside the package: nothing is fetched.
func Resolve(from, href string) (string, error) {
	href, _, _ = strings.Cut(href, "#")
	if href == "" || strings.Contains(href, ":") || strings.HasPrefix(href, "/") || strings.Contains(href, "\\") {
		return "", fmt.Errorf("refers to %q, which is outside the package; nothing is fetched", shorten(href))
	}
	name := path.Join(path.Dir(from), href)
	if !fs.ValidPath(name) {
		return "", fmt.Errorf("refers to %q, which leads out of the package", shorten(href))
	}
	return name, nil
}
