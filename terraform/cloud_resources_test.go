package terraform

import (
	"fmt"
	"net/http"
	"path"
	"strings"
)

// What is particular about single services.

func policyPath(p string) string {
	p, _, _ = strings.Cut(p, ":")
	return strings.TrimSuffix(p, "/iam")
}

func (c *cloud) policy(p string) object {
	if policy := c.policies[policyPath(p)]; policy != nil {
		return policy
	}
	return object{"version": 1, "etag": "ACAB"}
}

// serviceUsage enables services and lists those that are.
func (c *cloud) serviceUsage(p, verb string, body object) (int, object) {
	if verb == "batchEnable" {
		for _, s := range body["serviceIds"].([]any) {
			c.services[s.(string)] = true
		}
		return http.StatusOK, object{"name": "operations/enable", "done": true, "response": object{}}
	}
	if verb == "enable" {
		c.services[strings.TrimSuffix(path.Base(p), ":enable")] = true
		return http.StatusOK, object{"name": "operations/enable", "done": true, "response": object{}}
	}
	var list []object
	for s := range c.services {
		list = append(list, object{"name": "projects/123456789/services/" + s, "state": "ENABLED", "config": object{"name": s}})
	}
	return http.StatusOK, object{"services": list}
}

func (c *cloud) get(p string) (int, object) {
	if r := c.resources[p]; r != nil {
		return http.StatusOK, r
	}
	switch path.Base(p) {
	case "o": // objects of a bucket
		items := []object{}
		for name, r := range c.resources {
			if path.Dir(name) == p {
				items = append(items, r)
			}
		}
		return http.StatusOK, object{"items": items}
	case "done": // an operation
		return http.StatusOK, object{"name": "done", "status": "DONE"}
	case "anywhereCaches":
		return http.StatusOK, object{}
	}
	return http.StatusNotFound, nil
}

// create keeps a resource below a collection, under the id that the request
// gives it somewhere, or one of the cloud's own.
func (c *cloud) create(r *http.Request, p string, body object) (int, object) {
	if body == nil {
		body = object{}
	}
	if r.Method == http.MethodPost {
		p += "/" + c.id(r, p, body)
	}
	if c.resources[p] != nil && kindOf(p) != "o" { // an upload overwrites
		return http.StatusConflict, nil
	}
	c.complete(p, body)
	c.resources[p] = body
	return http.StatusOK, c.operation(p, body)
}

func (c *cloud) id(r *http.Request, p string, body object) string {
	for key, values := range r.URL.Query() {
		if strings.HasSuffix(strings.ToLower(key), "id") || key == "name" {
			return values[0]
		}
	}
	for _, reference := range []string{"datasetReference", "tableReference"} {
		if ref, ok := body[reference].(object); ok {
			if id, ok := ref["tableId"].(string); ok {
				return id
			}
			return ref["datasetId"].(string)
		}
	}
	if id, ok := body["accountId"].(string); ok {
		account, _ := body["serviceAccount"].(object)
		delete(body, "accountId")
		delete(body, "serviceAccount")
		for k, v := range account {
			body[k] = v
		}
		return id + "@" + strings.Split(p, "/")[4] + ".iam.gserviceaccount.com"
	}
	if name, ok := body["name"].(string); ok {
		if path.Base(p) == "metrics" {
			return name // has a slash of its own
		}
		return path.Base(name)
	}
	c.made++
	return fmt.Sprint(c.made)
}

// kindOf is the collection that a resource is in.
func kindOf(p string) string {
	if strings.Contains(p, "/metrics/") {
		return "metrics" // whose names have a slash
	}
	return path.Base(path.Dir(p))
}

// complete adds what a service adds to a resource.
func (c *cloud) complete(p string, body object) {
	kind := kindOf(p)
	for _, prefix := range endpoints {
		if name, ok := strings.CutPrefix(p, prefix); ok {
			switch kind {
			case "b", "o", "datasets", "tables", "metrics", "networks", "subnetworks":
			default:
				// Monitoring has two versions below one address.
				body["name"] = strings.TrimPrefix(strings.TrimPrefix(name, "v3/"), "v1/")
			}
		}
	}
	switch kind {
	case "serviceAccounts":
		body["email"] = path.Base(p)
		body["projectId"] = strings.Split(p, "/")[4]
		body["uniqueId"] = "1" + path.Base(p)
	case "b":
		body["id"] = path.Base(p)
		body["location"] = strings.ToUpper(body["location"].(string))
		body["projectNumber"] = "123456789"
	case "o":
		body["name"], body["bucket"] = path.Base(p), path.Base(path.Dir(path.Dir(p)))
	case "functions":
		body["state"] = "ACTIVE"
		body["environment"] = "GEN_2"
		service := body["serviceConfig"].(object)
		service["uri"] = "https://" + path.Base(p) + "-abc123-uc.a.run.app"
		service["service"] = strings.Replace(body["name"].(string), "/functions/", "/services/", 1)
		service["revision"] = path.Base(p) + "-00001"
	case "jobs":
		body["state"] = "ENABLED"
	}
}

// operation wraps an answer for the services whose changes take time.
func (c *cloud) operation(p string, response object) object {
	switch {
	case strings.HasPrefix(p, endpoints["cloudfunctions2"]), strings.HasPrefix(p, endpoints["artifact_registry"]),
		strings.HasPrefix(p, endpoints["managed_kafka"]) && path.Base(path.Dir(p)) == "clusters":
		return object{"name": "projects/p/locations/l/operations/done", "done": true, "response": response}
	case strings.HasPrefix(p, endpoints["compute"]):
		return object{"kind": "compute#operation", "name": "done", "status": "DONE", "selfLink": c.URL + endpoints["compute"] + "projects/p/global/operations/done"}
	}
	return response
}
