package policy

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// roles are the permissions of predefined roles, as
// https://cloud.google.com/iam/docs/roles-permissions lists them: those that this cloud
// asks for. A role that isn't here grants nothing here, and so can't be set.
var roles = map[string][]string{
	"roles/owner":  {"*"},
	"roles/editor": {"*"},
	"roles/viewer": {"run.services.get", "pubsub.topics.get", "pubsub.subscriptions.get", "bigquery.datasets.get", "bigquery.jobs.create"},

	"roles/run.invoker":   {"run.routes.invoke", "run.jobs.run"},
	"roles/run.viewer":    {"run.services.get", "run.services.list"},
	"roles/run.developer": {"run.services.get", "run.services.list", "run.services.update"},
	"roles/run.admin":     {"run.*"},

	"roles/cloudfunctions.invoker":   {"cloudfunctions.functions.invoke"},
	"roles/cloudfunctions.viewer":    {"cloudfunctions.functions.get", "cloudfunctions.functions.list"},
	"roles/cloudfunctions.developer": {"cloudfunctions.functions.*"},
	"roles/cloudfunctions.admin":     {"cloudfunctions.*"},

	"roles/pubsub.publisher":  {"pubsub.topics.publish"},
	"roles/pubsub.subscriber": {"pubsub.subscriptions.consume", "pubsub.snapshots.seek", "pubsub.topics.attachSubscription"},
	"roles/pubsub.viewer": {
		"pubsub.topics.get", "pubsub.topics.list", "pubsub.subscriptions.get", "pubsub.subscriptions.list",
		"pubsub.snapshots.get", "pubsub.snapshots.list",
		"pubsub.schemas.get", "pubsub.schemas.list", "pubsub.schemas.listRevisions", "pubsub.schemas.validate",
	},
	"roles/pubsub.editor": {"pubsub.topics.*", "pubsub.subscriptions.*", "pubsub.snapshots.*", "pubsub.schemas.*"},
	"roles/pubsub.admin":  {"pubsub.*"},

	"roles/bigquery.dataViewer": {
		"bigquery.datasets.get", "bigquery.models.getData", "bigquery.routines.get", "bigquery.routines.list",
		"bigquery.tables.get", "bigquery.tables.getData", "bigquery.tables.list", "bigquery.tables.export",
	},
	"roles/bigquery.dataEditor": {
		"bigquery.datasets.get", "bigquery.datasets.create", "bigquery.routines.*",
		"bigquery.tables.get", "bigquery.tables.getData", "bigquery.tables.list", "bigquery.tables.export",
		"bigquery.tables.create", "bigquery.tables.delete", "bigquery.tables.update", "bigquery.tables.updateData", "bigquery.tables.createIndex", "bigquery.tables.deleteIndex",
	},
	"roles/bigquery.dataOwner":          {"bigquery.datasets.*", "bigquery.tables.*", "bigquery.routines.*", "bigquery.models.*", "bigquery.dataPolicies.*"},
	"roles/bigquery.metadataViewer":     {"bigquery.datasets.get", "bigquery.tables.get", "bigquery.tables.list", "bigquery.routines.get", "bigquery.routines.list"},
	"roles/bigquery.filteredDataViewer": {"bigquery.rowAccessPolicies.getFilteredData"},
	"roles/bigquery.jobUser":            {"bigquery.jobs.create"},
	"roles/bigquery.user":               {"bigquery.jobs.create", "bigquery.jobs.list", "bigquery.datasets.get", "bigquery.datasets.create", "bigquery.tables.list", "bigquery.readsessions.*"},
	"roles/bigquery.readSessionUser":    {"bigquery.readsessions.create", "bigquery.readsessions.getData"},
	"roles/bigquery.admin":              {"bigquery.*"},

	"roles/bigquerydatapolicy.admin":        {"bigquery.dataPolicies.*"},
	"roles/bigquerydatapolicy.viewer":       {"bigquery.dataPolicies.get", "bigquery.dataPolicies.list"},
	"roles/bigquerydatapolicy.maskedReader": {"bigquery.dataPolicies.maskedGet"},

	"roles/datacatalog.categoryFineGrainedReader": {"datacatalog.categories.fineGrainedGet"},
	"roles/datacatalog.categoryAdmin":             {"datacatalog.categories.getIamPolicy", "datacatalog.categories.setIamPolicy", "datacatalog.taxonomies.*"},
	"roles/datacatalog.viewer":                    {"datacatalog.taxonomies.get", "datacatalog.taxonomies.list"},
	"roles/datacatalog.admin":                     {"datacatalog.*"},

	"roles/secretmanager.secretAccessor":     {"secretmanager.versions.access"},
	"roles/secretmanager.viewer":             {"secretmanager.secrets.get", "secretmanager.secrets.list", "secretmanager.versions.get", "secretmanager.versions.list"},
	"roles/secretmanager.secretVersionAdder": {"secretmanager.versions.add"},
	"roles/secretmanager.admin":              {"secretmanager.*"},

	"roles/storage.objectViewer":       {"storage.objects.get", "storage.objects.list"},
	"roles/storage.objectCreator":      {"storage.objects.create"},
	"roles/storage.objectUser":         {"storage.objects.*"},
	"roles/storage.objectAdmin":        {"storage.objects.*"},
	"roles/storage.legacyBucketReader": {"storage.buckets.get", "storage.objects.list"},
	"roles/storage.admin":              {"storage.*"},

	"roles/artifactregistry.reader": {"artifactregistry.repositories.downloadArtifacts"},
	"roles/artifactregistry.writer": {"artifactregistry.repositories.downloadArtifacts", "artifactregistry.repositories.uploadArtifacts"},
	"roles/artifactregistry.admin":  {"artifactregistry.*"},

	"roles/logging.logWriter":         {"logging.logEntries.create"},
	"roles/logging.viewer":            {"logging.logEntries.list", "logging.logs.list"},
	"roles/logging.bucketWriter":      {"logging.buckets.write"},
	"roles/logging.admin":             {"logging.*"},
	"roles/monitoring.viewer":         {"monitoring.dashboards.get", "monitoring.alertPolicies.get"},
	"roles/monitoring.editor":         {"monitoring.*"},
	"roles/cloudscheduler.jobRunner":  {"cloudscheduler.jobs.run"},
	"roles/cloudscheduler.viewer":     {"cloudscheduler.jobs.get", "cloudscheduler.jobs.list"},
	"roles/cloudscheduler.admin":      {"cloudscheduler.*"},
	"roles/managedkafka.client":       {"managedkafka.clusters.connect", "managedkafka.clusters.get"},
	"roles/cloudsql.client":           {"cloudsql.instances.connect", "cloudsql.instances.get"},
	"roles/cloudsql.instanceUser":     {"cloudsql.instances.login", "cloudsql.instances.get"},
	"roles/cloudbuild.builds.builder": {"storage.objects.get", "artifactregistry.repositories.uploadArtifacts", "logging.logEntries.create"},

	"roles/iam.serviceAccountUser":               {"iam.serviceAccounts.actAs"},
	"roles/iam.serviceAccountTokenCreator":       {"iam.serviceAccounts.getAccessToken", "iam.serviceAccounts.getOpenIdToken"},
	"roles/iam.workloadIdentityUser":             {"iam.serviceAccounts.getAccessToken", "iam.serviceAccounts.getOpenIdToken"},
	"roles/cloudkms.cryptoKeyEncrypterDecrypter": {"cloudkms.cryptoKeyVersions.useToEncrypt", "cloudkms.cryptoKeyVersions.useToDecrypt"},
}

