//go:build !cgo

package main

import "github.com/tallystream/tallystream/local/cli"

// emulators are none: the BigQuery emulator is built on DuckDB, a library in C++.
func emulators() cli.Emulators { return cli.Emulators{} }
