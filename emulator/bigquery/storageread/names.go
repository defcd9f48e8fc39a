package storageread

import (
	"crypto/rand"
	"regexp"
)

var (
	projectName = regexp.MustCompile(`^projects/[^/]+$`)
	streamName  = regexp.MustCompile(`^(projects/[^/]+/locations/[^/]+/sessions/[^/]+)/streams/[^/]+$`)
)

func newSessionName(parent string) string {
	return parent + "/locations/us/sessions/CAIS" + rand.Text()
}

func newStreamName(session string) string { return session + "/streams/GgJ" + rand.Text() }
