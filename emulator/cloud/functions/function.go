package functions

import (
	"time"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// function is a function as
// https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions
// has it. What isn't here, such as eventTrigger, is refused by its name. Fields that
// are for output only are taken and forgotten, as the API does.
type function struct {
	Name          string            `json:"name"` // projects/P/locations/L/functions/F
	Description   string            `json:"description,omitempty"`
	BuildConfig   buildConfig       `json:"buildConfig"`
	ServiceConfig serviceConfig     `json:"serviceConfig"`
	Labels        map[string]string `json:"labels,omitempty"`

	// For output only.
	State         string         `json:"state,omitempty"`
	StateMessages []stateMessage `json:"stateMessages,omitempty"`
	Environment   string         `json:"environment,omitempty"`
	URL           string         `json:"url,omitempty"`
	CreateTime    string         `json:"createTime,omitempty"`
	UpdateTime    string         `json:"updateTime,omitempty"`
	SatisfiesPzs  bool           `json:"satisfiesPzs,omitempty"`
}

// The states of a function.
const (
	active    = "ACTIVE"
	failed    = "FAILED" // and nothing serves
	deploying = "DEPLOYING"
	deleting  = "DELETING"
)

// stateMessage says what is wrong with a function.
type stateMessage struct {
	Severity string `json:"severity"`
	Type     string `json:"type"`
	Message  string `json:"message"`
}

// buildConfig says what is built. The registry, the account and the policies of updates
// are kept and have no effect: the program stays on this machine.
type buildConfig struct {
	Runtime              string            `json:"runtime"`
	EntryPoint           string            `json:"entryPoint"`
	Source               source            `json:"source"`
	EnvironmentVariables map[string]string `json:"environmentVariables,omitempty"` // refused, if there are any
	DockerRegistry       string            `json:"dockerRegistry,omitempty"`
	DockerRepository     string            `json:"dockerRepository,omitempty"`
	ServiceAccount       string            `json:"serviceAccount,omitempty"`
	AutomaticUpdate      api.Object        `json:"automaticUpdatePolicy,omitempty"`
	OnDeployUpdate       api.Object        `json:"onDeployUpdatePolicy,omitempty"`

	Build            string            `json:"build,omitempty"` // for output only, like the rest
	SourceProvenance *sourceProvenance `json:"sourceProvenance,omitempty"`
	SourceToken      string            `json:"sourceToken,omitempty"`
}

type source struct {
	StorageSource storageSource `json:"storageSource"`
}

// storageSource is the archive, in Cloud Storage.
type storageSource struct {
	Bucket          string `json:"bucket"`
	Object          string `json:"object"`
	SourceUploadURL string `json:"sourceUploadUrl,omitempty"`
}

type sourceProvenance struct {
	ResolvedStorageSource storageSource `json:"resolvedStorageSource"`
}

// serviceConfig says how the function runs. The memory, the processors and the VPC are
// kept and have no effect: processes are held to this machine's.
type serviceConfig struct {
	TimeoutSeconds                int               `json:"timeoutSeconds,omitempty"`
	AvailableMemory               string            `json:"availableMemory,omitempty"`
	AvailableCPU                  string            `json:"availableCpu,omitempty"`
	EnvironmentVariables          map[string]string `json:"environmentVariables,omitempty"`
	SecretEnvironmentVariables    []secretVariable  `json:"secretEnvironmentVariables,omitempty"`
	MaxInstanceCount              int               `json:"maxInstanceCount,omitempty"`
	MinInstanceCount              int               `json:"minInstanceCount,omitempty"`
	MaxInstanceRequestConcurrency int               `json:"maxInstanceRequestConcurrency,omitempty"`
	IngressSettings               string            `json:"ingressSettings,omitempty"`
	ServiceAccountEmail           string            `json:"serviceAccountEmail,omitempty"`
	AllTrafficOnLatestRevision    *bool             `json:"allTrafficOnLatestRevision,omitempty"`
	SecurityLevel                 string            `json:"securityLevel,omitempty"`
	VPCConnector                  string            `json:"vpcConnector,omitempty"`
	VPCConnectorEgressSettings    string            `json:"vpcConnectorEgressSettings,omitempty"`
	DirectVPCEgress               string            `json:"directVpcEgress,omitempty"`
	DirectVPCNetworkInterface     []api.Object      `json:"directVpcNetworkInterface,omitempty"`
	SecretVolumes                 []api.Object      `json:"secretVolumes,omitempty"`             // refused, if there are any
	BinaryAuthorizationPolicy     string            `json:"binaryAuthorizationPolicy,omitempty"` // refused, if there is one

	Service  string `json:"service,omitempty"` // for output only, like the rest
	URI      string `json:"uri,omitempty"`
	Revision string `json:"revision,omitempty"`
}

// secretVariable is a variable of the environment that a secret's version is the value of.
type secretVariable struct {
	Key       string `json:"key"`
	ProjectID string `json:"projectId"` // or number
	Secret    string `json:"secret"`
	Version   string `json:"version"`
}

// setDefaults fills in what a request leaves out
// (https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions#ServiceConfig).
func (f *function) setDefaults(account string) {
	c := &f.ServiceConfig
	set(&c.TimeoutSeconds, 60)
	set(&c.AvailableMemory, "256M")
	set(&c.AvailableCPU, "0.1666")
	set(&c.MaxInstanceCount, max(100, c.MinInstanceCount))
	set(&c.MaxInstanceRequestConcurrency, 1)
	set(&c.IngressSettings, "ALLOW_ALL")
	set(&c.ServiceAccountEmail, account)
	if c.AllTrafficOnLatestRevision == nil {
		c.AllTrafficOnLatestRevision = new(true)
	}
	for n := range c.SecretEnvironmentVariables {
		set(&c.SecretEnvironmentVariables[n].Version, "latest")
	}
	set(&f.BuildConfig.DockerRegistry, "ARTIFACT_REGISTRY")
	f.Environment = "GEN_2"
}

// set gives a field that is zero a value.
func set[T comparable](field *T, value T) {
	if *field == *new(T) {
		*field = value
	}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
