package secretmanager

import (
	"context"
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// States of a version.
const (
	enabled   = "ENABLED"
	disabled  = "DISABLED"
	destroyed = "DESTROYED"
)

// version is a value of a secret.
type version struct {
	Name                           string         `json:"name"`
	CreateTime                     string         `json:"createTime"`
	DestroyTime                    string         `json:"destroyTime,omitempty"`
	State                          string         `json:"state"`
	ReplicationStatus              map[string]any `json:"replicationStatus"`
	Etag                           string         `json:"etag"`
	ClientSpecifiedPayloadChecksum bool           `json:"clientSpecifiedPayloadChecksum,omitempty"`

	number int
	data   []byte
}

// payload is a value with its checksum, a decimal number.
type payload struct {
	Data       []byte `json:"data"`
	DataCRC32C string `json:"dataCrc32c,omitempty"`
}

// checksum is CRC-32C, as Secret Manager has it.
func checksum(data []byte) string {
	return strconv.FormatUint(uint64(crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))), 10)
}

func (s *Service) addVersion(r *http.Request) (any, error) {
	if err := api.Parameters(r); err != nil {
		return nil, err
	}
	var body struct{ Payload *payload }
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	found, err := s.find(r)
	if err != nil {
		return nil, err
	}
	p := body.Payload
	switch {
	case p == nil:
		return nil, status.Error(codes.InvalidArgument, "The request has no payload.")
	case len(p.Data) > maxPayload:
		return nil, status.Errorf(codes.InvalidArgument, "The secret payload has %d bytes; at most %d (64 KiB) are allowed.", len(p.Data), maxPayload)
	case p.DataCRC32C != "" && p.DataCRC32C != checksum(p.Data):
		return nil, status.Errorf(codes.InvalidArgument, "The payload's data has the CRC32C checksum %s, not the %s of the request's dataCrc32c: the data was corrupted on its way.", checksum(p.Data), p.DataCRC32C)
	}
	number := len(found.versions) + 1
	replicated := map[string]any{"automatic": struct{}{}}
	if found.Replication.UserManaged != nil {
		replicated = map[string]any{"userManaged": found.Replication.UserManaged}
	}
	added := &version{
		Name: fmt.Sprintf("%s/versions/%d", found.Name, number), CreateTime: s.now().UTC().Format(time.RFC3339Nano),
		State: enabled, Etag: etag(), ReplicationStatus: replicated, ClientSpecifiedPayloadChecksum: p.DataCRC32C != "",
		number: number, data: p.Data,
	}
	found.versions = append(found.versions, added)
	return added, nil
}

// version is the one of a secret that a request names: a number, or latest, which is the
// highest number, whatever its state.
func (s *secret) version(id string) (*version, error) {
	n, err := strconv.Atoi(id)
	if id == "latest" {
		n, err = len(s.versions), nil
	}
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "The version [%s] is neither a number nor latest.", id)
	}
	if n < 1 || n > len(s.versions) {
		return nil, status.Errorf(codes.NotFound, "Secret Version [%s/versions/%s] not found.", s.Name, id)
	}
	return s.versions[n-1], nil
}

func (s *Service) findVersion(r *http.Request) (*version, error) {
	if err := api.Parameters(r); err != nil {
		return nil, err
	}
	found, err := s.find(r)
	if err != nil {
		return nil, err
	}
	return found.version(r.PathValue("version"))
}

func (s *Service) getVersion(r *http.Request) (any, error) { return s.findVersion(r) }

// listVersions lists the newest first.
func (s *Service) listVersions(r *http.Request) (any, error) {
	if err := api.Parameters(r, "pageSize", "pageToken"); err != nil {
		return nil, err
	}
	found, err := s.find(r)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(found.versions)
	slices.Reverse(all)
	page, next, err := api.Page(r, all, maxPageSize, func(v *version) string { return fmt.Sprintf("%019d", 1<<60-v.number) })
	if err != nil {
		return nil, err
	}
	return struct {
		Versions      []*version `json:"versions,omitempty"`
		NextPageToken string     `json:"nextPageToken,omitempty"`
		TotalSize     int        `json:"totalSize,omitempty"`
	}{page, next, len(all)}, nil
}

func (s *Service) access(r *http.Request) (any, error) {
	v, err := s.findVersion(r)
	if err != nil {
		return nil, err
	}
	if err := v.readable(); err != nil {
		return nil, err
	}
	return struct {
		Name    string  `json:"name"`
		Payload payload `json:"payload"`
	}{v.Name, payload{v.data, checksum(v.data)}}, nil
}

func (v *version) readable() error {
	if v.State != enabled {
		return status.Errorf(codes.FailedPrecondition, "Secret Version [%s] is in %s state.", v.Name, v.State)
	}
	return nil
}

// Access is the value of a version: projects/P/secrets/S/versions/V, where V is a number
// or latest. The error's status says whether it is missing or not enabled.
func (s *Service) Access(_ context.Context, name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of, id, ok := strings.Cut(name, "/versions/")
	if !ok {
		return nil, status.Errorf(codes.InvalidArgument, "Secret Version [%s]: want projects/PROJECT/secrets/SECRET/versions/VERSION.", name)
	}
	found := s.secrets[of]
	if found == nil {
		return nil, status.Errorf(codes.NotFound, "Secret [%s] not found.", of)
	}
	v, err := found.version(id)
	if err != nil {
		return nil, err
	}
	if err := v.readable(); err != nil {
		return nil, err
	}
	return slices.Clone(v.data), nil
}

// setState is the method that brings a version into a state. A destroyed version loses
// its data and stays destroyed.
func (s *Service) setState(to string) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var body struct{ Etag string }
		if err := api.Read(r, &body); err != nil {
			return nil, err
		}
		v, err := s.findVersion(r)
		if err != nil {
			return nil, err
		}
		if err := checkEtag(body.Etag, v.Etag); err != nil {
			return nil, err
		}
		if v.State == destroyed {
			return nil, status.Errorf(codes.FailedPrecondition, "Secret Version [%s] is already destroyed.", v.Name)
		}
		v.State, v.Etag = to, etag()
		if to == destroyed {
			v.data, v.DestroyTime = nil, s.now().UTC().Format(time.RFC3339Nano)
		}
		return v, nil
	}
}
