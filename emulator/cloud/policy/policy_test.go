package policy_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/policy"
)

func TestSetHoldsToTheEtag(t *testing.T) {
	const topic = "//pubsub.googleapis.com/projects/p/topics/t"
	p := policy.New()
	first := p.Get(topic)
	grant := func(etag, member string) (policy.Policy, error) {
		return p.Set(topic, policy.Policy{Etag: etag, Bindings: []policy.Binding{{Role: "roles/pubsub.publisher", Members: []string{member}}}})
	}
	set, err := grant(first.Etag, "user:a@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if set.Version != 1 || set.Etag == first.Etag || set.Etag != p.Get(topic).Etag {
		t.Errorf("set %+v after %+v, and got %+v", set, first, p.Get(topic))
	}
	if _, err := grant(first.Etag, "user:b@example.com"); status.Code(err) != codes.Aborted {
		t.Errorf("with an old etag: %v, want ABORTED", err)
	}
	if _, err := grant("", "user:b@example.com"); err != nil {
		t.Errorf("without an etag: %v", err)
	}
	p.Delete(topic)
	if got := p.Get(topic); got.Etag != first.Etag {
		t.Errorf("after it was deleted: %+v, want %+v", got, first)
	}
}

func TestBindings(t *testing.T) {
	const project, service = "//cloudresourcemanager.googleapis.com/projects/p", "//run.googleapis.com/projects/p/locations/l/services/s"
	p := policy.New()
	for resource, binding := range map[string]policy.Binding{
		project: {Role: "roles/viewer", Members: []string{"user:a@example.com"}},
		service: {Role: "roles/run.invoker", Members: []string{"allAuthenticatedUsers"}},
	} {
		if _, err := p.Set(resource, policy.Policy{Bindings: []policy.Binding{binding}}); err != nil {
			t.Fatal(err)
		}
	}
	for member, want := range map[string]int{"user:a@example.com": 2, "user:b@example.com": 1, "": 0} {
		if got := p.Bindings(member, service, project); len(got) != want {
			t.Errorf("%q has %v, want %d", member, got, want)
		}
	}
}
