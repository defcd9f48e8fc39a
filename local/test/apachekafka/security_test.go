package apachekafka

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/endpoint"
)

// secure is a cluster with every kind of authentication.
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
	const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
	const oauth = `org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`
	s.cluster = start(t, 1, map[string]string{
		"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"super.users":           "User:ANONYMOUS;User:CN=bridge;User:scram;User:plain;User:oauth",
	}, map[string]listener{
		"SCRAM": {protocol: "SASL_PLAINTEXT", settings: map[string]string{
			"sasl.enabled.mechanisms": "SCRAM-SHA-256,SCRAM-SHA-512", "scram-sha-256.sasl.jaas.config": scram, "scram-sha-512.sasl.jaas.config": scram,
		}},
		"TLS":     {protocol: "SSL", settings: stores("tls", good)},
		"EXPIRED": {protocol: "SSL", settings: stores("expired", expired)},
		"MUTUAL":  {protocol: "SSL", settings: with(stores("mutual", good), "ssl.client.auth", "required")},
		"PLAINTLS": {protocol: "SASL_SSL", settings: with(stores("plain", good), "sasl.enabled.mechanisms", "PLAIN",
			"plain.sasl.jaas.config", `org.apache.kafka.common.security.plain.PlainLoginModule required user_plain="plain-secret";`)},
		"OAUTH": {protocol: "SASL_SSL", settings: with(stores("oauth", good), "sasl.enabled.mechanisms", "OAUTHBEARER", "oauthbearer.sasl.jaas.config", oauth)},
	})
	for _, user := range []string{"scram", "nobody", "describer", "reader", "halfway", "writer"} {
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

// settings are variables that begin with KAFKA_.
func settings(nameValues ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(nameValues); i += 2 {
		m["KAFKA_"+nameValues[i]] = nameValues[i+1]
	}
	return m
}

// Each kind of authentication works, and a refusal is explained in one sentence: the
// cause, the setting, the remedy.
func TestSecurity(t *testing.T) {
	t.Parallel()
	s := startSecure(t)
	s.topic(t, "votes", 1, nil)
	s.topic(t, "voters", 1, nil)
	s.write(t, "votes", 0, "a", "b")
	s.write(t, "voters", 0, "c")
	t.Run("logins", s.logins)
	t.Run("certificates", s.certificates)
	t.Run("tokens", s.tokens)
	t.Run("ACLs", s.acls)
	t.Run("simulator", s.simulator)
}

// entry is an attempt to connect.
type entry struct {
	name, listener string
	settings       map[string]string
	refused        []string // parts of the one sentence; none where the client is let in
}

func (s *secure) try(t *testing.T, entries []entry) {
	for _, e := range entries {
		t.Run(e.name, func(t *testing.T) {
			w := s.bridge("votes")
			w.config.Group = "group of " + e.name
			w.config.Kafka = s.kafka(t, e.listener, e.settings)
			if len(e.refused) == 0 {
				w.catchUp(t)
				w.has(t, "votes", "a", "b")
				return
			}
			summary := w.drain(t.Context(), t, catchUp)
			says(t, summary.Errors, append(e.refused, "Kafka at ["+s.nodes[0].address(e.listener)+"] can't be reached: ")...)
			if len(summary.Warnings) > 0 || summary.CaughtUp {
				t.Errorf("summary = %+v", summary)
			}
			if lines := w.lines(); len(lines) != 1 || lines[0] != "" {
				t.Errorf("it was logged: %q", lines)
			}
		})
	}
}

func (s *secure) logins(t *testing.T) {
	plain := settings("TLS", "true", "TLS_CA", s.ca.pem, "SASL_MECHANISM", "plain", "USERNAME", "plain", "PASSWORD", "plain-secret")
	s.try(t, []entry{
		{"SCRAM-SHA-256", "SCRAM", settings("SASL_MECHANISM", "scram-sha-256", "USERNAME", "scram", "PASSWORD", "scram-secret"), nil},
		{"SCRAM-SHA-512", "SCRAM", settings("SASL_MECHANISM", "scram-sha-512", "USERNAME", "scram", "PASSWORD", "scram-secret"), nil},
		{"PLAIN", "PLAINTLS", plain, nil},
		{"a wrong password", "SCRAM", settings("SASL_MECHANISM", "scram-sha-512", "USERNAME", "scram", "PASSWORD", "wrong"),
			[]string{`Kafka refuses the user "scram" or its password: KAFKA_USERNAME or KAFKA_PASSWORD is wrong`, "correct them"}},
		{"an unknown user", "SCRAM", settings("SASL_MECHANISM", "scram-sha-512", "USERNAME", "stranger", "PASSWORD", "wrong"),
			[]string{`Kafka refuses the user "stranger" or its password: KAFKA_USERNAME`}},
		{"a wrong plain password", "PLAINTLS", with(maps.Clone(plain), "KAFKA_PASSWORD", "wrong"),
			[]string{`Kafka refuses the user "plain" or its password: KAFKA_USERNAME`}},
		{"a wrong mechanism", "PLAINTLS", with(maps.Clone(plain), "KAFKA_SASL_MECHANISM", "scram-sha-256"),
			[]string{"Kafka's listener doesn't take SCRAM-SHA-256: KAFKA_SASL_MECHANISM is scram-sha-256: set it to one that the listener has"}},
		{"no login", "SCRAM", nil,
			[]string{"Kafka closes the connection: its listener wants a login or TLS, and neither KAFKA_SASL_MECHANISM nor KAFKA_TLS is set"}},
		{"a login that nobody wants", "PLAIN", settings("SASL_MECHANISM", "scram-sha-512", "USERNAME", "scram", "PASSWORD", "scram-secret"),
			[]string{"Kafka's listener takes no login: KAFKA_SASL_MECHANISM is scram-sha-512"}},
	})
}

func (s *secure) certificates(t *testing.T) {
	client := s.ca.sign(t, "bridge", time.Now().Add(time.Hour))
	strange := s.stranger.sign(t, "bridge", time.Now().Add(time.Hour))
	dir := t.TempDir()
	s.try(t, []entry{
		{"an own CA", "TLS", settings("TLS", "true", "TLS_CA", s.ca.pem), nil},
		{"an own CA in a file", "TLS", settings("TLS", "true", "TLS_CA", file(t, dir, "ca.pem", s.ca.pem)), nil},
		{"a client's certificate", "MUTUAL", settings("TLS", "true", "TLS_CA", s.ca.pem, "TLS_CERT", client.cert, "TLS_KEY", file(t, dir, "client.key", client.key)), nil},
		{"a wrong CA", "TLS", settings("TLS", "true", "TLS_CA", s.stranger.pem),
			[]string{`the broker's certificate is signed by the CA "CN=Test CA", which isn't trusted: KAFKA_TLS_CA is set to another: set it to that CA's certificate`}},
		{"no CA", "TLS", settings("TLS", "true"),
			[]string{`the broker's certificate is signed by the CA "CN=Test CA", which isn't trusted: KAFKA_TLS_CA isn't set`}},
		{"a broker's expired certificate", "EXPIRED", settings("TLS", "true", "TLS_CA", s.ca.pem),
			[]string{`the broker shows a certificate that isn't valid now: the certificate of "CN=old broker" has expired on 20`, "renew it on the broker"}},
		{"no client's certificate", "MUTUAL", settings("TLS", "true", "TLS_CA", s.ca.pem),
			[]string{"Kafka wants a client's certificate: KAFKA_TLS_CERT and KAFKA_TLS_KEY aren't set"}},
		{"a stranger's certificate", "MUTUAL", settings("TLS", "true", "TLS_CA", s.ca.pem, "TLS_CERT", strange.cert, "TLS_KEY", strange.key),
			[]string{`Kafka refuses the client's certificate of "CN=bridge", signed by "CN=Another CA": KAFKA_TLS_CERT holds it`}},
		{"TLS missing", "TLS", nil, []string{"Kafka's listener speaks TLS: KAFKA_TLS is false: set it to true"}},
		{"TLS that nobody speaks", "PLAIN", settings("TLS", "true"), []string{"Kafka's listener doesn't speak TLS: KAFKA_TLS is true: set it to false"}},
	})
}

// issuer is a token endpoint. Its tokens name a subject and are valid for an hour.
func issuer(t *testing.T, subject *string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if id != "client" || secret != "client-secret" {
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			return
		}
		b64 := base64.RawURLEncoding.EncodeToString
		now := time.Now()
		claims := fmt.Sprintf(`{"sub":%q,"iat":%d,"exp":%d}`, *subject, now.Unix(), now.Add(time.Hour).Unix())
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":"%s.%s.","token_type":"Bearer","expires_in":3600}`, b64([]byte(`{"alg":"none"}`)), b64([]byte(claims)))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (s *secure) tokens(t *testing.T) {
	subject := "oauth"
	at := issuer(t, &subject)
	client := settings("TLS", "true", "TLS_CA", s.ca.pem, "SASL_MECHANISM", "oauthbearer", "OAUTH_TOKEN_URL", at, "USERNAME", "client", "PASSWORD", "client-secret")
	s.try(t, []entry{
		{"a token", "OAUTH", client, nil},
		{"a wrong secret", "OAUTH", with(maps.Clone(client), "KAFKA_PASSWORD", "wrong"),
			[]string{`there is no token to show to Kafka: KAFKA_SASL_MECHANISM is oauthbearer, which needs one for the client "client": see that KAFKA_OAUTH_TOKEN_URL (` + at + ") answers", "invalid_client"}},
	})
	subject = "" // no broker takes a token of nobody
	s.try(t, []entry{{"a refused token", "OAUTH", client,
		[]string{`Kafka refuses the token of the client "client": KAFKA_SASL_MECHANISM is oauthbearer: see that the token's issuer`}}})
}

// allow permits a user some operations.
func (s *secure) allow(t *testing.T, user string, b *kadm.ACLBuilder) {
	t.Helper()
	results, err := s.admin.CreateACLs(t.Context(), b.Allow("User:"+user).AllowHosts().ResourcePatternType(kadm.ACLPatternLiteral))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
}

// What a user may not do is named at once. Everything else is read all the same.
func (s *secure) acls(t *testing.T) {
	both := func() *kadm.ACLBuilder { return kadm.NewACLs().Topics("votes", "voters") }
	s.allow(t, "describer", both().Groups("group of describer").Operations(kadm.OpDescribe))
	s.allow(t, "reader", kadm.NewACLs().Topics("votes").Groups("group of reader").Operations(kadm.OpRead))
	s.allow(t, "halfway", both().Operations(kadm.OpRead))
	s.allow(t, "halfway", kadm.NewACLs().Groups("group of halfway").Operations(kadm.OpDescribe))
	s.allow(t, "nobody", both().Operations(kadm.OpRead))
	forbidden := func(what, name, user string) string {
		return fmt.Sprintf("Kafka forbids the %s to the user %q: KAFKA_%sS names it: give the account Describe and Read of it", what, user, name)
	}
	group := func(user string) string {
		return fmt.Sprintf("Kafka forbids the group to the user %q: KAFKA_GROUP names it: give the account Describe and Read of it", user)
	}
	for _, tt := range []struct {
		user    string
		errors  []string // parts of the sentences, in order
		carried []string // votes
	}{
		{"describer", []string{
			`topic "voters" can't be read: ` + forbidden("topic", "TOPIC", "describer"),
			`topic "votes" can't be read: ` + forbidden("topic", "TOPIC", "describer"),
			group("describer"),
		}, nil},
		{"reader", []string{`topic "voters" can't be read: ` + forbidden("topic", "TOPIC", "reader")}, []string{"a", "b"}},
		{"halfway", []string{group("halfway")}, []string{"a", "b"}},
		{"nobody", []string{group("nobody")}, nil},
	} {
		t.Run(tt.user, func(t *testing.T) {
			var w *testBridge
			var got drain.BridgeSummary
			// On a busy machine five seconds may be over before anything is read.
			for seconds := 5.0; seconds < 100; seconds *= 4 {
				w = s.bridge("voters", "votes")
				w.config.Group = "group of " + tt.user
				w.config.Kafka = s.kafka(t, "SCRAM", settings("SASL_MECHANISM", "scram-sha-256", "USERNAME", tt.user, "PASSWORD", tt.user+"-secret"))
				// It would drain until its deadline, if nothing ended it sooner.
				got = w.drain(t.Context(), t, drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline, Seconds: seconds}})
				if len(got.Errors) == len(tt.errors) && len(w.values(t, "votes")) == len(tt.carried) {
					break
				}
			}
			slices.Sort(got.Errors)
			slices.Sort(tt.errors)
			if len(got.Errors) != len(tt.errors) || len(got.Warnings) > 0 || got.CaughtUp {
				t.Fatalf("summary = %+v, want the errors %q", got, tt.errors)
			}
			for i, part := range tt.errors {
				says(t, got.Errors[i:i+1], part)
			}
			w.has(t, "votes", tt.carried...)
			if lines := w.lines(); len(lines) > 3 {
				t.Errorf("%d lines were logged: %q", len(lines), lines)
			}
		})
	}
}

// with adds settings to others.
func with(m map[string]string, more ...string) map[string]string {
	for i := 0; i < len(more); i += 2 {
		m[more[i]] = more[i+1]
	}
	return m
}
