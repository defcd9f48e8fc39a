package api

import (
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

func TestCheckName(t *testing.T) {
	for name, valid := range map[string]bool{
		"projects/p/topics/abc": true, "projects/p/topics/a-b.c~d+e%f_g": true,
		"projects/p/topics/ab": false, "projects/p/topics/1bc": false, "projects/p/topics/google": false,
		"projects//topics/abc": false, "projects/p/subscriptions/abc": false, "projects/p/topics/abc/d": false, "abc": false, "": false,
	} {
		if err := checkName("topics", name); (err == nil) != valid || err != nil && status.Code(err) != codes.InvalidArgument {
			t.Errorf("checkName(%q) = %v, want it valid: %t", name, err, valid)
		}
	}
}

// Fields that the mask names are taken, also where that empties them; others stay.
func TestUpdate(t *testing.T) {
	old := &pubsubpb.Subscription{
		Name: "s", AckDeadlineSeconds: 10, Labels: map[string]string{"a": "b"},
		RetryPolicy: &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(time.Second), MaximumBackoff: durationpb.New(time.Minute)},
	}
	from := &pubsubpb.Subscription{
		AckDeadlineSeconds: 20, Filter: "not asked for",
		RetryPolicy: &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(2 * time.Second)},
	}
	got, err := update(old, from, &fieldmaskpb.FieldMask{Paths: []string{"ack_deadline_seconds", "labels", "retry_policy.minimum_backoff"}}, "name")
	want := &pubsubpb.Subscription{
		Name: "s", AckDeadlineSeconds: 20,
		RetryPolicy: &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(2 * time.Second), MaximumBackoff: durationpb.New(time.Minute)},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || err != nil {
		t.Errorf("updated (-want +got), %v:\n%s", err, diff)
	}
	if old.AckDeadlineSeconds != 10 {
		t.Error("the old resource was changed")
	}
	for _, paths := range [][]string{nil, {"name"}, {"nothing"}, {"labels.a"}, {"retry_policy.nothing"}} {
		if _, err := update(old, from, &fieldmaskpb.FieldMask{Paths: paths}, "name"); status.Code(err) != codes.InvalidArgument {
			t.Errorf("mask %q: %v, want InvalidArgument", paths, err)
		}
	}
}

// What a subscription leaves out is completed, and isn't taken from the caller's message.
func TestComplete(t *testing.T) {
	in := &pubsubpb.Subscription{Name: "s", DeadLetterPolicy: &pubsubpb.DeadLetterPolicy{DeadLetterTopic: "t"}, RetryPolicy: &pubsubpb.RetryPolicy{}}
	got, err := complete(in)
	want := &pubsubpb.Subscription{
		Name: "s", State: pubsubpb.Subscription_ACTIVE, AckDeadlineSeconds: 10, PushConfig: &pubsubpb.PushConfig{},
		MessageRetentionDuration: durationpb.New(7 * 24 * time.Hour),
		ExpirationPolicy:         &pubsubpb.ExpirationPolicy{Ttl: durationpb.New(31 * 24 * time.Hour)},
		DeadLetterPolicy:         &pubsubpb.DeadLetterPolicy{DeadLetterTopic: "t", MaxDeliveryAttempts: 5},
		RetryPolicy:              &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(10 * time.Second), MaximumBackoff: durationpb.New(10 * time.Minute)},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || err != nil {
		t.Errorf("completed (-want +got), %v:\n%s", err, diff)
	}
	if in.AckDeadlineSeconds != 0 {
		t.Error("the caller's message was changed")
	}
}
