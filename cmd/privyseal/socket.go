package main

import (
	"context"

	"github.com/privyseal/privyseal/internal/control"
)

// acceptControl serves the command line's calls: this user's programs may do
// everything.
func (k *keeperHalf) acceptControl(ctx context.Context) {
	for {
		conn, err := k.door.Accept()
		if err != nil {
			return
		}
		if err := checkPeer(conn); err != nil {
			k.log.Warn("somebody else's program was turned away from the control socket", "err", err)
			_ = conn.Close()
			continue
		}
		k.wg.Go(func() {
			defer conn.Close()
			_ = control.ServeCalls(ctx, control.NewConn(conn), control.CommandLine, k.keeper.Call)
		})
	}
}
