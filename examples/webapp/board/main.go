// Command board runs the example apps beside a signer of your own. It serves
// this computer only, and starts no signer: `privyseal demo` does both.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/privyseal/privyseal/examples/webapp/stage"
)

func main() {
	signer := flag.String("signer", "http://localhost:4646", "origin of the signer's pages")
	relay := flag.String("signer-relay", "ws://localhost:4646", "relay that the signer listens on")
	var p stage.Places
	flag.StringVar(&p.Board, "board", "127.0.0.1:4747", "where the board listens")
	flag.StringVar(&p.Desk, "desk", "127.0.0.1:4748", "where the second app listens")
	flag.StringVar(&p.Dir, "keep", "", "a directory that keeps posts; else they are forgotten")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, p, stage.Signer{Origin: *signer, Relay: *relay}); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, p stage.Places, by stage.Signer) error {
	s, err := stage.Open(p)
	if err != nil {
		return err
	}
	if err := s.Play(by); err != nil {
		return err
	}
	fmt.Println("board", s.BoardURL, "second app", s.DeskURL)
	<-ctx.Done()
	return s.Close()
}
