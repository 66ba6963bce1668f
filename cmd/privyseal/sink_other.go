//go:build !unix

package main

import (
	"errors"

	"github.com/privyseal/privyseal/internal/keeper"
)

func openSyslog() (keeper.Sink, error) { return nil, errors.New("this system has no syslog") }
