package functions

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/build"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/run"
)

// change is a function as somebody wants it to be.
type change struct {
	function function
	caller   string // the address of who wants it
}

// begin starts the operation that deploys a function. The caller holds the lock.
func (s *Service) begin(d *deployment, c change, kind string) api.Object {
	d.function = c.function
	d.busy, d.State, d.UpdateTime = true, deploying, stamp(s.now())
	p := s.newProgress(c.function.Name, kind, "BUILD", "SERVICE")
	return s.operations.Start(parent(c.function.Name), p.metadata(), func(ctx context.Context) (api.Object, error) {
		err := s.deploy(ctx, d, c, p)
		s.mu.Lock()
		defer s.mu.Unlock()
		d.busy = false
		if err != nil {
			d.fail(err)
			return nil, err
		}
		return response(d.function)
	})
}

// fail has a function be as it was before a change that failed.
func (d *deployment) fail(err error) {
	message := stateMessage{Severity: "ERROR", Type: "DeploymentFailed", Message: status.Convert(err).Message()}
	d.State = failed
	if d.serving != nil {
		d.function = *d.serving
	}
	d.StateMessages = []stateMessage{message}
}

// deploy builds a function and starts a revision of it.
func (s *Service) deploy(ctx context.Context, d *deployment, c change, p *progress) error {
	f := c.function
	program, image := d.program, d.image // no other operation changes them
	same := d.serving != nil && reflect.DeepEqual(input(d.serving), input(&f))
	if same {
		f.BuildConfig.Build, f.BuildConfig.SourceProvenance = d.serving.BuildConfig.Build, d.serving.BuildConfig.SourceProvenance
	} else {
		p.start("BUILD", "Build in progress")
		built, err := s.build(ctx, &f, p)
		if err != nil {
			return err
		}
		program, image = built, s.image(&f)
	}
	p.complete("BUILD", "Build finished")
	p.start("SERVICE", "Creating Cloud Run service")
	deployed, err := s.start(ctx, &f, c.caller, program, image)
	if err != nil {
		return err
	}
	p.complete("SERVICE", "")
	s.mu.Lock()
	defer s.mu.Unlock()
	f.State, f.UpdateTime, f.StateMessages, f.URL = active, stamp(s.now()), nil, deployed.URI
	f.ServiceConfig.Service, f.ServiceConfig.URI, f.ServiceConfig.Revision = serviceName(f.Name), deployed.URI, deployed.Revision
	kept := f
	d.function, d.serving, d.program, d.image = f, &kept, program, image
	return nil
}

// input is what the program of a function depends on.
func input(f *function) []any {
	return []any{f.BuildConfig.Source.StorageSource.Bucket, f.BuildConfig.Source.StorageSource.Object, f.BuildConfig.EntryPoint, f.BuildConfig.Runtime}
}

// image is what the program is called, as its image in Artifact Registry would be.
func (s *Service) image(f *function) string {
	p, location, name := api.Segment(f.Name, "projects"), api.Segment(f.Name, "locations"), api.Segment(f.Name, "functions")
	return fmt.Sprintf("%s-docker.pkg.dev/%s/gcf-artifacts/%s:%s", location, p, name, api.Segment(f.BuildConfig.Build, "builds"))
}

// start starts a revision of a function's service.
func (s *Service) start(ctx context.Context, f *function, caller string, program build.Program, image string) (run.Deployed, error) {
	c, name := &f.ServiceConfig, api.Segment(f.Name, "functions")
	failed := func(err error) error {
		if status.Code(err) == codes.FailedPrecondition { // it doesn't listen
			return status.Errorf(codes.InvalidArgument, "Could not create or update Cloud Run service %s, Container Healthcheck failed. %s", name, status.Convert(err).Message())
		}
		return status.Errorf(codes.InvalidArgument, "Could not create or update Cloud Run service %s. %s", name, status.Convert(err).Message())
	}
	secrets, err := s.secrets(ctx, f)
	if err != nil {
		return run.Deployed{}, failed(err)
	}
	environment := map[string]string{"FUNCTION_TARGET": f.BuildConfig.EntryPoint, "FUNCTION_SIGNATURE_TYPE": "http"}
	maps.Copy(environment, c.EnvironmentVariables)
	labels := map[string]string{"goog-managed-by": "cloudfunctions", "goog-cloudfunctions-runtime": f.BuildConfig.Runtime}
	maps.Copy(labels, f.Labels)
	deployed, err := s.options.Services.Deploy(ctx, run.Template{
		Service: serviceName(f.Name), Program: program.File, Dir: program.Dir, Image: image,
		Environment: environment, Secrets: secrets, ServiceAccount: c.ServiceAccountEmail, Creator: caller, Labels: labels,
		Annotations: map[string]string{"cloudfunctions.googleapis.com/function-id": name, "cloudfunctions.googleapis.com/trigger-type": "HTTP_TRIGGER"},
		LogLabels:   map[string]string{"goog-managed-by": "cloudfunctions"},
		Concurrency: c.MaxInstanceRequestConcurrency, MinInstances: c.MinInstanceCount, MaxInstances: c.MaxInstanceCount,
		Timeout: time.Duration(c.TimeoutSeconds) * time.Second, Ingress: ingress[c.IngressSettings], CPU: c.AvailableCPU, Memory: c.AvailableMemory,
	})
	if err != nil {
		return run.Deployed{}, failed(err)
	}
	return deployed, nil
}

// secrets are the values of the variables that come from secrets, as the function's
// account may read them.
func (s *Service) secrets(ctx context.Context, f *function) (map[string]run.Secret, error) {
	values := map[string]run.Secret{}
	for n, v := range f.ServiceConfig.SecretEnvironmentVariables {
		owner := v.ProjectID
		if owner == "" {
			owner = api.Segment(f.Name, "projects")
		}
		secret := "projects/" + owner + "/secrets/" + v.Secret
		where := fmt.Sprintf("spec.template.spec.containers[0].env[%d].value_from.secret_key_ref.name: ", n)
		account := f.ServiceConfig.ServiceAccountEmail
		if s.options.EnforceSecrets && !s.options.Policies.Allowed("serviceAccount:"+account, "secretmanager.versions.access",
			"//secretmanager.googleapis.com/"+secret, policy.Project(secret)) {
			return nil, status.Errorf(codes.PermissionDenied, "%sPermission denied on secret: %s/versions/%s for Revision service account %s. The service account used must be granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level.", where, secret, v.Version, account)
		}
		value, err := s.options.Secrets.Access(ctx, secret+"/versions/"+v.Version)
		if err != nil {
			return nil, status.Errorf(codes.NotFound, "%sSecret %s/versions/%s was not found or can't be read: %s", where, secret, v.Version, status.Convert(err).Message())
		}
		values[v.Key] = run.Secret{Name: secret, Version: v.Version, Value: string(value)}
	}
	return values, nil
}

// beginDelete starts the operation that deletes a function. The caller holds the lock.
func (s *Service) beginDelete(d *deployment) api.Object {
	name := d.Name
	p := s.newProgress(name, "DELETE_FUNCTION", "SERVICE")
	return s.operations.Start(parent(name), p.metadata(), func(context.Context) (api.Object, error) {
		p.start("SERVICE", "Deleting Cloud Run service")
		s.options.Services.Delete(serviceName(name))
		s.options.Policies.Delete(FullName(name))
		p.complete("SERVICE", "")
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.all, name)
		return api.Object{"@type": "type.googleapis.com/google.protobuf.Empty"}, nil
	})
}
