package compute_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/compute"
)

func TestResources(t *testing.T) {
	s := compute.New()
	call := func(code int, method, target, body string) api.Object {
		t.Helper()
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(method, "/compute/v1/projects/p/"+target, strings.NewReader(body)))
		var answer api.Object
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != code {
			t.Errorf("%s %s: %d %s, want %d", method, target, w.Code, w.Body, code)
		}
		return answer
	}
	const subnetwork = "regions/r/subnetworks/s"
	op := call(200, "POST", "regions/r/subnetworks", `{"name":"s","ipCidrRange":"10.0.0.0/24"}`)
	if again := call(200, "GET", "regions/r/operations/"+op["name"].(string), ""); again["status"] != "DONE" || again["name"] != op["name"] {
		t.Errorf("operation %v, then %v", op, again)
	}
	call(409, "POST", "regions/r/subnetworks", `{"name":"s"}`)
	call(400, "POST", "global/networks", `{}`)
	got := call(200, "GET", subnetwork, "")
	if got["ipCidrRange"] != "10.0.0.0/24" || got["selfLink"] != "https://www.googleapis.com/compute/v1/projects/p/"+subnetwork {
		t.Errorf("got %v", got)
	}
	fingerprint := `"fingerprint":"` + got["fingerprint"].(string) + `"`
	call(200, "PATCH", subnetwork, `{`+fingerprint+`,"ipCidrRange":"10.0.0.0/20"}`)
	call(400, "PATCH", subnetwork, `{`+fingerprint+`,"ipCidrRange":"10.0.0.0/16"}`)
	call(200, "POST", subnetwork+"/setPrivateIpGoogleAccess", `{"privateIpGoogleAccess":true}`)
	if got := call(200, "GET", subnetwork, ""); got["ipCidrRange"] != "10.0.0.0/20" || got["privateIpGoogleAccess"] != true {
		t.Errorf("changed: %v", got)
	}
	call(200, "POST", "global/addresses", `{"name":"a"}`)
	if got := call(200, "GET", "global/addresses/a", ""); !strings.HasPrefix(got["address"].(string), "203.0.113.") {
		t.Errorf("address: %v", got)
	}
	if list := call(200, "GET", "global/addresses", ""); len(list["items"].([]any)) != 1 {
		t.Errorf("listed %v", list)
	}
	call(200, "POST", "global/addresses", `{"name":"b"}`)
	first := call(200, "GET", "global/addresses?maxResults=1&returnPartialSuccess=true", "")
	rest := call(200, "GET", fmt.Sprintf("global/addresses?pageToken=%v", first["nextPageToken"]), "")
	if of := rest["items"].([]any); len(first["items"].([]any)) != 1 || len(of) != 1 || of[0].(api.Object)["name"] != "b" || rest["nextPageToken"] != nil {
		t.Errorf("one after another: %v, %v", first, rest)
	}
	call(200, "DELETE", "global/addresses/b", "")
	for _, query := range []string{"maxResults=-1", "maxResults=501", "maxResults=x", "pageToken=!", "orderBy=name"} {
		call(400, "GET", "global/addresses?"+query, "")
	}
	call(501, "GET", "global/addresses?filter=name%3Da", "")
	call(501, "GET", "zones/z/instances", "")
	if names := s.Names(); len(names) != 2 {
		t.Errorf("names: %v", names)
	}
	call(200, "DELETE", subnetwork, "")
	call(200, "DELETE", "global/addresses/a", "")
	call(404, "DELETE", "global/addresses/a", "")
	if names := s.Names(); len(names) != 0 {
		t.Errorf("left: %v", names)
	}
}