// DefineRole adds a role of a project or organisation, like projects/p/roles/appender,
// with the permissions that it includes, or replaces it.
func (p *Policies) DefineRole(name string, permissions []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.custom[name] = slices.Clone(permissions)
}

// DeleteRole forgets a role that DefineRole added.
func (p *Policies) DeleteRole(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.custom, name)
}

// Known reports whether a role's permissions are known.
func (p *Policies) Known(role string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.permissions(role)
	return ok
}

// permissions are those that a role includes.
func (p *Policies) permissions(role string) ([]string, bool) {
	if custom, ok := p.custom[role]; ok {
		return custom, true
	}
	predefined, ok := roles[role]
	return predefined, ok
}

// named are permissions that a role includes by their names only: owners and administrators don't read the
// columns that policies keep (https://cloud.google.com/bigquery/docs/column-level-security#fine_grained_reader).
var named = []string{"datacatalog.categories.fineGrainedGet", "bigquery.dataPolicies.maskedGet"}

// includes reports whether some permissions include one, by its name, by
// service.*, or by service.resource.*.
func includes(permissions []string, permission string) bool {
	return slices.ContainsFunc(permissions, func(p string) bool {
		prefix, all := strings.CutSuffix(p, "*")
		return p == permission || all && strings.HasPrefix(permission, prefix) && !slices.Contains(named, permission)
	})
}

// Allowed reports whether a member has a permission on the first of some resources: by
// its policy, or by that of one of the others, which it is part of. A binding with a
// condition counts where the condition is true of the first.
func (p *Policies) Allowed(member, permission string, resources ...string) bool {
	for _, b := range p.Bindings(member, resources...) {
		p.mu.Lock()
		permissions, _ := p.permissions(b.Role)
		p.mu.Unlock()
		if includes(permissions, permission) && b.Condition.holds(resources[0]) {
			return true
		}
	}
	return false
}

// Check is the error of a member that lacks a permission, as Google words it, or nil.
func (p *Policies) Check(member, permission string, resources ...string) error {
	if p.Allowed(member, permission, resources...) {
		return nil
	}
	who := member
	if who == "" {
		who = "An anonymous caller"
	}
	_, resource, _ := strings.Cut(strings.TrimPrefix(resources[0], "//"), "/")
	return status.Errorf(codes.PermissionDenied, "Permission '%s' denied on resource '%s' (or it may not exist): %s has no role that includes it.", permission, resource, who)
}

// valid refuses what can't be kept to: a role that isn't known, and a condition that
// can't be evaluated.
func (p *Policies) valid(policy Policy) error {
	for _, b := range policy.Bindings {
		if _, ok := p.permissions(b.Role); !ok {
			if strings.HasPrefix(b.Role, "roles/") {
				return status.Errorf(codes.InvalidArgument, "Role %s is not supported for this resource: the emulator doesn't know its permissions.", b.Role)
			}
			return status.Errorf(codes.InvalidArgument, "Role %s does not exist in the resource's hierarchy.", b.Role)
		}
		if b.Condition == nil {
			continue
		}
		if _, err := parse(b.Condition.Expression); err != nil {
			return fmt.Errorf("%w: in the condition %q of %s", err, b.Condition.Expression, b.Role)
		}
	}
	return nil
}
