package apachekafka

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/endpoint"
)

// secure is a cluster with every way of being let in.
type secure struct {
	*cluster
	ca, stranger *authority
}

func startSecure(t *testing.T) *secure {
	need(t)
	s := &secure{ca: newAuthority(t, "Test CA"), stranger: newAuthority(t, "Another CA")}
	dir := t.TempDir()
	good, expired := s.ca.sign(t, "broker", time.Now().Add(time.Hour)), s.ca.sign(t, "old broker", time.Now().Add(-time.Hour))
	stores := func(name string, p pair) map[string]string {
		return map[string]string{
			"ssl.keystore.type": "PEM", "ssl.keystore.location": file(t, dir, name+".pem", p.key+p.cert),
			"ssl.truststore.type": "PEM", "ssl.truststore.location": file(t, dir, "ca.pem", s.ca.pem),
		}
	}
	with := func(settings map[string]string, more ...string) map[string]string {
		for i := 0; i < len(more); i += 2 {
			settings[more[i]] = more[i+1]
		}
		return settings
	}
	const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
	const oauth = `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`
	s.cluster = start(t, 1, map[string]string{
		"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"super.users":           "User:ANONYMOUS;User:CN=bridge;User:scram;User:plain;User:oauth",
	}, map[string]listener{
		"SCRAM": {"SASL_PLAINTEXT", map[string]string{
			"sasl.enabled.mechanisms": "SCRAM-SHA-256,SCRAM-SHA-512", "scram-sha-256.sasl.jaas.config": scram, "scram-sha-512.sasl.jaas.config": scram,
		}},
		"TLS":     {"SSL", stores("tls", good)},
		"EXPIRED": {"SSL", stores("expired", expired)},
		"MUTUAL":  {"SSL", with(stores("mutual", good), "ssl.client.auth", "required")},
		"PLAINTLS": {"SASL_SSL", with(stores("plain", good), "sasl.enabled.mechanisms", "PLAIN",
			"plain.sasl.jaas.config", `org.apache.kafka.common.security.plain.PlainLoginModule required user_plain="plain-secret";`)},
		"OAUTH": {"SASL_SSL", with(stores("oauth", good), "sasl.enabled.mechanisms", "OAUTHBEARER", "oauthbearer.sasl.jaas.config", oauth)},
	})
	for _, user := range []string{"scram", "nobody", "describer", "reader", "halfway"} {
		for _, mechanism := range []kadm.ScramMechanism{kadm.ScramSha256, kadm.ScramSha512} {
			answers, err := s.admin.AlterUserSCRAMs(t.Context(), nil, []kadm.UpsertSCRAM{
				{User: user, Mechanism: mechanism, Iterations: 4096, Password: user + "-secret"},
			})
			if err == nil {
				err = answers.Error()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

// kafka is the endpoint that settings describe, at a listener.
func (s *secure) kafka(t testing.TB, listener string, settings map[string]string) endpoint.Kafka {
	t.Helper()
	all := map[string]string{"KAFKA_BROKERS": s.nodes[0].address(listener)}
	maps.Copy(all, settings)
	env := config.From(config.FromMap(all))
	k := endpoint.KafkaFrom(env)
	if err := env.Err(); err != nil {
		t.Fatal(err)
	}
	return k
}

func TestExplore(t *testing.T) {
	s := startSecure(t)
	s.topic(t, "votes", 1, nil)
	s.write(t, "votes", 0, "a", "b")
	client := s.ca.sign(t, "bridge", time.Now().Add(time.Hour))
	other := s.stranger.sign(t, "bridge", time.Now().Add(time.Hour))
	m := func(kv ...string) map[string]string {
		r := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			r["KAFKA_"+kv[i]] = kv[i+1]
		}
		return r
	}
	for _, tt := range []struct {
		name, listener string
		settings       map[string]string
	}{
		{"good scram", "SCRAM", m("SASL_MECHANISM", "scram-sha-512", "USERNAME", "scram", "PASSWORD", "scram-secret")},
		{"wrong pw", "SCRAM", m("SASL_MECHANISM", "scram-sha-512", "USERNAME", "scram", "PASSWORD", "x")},
		{"plain pw wrong", "PLAINTLS", m("TLS", "true", "TLS_CA", s.ca.pem, "SASL_MECHANISM", "plain", "USERNAME", "plain", "PASSWORD", "x")},
		{"wrong mechanism", "PLAINTLS", m("TLS", "true", "TLS_CA", s.ca.pem, "SASL_MECHANISM", "scram-sha-256", "USERNAME", "plain", "PASSWORD", "x")},
		{"no sasl", "SCRAM", m()},
		{"sasl at plain", "PLAIN", m("SASL_MECHANISM", "scram-sha-512", "USERNAME", "scram", "PASSWORD", "x")},
		{"tls good", "TLS", m("TLS", "true", "TLS_CA", s.ca.pem)},
		{"tls wrong ca", "TLS", m("TLS", "true", "TLS_CA", s.stranger.pem)},
		{"tls system ca", "TLS", m("TLS", "true")},
		{"tls expired", "EXPIRED", m("TLS", "true", "TLS_CA", s.ca.pem)},
		{"no tls", "TLS", m()},
		{"tls at plain", "PLAIN", m("TLS", "true")},
		{"mutual good", "MUTUAL", m("TLS", "true", "TLS_CA", s.ca.pem, "TLS_CERT", client.cert, "TLS_KEY", client.key)},
		{"mutual none", "MUTUAL", m("TLS", "true", "TLS_CA", s.ca.pem)},
		{"mutual other", "MUTUAL", m("TLS", "true", "TLS_CA", s.ca.pem, "TLS_CERT", other.cert, "TLS_KEY", other.key)},
	} {
		w := s.bridge("votes")
		w.config.Group = "g-" + tt.name
		w.config.Kafka = s.kafka(t, tt.listener, tt.settings)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		b := time.Now()
		sum := w.drain(ctx, t, catchUp)
		cancel()
		t.Logf("%s: %v records=%d caught=%v\n   E %q\n   W %q\n   L %q", tt.name, time.Since(b), sum.Records, sum.CaughtUp, sum.Errors, sum.Warnings, w.log.lines())
	}
}
