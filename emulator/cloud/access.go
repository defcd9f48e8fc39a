package cloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tallystream/tallystream/emulator/cloud/token"
)

// Access is how programs reach a cloud that runs, kept in a directory for other processes.
type Access struct {
	Addr    string `json:"addr"` // host:port
	Project string `json:"project"`
	Region  string `json:"region"`
	Owner   string `json:"owner"`
	Kafka   string `json:"kafka,omitempty"` // host:port
	Dir     string `json:"-"`               // of the files below
}

// Files in the directory of an Access.
const (
	accessFile      = "cloud.json"
	authorityFile   = "ca.pem"           // the proxy's authority, and those of the system
	credentialsFile = "credentials.json" // of the owner
	gcloudDir       = "gcloud"           // gcloud's configuration
)

// systemAuthorities are where systems keep the authorities that they trust, as crypto/x509
// looks for them.
var systemAuthorities = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}

// Save writes what programs need to reach the cloud into a directory.
func (c *Cloud) Save(dir string) (Access, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Access{}, fmt.Errorf("the directory of the local cloud: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, gcloudDir), 0o700); err != nil {
		return Access{}, fmt.Errorf("create the directory of the local cloud: %w", err)
	}
	a := Access{Addr: c.Addr(), Project: c.options.Projects[0], Region: c.options.Region, Owner: c.options.Owner, Kafka: c.options.Kafka, Dir: dir}
	credentials := map[string]string{
		"type": "authorized_user", "client_id": "local-cloud", "client_secret": "none",
		"refresh_token": token.Access(a.Owner), "quota_project_id": a.Project,
	}
	authorities := c.proxy.CA().PEM()
	for _, file := range systemAuthorities {
		if system, err := os.ReadFile(file); err == nil {
			authorities = append(append(authorities, '\n'), system...)
			break
		}
	}
	files := map[string][]byte{authorityFile: authorities}
	for name, v := range map[string]any{accessFile: a, credentialsFile: credentials} {
		if files[name], err = json.Marshal(v); err != nil {
			return Access{}, fmt.Errorf("write %s: %w", name, err)
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return Access{}, fmt.Errorf("write the local cloud's files: %w", err)
		}
	}
	return a, nil
}

// ErrNoCloud is the error of LoadAccess where no cloud has written its files.
var ErrNoCloud = errors.New("no local cloud was started")

// LoadAccess reads what Save wrote.
func LoadAccess(dir string) (Access, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Access{}, fmt.Errorf("the directory of the local cloud: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, accessFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Access{}, fmt.Errorf("%w with the directory %s", ErrNoCloud, dir)
	}
	a := Access{Dir: dir}
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil {
		return Access{}, fmt.Errorf("read the local cloud's files: %w", err)
	}
	return a, nil
}

// Remove removes what Save wrote, but for gcloud's configuration.
func (a Access) Remove() error {
	var errs []error
	for _, name := range []string{accessFile, authorityFile, credentialsFile} {
		errs = append(errs, os.Remove(filepath.Join(a.Dir, name)))
	}
	return errors.Join(errs...)
}

// Variable is an environment variable.
type Variable struct{ Name, Value string }

// noProxy are the hosts that programs reach without the cloud: this machine, and where
// Terraform gets its providers.
const noProxy = "127.0.0.1,localhost,::1,.terraform.io,.hashicorp.com"

