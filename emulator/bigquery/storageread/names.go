package storageread

import (
	"crypto/rand"
	"regexp"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

var (
	projectName = regexp.MustCompile(`^projects/[^/]+$`)
	tableName   = regexp.MustCompile(`^projects/([^/]+)/datasets/([^/]+)/tables/([^/]+)$`)
	streamName  = regexp.MustCompile(`^(projects/[^/]+/locations/[^/]+/sessions/[^/]+)/streams/[^/]+$`)
)

func parseTable(name string) (engine.TableRef, bool) {
	m := tableName.FindStringSubmatch(name)
	if m == nil {
		return engine.TableRef{}, false
	}
	return engine.TableRef{Project: m[1], Dataset: m[2], Table: m[3]}, true
}

func newSessionName(parent string) string {
	return parent + "/locations/us/sessions/CAIS" + rand.Text()
}

func newStreamName(session string) string { return session + "/streams/GgJ" + rand.Text() }
