package exam

// PageRegrades has steps of a regrade look at n attempts.
func (s *Service) PageRegrades(n int) { s.page = n }

// HoldTime is how long a script is kept for who was given it.
const HoldTime = holdTime
