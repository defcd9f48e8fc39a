package run

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/project"
)

const servingAPI = "serving.knative.dev/v1"

func (s *Services) listKnative(r *http.Request) (any, error) {
	if err := api.Parameters(r, "limit", "continue"); err != nil {
		return nil, err
	}
	size := pageSize
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, status.Errorf(codes.InvalidArgument, "Invalid value at 'limit' (TYPE_INT32), %q", text)
		}
		if n > 0 {
			size = n
		}
	}
	page, next, err := api.PageAfter(s.list(r.PathValue("project"), locationOf(r)), size, r.URL.Query().Get("continue"), func(svc *service) string { return svc.name })
	if err != nil {
		return nil, err
	}
	items := []api.Object{}
	for _, svc := range page {
		items = append(items, svc.knative())
	}
	list := api.Object{"apiVersion": servingAPI, "kind": "ServiceList", "metadata": api.Object{}, "items": items}
	if next != "" {
		list["metadata"] = api.Object{"continue": next}
	}
	return list, nil
}

func (s *Services) getKnative(r *http.Request) (any, error) {
	svc, err := s.find(r)
	if err != nil {
		return nil, err
	}
	return svc.knative(), nil
}

// getRevision is a revision as Knative has it: the one that serves.
func (s *Services) getRevision(r *http.Request) (any, error) {
	name := r.PathValue("revision")
	for _, svc := range s.list(r.PathValue("project"), locationOf(r)) {
		if rev := svc.serving(); rev != nil && rev.name == name {
			meta := svc.metadata(rev.name, rev.created, rev.number)
			meta["labels"] = api.Object{"serving.knative.dev/service": svc.base, "cloud.googleapis.com/location": svc.location}
			return api.Object{
				"apiVersion": servingAPI, "kind": "Revision", "metadata": meta, "spec": rev.spec(),
				"status": api.Object{"conditions": conditions(rev.created, "Ready", "Active", "ContainerHealthy", "ResourcesAvailable"), "imageDigest": rev.Image},
			}, nil
		}
	}
	return nil, status.Errorf(codes.NotFound, "Resource '%s' of kind 'REVISION' does not exist, or has no traffic.", name)
}

// knative is a service as the Knative Serving API has it
// (https://cloud.google.com/run/docs/reference/rest/v1/namespaces.services).
func (s *service) knative() api.Object {
	rev := s.serving()
	ingress := "all"
	if rev.Ingress == Internal {
		ingress = "internal"
	}
	meta := s.metadata(s.base, s.created, rev.number)
	meta["labels"] = labels(rev.Labels, "cloud.googleapis.com/location", s.location)
	annotations := api.Object{
		"serving.knative.dev/creator": rev.Creator, "serving.knative.dev/lastModifier": rev.Creator,
		"run.googleapis.com/ingress": ingress, "run.googleapis.com/ingress-status": ingress,
		"run.googleapis.com/urls": fmt.Sprintf("[%q]", s.url),
	}
	for name, value := range rev.Annotations {
		annotations[name] = value
	}
	meta["annotations"] = annotations
	template := api.Object{"autoscaling.knative.dev/maxScale": strconv.Itoa(rev.MaxInstances)}
	if rev.MinInstances > 0 {
		template["autoscaling.knative.dev/minScale"] = strconv.Itoa(rev.MinInstances)
	}
	return api.Object{
		"apiVersion": servingAPI, "kind": "Service", "metadata": meta,
		"spec": api.Object{
			"template": api.Object{"metadata": api.Object{"name": rev.name, "annotations": template}, "spec": rev.spec()},
			"traffic":  []api.Object{{"percent": 100, "latestRevision": true}},
		},
		"status": api.Object{
			"observedGeneration": rev.number, "conditions": conditions(rev.created, "Ready", "ConfigurationsReady", "RoutesReady"),
			"latestReadyRevisionName": rev.name, "latestCreatedRevisionName": rev.name,
			"traffic": []api.Object{{"revisionName": rev.name, "percent": 100, "latestRevision": true}},
			"url":     s.url, "address": api.Object{"url": s.url},
		},
	}
}

func (s *service) metadata(name string, created time.Time, generation int) api.Object {
	return api.Object{
		"name": name, "namespace": project.Number(s.project), "uid": s.uid, "resourceVersion": strconv.Itoa(generation),
		"selfLink":   "/apis/" + servingAPI + "/namespaces/" + project.Number(s.project) + "/services/" + s.base,
		"generation": generation, "creationTimestamp": stamp(created),
	}
}

// spec is what a revision runs, as Knative has it.
func (r *revision) spec() api.Object {
	var env []api.Object
	for _, name := range slices.Sorted(maps.Keys(r.Environment)) {
		env = append(env, api.Object{"name": name, "value": r.Environment[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Secrets)) {
		env = append(env, api.Object{"name": name, "valueFrom": api.Object{"secretKeyRef": api.Object{
			"name": api.Segment(r.Secrets[name].Name, "secrets"), "key": r.Secrets[name].Version,
		}}})
	}
	return api.Object{
		"containerConcurrency": r.Concurrency, "timeoutSeconds": int(r.Timeout.Seconds()), "serviceAccountName": r.ServiceAccount,
		"containers": []api.Object{{
			"image": r.Image, "env": env, "name": "worker", "ports": []api.Object{{"name": "http1", "containerPort": 8080}},
			"resources": api.Object{"limits": api.Object{"cpu": r.CPU, "memory": r.Memory}},
		}},
	}
}

func conditions(at time.Time, types ...string) []api.Object {
	var all []api.Object
	for _, t := range types {
		all = append(all, api.Object{"type": t, "status": "True", "lastTransitionTime": stamp(at)})
	}
	return all
}

// labels are some labels and one more.
func labels(some map[string]string, name, value string) map[string]string {
	all := map[string]string{name: value}
	maps.Copy(all, some)
	return all
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
