package endpoint_test

import (
	"net"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/errortest"
)

func TestReach(t *testing.T) {
	here, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()

	if err := (endpoint.Cloud{PubSub: here.Addr().String()}).Reach(t.Context()); err != nil {
		t.Errorf("an emulator that listens: %v", err)
	}
	if err := (endpoint.Cloud{Project: "p"}).Reach(t.Context()); err != nil {
		t.Errorf("the cloud: %v", err)
	}
	at := gone.Addr().String()
	err = (endpoint.Cloud{PubSub: at, BigQuery: at, BigQueryStorage: here.Addr().String()}).Reach(t.Context())
	errortest.Says(t, err, "PUBSUB_EMULATOR_HOST is "+at, "BIGQUERY_EMULATOR_HOST is "+at, "go run ./local up")
	if strings.Contains(err.Error(), "STORAGE") {
		t.Errorf("%v\nnames one that listens", err)
	}
}
