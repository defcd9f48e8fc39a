//go:build !linux

package postgres

import "os/exec"

// asServer leaves the account: only where this process runs as root is another needed.
func asServer(*exec.Cmd) {}

// ours does nothing: the folders are of the account that the server runs as.
func ours(string) error { return nil }
