package guard

import (
	"net/http/httptest"
	"testing"
)

// What a request of REST needs, by its method and path.
func TestPubSubNeeds(t *testing.T) {
	for request, want := range map[[2]string]need{
		{"PUT", "/v1/projects/p/topics/t"}:                         {"pubsub.topics.create", "projects/p"},
		{"POST", "/v1/projects/p/topics/t:publish"}:                {"pubsub.topics.publish", "projects/p/topics/t"},
		{"POST", "/v1/projects/p/subscriptions/s:seek"}:            {"pubsub.subscriptions.consume", "projects/p/subscriptions/s"},
		{"PUT", "/v1/projects/p/snapshots/s"}:                      {"pubsub.snapshots.create", "projects/p"},
		{"GET", "/v1/projects/p/snapshots"}:                        {"pubsub.snapshots.list", "projects/p"},
		{"PATCH", "/v1/projects/p/snapshots/s"}:                    {"pubsub.snapshots.update", "projects/p/snapshots/s"},
		{"POST", "/v1/projects/p/schemas"}:                         {"pubsub.schemas.create", "projects/p"},
		{"GET", "/v1/projects/p/schemas"}:                          {"pubsub.schemas.list", "projects/p"},
		{"GET", "/v1/projects/p/schemas/s"}:                        {"pubsub.schemas.get", "projects/p/schemas/s"},
		{"POST", "/v1/projects/p/schemas/s:commit"}:                {"pubsub.schemas.commit", "projects/p/schemas/s"},
		{"DELETE", "/v1/projects/p/schemas/s@0a1b:deleteRevision"}: {"pubsub.schemas.delete", "projects/p/schemas/s@0a1b"},
		{"POST", "/v1/projects/p/schemas:validateMessage"}:         {"pubsub.schemas.validate", "projects/p/schemas"},
	} {
		got, err := pubsubNeeds(httptest.NewRequest(request[0], request[1], nil))
		if err != nil || got != want {
			t.Errorf("%s needs %v (%v), want %v", request, got, err, want)
		}
	}
	for method, want := range map[string]string{
		"Publish": "pubsub.topics.publish", "Seek": "pubsub.subscriptions.consume", "UpdateTopic": "pubsub.topics.update",
		"CreateSnapshot": "pubsub.snapshots.create", "GetSchema": "pubsub.schemas.get", "ListSchemaRevisions": "pubsub.schemas.listRevisions",
		"DeleteSchemaRevision": "pubsub.schemas.delete", "ValidateMessage": "pubsub.schemas.validate", "ModifyPushConfig": "pubsub.subscriptions.update",
	} {
		if got := pubsubCall(method, ""); got != want {
			t.Errorf("%s needs %s, want %s", method, got, want)
		}
	}
}
