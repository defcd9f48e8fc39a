//go:build unix

package process

import "syscall"

// Pause takes the processor away from the process, and Resume gives it back. A process
// that has ended stays ended.
func (p *Process) Pause() { _ = p.Signal(syscall.SIGSTOP) }

// Resume is the opposite of Pause.
func (p *Process) Resume() { _ = p.Signal(syscall.SIGCONT) }
