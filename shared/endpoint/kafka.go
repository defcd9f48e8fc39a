package endpoint

import (
	"crypto/tls"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/tallystream/tallystream/shared/config"
)

// Kafka tells where the broker is and how to be let in.
type Kafka struct {
	Brokers   []string // KAFKA_BROKERS, host:port,…
	TLS       bool     // KAFKA_TLS
	Mechanism string   // KAFKA_SASL_MECHANISM: "", plain, scram-sha-256, scram-sha-512 or oauthbearer
	Username  string   // KAFKA_USERNAME
	Password  string   // KAFKA_PASSWORD, a secret
}

const (
	saslPlain       = "plain"
	saslScram256    = "scram-sha-256"
	saslScram512    = "scram-sha-512"
	saslOAuthBearer = "oauthbearer"
)

// KafkaFrom reads a Kafka.
func KafkaFrom(env *config.Env) Kafka {
	k := Kafka{
		Brokers:   env.Addresses("KAFKA_BROKERS"),
		TLS:       env.Bool("KAFKA_TLS", false),
		Mechanism: env.OneOf("KAFKA_SASL_MECHANISM", "", saslPlain, saslScram256, saslScram512, saslOAuthBearer),
		Username:  env.String("KAFKA_USERNAME", ""),
		Password:  env.String("KAFKA_PASSWORD", ""),
	}
	if len(k.Brokers) == 0 {
		env.Fail("KAFKA_BROKERS", "is not set: list the brokers as host:port,host:port")
	}
	switch k.Mechanism {
	case "":
		if k.Username != "" || k.Password != "" {
			env.Fail("KAFKA_SASL_MECHANISM", "is not set although KAFKA_USERNAME or KAFKA_PASSWORD is: name the mechanism")
		}
	case saslOAuthBearer: // the token is the application's own
	default:
		if k.Username == "" || k.Password == "" {
			env.Fail("KAFKA_SASL_MECHANISM", "is %q, which needs KAFKA_USERNAME and KAFKA_PASSWORD: set both", k.Mechanism)
		}
	}
	if k.Mechanism == saslPlain || k.Mechanism == saslOAuthBearer {
		if !k.TLS {
			env.Fail("KAFKA_TLS", "is false, but %s sends the secret itself: set it to true", k.Mechanism)
		}
	}
	return k
}

// Options returns what a client needs to reach the broker.
func (k Kafka) Options() []kgo.Opt {
	opts := []kgo.Opt{
		kgo.SeedBrokers(k.Brokers...),
		kgo.ClientID("tallystream"),
		kgo.DialTimeout(5 * time.Second),
		kgo.DisableClientMetrics(), // a function's own log tells
	}
	if k.TLS {
		opts = append(opts, kgo.DialTLSConfig(&tls.Config{MinVersion: tls.VersionTLS12}))
	}
	if m := k.mechanism(); m != nil {
		opts = append(opts, kgo.SASL(m))
	}
	return opts
}

func (k Kafka) mechanism() sasl.Mechanism {
	switch k.Mechanism {
	case saslPlain:
		return plain.Auth{User: k.Username, Pass: k.Password}.AsMechanism()
	case saslScram256:
		return scram.Auth{User: k.Username, Pass: k.Password}.AsSha256Mechanism()
	case saslScram512:
		return scram.Auth{User: k.Username, Pass: k.Password}.AsSha512Mechanism()
	case saslOAuthBearer:
		return oauth.Oauth((&googleTokens{}).auth)
	}
	return nil
}
