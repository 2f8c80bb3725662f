package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// bar shows on a terminal how far long work has come, and nothing elsewhere.
type bar struct {
	w     io.Writer // nil where there is no terminal
	what  string
	last  time.Time
	shown bool
}

const (
	barWidth = 30
	// barPause between two drawings: as fast as an eye follows.
	barPause = 100 * time.Millisecond
)

func newBar(w io.Writer, what string) *bar {
	b := &bar{what: what, last: time.Now()}
	if file, ok := w.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			b.w = w
		}
	}
	return b
}

func (b *bar) due() bool {
	if b.w == nil || time.Since(b.last) < barPause {
		return false
	}
	b.last, b.shown = time.Now(), true
	return true
}

// show draws the bar at done of all.
func (b *bar) show(done, all int64) {
	if all <= 0 || !b.due() {
		return
	}
	full := int(min(done, all) * barWidth / all)
	fmt.Fprintf(b.w, "\r%s [%s%s] %3d %%", b.what, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), min(done, all)*100/all)
}

// note shows where work of unknown length stands.
func (b *bar) note(text string) {
	if b.due() {
		fmt.Fprintf(b.w, "\r%s: %s\x1b[K", b.what, text)
	}
}

// done clears the line.
func (b *bar) done() {
	if b.shown {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}

// counted tells how many bytes were read.
type counted struct {
	r    io.Reader
	n    int64
	tell func(n int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.tell(c.n)
	return n, err
}
