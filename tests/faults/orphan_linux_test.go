package faults

import (
	"os/exec"
	"syscall"
)

// dieWithUs has a process end with the tests, also when they are killed.
func dieWithUs(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
