//go:build !linux

package postgres

// killTree does nothing where processes can't be listed: a server's children notice by
// themselves that it has ended.
func killTree(int) {}
