package storage

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/project"
)

// bucketName is the rule of https://cloud.google.com/storage/docs/buckets#naming, for
// names with and without dots.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$`)

// bucket is a bucket with its objects.
type bucket struct {
	Kind             string            `json:"kind"`
	ID               string            `json:"id"`
	SelfLink         string            `json:"selfLink"`
	Name             string            `json:"name"`
	ProjectNumber    string            `json:"projectNumber"`
	Location         string            `json:"location"` // upper case, like US-CENTRAL1
	LocationType     string            `json:"locationType"`
	StorageClass     string            `json:"storageClass"`
	TimeCreated      string            `json:"timeCreated"`
	Updated          string            `json:"updated"`
	Generation       string            `json:"generation"`
	Metageneration   string            `json:"metageneration"`
	Etag             string            `json:"etag"`
	Labels           map[string]string `json:"labels,omitempty"`
	Versioning       *enabled          `json:"versioning,omitempty"`
	IamConfiguration iamConfiguration  `json:"iamConfiguration"`
	SoftDeletePolicy softDelete        `json:"softDeletePolicy"`
	RetentionPolicy  *retention        `json:"retentionPolicy,omitempty"`
	Lifecycle        *lifecycle        `json:"lifecycle,omitempty"`

	project string
	objects map[string][]*object // generations by name, the newest last
}

type enabled struct {
	Enabled bool `json:"enabled"`
}

type iamConfiguration struct {
	BucketPolicyOnly         *uniform `json:"bucketPolicyOnly,omitempty"` // the old name of the next
	UniformBucketLevelAccess *uniform `json:"uniformBucketLevelAccess,omitempty"`
	PublicAccessPrevention   string   `json:"publicAccessPrevention,omitempty"`
}

type uniform struct {
	Enabled    bool   `json:"enabled"`
	LockedTime string `json:"lockedTime,omitempty"`
}

// softDelete says that what is deleted is gone at once.
type softDelete struct {
	RetentionDurationSeconds string `json:"retentionDurationSeconds"`
	EffectiveTime            string `json:"effectiveTime,omitempty"`
}

// settings are what a request may set of a bucket. Those that may only be empty are what
// tools send without meaning anything by it.
type settings struct {
	Name             string             `json:"name"`
	Location         string             `json:"location"`
	StorageClass     string             `json:"storageClass"`
	Labels           map[string]*string `json:"labels"`
	Versioning       *enabled           `json:"versioning"`
	IamConfiguration *iamConfiguration  `json:"iamConfiguration"`
	SoftDeletePolicy *struct {
		RetentionDurationSeconds any `json:"retentionDurationSeconds"` // a string or a number
	} `json:"softDeletePolicy"`
	RetentionPolicy       *retention `json:"retentionPolicy"`
	Lifecycle             *lifecycle `json:"lifecycle"`
	HierarchicalNamespace *enabled   `json:"hierarchicalNamespace"`
	Autoclass             *enabled   `json:"autoclass"`
	DefaultEventBasedHold bool       `json:"defaultEventBasedHold"`
	Rpo                   string     `json:"rpo"`
}

// refused names the first setting that isn't honoured.
func (set settings) refused() error {
	name := ""
	switch {
	case set.SoftDeletePolicy != nil && !slices.Contains([]any{"0", 0.0, nil}, set.SoftDeletePolicy.RetentionDurationSeconds):
		name = "softDeletePolicy.retentionDurationSeconds"
	case set.HierarchicalNamespace != nil && set.HierarchicalNamespace.Enabled:
		name = "hierarchicalNamespace.enabled"
	case set.Autoclass != nil && set.Autoclass.Enabled:
		name = "autoclass.enabled"
	case set.DefaultEventBasedHold:
		name = "defaultEventBasedHold"
	case set.Rpo != "" && set.Rpo != "DEFAULT":
		name = "rpo"
	default:
		return cmp.Or(set.RetentionPolicy.check(), set.Lifecycle.check())
	}
	return status.Errorf(codes.Unimplemented, "The emulator doesn't honour %s of a bucket.", name)
}

// patched are texts by their names as a patch changes them, which removes what is null.
func patched(texts map[string]string, patch map[string]*string) map[string]string {
	texts = maps.Clone(texts)
	for name, value := range patch {
		if texts == nil {
			texts = map[string]string{}
		}
		if value == nil {
			delete(texts, name)
		} else {
			texts[name] = *value
		}
	}
	return texts
}

// apply changes a bucket.
func (set settings) apply(b *bucket, now string) {
	if set.RetentionPolicy != nil {
		b.RetentionPolicy = &retention{RetentionPeriod: set.RetentionPolicy.RetentionPeriod, EffectiveTime: now}
	}
	if set.Lifecycle != nil {
		b.Lifecycle = set.Lifecycle
	}
	if set.StorageClass != "" {
		b.StorageClass = set.StorageClass
	}
	b.Labels = patched(b.Labels, set.Labels)
	if set.Versioning != nil {
		b.Versioning = set.Versioning
	}
	if c := set.IamConfiguration; c != nil {
		if c.UniformBucketLevelAccess == nil {
			c.UniformBucketLevelAccess = c.BucketPolicyOnly
		}
		if c.UniformBucketLevelAccess != nil {
			b.IamConfiguration.UniformBucketLevelAccess = c.UniformBucketLevelAccess
			b.IamConfiguration.BucketPolicyOnly = c.UniformBucketLevelAccess
		}
		if c.PublicAccessPrevention != "" {
			b.IamConfiguration.PublicAccessPrevention = c.PublicAccessPrevention
		}
	}
}

