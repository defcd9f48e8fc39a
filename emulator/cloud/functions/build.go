package functions

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/build"
	"github.com/tallystream/tallystream/emulator/cloud/run"
)

// maxCause is how much of a compiler's complaint is shown, in bytes. The log has all.
const maxCause = 4 << 10

// build builds the program of a function, whose configuration then says by which build.
func (s *Service) build(ctx context.Context, f *function, p *progress) (build.Program, error) {
	project, location := api.Segment(f.Name, "projects"), api.Segment(f.Name, "locations")
	from := f.BuildConfig.Source.StorageSource
	record := s.options.Records.Begin(project, location, f.BuildConfig.ServiceAccount,
		api.Object{"storageSource": api.Object{"bucket": from.Bucket, "object": from.Object}}, "gcf-v2", api.Segment(f.Name, "functions"))
	f.BuildConfig.Build = record.Name
	f.BuildConfig.SourceProvenance = &sourceProvenance{ResolvedStorageSource: from}
	p.built(record.Name, fmt.Sprintf("gcloud builds log %s --region=%s", record.ID, location))
	log := &buildLog{sink: s.options.Sink, resource: run.Resource{
		Type: "build", Labels: map[string]string{"build_id": record.ID, "build_trigger_id": "", "project_id": project},
	}}
	program, err := s.buildFrom(ctx, f, log)
	log.end(err)
	s.options.Records.End(record.ID, s.image(f), err)
	if err != nil {
		cause := err.Error()
		if len(cause) > maxCause {
			cause = cause[:maxCause] + "…"
		}
		return build.Program{}, status.Errorf(codes.InvalidArgument, "Build failed with status: FAILURE and message: %s. For more details see the logs: gcloud builds log %s --region=%s", cause, record.ID, location)
	}
	return program, nil
}

func (s *Service) buildFrom(ctx context.Context, f *function, log *buildLog) (build.Program, error) {
	from := f.BuildConfig.Source.StorageSource
	fmt.Fprintf(log, "Fetching gs://%s/%s\n", from.Bucket, from.Object)
	archive, err := s.options.Sources.Object(ctx, from.Bucket, from.Object)
	if err != nil {
		return build.Program{}, fmt.Errorf("fetch the source gs://%s/%s: %s", from.Bucket, from.Object, status.Convert(err).Message())
	}
	defer archive.Close()
	program, digest, err := s.options.Builds.Build(ctx, archive, f.BuildConfig.EntryPoint, log)
	if digest != "" {
		fmt.Fprintf(log, "The source has the SHA-256 %s\n", digest)
	}
	return program, err
}

// buildLog passes the lines of a build to a log.
type buildLog struct {
	sink     run.Sink
	resource run.Resource

	mu      sync.Mutex
	partial []byte
}

func (l *buildLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, p...)
	for {
		line, rest, ended := bytes.Cut(l.partial, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		l.sink(l.resource, nil, line)
		l.partial = rest
	}
}

// end says how the build has ended.
func (l *buildLog) end(err error) {
	if err != nil {
		fmt.Fprintf(l, "ERROR: %v\n", err)
		return
	}
	fmt.Fprintln(l, "DONE")
}
