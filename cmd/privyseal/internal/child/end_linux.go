package child

import (
	"os/exec"
	"syscall"
)

// endWithParent has the system end the child when the parent is gone, also while
// the child hears nothing.
func endWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
