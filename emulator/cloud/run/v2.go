package run

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

func (s *Services) listV2(r *http.Request) (any, error) {
	if err := api.Parameters(r, "pageSize", "pageToken"); err != nil {
		return nil, err
	}
	page, next, err := api.Page(r, s.list(r.PathValue("project"), locationOf(r)), pageSize, func(svc *service) string { return svc.name })
	if err != nil {
		return nil, err
	}
	services := []api.Object{}
	for _, svc := range page {
		services = append(services, svc.v2())
	}
	return api.Listed("services", services, next), nil
}

func (s *Services) getV2(r *http.Request) (any, error) {
	svc, err := s.find(r)
	if err != nil {
		return nil, err
	}
	return svc.v2(), nil
}

// v2 is a service as https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
// has it.
func (s *service) v2() api.Object {
	rev := s.serving()
	ready := api.Object{"type": "Ready", "state": "CONDITION_SUCCEEDED", "lastTransitionTime": stamp(rev.created)}
	full := s.name + "/revisions/" + rev.name
	var env []api.Object
	for _, name := range slices.Sorted(maps.Keys(rev.Environment)) {
		env = append(env, api.Object{"name": name, "value": rev.Environment[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(rev.Secrets)) {
		secret := rev.Secrets[name]
		env = append(env, api.Object{"name": name, "valueSource": api.Object{"secretKeyRef": api.Object{"secret": secret.Name, "version": secret.Version}}})
	}
	scaling := api.Object{"maxInstanceCount": rev.MaxInstances}
	if rev.MinInstances > 0 {
		scaling["minInstanceCount"] = rev.MinInstances
	}
	return api.Object{
		"name": s.name, "uid": s.uid, "generation": fmt.Sprint(rev.number), "observedGeneration": fmt.Sprint(rev.number),
		"labels": rev.Labels, "annotations": rev.Annotations, "createTime": stamp(s.created), "updateTime": stamp(rev.created),
		"creator": rev.Creator, "lastModifier": rev.Creator, "ingress": rev.Ingress, "launchStage": "GA",
		"uri": s.url, "urls": []string{s.url}, "etag": fmt.Sprintf("\"%s-%d\"", s.uid, rev.number),
		"terminalCondition": ready, "latestReadyRevision": full, "latestCreatedRevision": full, "reconciling": false,
		"traffic":         []api.Object{{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}},
		"trafficStatuses": []api.Object{{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}},
		"template": api.Object{
			"revision": rev.name, "serviceAccount": rev.ServiceAccount, "timeout": fmt.Sprintf("%ds", int(rev.Timeout.Seconds())),
			"maxInstanceRequestConcurrency": rev.Concurrency, "scaling": scaling,
			"containers": []api.Object{{
				"name": "worker", "image": rev.Image, "env": env, "ports": []api.Object{{"name": "http1", "containerPort": 8080}},
				"resources": api.Object{"limits": api.Object{"cpu": rev.CPU, "memory": rev.Memory}, "cpuIdle": true},
			}},
		},
	}
}
