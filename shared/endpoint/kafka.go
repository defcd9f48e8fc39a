package endpoint

import (
	"crypto/tls"
	"crypto/x509"
	"net/url"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/tallystream/tallystream/shared/config"
)

// Kafka says where the brokers are and how a client logs in.
type Kafka struct {
	Brokers   []string         // KAFKA_BROKERS, host:port,…
	TLS       bool             // KAFKA_TLS
	CA        *x509.CertPool   // KAFKA_TLS_CA, which signs the brokers' certificates; nil for the system's CAs (SSL_CERT_FILE)
	Cert      *tls.Certificate // KAFKA_TLS_CERT and KAFKA_TLS_KEY, which identify this client; nil for none
	Mechanism string           // KAFKA_SASL_MECHANISM: "", plain, scram-sha-256, scram-sha-512 or oauthbearer
	Username  string           // KAFKA_USERNAME
	Password  string           // KAFKA_PASSWORD, a secret

	// TokenURL is where oauthbearer gets its tokens (KAFKA_OAUTH_TOKEN_URL). Username and
	// Password are the client's id and secret there. If it is empty, the tokens are
	// Google's, from the application's default credentials.
	TokenURL string
	// Scope is what the tokens are asked for (KAFKA_OAUTH_SCOPE); may be empty.
	Scope string
}

// answerTimeout is added to the time that a request allows the broker. After it the
// client tries another broker.
const answerTimeout = 5 * time.Second

const (
	saslPlain       = "plain"
	saslScram256    = "scram-sha-256"
	saslScram512    = "scram-sha-512"
	saslOAuthBearer = "oauthbearer"
)

// KafkaFrom reads a Kafka from the environment.
func KafkaFrom(env *config.Env) Kafka {
	k := Kafka{
		Brokers:   env.Addresses("KAFKA_BROKERS"),
		TLS:       env.Bool("KAFKA_TLS", false),
		Mechanism: env.OneOf("KAFKA_SASL_MECHANISM", "", saslPlain, saslScram256, saslScram512, saslOAuthBearer),
		Username:  env.String("KAFKA_USERNAME", ""),
		Password:  env.String("KAFKA_PASSWORD", ""),
		TokenURL:  env.String("KAFKA_OAUTH_TOKEN_URL", ""),
		Scope:     env.String("KAFKA_OAUTH_SCOPE", ""),
	}
	k.readCertificates(env)
	if len(k.Brokers) == 0 {
		env.Fail("KAFKA_BROKERS", "is not set: list the brokers as host:port,host:port")
	}
	k.checkLogin(env)
	return k
}

// checkLogin checks that the settings which a mechanism needs are there, and no others.
func (k *Kafka) checkLogin(env *config.Env) {
	switch k.Mechanism {
	case "":
		if k.Username != "" || k.Password != "" {
			env.Fail("KAFKA_SASL_MECHANISM", "is not set although KAFKA_USERNAME or KAFKA_PASSWORD is: name the mechanism")
		}
	case saslOAuthBearer:
		k.checkTokens(env)
	default:
		if k.Username == "" || k.Password == "" {
			env.Fail("KAFKA_SASL_MECHANISM", "is %q, which needs KAFKA_USERNAME and KAFKA_PASSWORD: set both", k.Mechanism)
		}
	}
	if k.Mechanism != saslOAuthBearer && (k.TokenURL != "" || k.Scope != "") {
		env.Fail("KAFKA_OAUTH_TOKEN_URL", "and KAFKA_OAUTH_SCOPE are for KAFKA_SASL_MECHANISM=oauthbearer only: set it, or leave them empty")
	}
	if k.Mechanism == saslPlain || k.Mechanism == saslOAuthBearer {
		if !k.TLS {
			env.Fail("KAFKA_TLS", "is false, but %s sends the secret itself: set it to true", k.Mechanism)
		}
	}
}

// checkTokens checks the settings of oauthbearer.
func (k *Kafka) checkTokens(env *config.Env) {
	u, err := url.Parse(k.TokenURL)
	switch {
	case k.TokenURL == "" && (k.Username != "" || k.Password != "" || k.Scope != ""):
		env.Fail("KAFKA_OAUTH_TOKEN_URL", "is not set although KAFKA_USERNAME, KAFKA_PASSWORD or KAFKA_OAUTH_SCOPE is: set it to the issuer's token endpoint, or leave them empty for Google's tokens")
	case k.TokenURL == "":
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		env.Fail("KAFKA_OAUTH_TOKEN_URL", "is %q: write it as https://host/path", k.TokenURL)
	case k.Username == "" || k.Password == "":
		env.Fail("KAFKA_OAUTH_TOKEN_URL", "is set, which needs the client's id in KAFKA_USERNAME and its secret in KAFKA_PASSWORD: set both")
	}
}

// Options returns the options of a client of these brokers.
func (k Kafka) Options() []kgo.Opt {
	opts := []kgo.Opt{
		kgo.SeedBrokers(k.Brokers...),
		kgo.ClientID("tallystream"),
		kgo.DialTimeout(answerTimeout),
		kgo.RequestTimeoutOverhead(answerTimeout),
		kgo.DisableClientMetrics(), // the functions log their own figures
	}
	if k.TLS {
		c := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: k.CA}
		if k.Cert != nil {
			c.Certificates = []tls.Certificate{*k.Cert}
		}
		opts = append(opts, kgo.DialTLSConfig(c))
	}
	if m := k.mechanism(); m != nil {
		opts = append(opts, kgo.SASL(m))
	}
	return opts
}

// mechanism returns how a client logs in; nil for no login.
func (k Kafka) mechanism() sasl.Mechanism {
	switch k.Mechanism {
	case saslPlain:
		return plain.Auth{User: k.Username, Pass: k.Password}.AsMechanism()
	case saslScram256:
		return scram.Auth{User: k.Username, Pass: k.Password}.AsSha256Mechanism()
	case saslScram512:
		return scram.Auth{User: k.Username, Pass: k.Password}.AsSha512Mechanism()
	case saslOAuthBearer:
		if k.TokenURL != "" {
			return refusable{oauth.Oauth(newClientTokens(k).auth)}
		}
		return refusable{oauth.Oauth((&googleTokens{}).auth)}
	}
	return nil
}
