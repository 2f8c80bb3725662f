package api

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

// atAccount is how often the password of one account may be tried, from all
// addresses together. It lets at most 14,400 guesses a day through, of passwords
// that are none of the commonest. It is not a lock: who shares it with somebody
// who guesses gets a turn within seconds of the end of the guessing. And while the
// guessing goes on it does not touch a session, nor a network from which the
// account was entered before.
var atAccount = pace{perSecond: 1.0 / 6, burst: 30}

// knownAccounts bounds the memory of each of the two caches, some 200 bytes an
// entry. To push one account out of it takes so many tries at others, each of
// which costs a hashing of a password.
const knownAccounts = 20_000

// guesses counts tries at passwords by account. It knows accounts by a hash of
// their e-mail only. Each copy of the service counts for itself.
type guesses struct {
	limiters *limiters
	// homes are accounts with the networks from which they were entered. There
	// they have a pace of their own, which strangers elsewhere cannot use up.
	homes *lru.Cache[string, struct{}]
}

func newGuesses(now func() time.Time) (*guesses, error) {
	limiters, err := newLimiters(now, knownAccounts)
	if err != nil {
		return nil, err
	}
	homes, err := lru.New[string, struct{}](knownAccounts)
	if err != nil {
		return nil, fmt.Errorf("networks of accounts: %w", err)
	}
	return &guesses{limiters: limiters, homes: homes}, nil
}

// account is the key of an e-mail address, "" for what is none.
func account(email string) string {
	key, ok := auth.NormalizeEmail(email)
	if !ok {
		return ""
	}
	sum := sha256.Sum256([]byte(key))
	return string(sum[:])
}

// entered notes that the owner of the account proved to be at the network.
func (g *guesses) entered(email, network string) {
	g.homes.Add(account(email)+network, struct{}{})
}

// may counts a try at the account from the network and reports whether it is
// within the pace. What is no e-mail address is no account.
func (g *guesses) may(email, network string) bool {
	key := account(email)
	if key == "" {
		return true
	}
	if g.homes.Contains(key + network) {
		key += network
	}
	return g.limiters.allow(key, atAccount)
}

// tryPassword signs in, at the pace of the account. An account that does not
// exist has the same pace, so that the refusal tells nothing.
func (s *server) tryPassword(c *fiber.Ctx, email, password string) (auth.Session, error) {
	network := s.client(c)
	if !s.guesses.may(email, network) {
		return auth.Session{}, fault.New(fault.TooMany, "sign_in.too_many", "Too many tries to sign in with this e-mail; wait a minute.")
	}
	session, err := s.Auth.SignIn(c.UserContext(), email, password)
	if err == nil {
		s.guesses.entered(email, network)
	}
	return session, err
}
