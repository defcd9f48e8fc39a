package rest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// route leads from a method and a path of HTTP to a call of gRPC.
type route struct {
	method string         // of HTTP
	path   *regexp.Regexp // with a group per field
	fields []string       // that the groups fill in
	body   string         // the field that the body is; "*" the whole request, "" none
	call   func(ctx context.Context, decode func(any) error) (any, error)
}

// serviceRoutes returns the routes of all unary methods of a service.
func serviceRoutes(s Service, intercept grpc.UnaryServerInterceptor) ([]route, error) {
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(s.Desc.ServiceName))
	if err != nil {
		return nil, fmt.Errorf("description of %s: %w", s.Desc.ServiceName, err)
	}
	service, ok := found.(protoreflect.ServiceDescriptor)
	if !ok {
		return nil, fmt.Errorf("description of %s: it is no service", s.Desc.ServiceName)
	}
	var routes []route
	for _, method := range s.Desc.Methods {
		call := func(ctx context.Context, decode func(any) error) (any, error) {
			return method.Handler(s.Impl, ctx, decode, intercept)
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

var errNoRule = errors.New("the method has no HTTP rule")

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

// segments returns the pattern of a part of a template.
func segments(s string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(s), `\*`, `[^/:]+`)
}

// match returns the fields that the path fills in; false if the route is another one.
func (r *route) match(method, path string) (map[string]string, bool) {
	if method != r.method {
		return nil, false
	}
	groups := r.path.FindStringSubmatch(path)
	if groups == nil {
		return nil, false
	}
	fields := map[string]string{}
	for i, name := range r.fields {
		value, err := url.PathUnescape(groups[i+1])
		if err != nil {
			return nil, false
		}
		fields[name] = value
	}
	return fields, true
}
