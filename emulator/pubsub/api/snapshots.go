package api

import (
	"context"
	"strings"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/tallystream/tallystream/emulator/pubsub/broker"
)

// CreateSnapshot makes a snapshot of what a subscription has not acknowledged. The name may
// be left out.
func (s Subscriber) CreateSnapshot(_ context.Context, r *pubsubpb.CreateSnapshotRequest) (*pubsubpb.Snapshot, error) {
	name := r.Name
	if name == "" {
		project, _, _ := strings.Cut(r.Subscription, "/subscriptions/")
		name = project + "/snapshots/snapshot-" + uuid.NewString()
	}
	if err := checkName("snapshots", name); err != nil {
		return nil, err
	}
	snapshot := &pubsubpb.Snapshot{Name: name, Labels: r.Labels}
	if err := s.Broker.CreateSnapshot(snapshot, r.Subscription); err != nil {
		return nil, err
	}
	return snapshot, nil
}

// GetSnapshot returns a snapshot.
func (s Subscriber) GetSnapshot(_ context.Context, r *pubsubpb.GetSnapshotRequest) (*pubsubpb.Snapshot, error) {
	return s.Broker.Snapshot(r.Snapshot)
}

// UpdateSnapshot changes the fields of a snapshot that the mask names.
func (s Subscriber) UpdateSnapshot(_ context.Context, r *pubsubpb.UpdateSnapshotRequest) (*pubsubpb.Snapshot, error) {
	return s.Broker.ChangeSnapshot(r.GetSnapshot().GetName(), func(old *pubsubpb.Snapshot) (*pubsubpb.Snapshot, error) {
		return update(old, r.Snapshot, r.UpdateMask, "name", "topic")
	})
}

// ListSnapshots returns the snapshots of a project.
func (s Subscriber) ListSnapshots(_ context.Context, r *pubsubpb.ListSnapshotsRequest) (*pubsubpb.ListSnapshotsResponse, error) {
	snapshots, next := s.Broker.Snapshots(r.Project, broker.Page{Size: r.PageSize, Token: r.PageToken})
	return &pubsubpb.ListSnapshotsResponse{Snapshots: snapshots, NextPageToken: next}, nil
}

// DeleteSnapshot deletes a snapshot.
func (s Subscriber) DeleteSnapshot(_ context.Context, r *pubsubpb.DeleteSnapshotRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.Broker.DeleteSnapshot(r.Snapshot)
}

// Seek acknowledges messages of a subscription, and takes acknowledgements back: as of a
// time, or of a snapshot.
func (s Subscriber) Seek(_ context.Context, r *pubsubpb.SeekRequest) (*pubsubpb.SeekResponse, error) {
	var err error
	switch to := r.Target.(type) {
	case *pubsubpb.SeekRequest_Time:
		err = s.Broker.SeekToTime(r.Subscription, to.Time.AsTime())
	case *pubsubpb.SeekRequest_Snapshot:
		err = s.Broker.SeekToSnapshot(r.Subscription, to.Snapshot)
	default:
		err = status.Error(codes.InvalidArgument, "A seek needs a target: a time or a snapshot.")
	}
	if err != nil {
		return nil, err
	}
	return &pubsubpb.SeekResponse{}, nil
}
