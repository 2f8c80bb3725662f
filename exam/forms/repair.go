package forms

// repair exchanges units for neighbours of their group until the form's sums are
// within tolerance of the target, or maxTrials were looked at. An exchange is
// made when it brings the sums nearer, and the unit that comes in is not used
// much more than others, not seen more by the candidate than the one that goes,
// and no enemy.
func (d *Drawer) repair() Certificate {
	p := d.pool
	c := Certificate{Target: p.target}
	miss := d.sums
	miss.add(p.target.micro(), -1)
	value := miss.miss()
	n := len(d.form)
	for value > p.tolerance && c.Trials < maxTrials {
		c.Trials++
		// One number of the stream gives both places.
		random := d.rng.Uint64()
		at := int(random >> 32 * uint64(n) >> 32)
		out := d.form[at]
		members := p.groups[p.group[out]]
		in := neighbour(members, p.rank[out], d.window(out), uint32(random))
		if !d.replaces(in, out) {
			continue
		}
		a, b := &p.exact[in], &p.exact[out]
		next := micro{miss[0] + a[0] - b[0], miss[1] + a[1] - b[1], miss[2] + a[2] - b[2], miss[3] + a[3] - b[3]}
		if v := next.miss(); v < value {
			d.exchange(at, out, in)
			miss, value = next, v
		}
	}
	c.Within = value <= p.tolerance
	return c
}

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

// window is how far from a unit's rank its neighbours are looked for: one stratum
// to each side, and enough to find somebody in a small group. With wider ones
// most exchanges change the sums by too much to be made.
func (d *Drawer) window(u int) int {
	g := d.pool.group[u]
	n := len(d.pool.groups[g])
	if g >= len(d.pool.cells) || d.pool.cells[g].Count == 0 {
		return n
	}
	return max(4, n/d.pool.cells[g].Count)
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
