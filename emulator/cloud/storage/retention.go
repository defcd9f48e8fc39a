package storage

import (
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// retention says for how long an object can't be deleted or replaced
// (https://cloud.google.com/storage/docs/bucket-lock). It isn't locked here.
type retention struct {
	RetentionPeriod string `json:"retentionPeriod"` // seconds
	EffectiveTime   string `json:"effectiveTime,omitempty"`
	IsLocked        bool   `json:"isLocked,omitempty"`
}

// lifecycle are rules by which objects are deleted
// (https://cloud.google.com/storage/docs/lifecycle).
type lifecycle struct {
	Rule []rule `json:"rule"`
}

// rule deletes objects of an age. It is kept to at the next request, not once a day.
type rule struct {
	Action struct {
		Type string `json:"type"`
	} `json:"action"`
	Condition struct {
		Age *int `json:"age"` // days
	} `json:"condition"`
}

// check refuses what isn't a retention, and locks.
func (r *retention) check() error {
	if r == nil {
		return nil
	}
	if n, err := strconv.ParseInt(r.RetentionPeriod, 10, 64); err != nil || n < 1 {
		return status.Errorf(codes.InvalidArgument, "retentionPolicy.retentionPeriod is %q: want seconds from 1.", r.RetentionPeriod)
	}
	if r.IsLocked {
		return status.Error(codes.Unimplemented, "The emulator doesn't honour retentionPolicy.isLocked of a bucket.")
	}
	return nil
}

// check refuses rules that aren't kept to.
func (l *lifecycle) check() error {
	if l == nil {
		return nil
	}
	for _, r := range l.Rule {
		if r.Action.Type != "Delete" {
			return status.Errorf(codes.Unimplemented, "The emulator doesn't honour lifecycle.rule.action.type %q of a bucket: it has Delete.", r.Action.Type)
		}
		if r.Condition.Age == nil {
			return status.Error(codes.Unimplemented, "The emulator doesn't honour a lifecycle.rule of a bucket without condition.age.")
		}
	}
	return nil
}

// retained is the error of deleting or replacing a generation before its time; nil where
// there is none.
func (b *bucket) retained(o *object, now time.Time) error {
	if b.RetentionPolicy == nil || o == nil {
		return nil
	}
	seconds, _ := strconv.ParseInt(b.RetentionPolicy.RetentionPeriod, 10, 64) // was checked
	if until := o.created().Add(time.Duration(seconds) * time.Second); now.Before(until) {
		return status.Errorf(codes.PermissionDenied, "Object '%s/%s' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until %s", b.Name, o.Name, until.UTC().Format(time.RFC3339Nano))
	}
	return nil
}

// created is when a generation was made.
func (o *object) created() time.Time {
	t, _ := time.Parse(time.RFC3339Nano, o.TimeCreated) // written by put
	return t
}

// expire deletes what the rules of a bucket delete.
func (b *bucket) expire(now time.Time) {
	if b.Lifecycle == nil {
		return
	}
	for _, r := range b.Lifecycle.Rule {
		before := now.AddDate(0, 0, -*r.Condition.Age)
		for _, generations := range b.objects {
			for _, o := range append([]*object(nil), generations...) {
				if !o.created().After(before) && b.retained(o, now) == nil {
					b.remove(o)
				}
			}
		}
	}
}
