//go:build !unix

package process

// Pause does nothing where there are no signals that stop a process: it goes on.
func (p *Process) Pause() {}

// Resume is the opposite of Pause.
func (p *Process) Resume() {}
