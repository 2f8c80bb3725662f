package forms

import "fmt"

// Consulted are the levels that the last draw looked at, two units a byte, 0 for
// the others, which made no difference; nil when all are 0. Drawing again by them
// gives the same form.
func (d *Drawer) Consulted() []byte {
	var packed []byte
	for _, u := range d.asked {
		if d.levels[u] == 0 {
			continue
		}
		if packed == nil {
			packed = make([]byte, (len(d.levels)+1)/2)
		}
		packed[u/2] |= byte(d.levels[u]) & 15 << (4 * (u % 2))
	}
	return packed
}

// Unpack is the reverse of Consulted for this pool; an error says that the levels
// are those of another.
func (p *Pool) Unpack(packed []byte) ([]Level, error) {
	if len(packed) == 0 {
		return nil, nil
	}
	if len(packed) != (len(p.units)+1)/2 {
		return nil, fmt.Errorf("levels of %d units, the pool has %d", 2*len(packed), len(p.units))
	}
	levels := make([]Level, len(p.units))
	for u := range levels {
		// The sign of a half byte is its highest bit.
		levels[u] = Level(packed[u/2]>>(4*(u%2))<<4) >> 4
	}
	return levels, nil
}
