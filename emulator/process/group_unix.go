//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// apart gives a command a process group of its own. A terminal sends Ctrl-C, and timeout
// its SIGTERM, to the group of the program: the program decides then when its children
// end.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
