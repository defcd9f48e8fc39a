package operation_test

import (
	"context"
	"reflect"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/operation"
)

func TestOperations(t *testing.T) {
	const parent = "projects/p/locations/l"
	ops := operation.New(t.Context())
	go1 := make(chan struct{})
	first := ops.Start(parent, api.Object{"verb": "create"}, func(context.Context) (api.Object, error) {
		<-go1
		return api.Object{"state": "ACTIVE"}, nil
	})
	second := ops.Start(parent, nil, func(context.Context) (api.Object, error) {
		return nil, status.Error(codes.InvalidArgument, "doesn't build")
	})
	want := api.Object{"name": parent + "/operations/operation-1", "done": false, "metadata": api.Object{"verb": "create"}}
	if !reflect.DeepEqual(first, want) {
		t.Errorf("started as %v, want %v", first, want)
	}
	if got, err := ops.Get(first["name"].(string)); err != nil || got["done"] != false {
		t.Errorf("while it works: %v %v", got, err)
	}
	close(go1)
	ops.Wait()
	if got, _ := ops.Get(first["name"].(string)); got["done"] != true || !reflect.DeepEqual(got["response"], api.Object{"state": "ACTIVE"}) {
		t.Errorf("done: %v", got)
	}
	failed, _ := ops.Get(second["name"].(string))
	if want := (api.Object{"code": 3, "message": "doesn't build"}); !reflect.DeepEqual(failed["error"], want) {
		t.Errorf("failed: %v, want the error %v", failed, want)
	}
	if _, err := ops.Get(parent + "/operations/none"); status.Code(err) != codes.NotFound {
		t.Errorf("of no such name: %v, want NOT_FOUND", err)
	}
}
