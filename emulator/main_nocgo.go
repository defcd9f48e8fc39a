//go:build !cgo

package main

import (
	"fmt"
	"os"
)

// main says why nothing runs: the BigQuery emulator is built on DuckDB, a
// library in C++.
func main() {
	fmt.Fprintln(os.Stderr, "The emulators need a C compiler: install gcc or clang (or unset CGO_ENABLED, if it is 0) and run this again.")
	os.Exit(1)
}
