package guard

import (
	"net/http"
	"path"
	"strings"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
)

// PubSub is Pub/Sub's API, REST and gRPC, before the emulator at an address. With enforce
// callers need the permissions of
// https://cloud.google.com/pubsub/docs/access-control#required_permissions.
func PubSub(addr string, policies *policy.Policies, enforce bool) *Guard {
	g := newGuard("pubsub.googleapis.com", addr, policies, enforce, pubsubNeeds)
	g.changed = func(r *http.Request) {
		if r.Method == http.MethodDelete {
			policies.Delete("//pubsub.googleapis.com/" + strings.TrimPrefix(r.URL.Path, "/v1/"))
		}
	}
	return g
}

// consume are the methods of a subscription that take messages.
var consume = map[string]bool{
	"pull": true, "acknowledge": true, "modifyAckDeadline": true, "seek": true,
	"Pull": true, "StreamingPull": true, "Acknowledge": true, "ModifyAckDeadline": true, "Seek": true,
}

// schemaVerbs are what the methods of schemas need, REST's and gRPC's.
var schemaVerbs = map[string]string{
	"commit": "commit", "rollback": "rollback", "listRevisions": "listRevisions", "deleteRevision": "delete",
	"validate": "validate", "validateMessage": "validate",
	"CommitSchema": "commit", "RollbackSchema": "rollback", "ListSchemaRevisions": "listRevisions",
	"ValidateSchema": "validate", "ValidateMessage": "validate",
}

func pubsubNeeds(r *http.Request) (need, error) {
	if api.IsGRPC(r) {
		resource, err := routed(r)
		return need{pubsubCall(path.Base(r.URL.Path), resource), resource}, err
	}
	name, verb := api.Verb(strings.TrimPrefix(r.URL.Path, "/v1/"))
	parts := strings.Split(name, "/")
	if len(parts) < 3 {
		return need{}, nil // the emulator refuses it
	}
	collection := "pubsub." + parts[2]
	switch {
	case verb == "publish":
		return need{"pubsub.topics.publish", name}, nil
	case consume[verb]:
		return need{"pubsub.subscriptions.consume", name}, nil
	case policy.IsMethod(verb):
		return iamNeed(verb, collection, name), nil
	case parts[2] == "schemas" && schemaVerbs[verb] != "":
		return need{collection + "." + schemaVerbs[verb], name}, nil
	case verb != "" || r.Method == http.MethodPatch:
		return need{collection + ".update", name}, nil
	case len(parts) == 3 && r.Method == http.MethodPost: // of a schema
		return need{collection + ".create", "projects/" + parts[1]}, nil
	case len(parts) == 3:
		return need{collection + ".list", "projects/" + parts[1]}, nil
	case r.Method == http.MethodPut:
		return need{collection + ".create", "projects/" + parts[1]}, nil
	case r.Method == http.MethodDelete:
		return need{collection + ".delete", name}, nil
	}
	return need{collection + ".get", name}, nil
}

// iamNeed is what a method of IAM needs; who asks for permissions needs none.
func iamNeed(verb, collection, name string) need {
	if verb == "testIamPermissions" {
		return need{}
	}
	return need{collection + "." + verb, name}
}

// pubsubCall is the permission that a call of gRPC needs on a resource.
func pubsubCall(method, resource string) string {
	switch {
	case method == "Publish":
		return "pubsub.topics.publish"
	case consume[method]:
		return "pubsub.subscriptions.consume"
	}
	if verb := schemaVerbs[method]; verb != "" {
		return "pubsub.schemas." + verb
	}
	collection := "pubsub.subscriptions"
	switch {
	case strings.Contains(method, "Topic"):
		collection = "pubsub.topics"
	case strings.Contains(method, "Snapshot"):
		collection = "pubsub.snapshots"
	case strings.Contains(method, "Schema"):
		collection = "pubsub.schemas"
	}
	for prefix, action := range map[string]string{"Get": ".get", "List": ".list", "Create": ".create", "Delete": ".delete"} {
		if strings.HasPrefix(method, prefix) {
			return collection + action
		}
	}
	return collection + ".update"
}