func (s *Service) createBucket(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := api.Parameters(r, "project", "projection"); err != nil {
		return nil, err
	}
	var set settings
	if err := api.Read(r, &set); err != nil {
		return nil, err
	}
	owner := r.URL.Query().Get("project")
	if owner == "" {
		return nil, status.Error(codes.InvalidArgument, "Required parameter: project")
	}
	if !bucketName.MatchString(set.Name) || !strings.Contains(set.Name, ".") && len(set.Name) > 63 {
		return nil, status.Errorf(codes.InvalidArgument, "Invalid bucket name: '%s'", set.Name)
	}
	if err := set.refused(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[set.Name] != nil {
		return nil, status.Errorf(codes.AlreadyExists, "Your previous request to create the named bucket succeeded and you already own it.")
	}
	b := s.newBucket(owner, set.Name, set.Location)
	set.apply(b, b.TimeCreated)
	b.changed(1, b.TimeCreated)
	return *b, nil
}

// newBucket makes a bucket of a project. The service is locked.
func (s *Service) newBucket(owner, name, location string) *bucket {
	now := s.timestamp()
	b := &bucket{
		Kind: "storage#bucket", ID: name, SelfLink: s.url + "/storage/v1/b/" + name, Name: name,
		ProjectNumber: project.Number(owner), Location: strings.ToUpper(cmp.Or(location, "US")), StorageClass: "STANDARD",
		TimeCreated: now, Updated: now, Generation: strconv.FormatInt(s.nextGeneration(), 10),
		IamConfiguration: iamConfiguration{PublicAccessPrevention: "inherited", UniformBucketLevelAccess: &uniform{}, BucketPolicyOnly: &uniform{}},
		SoftDeletePolicy: softDelete{RetentionDurationSeconds: "0"},
		project:          owner, objects: map[string][]*object{},
	}
	b.LocationType = locationType(b.Location)
	b.changed(1, now)
	s.buckets[name] = b
	return b
}

// locationType tells regions, which have a dash, from multi-regions and pairs.
func locationType(location string) string {
	switch {
	case strings.Contains(location, "-"):
		return "region"
	case len(location) > 4:
		return "dual-region"
	default:
		return "multi-region"
	}
}

func (b *bucket) changed(metageneration int, now string) {
	b.Metageneration, b.Updated = strconv.Itoa(metageneration), now
	b.Etag = etag(b.Generation, b.Metageneration)
}

// findBucket is the bucket that a request's path names. The service is locked.
func (s *Service) findBucket(r *http.Request) (*bucket, error) {
	name := r.PathValue("bucket")
	b := s.buckets[name]
	if b == nil {
		return nil, status.Error(codes.NotFound, "The specified bucket does not exist.")
	}
	b.expire(s.now())
	return b, nil
}

func (s *Service) getBucket(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := api.Parameters(r, "projection", "ifMetagenerationMatch", "ifMetagenerationNotMatch"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.findBucket(r)
	if err != nil {
		return nil, err
	}
	return *b, checkMetageneration(r, b.Metageneration)
}

func (s *Service) listBuckets(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := api.Parameters(r, "project", "projection", "prefix", "maxResults", "pageToken"); err != nil {
		return nil, err
	}
	query := r.URL.Query()
	size, err := maxResults(r)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	of := []bucket{}
	for _, name := range slices.Sorted(maps.Keys(s.buckets)) {
		if b := s.buckets[name]; b.project == query.Get("project") && strings.HasPrefix(name, query.Get("prefix")) {
			of = append(of, *b)
		}
	}
	page, next, err := api.PageAfter(of, size, query.Get("pageToken"), func(b bucket) string { return b.Name })
	if err != nil {
		return nil, err
	}
	answer := api.Object{"kind": "storage#buckets", "items": page}
	if next != "" {
		answer["nextPageToken"] = next
	}
	return answer, nil
}

func (s *Service) patchBucket(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := api.Parameters(r, "projection", "ifMetagenerationMatch", "ifMetagenerationNotMatch"); err != nil {
		return nil, err
	}
	var set settings
	if err := api.Read(r, &set); err != nil {
		return nil, err
	}
	if err := set.refused(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.findBucket(r)
	if err != nil {
		return nil, err
	}
	if set.Name != "" && set.Name != b.Name || set.Location != "" && !strings.EqualFold(set.Location, b.Location) {
		return nil, status.Error(codes.InvalidArgument, "The name and the location of a bucket can't be changed.")
	}
	if err := checkMetageneration(r, b.Metageneration); err != nil {
		return nil, err
	}
	now := s.timestamp()
	set.apply(b, now)
	last, _ := strconv.Atoi(b.Metageneration) // always a number
	b.changed(last+1, now)
	return *b, nil
}

func (s *Service) deleteBucket(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := api.Parameters(r, "ifMetagenerationMatch", "ifMetagenerationNotMatch"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.findBucket(r)
	if err != nil {
		return nil, err
	}
	if err := checkMetageneration(r, b.Metageneration); err != nil {
		return nil, err
	}
	if len(b.objects) > 0 {
		return nil, status.Error(codes.AlreadyExists, "The bucket you tried to delete is not empty.")
	}
	delete(s.buckets, b.Name)
	s.policies.Delete(FullName(b.Name))
	w.WriteHeader(http.StatusNoContent)
	return nil, nil
}
