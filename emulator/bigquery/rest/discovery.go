package rest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// Types of Google's discovery format, as far as clients read them.
type (
	discoveryDoc struct {
		Kind             string                       `json:"kind"`
		DiscoveryVersion string                       `json:"discoveryVersion"`
		ID               string                       `json:"id"`
		Name             string                       `json:"name"`
		Version          string                       `json:"version"`
		Revision         string                       `json:"revision"`
		Title            string                       `json:"title"`
		Description      string                       `json:"description"`
		Protocol         string                       `json:"protocol"`
		RootURL          string                       `json:"rootUrl"`
		ServicePath      string                       `json:"servicePath"`
		BaseURL          string                       `json:"baseUrl"`
		BasePath         string                       `json:"basePath"`
		BatchPath        string                       `json:"batchPath"`
		Parameters       map[string]discoveryParam    `json:"parameters"`
		Schemas          map[string]discoverySchema   `json:"schemas"`
		Resources        map[string]discoveryResource `json:"resources"`
	}
	discoveryResource struct {
		Methods map[string]*discoveryMethod `json:"methods"`
	}
	discoveryMethod struct {
		ID                  string                    `json:"id"`
		Path                string                    `json:"path"`
		FlatPath            string                    `json:"flatPath"`
		HTTPMethod          string                    `json:"httpMethod"`
		Parameters          map[string]discoveryParam `json:"parameters"`
		ParameterOrder      []string                  `json:"parameterOrder"`
		Request             *discoveryRef             `json:"request,omitempty"`
		Response            *discoveryRef             `json:"response,omitempty"`
		SupportsMediaUpload bool                      `json:"supportsMediaUpload,omitempty"`
		MediaUpload         *discoveryMedia           `json:"mediaUpload,omitempty"`
	}
	discoveryParam struct {
		Type     string `json:"type"`
		Location string `json:"location"`
		Required bool   `json:"required,omitempty"`
		Repeated bool   `json:"repeated,omitempty"`
		Format   string `json:"format,omitempty"`
	}
	discoveryRef struct {
		Ref string `json:"$ref"`
	}
	discoverySchema struct {
		ID         string                       `json:"id"`
		Type       string                       `json:"type"`
		Properties map[string]discoveryProperty `json:"properties"`
	}
	discoveryProperty struct {
		Type string `json:"type"`
	}
	discoveryMedia struct {
		Accept    []string                     `json:"accept"`
		Protocols map[string]discoveryProtocol `json:"protocols"`
	}
	discoveryProtocol struct {
		Multipart bool   `json:"multipart"`
		Path      string `json:"path"`
	}
)

// genericSchema stands for every message: clients of the document send and
// receive plain JSON and look at a schema only for a pageToken.
const genericSchema = "Message"

func discovery(_ *Handler, w http.ResponseWriter, r *http.Request) error {
	root := "http://" + r.Host + "/"
	doc := discoveryDoc{
		Kind: "discovery#restDescription", DiscoveryVersion: "v1", ID: "bigquery:v2", Name: "bigquery", Version: "v2", Revision: "0",
		Title: "BigQuery API", Description: "The methods of BigQuery that the emulator serves.", Protocol: "rest",
		RootURL: root, ServicePath: "bigquery/v2/", BaseURL: root + "bigquery/v2/", BasePath: "/bigquery/v2/", BatchPath: "batch/bigquery/v2",
		Parameters: map[string]discoveryParam{},
		Resources:  map[string]discoveryResource{},
		Schemas: map[string]discoverySchema{genericSchema: {ID: genericSchema, Type: "object", Properties: map[string]discoveryProperty{
			"pageToken": {"string"}, "nextPageToken": {"string"},
		}}},
	}
	for _, name := range wire.CommonParams {
		doc.Parameters[name] = discoveryParam{Type: "string", Location: "query"}
	}
	for _, rt := range slices.Concat(routes, refused) {
		resource, method, ok := strings.Cut(rt.id, ".")
		if !ok {
			continue
		}
		if _, ok := doc.Resources[resource]; !ok {
			doc.Resources[resource] = discoveryResource{map[string]*discoveryMethod{}}
		}
		doc.Resources[resource].Methods[method] = rt.describe()
	}
	return wire.Reply(w, doc)
}

var pathParam = regexp.MustCompile(`\{(\w+)\}`)

func (rt *route) describe() *discoveryMethod {
	m := &discoveryMethod{
		ID: "bigquery." + rt.id, FlatPath: rt.path, HTTPMethod: rt.method,
		Path:       pathParam.ReplaceAllString(rt.path, "{+$1}"),
		Parameters: map[string]discoveryParam{},
	}
	if rt.verb != "" {
		m.FlatPath, m.Path = m.FlatPath+":"+rt.verb, m.Path+":"+rt.verb
	}
	for _, p := range pathParam.FindAllStringSubmatch(rt.path, -1) {
		m.Parameters[p[1]] = discoveryParam{Type: "string", Location: "path", Required: true}
		m.ParameterOrder = append(m.ParameterOrder, p[1])
	}
	for _, name := range rt.query {
		m.Parameters[name] = queryParam(name)
	}
	if rt.method != "DELETE" {
		m.Response = &discoveryRef{genericSchema}
	}
	if rt.method == "POST" || rt.method == "PUT" || rt.method == "PATCH" {
		m.Request = &discoveryRef{genericSchema}
	}
	if rt.media {
		m.SupportsMediaUpload = true
		m.MediaUpload = &discoveryMedia{Accept: []string{"*/*"}, Protocols: map[string]discoveryProtocol{
			"simple":    {true, "/upload/bigquery/v2/" + rt.path},
			"resumable": {true, "/resumable/upload/bigquery/v2/" + rt.path},
		}}
	}
	return m
}

func queryParam(name string) discoveryParam {
	p := discoveryParam{Type: "string", Location: "query"}
	switch name {
	case "maxResults", "pageSize", "timeoutMs", "accessPolicyVersion":
		p.Type, p.Format = "integer", "uint32"
	case "all", "allUsers", "deleteContents", "force", "autodetect_schema", "formatOptions.useInt64Timestamp":
		p.Type = "boolean"
	case "stateFilter":
		p.Repeated = true
	}
	return p
}
