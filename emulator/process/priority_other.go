//go:build !linux

package process

// LowerPriority does nothing where the kernel doesn't schedule by session.
func LowerPriority() (restore func()) { return func() {} }
