package translog

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Dir reads the tiles of a copied log: a folder that holds tile/, as TilePath names
// what is in it.
type Dir struct{ FS fs.FS }

// LogTile implements Tiles: the full tile, or else the widest partial one.
func (d Dir) LogTile(_ context.Context, name string) (Tile, error) {
	full, err := TilePath(Tile{Name: name, Width: tileWidth})
	if err != nil {
		return Tile{}, err
	}
	found, width := full, tileWidth
	if _, err := fs.Stat(d.FS, full); err != nil {
		partial, err := fs.ReadDir(d.FS, full+".p")
		if err != nil {
			return Tile{}, tileMissing.Wrap(err)
		}
		width = 0
		for _, file := range partial {
			if w, err := strconv.Atoi(file.Name()); err == nil && w > width && w < tileWidth {
				width = w
			}
		}
		found = path.Join(full+".p", strconv.Itoa(width))
	}
	data, err := fs.ReadFile(d.FS, found)
	if err != nil {
		return Tile{}, tileMissing.Wrap(err)
	}
	if !strings.HasPrefix(name, "entries/") && len(data) != width*tlog.HashSize {
		return Tile{}, fmt.Errorf("%s has %d bytes, want %d", found, len(data), width*tlog.HashSize)
	}
	return Tile{Name: name, Width: width, Data: data}, nil
}
