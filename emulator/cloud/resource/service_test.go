package resource_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/api/apitest"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/resource"
)

func TestService(t *testing.T) {
	s := resource.New(t.Context(), "artifactregistry.googleapis.com", policy.New(), resource.Kind{
		Collection: "projects/*/locations/*/repositories", IDs: "repositoryId", LongRunning: true, IAM: true,
		Complete: func(o api.Object) { o["satisfiesPzi"] = true },
	})
	const collection = "/v1/projects/p/locations/l/repositories"
	code, op := apitest.Send(t, s, "POST", collection+"?repository_id=r", `{"format":"DOCKER","labels":{"a":"1","b":"2"}}`)
	if code != 200 || op["done"] != false {
		t.Fatalf("created: %d %v, want an operation", code, op)
	}
	if _, repository := apitest.Send(t, s, "GET", collection+"/r", ""); repository["name"] != "projects/p/locations/l/repositories/r" || repository["format"] != "DOCKER" || repository["satisfiesPzi"] != true {
		t.Errorf("got %v", repository)
	}
	if code, _ := apitest.Send(t, s, "POST", collection+"?repositoryId=r", `{}`); code != 409 {
		t.Errorf("created twice: %d, want 409", code)
	}
	if code, answer := apitest.Send(t, s, "POST", collection, `{}`); code != 400 || !strings.Contains(answer["error"].(api.Object)["message"].(string), "id") {
		t.Errorf("without an id: %d %v", code, answer)
	}
	apitest.Send(t, s, "PATCH", collection+"/r?updateMask=labels.a,description,clean_up", `{"description":"images","labels":{},"cleanUp":{"x":1},"format":"NPM"}`)
	_, repository := apitest.Send(t, s, "GET", collection+"/r", "")
	for field, want := range map[string]any{"description": "images", "labels": api.Object{"b": "2"}, "format": "DOCKER", "cleanUp": api.Object{"x": 1.0}} {
		if !reflect.DeepEqual(repository[field], want) {
			t.Errorf("changed, %s is %v, want %v", field, repository[field], want)
		}
	}
	for target, want := range map[string]int{collection: 1, "/v1/projects/p/locations/-/repositories": 1, "/v1/projects/q/locations/-/repositories": 0} {
		if _, list := apitest.Send(t, s, "GET", target, ""); len(list["repositories"].([]any)) != want {
			t.Errorf("%s: %v, want %d", target, list, want)
		}
	}
	if code, answer := apitest.Send(t, s, "POST", collection+"/r:setIamPolicy", `{"policy":{"bindings":[{"role":"roles/artifactregistry.writer","members":["user:a@example.com"]}]}}`); code != 200 {
		t.Errorf("set policy: %d %v", code, answer)
	}
	if _, answer := apitest.Send(t, s, "GET", collection+"/r:getIamPolicy", ""); len(answer["bindings"].([]any)) != 1 {
		t.Errorf("policy: %v", answer)
	}
	s.Locations = []string{"l"}
	if _, answer := apitest.Send(t, s, "GET", "/v1beta2/projects/p/locations", ""); !reflect.DeepEqual(answer["locations"], []any{api.Object{"name": "projects/p/locations/l", "locationId": "l"}}) {
		t.Errorf("locations: %v", answer)
	}
	if names := s.Names(); !reflect.DeepEqual(names, []string{"//artifactregistry.googleapis.com/projects/p/locations/l/repositories/r"}) {
		t.Errorf("names: %v", names)
	}
	apitest.Send(t, s, "DELETE", collection+"/r", "")
	for _, request := range [][2]string{{"GET", "/r"}, {"DELETE", "/r"}, {"PATCH", "/r"}, {"GET", "/r:getIamPolicy"}} {
		if code, _ := apitest.Send(t, s, request[0], collection+request[1], ""); code != 404 {
			t.Errorf("%s of what is deleted: %d, want 404", request[0], code)
		}
	}
	if code, _ := apitest.Send(t, s, "POST", "/v1/projects/p/locations/l/packages", `{}`); code != 501 {
		t.Errorf("another collection: %d, want 501", code)
	}
}

func TestOperationsAreDone(t *testing.T) {
	s := resource.New(t.Context(), "managedkafka.googleapis.com", policy.New(),
		resource.Kind{Collection: "projects/*/locations/*/clusters", IDs: "clusterId", LongRunning: true})
	_, op := apitest.Send(t, s, "POST", "/v1/projects/p/locations/l/clusters?clusterId=c", `{}`)
	var got api.Object
	apitest.Await(t, "the operation is done", func() (bool, any) {
		var code int
		if code, got = apitest.Send(t, s, "GET", "/v1/"+op["name"].(string), ""); code != 200 {
			t.Fatalf("%d %v", code, got)
		}
		return got["done"] == true, got
	})
	if got["response"].(api.Object)["name"] != "projects/p/locations/l/clusters/c" {
		t.Errorf("done with %v", got)
	}
}
