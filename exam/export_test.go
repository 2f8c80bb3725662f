package exam

// PageRegrades has steps of a regrade look at n attempts.
func (s *Service) PageRegrades(n int) { s.page = n }
