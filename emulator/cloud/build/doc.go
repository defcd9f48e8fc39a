// Package build builds the archive of a Go function as the buildpack of Cloud Run
// functions does, on this machine: it unpacks it, moves the source, generates a main
// package, and builds that from vendor/, or with the modules that go.mod names.
//
// The steps are those of GoogleCloudPlatform/buildpacks (cmd/go/functions_framework
// and cmd/go/build, August 2026), and so are the things it refuses. Three details
// differ: the program listens on the loopback interface only; it is built without the
// paths of this machine (-trimpath), so that the compiler's cache serves the next
// archive; modules come from this machine's cache first. A source without go.mod, which
// the buildpack takes for Go 1.13 and before, is refused.
package build
