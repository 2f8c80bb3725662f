package api

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
)

type credentials struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

type tokens struct {
	AccessToken      string    `json:"access_token"`
	TokenType        string    `json:"token_type"`
	ExpiresAt        time.Time `json:"expires_at"`
	RefreshToken     string    `json:"refresh_token"`
	RefreshExpiresAt time.Time `json:"refresh_expires_at"`
}

type refreshToken struct {
	RefreshToken string `json:"refresh_token"`
}

type linkToken struct {
	Token    string `json:"token"`
	Password string `json:"password"`
}

type person struct {
	ID       string      `json:"id"`
	Email    string      `json:"email"`
	Name     string      `json:"name"`
	Language string      `json:"language"`
	Roles    []auth.Role `json:"roles"`
	Region   string      `json:"region"`
}

func showPerson(p auth.Person) person {
	return person{ID: p.ID, Email: p.Email, Name: p.Name, Language: p.Language, Roles: p.Roles, Region: p.Region}
}

func (s *server) sendTokens(c *fiber.Ctx, session auth.Session) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(tokens{AccessToken: session.AccessToken, TokenType: "Bearer", ExpiresAt: session.AccessExpiresAt,
		RefreshToken: session.RefreshToken, RefreshExpiresAt: session.RefreshExpiresAt})
}

func (s *server) signIn(c *fiber.Ctx) error {
	var in credentials
	if err := decode(c, &in); err != nil {
		return err
	}
	session, err := s.tryPassword(c, in.Email, in.Password)
	if err != nil {
		return err
	}
	return s.sendTokens(c, session)
}

func (s *server) refresh(c *fiber.Ctx) error {
	var in refreshToken
	if err := decode(c, &in); err != nil {
		return err
	}
	session, err := s.Auth.Refresh(c.UserContext(), in.RefreshToken)
	if err != nil {
		return err
	}
	return s.sendTokens(c, session)
}

func (s *server) signOut(c *fiber.Ctx) error {
	var in refreshToken
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := s.Auth.SignOut(c.UserContext(), in.RefreshToken); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (s *server) redeem(c *fiber.Ctx) error {
	var in linkToken
	if err := decode(c, &in); err != nil {
		return err
	}
	p, err := s.Auth.RedeemLink(c.UserContext(), in.Token, in.Password)
	if err != nil {
		return err
	}
	s.guesses.entered(p.Email, s.client(c))
	return c.JSON(showPerson(p))
}

func (s *server) me(c *fiber.Ctx) error {
	id, err := caller(c)
	if err != nil {
		return err
	}
	p, err := s.Auth.Person(c.UserContext(), id)
	if err != nil {
		return err
	}
	return c.JSON(showPerson(p))
}
