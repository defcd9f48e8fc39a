// Package compute keeps networks and what stands before a service in Compute Engine's API
// v1: addresses, load balancers, certificates, security policies. Nothing is done with
// them: no traffic passes.
package compute

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/resource"
)

// kinds are the collections that are kept, with the kind of their resources: the rest is
// refused by name.
var kinds = map[string]string{
	"global/addresses":                "compute#address",
	"global/backendServices":          "compute#backendService",
	"global/forwardingRules":          "compute#forwardingRule",
	"global/networks":                 "compute#network",
	"global/securityPolicies":         "compute#securityPolicy",
	"global/sslCertificates":          "compute#sslCertificate",
	"global/sslPolicies":              "compute#sslPolicy",
	"global/targetHttpProxies":        "compute#targetHttpProxy",
	"global/targetHttpsProxies":       "compute#targetHttpsProxy",
	"global/urlMaps":                  "compute#urlMap",
	"regions/*/networkEndpointGroups": "compute#networkEndpointGroup",
	"regions/*/subnetworks":           "compute#subnetwork",
}

const (
	host = "https://www.googleapis.com/compute/v1/"
	root = "/compute/v1/"
)

// Service is the API. It is an http.Handler.
type Service struct {
	store *resource.Store
	last  atomic.Uint64 // number given to an operation or an address
}

// New returns the API without resources.
func New() *Service { return &Service{store: resource.NewStore()} }

// Names are the full names of all resources.
func (s *Service) Names() []string { return s.store.FullNames("compute.googleapis.com") }

func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	api.Method(s.serve).ServeHTTP(w, r)
}

func (s *Service) serve(r *http.Request) (any, error) {
	name, found := strings.CutPrefix(r.URL.Path, root)
	parts := strings.SplitN(name, "/", 3)
	if !found || len(parts) < 3 || parts[0] != "projects" {
		return nil, api.Unknown(r)
	}
	below := parts[2]
	if resource.Match("global/operations/**", below) || resource.Match("regions/*/operations/**", below) {
		return s.operation(strings.TrimSuffix(name, "/wait"), "done"), nil
	}
	for collection, kind := range kinds {
		switch {
		case resource.Match(collection, below):
			return s.collection(r, name, kind)
		case resource.Match(collection+"/*", below):
			return s.one(r, name)
		case r.Method == http.MethodPost && resource.Match(collection+"/*/*", below) && strings.HasPrefix(path.Base(name), "set"):
			return s.change(r, path.Dir(name))
		}
	}
	return nil, api.Unknown(r)
}

func (s *Service) collection(r *http.Request, name, kind string) (any, error) {
	switch r.Method {
	case http.MethodGet:
		return s.list(r, name, kind)
	case http.MethodPost:
	default:
		return nil, api.Unknown(r)
	}
	body := api.Object{}
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	id, ok := body["name"].(string)
	if !ok || id == "" || strings.Contains(id, "/") {
		return nil, status.Errorf(codes.InvalidArgument, "Invalid value for field 'resource.name': '%v'.", body["name"])
	}
	s.complete(name+"/"+id, kind, body)
	return s.operation(name+"/"+id, "insert"), s.store.Create(name+"/"+id, body)
}

// mostListed is how many resources a list has at most, as the API says of maxResults.
const mostListed = 500

// list lists a collection by name. Nothing is ever missing from it, which returnPartialSuccess is about.
func (s *Service) list(r *http.Request, name, kind string) (any, error) {
	query := r.URL.Query()
	if filter := query.Get("filter"); filter != "" {
		return nil, status.Errorf(codes.Unimplemented, "The emulator has no filter %q of %s.", filter, name)
	}
	if err := api.Parameters(r, "maxResults", "pageToken", "returnPartialSuccess"); err != nil {
		return nil, err
	}
	size := mostListed
	if text := query.Get("maxResults"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > mostListed {
			return nil, status.Errorf(codes.InvalidArgument, "Invalid value for field 'maxResults': '%s'. It is 0 to %d.", text, mostListed)
		}
		size = cmp.Or(n, mostListed)
	}
	page, next, err := api.PageAfter(s.store.List(name+"/*"), size, query.Get("pageToken"), func(o api.Object) string { return fmt.Sprint(o["name"]) })
	if err != nil {
		return nil, err
	}
	answer := api.Listed("items", page, next)
	answer["kind"] = kind + "List"
	return answer, nil
}

// complete adds what the service adds to a resource.
func (s *Service) complete(name, kind string, o api.Object) {
	o["kind"], o["selfLink"], o["id"] = kind, host+name, number(name)
	o["creationTimestamp"] = time.Now().UTC().Format("2006-01-02T15:04:05.000-07:00")
	if region := api.Segment(name, "regions"); region != "" {
		o["region"] = host + "projects/" + api.Segment(name, "projects") + "/regions/" + region
	}
	if kind == "compute#address" && o["address"] == nil {
		o["address"] = fmt.Sprintf("203.0.113.%d", 1+s.last.Add(1)%254) // for documentation: RFC 5737
		o["status"] = "RESERVED"
	}
	fingerprint(o)
}

// fingerprint gives a resource another one: who changes it has to name the last.
func fingerprint(o api.Object) {
	h := number(fmt.Sprint(o))
	o["fingerprint"], o["labelFingerprint"] = h, h
}

func number(text string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // never fails
	return strconv.FormatUint(h.Sum64()>>1, 10)
}

func (s *Service) one(r *http.Request, name string) (any, error) {
	switch r.Method {
	case http.MethodGet:
		return s.store.Get(name)
	case http.MethodPatch, http.MethodPut:
		return s.change(r, name)
	case http.MethodDelete:
		_, err := s.store.Delete(name)
		return s.operation(name, "delete"), err
	}
	return nil, api.Unknown(r)
}

// change takes the fields of a request into a resource.
func (s *Service) change(r *http.Request, name string) (any, error) {
	var body api.Object
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	_, err := s.store.Change(name, func(o api.Object) error {
		for _, field := range []string{"fingerprint", "labelFingerprint"} {
			if given, ok := body[field]; ok && given != o[field] {
				return status.Error(codes.FailedPrecondition, "Supplied fingerprint does not match current metadata fingerprint.")
			}
		}
		resource.Update(o, body, "")
		fingerprint(o)
		return nil
	})
	return s.operation(name, "patch"), err
}

// operation is one that is done: changes take no time.
func (s *Service) operation(target, kind string) api.Object {
	scope := "projects/" + api.Segment(target, "projects") + "/global"
	o := api.Object{}
	if region := api.Segment(target, "regions"); region != "" {
		scope = "projects/" + api.Segment(target, "projects") + "/regions/" + region
		o["region"] = host + scope
	}
	id := "operation-" + strconv.FormatUint(s.last.Add(1), 10)
	if asked := api.Segment(target, "operations"); asked != "" {
		id = asked
	}
	o["kind"], o["id"], o["name"], o["operationType"] = "compute#operation", number(id), id, kind
	o["status"], o["progress"], o["targetLink"], o["selfLink"] = "DONE", 100, host+target, host+scope+"/operations/"+id
	return o
}
