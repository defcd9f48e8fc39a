package gate

import "github.com/twmb/franz-go/pkg/kmsg"

// handler reads a request before the broker does. It says whether it changed it, and may
// return what completes the answer. An error ends the connection.
type handler func(*Gate, kmsg.Request) (changed bool, complete completion, err error)

// handlers are those of the requests that the gate reads, by their keys.
var handlers = map[int16]handler{
	int16(kmsg.Produce):                 produce,
	int16(kmsg.Fetch):                   fetch,
	int16(kmsg.ShareFetch):              fetch,
	int16(kmsg.CreateTopics):            createTopics,
	int16(kmsg.DeleteTopics):            deleteTopics,
	int16(kmsg.DescribeConfigs):         describeConfigs,
	int16(kmsg.AlterConfigs):            alterConfigs,
	int16(kmsg.IncrementalAlterConfigs): incrementalAlterConfigs,
}

func deleteTopics(g *Gate, _ kmsg.Request) (bool, completion, error) {
	return false, func(kmsg.Response) bool { g.changed(); return false }, nil
}
