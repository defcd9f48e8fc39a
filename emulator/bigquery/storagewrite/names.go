package storagewrite

import (
	"crypto/rand"
	"regexp"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

var streamName = regexp.MustCompile(`^(projects/([^/]+)/datasets/([^/]+)/tables/([^/]+))(?:/streams/([^/]+)|/(_default))$`)

const defaultStream = "_default"

// parseStream splits a stream's name into its table's and its own id.
func parseStream(name string) (ref engine.TableRef, id string, ok bool) {
	m := streamName.FindStringSubmatch(name)
	if m == nil {
		return engine.TableRef{}, "", false
	}
	id = m[5]
	if m[6] != "" {
		id = defaultStream
	}
	return engine.TableRef{Project: m[2], Dataset: m[3], Table: m[4]}, id, true
}

// Stream ids begin alike, so that a malformed name can be told from the name of
// a stream that no longer exists.
const idPrefix = "CiQ"

func newStreamID() string { return idPrefix + rand.Text() }

func wellFormed(id string) bool { return strings.HasPrefix(id, idPrefix) && len(id) > 20 }
