package certs

import (
	"context"
	"fmt"

	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/fault"
)

// kitReadme tells who gets a verification kit what it is for.
const kitReadme = `Verification kit

With this folder certificates can be checked when the service that issued them
cannot be reached, or is gone:

    proba verify -kit THIS-FOLDER CERTIFICATE.pdf

or, without any program, in a browser: open index.html (Ukrainian) or index.en.html.
The pages ask nobody; they do not look at the log.

jwks.json      the issuer's keys, and the keys of its transparency log
did.json       the same for programs that know did:web
status/        the status lists as they were when the kit was made; after the date
               in validUntil they say nothing any more
log/           the transparency log: checkpoint, hashes and entries (C2SP tlog-tiles)

Get it from the issuer, not from the holder of a certificate: who can give you
keys can give you false ones.
`

// Kit hands out every file of a verification kit: all that is public, in a layout
// that any web server can serve in place of the service.
func (s *Service) Kit(ctx context.Context, write func(name string, data []byte) error) error {
	keys, err := s.PublicKeys(ctx)
	if err != nil {
		return fmt.Errorf("kit: %w", err)
	}
	did, err := s.Keys.DIDDocument(s.did)
	if err != nil {
		return fmt.Errorf("kit: %w", err)
	}
	for _, file := range []struct {
		name string
		data []byte
	}{{"README.txt", []byte(kitReadme)}, {"jwks.json", keys}, {"did.json", did}} {
		if err := write(file.name, file.data); err != nil {
			return err
		}
	}
	if err := s.kitLists(ctx, write); err != nil {
		return err
	}
	if s.Log == nil {
		return nil
	}
	return s.kitLog(ctx, write)
}

func (s *Service) kitLists(ctx context.Context, write func(string, []byte) error) error {
	for after := ""; ; {
		lists, err := s.Store.StatusLists(ctx, after, pageSize)
		if err != nil {
			return fmt.Errorf("kit: %w", err)
		}
		for _, l := range lists {
			if err := write("status/"+l.ID()+".json", l.Credential); err != nil {
				return err
			}
			after = l.ID()
		}
		if len(lists) < pageSize {
			return nil
		}
	}
}

func (s *Service) kitLog(ctx context.Context, write func(string, []byte) error) error {
	signed, err := s.Log.Checkpoint(ctx)
	if fault.Of(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("kit: %w", err)
	}
	checkpoint, err := s.Log.Trust().Open(signed)
	if err != nil {
		return fmt.Errorf("kit: %w", err)
	}
	if err := write("log/checkpoint", signed); err != nil {
		return err
	}
	return translog.AllTiles(ctx, s.Store, checkpoint.Size, func(t translog.Tile) error {
		path, err := translog.TilePath(t)
		if err != nil {
			return err
		}
		return write("log/"+path, t.Data)
	})
}
