package api

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/mail"
)

type forgotPage struct {
	view
	Email string
	Sent  bool
}

func (s *server) forgotForm(c *fiber.Ctx) error {
	return s.render(c, fiber.StatusOK, "forgot", forgotPage{view: s.view(c, "forgot")})
}

// forgot sends a one-time link to who asks for it. Page and time are the same
// whether anybody has the address: the looking up is done in the background.
func (s *server) forgot(c *fiber.Ctx) error {
	p := forgotPage{view: s.view(c, "forgot"), Email: c.FormValue("email"), Sent: true}
	if _, ok := auth.NormalizeEmail(p.Email); !ok {
		p.Sent, p.Fault = false, p.T["emailMalformed"]
		return s.render(c, fiber.StatusUnprocessableEntity, "forgot", p)
	}
	email, t := p.Email, p.T
	if !s.Post(func(ctx context.Context, out mail.Sender) error { return s.reset(ctx, out, email, t) }) {
		return tooManyLetters()
	}
	return s.render(c, fiber.StatusOK, "forgot", p)
}

// reset sends the letter with a one-time link, or none when nobody can use one.
func (s *server) reset(ctx context.Context, out mail.Sender, email string, words map[string]string) error {
	person, err := s.Auth.PersonByEmail(ctx, email)
	if fault.Of(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	token, _, err := s.Auth.CreateLink(ctx, person.ID, auth.Reset)
	if fault.Code(err) == "person.disabled" {
		return nil
	}
	if err != nil {
		return err
	}
	return out.Send(ctx, letter(person, words["resetSubject"], words["resetText"], inLanguageOf(words, EnterURL(s.PublicURL, token))))
}

// invitation is the letter with the first link, in the person's language; without one it
// says where to sign in with the password that the person has. It says to which exam and
// when: who is asked to set a password somewhere wants to know what for.
func (s *server) invitation(person auth.Person, link string, sitting exam.Sitting, title exam.Text) mail.Message {
	words := wordsOf(person, s.pages.words)
	lang, subject, text := words["lang"], words["inviteSubject"], words["inviteText"]
	if link == "" {
		subject, text = words["registeredSubject"], words["registeredText"]
		link = strings.TrimSuffix(s.PublicURL, "/") + "/sign-in?lang=" + lang
	}
	named := title.In(lang)
	if own := sitting.Title.In(lang); own != named {
		named += " (" + own + ")"
	}
	text = strings.NewReplacer("{exam}", named, "{opens}", s.pages.minute(lang, sitting.Opens), "{closes}", s.pages.minute(lang, sitting.Closes), "{zone}", s.pages.zone.String()).Replace(text)
	return letter(person, subject, text, link)
}

// wordsOf are the words in the person's language, as far as pages speak it.
func wordsOf(person auth.Person, spoken map[string]map[string]string) map[string]string {
	if words, ok := spoken[person.Language]; ok {
		return words
	}
	return spoken[pageLanguages[0]]
}

// enterLink is the address at which the person sets a password: the page behind it speaks
// their language, by letter or copied.
func (s *server) enterLink(person auth.Person, token string) string {
	return inLanguageOf(wordsOf(person, s.pages.words), EnterURL(s.PublicURL, token))
}

// inLanguageOf has the page behind the link speak the letter's language.
func inLanguageOf(words map[string]string, link string) string {
	return strings.Replace(link, "/enter#", "/enter?lang="+words["lang"]+"#", 1)
}

// letter puts name and link into the text.
func letter(person auth.Person, subject, text, link string) mail.Message {
	return mail.Message{To: person.Email, Subject: subject, Text: strings.NewReplacer("{name}", person.Name, "{link}", link).Replace(text)}
}

func tooManyLetters() error {
	return fault.New(fault.Unavailable, "mail.busy", "Too many letters are waiting to be sent; try again in a minute.")
}
