//go:build !cgo

package main

import (
	"fmt"
	"os"
)

// main says why nothing is measured: DuckDB, which emulators are compared with, is a library in C++.
func main() {
	fmt.Fprintln(os.Stderr, "benchemulator needs a C compiler: install gcc or clang (or unset CGO_ENABLED, if it is 0) and run this again.")
	os.Exit(1)
}