// common are the variables of both ways to the cloud.
func (a Access) common() []Variable {
	file := func(name string) string { return filepath.Join(a.Dir, name) }
	variables := []Variable{
		{"GOOGLE_OAUTH_ACCESS_TOKEN", token.Access(a.Owner)},
		{"GOOGLE_APPLICATION_CREDENTIALS", file(credentialsFile)},
		{"GOOGLE_CLOUD_PROJECT", a.Project},
		{"GOOGLE_REGION", a.Region},
		{"CLOUDSDK_CONFIG", file(gcloudDir)},
		{"CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", file(credentialsFile)},
		{"CLOUDSDK_CORE_PROJECT", a.Project},
		{"CLOUDSDK_FUNCTIONS_REGION", a.Region},
		{"CLOUDSDK_RUN_REGION", a.Region},
		{"CLOUDSDK_CORE_DISABLE_USAGE_REPORTING", "true"},
		{"CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "true"},
		{"CLOUDSDK_SURVEY_DISABLE_PROMPTS", "true"},
	}
	if a.Kafka != "" {
		variables = append(variables, Variable{"KAFKA_BROKERS", a.Kafka})
	}
	return variables
}

// Proxy are the variables with which programs that would call Google Cloud call the cloud,
// through its proxy.
func (a Access) Proxy() []Variable {
	authorities := filepath.Join(a.Dir, authorityFile)
	return append([]Variable{
		{"HTTPS_PROXY", "http://" + a.Addr}, {"https_proxy", "http://" + a.Addr},
		{"NO_PROXY", noProxy}, {"no_proxy", noProxy},
		{"SSL_CERT_FILE", authorities}, // Go, but for macOS and Windows
		{"REQUESTS_CA_BUNDLE", authorities},
		{"CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE", authorities},
	}, a.common()...)
}

// gcloudOverrides are the paths of the endpoints that gcloud may be told, by the name of
// the setting. gcloud adds the version, but for Cloud Storage.
var gcloudOverrides = []Variable{
	{"ARTIFACTREGISTRY", "artifactregistry/"}, {"CLOUDBUILD", "cloudbuild/"}, {"CLOUDFUNCTIONS", "cloudfunctions/"},
	{"CLOUDRESOURCEMANAGER", "cloudresourcemanager/"}, {"CLOUDSCHEDULER", "cloudscheduler/"}, {"COMPUTE", "compute/compute/v1/"},
	{"DATACATALOG", "datacatalog/"},
	{"IAM", "iam/"}, {"LOGGING", "logging/"}, {"MANAGEDKAFKA", "managedkafka/"}, {"MONITORING", "monitoring/"},
	{"PUBSUB", "pubsub/"}, {"SECRETMANAGER", "secretmanager/"}, {"SERVICEUSAGE", "serviceusage/"}, {"STORAGE", "storage/storage/v1/"},
}

// terraformEndpoints are the paths of the endpoints that the Google provider may be told,
// with the versions it expects in them.
var terraformEndpoints = []Variable{
	{"ARTIFACT_REGISTRY", "artifactregistry/v1/"}, {"BIG_QUERY", "bigquery/bigquery/v2/"}, {"BIGQUERY_DATAPOLICY", "bigquerydatapolicy/v1/"},
	{"BIGQUERY_DATAPOLICYV2", "bigquerydatapolicy/v2/"}, {"BILLING", "billingbudgets/v1/"},
	{"CLOUD_RUN_V2", "run/v2/"}, {"CLOUD_SCHEDULER", "cloudscheduler/v1/"}, {"CLOUDFUNCTIONS2", "cloudfunctions/v2/"},
	{"COMPUTE", "compute/compute/v1/"}, {"DATA_CATALOG", "datacatalog/v1/"}, {"IAM", "iam/v1/"}, {"IAM_BETA", "iam/v1/"}, {"LOGGING", "logging/v2/"},
	{"MANAGED_KAFKA", "managedkafka/v1/"}, {"MONITORING", "monitoring/"}, {"PUBSUB", "pubsub/v1/"},
	{"RESOURCE_MANAGER", "cloudresourcemanager/v1/"}, {"SECRET_MANAGER", "secretmanager/v1/"},
	{"SERVICE_USAGE", "serviceusage/v1/"}, {"STORAGE", "storage/storage/v1/"},
}

// Endpoints are the variables that name the cloud's address to gcloud and the Google
// provider, for machines where a proxy or its authority can't be used. Whatever they don't
// name fails at once: HTTPS_PROXY is a port where nothing listens.
func (a Access) Endpoints() []Variable {
	const nowhere = "http://127.0.0.1:9" // the discard service's
	all := append([]Variable{
		{"HTTPS_PROXY", nowhere}, {"https_proxy", nowhere},
		{"HTTP_PROXY", "http://" + a.Addr}, {"http_proxy", "http://" + a.Addr}, // of run.local
		{"NO_PROXY", noProxy}, {"no_proxy", noProxy},
		{"CLOUDSDK_AUTH_TOKEN_HOST", "http://" + a.Addr + "/token"},
		// gcloud puts REGION- before this host, which needs no address: the proxy gets it.
		{"CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN", "http://run.local" + a.Addr[strings.LastIndex(a.Addr, ":"):] + "/run/"},
	}, a.common()...)
	for _, v := range gcloudOverrides {
		all = append(all, Variable{"CLOUDSDK_API_ENDPOINT_OVERRIDES_" + v.Name, "http://" + a.Addr + "/" + v.Value})
	}
	for _, v := range terraformEndpoints {
		all = append(all, Variable{"GOOGLE_" + v.Name + "_CUSTOM_ENDPOINT", "http://" + a.Addr + "/" + v.Value})
	}
	return all
}
