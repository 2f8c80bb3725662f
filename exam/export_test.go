package exam

import "encoding/hex"

// DrawUniformly is a form as the first algorithm drew and stored it.
func (p *Plan) DrawUniformly(seed Seed, seen map[string]int) (Form, error) {
	slots, err := p.drawUniformly(seed, seen)
	return Form{Release: p.bank.Release.Hash, Blueprint: p.hash, Algorithm: uniformDraw, Seed: hex.EncodeToString(seed[:]), Seen: seen, Slots: slots}, err
}

// PageRegrades has steps of a regrade look at n attempts.
func (s *Service) PageRegrades(n int) { s.page = n }
