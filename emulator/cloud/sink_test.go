package cloud_test

import (
	"fmt"
	"github.com/tallystream/tallystream/emulator/cloud/api/apitest"
	"regexp"
	"strings"
	"testing"
)

// A sink publishes entries to a topic, once its account may.
func TestSink(t *testing.T) {
	_, a := start(t)
	try := func(method, target, body, want string) string {
		t.Helper()
		code, text := request(t, a, owner, method, target, body)
		if code != 200 || !strings.Contains(text, want) {
			t.Fatalf("%s %s: %d %s, want %s", method, target, code, text, want)
		}
		return text
	}
	try("PUT", "/pubsub/v1/"+topic, "{}", topic)
	try("PUT", "/pubsub/v1/projects/votes/subscriptions/errors", `{"topic":"`+topic+`"}`, topic)
	made := try("POST", "/logging/v2/projects/votes/sinks", `{"name":"errors","destination":"pubsub.googleapis.com/`+topic+`","filter":"severity>=ERROR"}`, "writerIdentity")
	writer := regexp.MustCompile(`"serviceAccount:[^"]+"`).FindString(made)
	write := func(text string) {
		t.Helper()
		try("POST", "/logging/v2/entries:write", fmt.Sprintf(`{"logName":"projects/votes/logs/l","resource":{"type":"global"},"entries":[{"severity":"INFO"},{"severity":"ERROR","textPayload":%q}]}`, text), "{")
	}
	write("refused")
	apitest.Await(t, "it is said that the sink may not publish", func() (bool, any) {
		_, list := request(t, a, owner, "POST", "/logging/v2/entries:list", `{"resourceNames":["projects/votes"],"filter":"log_id(\"logging.googleapis.com/sink_error\")"}`)
		return strings.Contains(list, "pubsub.topics.publish"), list
	})
	try("POST", "/pubsub/v1/"+topic+":setIamPolicy", `{"policy":{"bindings":[{"role":"roles/pubsub.publisher","members":[`+writer+`]}]}}`, "publisher")
	write("delivered")
	for { // until it is there
		_, pulled := request(t, a, owner, "POST", "/pubsub/v1/projects/votes/subscriptions/errors:pull", `{"maxMessages":10}`)
		if strings.Contains(pulled, "logging.googleapis.com/timestamp") {
			if strings.Count(pulled, "ackId") != 1 {
				t.Errorf("pulled %s, want one message", pulled)
			}
			break
		}
	}
	if code, text := request(t, a, owner, "POST", "/logging/v2/projects/votes/sinks", `{"name":"rows","destination":"bigquery.googleapis.com/projects/votes/datasets/d"}`); code != 400 || !strings.Contains(text, "bigquery.googleapis.com") {
		t.Errorf("a sink to BigQuery: %d %s", code, text)
	}
}
