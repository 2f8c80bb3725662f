package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/proba-exam/proba/api"
	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/server"
)

const userUsage = `usage: proba user list                                     everybody, in the order of registration
       proba user add -name NAME -roles ROLE,... EMAIL     register somebody and print a link to set a password
       proba user roles -roles ROLE,... EMAIL              give exactly these roles
       proba user link EMAIL                               print a link to set another password
       proba user disable EMAIL | enable EMAIL             close or open an account
The embedded store is written by one process at a time: stop the service before any of these but list.
`

// userShown is a person as the command prints them.
type userShown struct {
	ID       string      `json:"id"`
	Email    string      `json:"email"`
	Name     string      `json:"name"`
	Roles    []auth.Role `json:"roles"`
	Disabled bool        `json:"disabled"`
	Password bool        `json:"password"` // has set one
	// Link is the one-time link that was just made, "" for none.
	Link string `json:"link,omitempty"`
}

// userFlags are the flags of all its commands.
type userFlags struct {
	data, url, name, language, roles string
	json                             bool
}

func user(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var f userFlags
	flags := flag.NewFlagSet("proba user", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, userUsage); flags.PrintDefaults() }
	flags.StringVar(&f.data, "data", dataFolder(), storeFolder)
	flags.StringVar(&f.url, "public-url", os.Getenv("PROBA_PUBLIC_URL"), "where the service is reached, for links; else PROBA_PUBLIC_URL")
	flags.StringVar(&f.name, "name", "", "name of a new person")
	flags.StringVar(&f.language, "language", "uk", "language of a new person")
	flags.StringVar(&f.roles, "roles", "", "roles, separated by commas")
	flags.BoolVar(&f.json, "json", false, "print machine-readable output")
	if len(args) == 0 {
		flags.Usage()
		return errors.New("say what to do")
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if f.url == "" {
		f.url = "http://127.0.0.1:8080"
	}
	act, emails := args[0], flags.Args()
	if wanted := map[string]int{"list": 0, "add": 1, "roles": 1, "link": 1, "disable": 1, "enable": 1}; len(emails) != wanted[act] || act != "list" && wanted[act] == 0 {
		flags.Usage()
		return fmt.Errorf("%q with %d addresses is none of these", act, len(emails))
	}
	people, err := userAct(ctx, f, act, emails)
	if err != nil {
		return err
	}
	return printUsers(stdout, people, f.json)
}

func userAct(ctx context.Context, f userFlags, act string, emails []string) (shown []userShown, err error) {
	uri, err := config.Secret(config.StoreVariable, os.Getenv)
	if err != nil {
		return nil, err
	}
	store, err := server.OpenStore(ctx, uri, f.data, act == "list")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	service, err := userService(store, f.url)
	if err != nil {
		return nil, err
	}
	if act == "list" {
		return listUsers(ctx, service)
	}
	one, err := changeUser(ctx, service, audit.New(store, time.Now), f, act, emails[0])
	return []userShown{one}, err
}

// userService keeps people but signs nobody in: its token key is made for this run.
func userService(store auth.Store, url string) (*auth.Service, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	passwords, err := auth.NewPasswords(auth.DefaultArgon(), 1, rand.Reader)
	if err != nil {
		return nil, err
	}
	return auth.New(auth.Config{Store: store, Issuer: url, Keys: auth.Keys{SigningID: "none", Signing: key}, Passwords: passwords,
		Now: time.Now, Rand: rand.Reader, CheckName: certs.NameCheck(url), AllowDemo: true})
}

func listUsers(ctx context.Context, service *auth.Service) ([]userShown, error) {
	var all []userShown
	for after := ""; ; {
		page, err := service.People(ctx, after, 500)
		if err != nil || len(page) == 0 {
			return all, err
		}
		for _, p := range page {
			after = p.ID
			all = append(all, showUser(p))
		}
	}
}

func showUser(p auth.Person) userShown {
	return userShown{ID: p.ID, Email: p.Email, Name: p.Name, Roles: p.Roles, Disabled: p.Disabled, Password: p.PasswordHash != ""}
}

// changeUser does one act to one person, after it was written into the audit log.
func changeUser(ctx context.Context, service *auth.Service, log *audit.Log, f userFlags, act, email string) (userShown, error) {
	var roles []auth.Role
	for name := range strings.SplitSeq(f.roles, ",") {
		if name = strings.TrimSpace(name); name != "" {
			roles = append(roles, auth.Role(name))
		}
	}
	actions := map[string]string{"add": "userAdd", "roles": "userRoles", "link": "userLink", "disable": "userDisable", "enable": "userEnable"}
	order := audit.Act{Actor: audit.Operator, Action: actions[act], Object: "people"}
	var p auth.Person
	var err error
	if act != "add" {
		if p, err = service.PersonByEmail(ctx, email); err != nil {
			return userShown{}, err
		}
		order.Object += "/" + p.ID
	}
	if _, err := log.Append(ctx, order); err != nil {
		return userShown{}, err
	}
	var purpose auth.Purpose
	switch act {
	case "add":
		p, err = service.Register(ctx, auth.Registration{Email: email, Name: f.name, Language: f.language, Roles: roles})
		purpose = auth.Invitation
	case "roles":
		p, err = service.SetRoles(ctx, p.ID, roles)
	case "link":
		purpose = auth.Reset
	case "disable":
		p, err = service.Disable(ctx, p.ID)
	case "enable":
		p, err = service.Enable(ctx, p.ID)
	}
	if err != nil {
		return userShown{}, err
	}
	shown := showUser(p)
	if purpose != "" {
		token, _, err := service.CreateLink(ctx, p.ID, purpose)
		if err != nil {
			return userShown{}, err
		}
		shown.Link = api.EnterURL(f.url, token)
	}
	return shown, nil
}

func printUsers(stdout io.Writer, people []userShown, asJSON bool) error {
	if asJSON {
		return printJSON(stdout, map[string]any{"people": people})
	}
	for _, p := range people {
		state := "active"
		switch {
		case p.Disabled:
			state = "closed"
		case !p.Password:
			state = "no password"
		}
		roles := make([]string, len(p.Roles))
		for i, r := range p.Roles {
			roles[i] = string(r)
		}
		if _, err := fmt.Fprintf(stdout, "%s\t%s\t%s\t%s\n", p.Email, p.Name, strings.Join(roles, ","), state); err != nil {
			return err
		}
		if p.Link != "" {
			if _, err := fmt.Fprintln(stdout, p.Link); err != nil {
				return err
			}
		}
	}
	return nil
}
