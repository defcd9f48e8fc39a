package endpoint

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The options let a client in where they should, and nowhere else.
func TestSASL(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(),
		kfake.Superuser("PLAIN", "plain", "p-secret"),
		kfake.Superuser("SCRAM-SHA-256", "scram256", "s-secret"),
		kfake.Superuser("SCRAM-SHA-512", "scram512", "t-secret"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	tests := []struct {
		mechanism, user, password string
		in                        bool
	}{
		{saslPlain, "plain", "p-secret", true},
		{saslPlain, "plain", "wrong", false},
		{saslScram256, "scram256", "s-secret", true},
		{saslScram256, "scram256", "wrong", false},
		{saslScram512, "scram512", "t-secret", true},
		{saslScram512, "nobody", "t-secret", false},
		{"", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.mechanism+" "+tt.password, func(t *testing.T) {
			k := Kafka{Brokers: cluster.ListenAddrs(), Mechanism: tt.mechanism, Username: tt.user, Password: tt.password}
			client, err := kgo.NewClient(k.Options()...)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			err = client.Ping(ctx)
			if (err == nil) != tt.in {
				t.Errorf("ping: %v", err)
			}
			if err != nil && tt.password != "" && strings.Contains(err.Error(), tt.password) {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}
