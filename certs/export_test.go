package certs

// PayloadRoom is exported for tests.
func PayloadRoom(publicURL string) int { return payloadRoom(publicURL) }
