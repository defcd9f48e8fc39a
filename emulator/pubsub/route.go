package pubsub

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// route leads from an HTTP method and a path to a gRPC method.
type route struct {
	method string         // of HTTP
	path   *regexp.Regexp // with a group per field
	fields []string       // that the groups fill in
	body   string         // the field that the body is; "*" the whole request, "" none
	call   func(ctx context.Context, decode func(any) error) (any, error)
}

// serviceRoutes returns the routes of all unary methods of a service.
func serviceRoutes(desc *grpc.ServiceDesc, impl any) ([]route, error) {
	file := pubsubpb.File_google_pubsub_v1_pubsub_proto
	service := file.Services().ByName(protoreflect.FullName(desc.ServiceName).Name())
	var routes []route
	for _, method := range desc.Methods {
		call := func(ctx context.Context, decode func(any) error) (any, error) {
			return method.Handler(impl, ctx, decode, nil)
		}
		rules, err := httpRules(service.Methods().ByName(protoreflect.Name(method.MethodName)))
		if err != nil {
			return nil, fmt.Errorf("HTTP rules of %s: %w", method.MethodName, err)
		}
		for _, rule := range rules {
			r, err := newRoute(rule)
			if err != nil {
				return nil, fmt.Errorf("HTTP rule of %s: %w", method.MethodName, err)
			}
			r.call = call
			routes = append(routes, r)
		}
	}
	return routes, nil
}

// httpRules returns a method's rule and its additional bindings.
func httpRules(method protoreflect.MethodDescriptor) ([]*annotations.HttpRule, error) {
	if method == nil {
		return nil, errNoRule
	}
	rule, ok := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	if !ok || rule == nil {
		return nil, errNoRule
	}
	return append([]*annotations.HttpRule{rule}, rule.AdditionalBindings...), nil
}

func newRoute(rule *annotations.HttpRule) (route, error) {
	r := route{body: rule.Body}
	var template string
	switch p := rule.Pattern.(type) {
	case *annotations.HttpRule_Get:
		r.method, template = "GET", p.Get
	case *annotations.HttpRule_Put:
		r.method, template = "PUT", p.Put
	case *annotations.HttpRule_Post:
		r.method, template = "POST", p.Post
	case *annotations.HttpRule_Delete:
		r.method, template = "DELETE", p.Delete
	case *annotations.HttpRule_Patch:
		r.method, template = "PATCH", p.Patch
	default:
		return r, errors.New("it has no method and path")
	}
	var err error
	r.path, r.fields, err = compileTemplate(template)
	return r, err
}

// compileTemplate translates a path template like
// "/v1/{topic=projects/*/topics/*}:publish". A * is one segment.
func compileTemplate(template string) (*regexp.Regexp, []string, error) {
	var fields []string
	var pattern strings.Builder
	pattern.WriteByte('^')
	for rest := template; rest != ""; {
		before, variable, found := strings.Cut(rest, "{")
		pattern.WriteString(segments(before))
		if !found {
			break
		}
		inside, after, closed := strings.Cut(variable, "}")
		name, shape, shaped := strings.Cut(inside, "=")
		if !closed || !shaped {
			return nil, nil, fmt.Errorf("path template %q: unexpected variable", template)
		}
		fields = append(fields, name)
		pattern.WriteString("(" + segments(shape) + ")")
		rest = after
	}
	pattern.WriteByte('$')
	re, err := regexp.Compile(pattern.String())
	return re, fields, err
}

func segments(s string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(s), `\*`, `[^/:]+`)
}

// match returns the fields that the path fills in.
func (t *route) match(method, path string) (map[string]string, bool) {
	if method != t.method {
		return nil, false
	}
	groups := t.path.FindStringSubmatch(path)
	if groups == nil {
		return nil, false
	}
	fields := map[string]string{}
	for i, name := range t.fields {
		value, err := url.PathUnescape(groups[i+1])
		if err != nil {
			return nil, false
		}
		fields[name] = value
	}
	return fields, true
}

func cutPath(path string) (first, rest string) {
	first, rest, _ = strings.Cut(path, ".")
	return first, rest
}
