package terraform

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A cloud keeps what the Google provider creates, and gives it back: enough of
// every API that is used here for apply, plan and destroy to run for real. It
// doesn't do what resources are for. Its answers are the requests, with what
// the service would add.
type cloud struct {
	*httptest.Server
	t *testing.T

	mu        sync.Mutex
	resources map[string]object // by path, the service's prefix first
	policies  map[string]object // IAM, by path
	services  map[string]bool   // enabled
	made      int               // ids given so far
}

type object = map[string]any

// endpoints are the provider's settings, with the path under which each service
// is here.
var endpoints = map[string]string{
	"artifact_registry": "/artifactregistry/v1/",
	"big_query":         "/bigquery/v2/",
	"cloud_run_v2":      "/run/v2/",
	"cloud_scheduler":   "/scheduler/v1/",
	"cloudfunctions2":   "/functions/v2/",
	"compute":           "/compute/v1/",
	"iam_beta":          "/iam/v1/",
	"logging":           "/logging/v2/",
	"managed_kafka":     "/kafka/v1/",
	"monitoring":        "/monitoring/",
	"pubsub":            "/pubsub/v1/",
	"resource_manager":  "/projects/v1/",
	"secret_manager":    "/secrets/v1/",
	"service_usage":     "/serviceusage/v1/",
	"storage":           "/storage/v1/",
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{t: t, resources: map[string]object{}, policies: map[string]object{}, services: map[string]bool{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

// provider is the configuration that leads to this cloud.
func (c *cloud) provider() string {
	var b strings.Builder
	b.WriteString("provider \"google\" {\n  access_token = \"none\"\n")
	for _, name := range slices.Sorted(maps.Keys(endpoints)) {
		fmt.Fprintf(&b, "  %s_custom_endpoint = %q\n", name, c.URL+endpoints[name])
	}
	// Grants wait for others to go with, otherwise.
	return b.String() + "  batching {\n    enable_batching = false\n  }\n}\n"
}

// left are the paths of what exists.
func (c *cloud) left() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.resources))
}

// one is the path of the one resource whose path holds part.
func (c *cloud) one(part string) string {
	found := slices.DeleteFunc(c.left(), func(p string) bool { return !strings.Contains(p, part) })
	if len(found) != 1 {
		c.t.Fatalf("%d resources are %s, want 1: %v", len(found), part, found)
	}
	return found[0]
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var body object
	if strings.HasPrefix(r.URL.Path, "/upload/") {
		body = c.upload(r)
	} else if content, _ := io.ReadAll(r.Body); len(content) > 0 {
		if err := json.Unmarshal(content, &body); err != nil {
			c.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
	}
	status, answer := c.handle(r, body)
	if status >= 400 {
		c.t.Logf("%d %s %s", status, r.Method, r.URL)
		answer = object{"error": object{"code": status, "message": fmt.Sprintf("%s %s", r.Method, r.URL.Path), "status": http.StatusText(status)}}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // the provider is gone
}

// upload reads an object of Cloud Storage: its metadata and its content.
func (c *cloud) upload(r *http.Request) object {
	body := object{}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		c.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		return body
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err != nil {
			return body
		}
		content, _ := io.ReadAll(part)
		if n == 0 {
			_ = json.Unmarshal(content, &body)
			continue
		}
		sum := md5.Sum(content)
		body["md5Hash"] = base64.StdEncoding.EncodeToString(sum[:])
		body["generation"] = "1"
	}
}

func (c *cloud) handle(r *http.Request, body object) (int, object) {
	p := strings.TrimSuffix(r.URL.Path, "/")
	_, verb, _ := strings.Cut(path.Base(p), ":")
	switch {
	case strings.HasPrefix(p, endpoints["service_usage"]):
		return c.serviceUsage(p, verb, body)
	case verb == "getIamPolicy" || strings.HasSuffix(p, "/iam") && r.Method == http.MethodGet:
		return http.StatusOK, c.policy(p)
	case verb == "setIamPolicy" || strings.HasSuffix(p, "/iam"):
		policy, ok := body["policy"].(object)
		if !ok {
			policy = body
		}
		c.policies[policyPath(p)] = policy
		return http.StatusOK, policy
	case strings.HasPrefix(p, endpoints["resource_manager"]):
		return http.StatusOK, object{"projectId": path.Base(p), "projectNumber": "123456789", "lifecycleState": "ACTIVE"}
	case verb == "addVersion":
		return c.create(r, strings.TrimSuffix(p, ":addVersion")+"/versions", object{"state": "ENABLED", "payload": body["payload"]})
	case verb == "access":
		return http.StatusOK, object{"payload": object{"data": base64.StdEncoding.EncodeToString([]byte("secret"))}}
	case verb == "pause", verb == "resume", verb == "enable": // a job, a secret's version
		return http.StatusOK, c.resources[strings.TrimSuffix(p, ":"+verb)]
	case verb == "destroy":
		delete(c.resources, strings.TrimSuffix(p, ":destroy"))
		return http.StatusOK, object{}
	case r.Method == http.MethodGet:
		return c.get(p)
	case r.Method == http.MethodDelete:
		delete(c.resources, p)
		return http.StatusOK, c.operation(p, object{})
	case r.Method == http.MethodPost:
		return c.create(r, strings.TrimPrefix(p, "/upload"), body)
	case c.resources[p] == nil && r.Method == http.MethodPut:
		return c.create(r, p, body)
	}
	if c.resources[p] == nil {
		return http.StatusNotFound, nil
	}
	maps.Copy(c.resources[p], body)
	return http.StatusOK, c.operation(p, c.resources[p])
}
