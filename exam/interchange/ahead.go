package interchange

import (
	"bytes"
	"io"
	"runtime"
	"sync"
)

const (
	// aheadRoom is how many files of a package are held in memory before they are asked
	// for.
	aheadRoom = 64
	// aheadSize is the longest file that is read ahead. Questions in files of their own
	// have a few thousand bytes.
	aheadSize = 64 << 10
)

// Ahead parses files of a package before they are asked for, beside what else is done, on
// as many cores as there are.
type Ahead struct {
	pkg   *Package
	names []string
	place map[string]int // in names

	room    chan struct{} // a place taken for each file that is held
	over    chan struct{}
	workers sync.WaitGroup

	mu    sync.Mutex
	next  int // in names, the first that nobody has begun
	files []aheadFile
}

// aheadFile is a file that is read ahead.
type aheadFile struct {
	taken bool
	done  chan struct{} // nil until somebody begins
	root  *Element
	size  int
}

// Ahead begins to read XML files in the order in which they will most likely be asked for.
// Close it.
func (p *Package) Ahead(names []string) *Ahead {
	a := &Ahead{pkg: p, names: names, place: make(map[string]int, len(names)), room: make(chan struct{}, aheadRoom), over: make(chan struct{}), files: make([]aheadFile, len(names))}
	for i, name := range names {
		if _, twice := a.place[name]; twice {
			a.files[i].taken = true
			continue
		}
		a.place[name] = i
	}
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		a.workers.Go(a.work)
	}
	return a
}

// Close ends the reading.
func (a *Ahead) Close() {
	close(a.over)
	a.workers.Wait()
}

func (a *Ahead) work() {
	var data bytes.Buffer // of one file after the other: nothing of it is kept
	for {
		select {
		case <-a.over:
			return
		case a.room <- struct{}{}:
		}
		f, name := a.begin()
		if f == nil {
			return
		}
		f.root, f.size = a.pkg.plain(name, &data)
		close(f.done)
	}
}

// begin chooses the next file that nobody has asked for.
func (a *Ahead) begin() (f *aheadFile, name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for ; a.next < len(a.names); a.next++ {
		if f, name = &a.files[a.next], a.names[a.next]; !f.taken {
			f.done = make(chan struct{})
			a.next++
			return f, name
		}
	}
	return nil, ""
}

// Take returns the document of a file, once, when it was read ahead and nothing is to be
// said of it; else nil, and the caller reads the file.
func (a *Ahead) Take(name string) *Element {
	if a == nil {
		return nil
	}
	i, ok := a.place[name]
	if !ok {
		return nil
	}
	f := &a.files[i]
	a.mu.Lock()
	begun := f.done != nil && !f.taken
	f.taken = true
	a.mu.Unlock()
	if !begun {
		return nil
	}
	<-f.done
	<-a.room
	root := f.root
	f.root, f.done = nil, nil
	if a.pkg.read+int64(f.size) > MaxUnpacked {
		return nil
	}
	a.pkg.read += int64(f.size)
	return root
}

// plain parses a small XML file in UTF-8; nil when it is anything else. It does not count
// what it reads: whoever takes it does. What data holds is overwritten.
func (p *Package) plain(name string, data *bytes.Buffer) (root *Element, size int) {
	if n := p.sizes[name]; n == 0 || n > aheadSize {
		return nil, 0
	}
	f, err := p.open(name)
	if err != nil {
		return nil, 0
	}
	defer f.Close()
	data.Reset()
	if n, err := data.ReadFrom(io.LimitReader(f, aheadSize+1)); err != nil || n > aheadSize {
		return nil, 0
	}
	size = data.Len()
	im := new(Import)
	text, ok := im.Decode(name, data.Bytes(), "")
	if !ok || len(im.problems.rows) > 0 {
		return nil, 0
	}
	if root, err = NewXML(text).Root(); err != nil {
		return nil, 0
	}
	return root, size
}
