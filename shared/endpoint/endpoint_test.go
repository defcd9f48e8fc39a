package endpoint

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/config"
)

func TestCloudFrom(t *testing.T) {
	env := config.From(config.FromMap(map[string]string{
		"GOOGLE_CLOUD_PROJECT":           "demo",
		"PUBSUB_EMULATOR_HOST":           "127.0.0.1:8085",
		"BIGQUERY_EMULATOR_HOST":         "http://127.0.0.1:9050",
		"BIGQUERY_STORAGE_EMULATOR_HOST": "127.0.0.1:9060",
		"BIGQUERY_LOCATION":              "europe-west1",
	}))
	got := CloudFrom(env)
	want := Cloud{Project: "demo", PubSub: "127.0.0.1:8085", BigQuery: "127.0.0.1:9050", BigQueryStorage: "127.0.0.1:9060", Location: "europe-west1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Cloud (-want +got):\n%s", diff)
	}
	if err := env.Err(); err != nil {
		t.Error(err)
	}
	for name, open := range map[string]func() (interface{ Close() error }, error){
		"PubSub":        func() (interface{ Close() error }, error) { return got.NewPubSub(t.Context()) },
		"BigQuery":      func() (interface{ Close() error }, error) { return got.NewBigQuery(t.Context()) },
		"BigQueryWrite": func() (interface{ Close() error }, error) { return got.NewBigQueryWrite(t.Context()) },
	} {
		client, err := open()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := client.Close(); err != nil {
			t.Errorf("close %s: %v", name, err)
		}
	}
}

func TestKafkaFrom(t *testing.T) {
	tests := []struct {
		name     string
		settings map[string]string
		problems []string
	}{
		{"plain text", map[string]string{"KAFKA_BROKERS": "a:1,b:2"}, nil},
		{"scram", map[string]string{"KAFKA_BROKERS": "a:1", "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512", "KAFKA_USERNAME": "u", "KAFKA_PASSWORD": "p"}, nil},
		{"scram 256", map[string]string{"KAFKA_BROKERS": "a:1", "KAFKA_SASL_MECHANISM": "scram-sha-256", "KAFKA_USERNAME": "u", "KAFKA_PASSWORD": "p"}, nil},
		{"plain over TLS", map[string]string{"KAFKA_BROKERS": "a:1", "KAFKA_TLS": "true", "KAFKA_SASL_MECHANISM": "plain", "KAFKA_USERNAME": "u", "KAFKA_PASSWORD": "p"}, nil},
		{"managed Kafka", map[string]string{"KAFKA_BROKERS": "a:1", "KAFKA_TLS": "true", "KAFKA_SASL_MECHANISM": "oauthbearer"}, nil},
		{"no broker", nil, []string{"KAFKA_BROKERS"}},
		{"secret in the clear", map[string]string{"KAFKA_BROKERS": "a:1", "KAFKA_SASL_MECHANISM": "oauthbearer"}, []string{"KAFKA_TLS"}},
		{"no mechanism", map[string]string{"KAFKA_BROKERS": "a:1", "KAFKA_USERNAME": "u"}, []string{"KAFKA_SASL_MECHANISM"}},
		{"no password", map[string]string{"KAFKA_BROKERS": "a:1", "KAFKA_SASL_MECHANISM": "scram-sha-256", "KAFKA_USERNAME": "u"}, []string{"KAFKA_SASL_MECHANISM"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env := config.From(config.FromMap(tt.settings))
			k := KafkaFrom(env)
			var problems []string
			var all *config.Error
			if errors.As(env.Err(), &all) {
				for _, p := range all.Problems {
					problems = append(problems, p.Variable)
				}
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Fatalf("variables with problems (-want +got):\n%s", diff)
			}
			if tt.problems == nil {
				client, err := kgo.NewClient(k.Options()...)
				if err != nil {
					t.Fatalf("client with these options: %v", err)
				}
				client.Close()
			}
		})
	}
}

// The form is the one that the managed service documents: three unpadded
// base64url parts.
func TestGoogleBearer(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	parts := strings.Split(googleBearer("ya29.secret", "fn@p.iam.gserviceaccount.com", now, now.Add(time.Hour)), ".")
	var got []string
	for _, p := range parts {
		b, err := base64.RawURLEncoding.DecodeString(p)
		if err != nil {
			t.Fatalf("part %q: %v", p, err)
		}
		got = append(got, string(b))
	}
	want := []string{
		`{"typ":"JWT","alg":"GOOG_OAUTH2_TOKEN"}`,
		`{"exp":1700003600,"iat":1700000000,"iss":"Google","sub":"fn@p.iam.gserviceaccount.com"}`,
		"ya29.secret",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("token (-want +got):\n%s", diff)
	}
}
