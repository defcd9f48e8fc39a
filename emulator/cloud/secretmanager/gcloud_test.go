package secretmanager_test

import (
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/gcloudtest"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/secretmanager"
)

func TestGcloud(t *testing.T) {
	g := gcloudtest.New(t, "secretmanager", secretmanager.New(policy.New()), "/")
	g.Run("first", "secrets", "create", "key", "--data-file=-", "--replication-policy=automatic", "--labels=of=test")
	g.Run("second\n", "secrets", "versions", "add", "key", "--data-file=-")
	g.Run("", "secrets", "versions", "disable", "1", "--secret=key")
	for want, args := range map[string][]string{
		"key":                       {"secrets", "list", "--format=value(name.basename())"},
		"second":                    {"secrets", "versions", "access", "latest", "--secret=key"},
		"2\tenabled\n1\tdisabled":   {"secrets", "versions", "list", "key", "--format=value(name.basename(),state)"},
		"of=test":                   {"secrets", "describe", "key", "--format=value(labels)"},
		"roles/secretmanager.admin": {"secrets", "add-iam-policy-binding", "key", "--member=user:a@example.com", "--role=roles/secretmanager.admin", "--format=value(bindings.role)"},
	} {
		if got := g.Run("", args...); got != want {
			t.Errorf("gcloud %v:\n got %q\nwant %q", args, got, want)
		}
	}
	g.Refused("is in DISABLED state", "", "secrets", "versions", "access", "1", "--secret=key")
	g.Run("", "secrets", "versions", "destroy", "1", "--secret=key")
	g.Run("", "secrets", "delete", "key")
	g.Refused("Secret [projects/p/secrets/key] not found", "", "secrets", "describe", "key")
}
