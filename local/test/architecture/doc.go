// Package architecture holds the tests of the repository's layout: which package
// may import which, what may be linked into which program, and how large a
// package may be.
package architecture
