//go:build cgo

package main

import (
	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/cli/emulated"
)

func emulators() cli.Emulators { return emulated.Emulators() }
