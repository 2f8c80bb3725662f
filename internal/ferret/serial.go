package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
)

// maxMessage is the largest message of the wire protocol.
const maxMessage = 48_000_000

// serial hands commands to a server one at a time, from all connections.
//
// FerretDB 1.24 looks a document up and changes it in two steps, so that of two
// conditional updates that match the same version both succeed. MongoDB promises
// that one document changes atomically. Letting one command through at a time
// gives that promise back; between two commands everything can still happen.
type serial struct {
	target string
	turn   sync.Mutex
}

// serve accepts connections until the context ends.
func (s *serial) serve(ctx context.Context, listener net.Listener) error {
	context.AfterFunc(ctx, func() { listener.Close() })
	for {
		client, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		go func() {
			defer client.Close()
			if err := s.forward(client); err != nil && !errors.Is(err, io.EOF) {
				log.Print(err)
			}
		}()
	}
}

// forward passes each request on and its answer back. No driver of ours sends
// requests without an answer.
func (s *serial) forward(client net.Conn) error {
	server, err := net.Dial("tcp", s.target)
	if err != nil {
		return fmt.Errorf("reach FerretDB: %w", err)
	}
	defer server.Close()
	for {
		request, err := readMessage(client)
		if err != nil {
			return err
		}
		answer, err := s.exchange(server, request)
		if err != nil {
			return err
		}
		if _, err := client.Write(answer); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
}

func (s *serial) exchange(server net.Conn, request []byte) ([]byte, error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	if _, err := server.Write(request); err != nil {
		return nil, fmt.Errorf("pass a request on: %w", err)
	}
	return readMessage(server)
}

// readMessage reads one message: its first four bytes are its length.
// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
func readMessage(r io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n < 16 || n > maxMessage {
		return nil, fmt.Errorf("a message of %d bytes", n)
	}
	message := make([]byte, n)
	copy(message, size[:])
	_, err := io.ReadFull(r, message[4:])
	return message, err
}
