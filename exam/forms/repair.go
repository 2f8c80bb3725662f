package forms

// repair exchanges units for neighbours of their group until the form's sums are
// within tolerance of the target, or maxTrials were looked at. An exchange can
// send an enemy away from a unit that the candidate has seen less than one of the
// form: that one then gives way, and the repair goes on from there.
func (d *Drawer) repair() Certificate {
	p := d.pool
	c := Certificate{Target: p.target}
	miss := d.sums
	miss.add(p.target.micro(), -1)
	miss = d.swap(miss, &c)
	for d.r.Seen != nil && d.prefer(&miss) {
		miss = d.swap(miss, &c)
	}
	c.Within = miss.miss() <= p.tolerance
	return c
}

// swap makes exchanges that bring the sums nearer to the target, from which they
// are off by miss, and returns what is left of it. The unit that comes in is not
// used much more than others, not seen more by the candidate than the one that
// goes, and no enemy.
func (d *Drawer) swap(miss micro, c *Certificate) micro {
	p := d.pool
	value := miss.miss()
	n := len(d.form)
	for value > p.tolerance && c.Trials < maxTrials {
		c.Trials++
		// One number of the stream gives both places.
		random := d.rng.Uint64()
		at := int(random >> 32 * uint64(n) >> 32)
		out := d.form[at]
		from := &p.places[out]
		in := neighbour(p.groups[from.group], int(from.rank), int(from.window), uint32(random))
		next := miss.exchanged(&p.places[in].exact, &from.exact)
		v := next.miss()
		// The sums are asked first: most exchanges fail there, and levels cost most.
		if v < value && d.replaces(in, out) {
			d.exchange(at, out, in)
			miss, value = next, v
		}
	}
	return miss
}

// prefer puts a unit in the place of one of its group that the candidate has seen
// more, the nearest in rank of those seen least, and reports whether there was
// any. Every time the form has been seen less, so that asking again comes to an
// end.
func (d *Drawer) prefer(miss *micro) bool {
	p := d.pool
	for at, out := range d.form {
		if d.pinned[out] || d.r.Seen[out] == 0 {
			continue
		}
		in, from := out, &p.places[out]
		for _, u := range p.groups[from.group] {
			if !d.free(u) || d.r.Seen[u] >= d.r.Seen[out] {
				continue
			}
			if in == out || d.r.Seen[u] < d.r.Seen[in] || d.r.Seen[u] == d.r.Seen[in] && distance(p.places[u].rank, from.rank) < distance(p.places[in].rank, from.rank) {
				in = u
			}
		}
		if in == out {
			continue
		}
		if !from.unscored {
			*miss = miss.exchanged(&p.places[in].exact, &from.exact)
		}
		d.exchange(at, out, in)
		return true
	}
	return false
}

func distance(a, b int32) int32 { return max(a-b, b-a) }

// replaces reports whether in may take the place of out, whatever that does to
// the sums. The two rules on exposure hold its ends: who is used more than the
// mean does not come in, and who is used less does not go, unless for one that is
// used as little.
func (d *Drawer) replaces(in, out int) bool {
	if d.in[in] || d.blocked[in] != 0 || d.pinned[out] || d.unscored(out) || d.seen(in) > d.seen(out) {
		return false
	}
	level, gone := d.level(in), d.level(out)
	return level <= gate && (gone >= neglected || level <= gone+1)
}

// neighbour is a random member within window ranks.
func neighbour(members []int, rank, window int, random uint32) int {
	from, to := max(0, rank-window), min(len(members), rank+window+1)
	return members[from+int(uint64(random)*uint64(to-from)>>32)]
}

func (d *Drawer) exchange(at, out, in int) {
	d.in[out], d.in[in] = false, true
	for _, e := range d.pool.enemies[out] {
		d.blocked[e]--
	}
	for _, e := range d.pool.enemies[in] {
		d.blocked[e]++
	}
	d.form[at] = in
}
