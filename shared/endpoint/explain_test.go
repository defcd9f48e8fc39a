package endpoint

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/config"
)

// selfSigned is a certificate that is valid until a time, and its key.
func selfSigned(t *testing.T, until time.Time) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bridge"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	text := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	return text("CERTIFICATE", der), text("PRIVATE KEY", pkcs8)
}

// Certificates are PEM text or files; what isn't one is refused by the variable,
// and a key is never shown.
func TestCertificates(t *testing.T) {
	cert, key := selfSigned(t, time.Now().Add(time.Hour))
	otherCert, otherKey := selfSigned(t, time.Now().Add(time.Hour))
	expired, expiredKey := selfSigned(t, time.Now().Add(-time.Hour))
	file := filepath.Join(t.TempDir(), "client.pem")
	if err := os.WriteFile(file, []byte(cert), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		settings map[string]string // without KAFKA_
		problem  string            // empty for none
	}{
		{"text", map[string]string{"TLS": "true", "TLS_CA": cert, "TLS_CERT": cert, "TLS_KEY": key}, ""},
		{"a file", map[string]string{"TLS": "true", "TLS_CERT": file, "TLS_KEY": key}, ""},
		{`line ends written as \n`, map[string]string{"TLS": "true", "TLS_CERT": strings.ReplaceAll(cert, "\n", `\n`), "TLS_KEY": strings.ReplaceAll(key, "\n", `\n`)}, ""},
		{"a certificate with its key in one", map[string]string{"TLS": "true", "TLS_CERT": cert + key, "TLS_KEY": cert + key}, ""},
		{"without TLS", map[string]string{"TLS_CA": cert}, "KAFKA_TLS is false although certificates are set"},
		{"no certificate", map[string]string{"TLS": "true", "TLS_CA": key}, "KAFKA_TLS_CA holds no certificate"},
		{"no file", map[string]string{"TLS": "true", "TLS_CA": "/no/such/file"}, "KAFKA_TLS_CA is read as a file's path"},
		{"neither", map[string]string{"TLS": "true", "TLS_CA": "a\nb"}, "KAFKA_TLS_CA is neither PEM text"},
		{"a key missing", map[string]string{"TLS": "true", "TLS_CERT": cert}, "KAFKA_TLS_CERT and KAFKA_TLS_KEY go together"},
		{"another's key", map[string]string{"TLS": "true", "TLS_CERT": cert, "TLS_KEY": otherKey}, "KAFKA_TLS_CERT and KAFKA_TLS_KEY aren't a certificate and its private key"},
		{"expired", map[string]string{"TLS": "true", "TLS_CERT": expired, "TLS_KEY": expiredKey}, `KAFKA_TLS_CERT is of no use: the certificate of "CN=bridge" has expired on 20`},
		{"a certificate for a key", map[string]string{"TLS": "true", "TLS_CERT": cert, "TLS_KEY": otherCert}, "KAFKA_TLS_CERT and KAFKA_TLS_KEY aren't"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env := config.From(func(name string) string {
				if name == "KAFKA_BROKERS" {
					return "a:1"
				}
				return tt.settings[strings.TrimPrefix(name, "KAFKA_")]
			})
			KafkaFrom(env)
			said := fmt.Sprint(env.Err())
			if tt.problem == "" && env.Err() != nil || !strings.Contains(said, tt.problem) {
				t.Errorf("%s, want %q", said, tt.problem)
			}
			if strings.Contains(said, "PRIVATE KEY-----") || strings.Contains(said, "MIG") {
				t.Errorf("the key shows in %s", said)
			}
		})
	}
}

func TestTokenSettings(t *testing.T) {
	for _, tt := range []struct {
		settings map[string]string
		problem  string
	}{
		{map[string]string{"SASL_MECHANISM": "oauthbearer", "OAUTH_TOKEN_URL": "https://issuer/token", "USERNAME": "id", "PASSWORD": "secret", "OAUTH_SCOPE": "kafka"}, ""},
		{map[string]string{"SASL_MECHANISM": "oauthbearer", "USERNAME": "id"}, "KAFKA_OAUTH_TOKEN_URL is not set although"},
		{map[string]string{"SASL_MECHANISM": "oauthbearer", "OAUTH_TOKEN_URL": "issuer", "USERNAME": "id", "PASSWORD": "secret"}, `KAFKA_OAUTH_TOKEN_URL is "issuer": write it as`},
		{map[string]string{"SASL_MECHANISM": "oauthbearer", "OAUTH_TOKEN_URL": "https://issuer"}, "KAFKA_OAUTH_TOKEN_URL is set, which needs"},
		{map[string]string{"SASL_MECHANISM": "plain", "OAUTH_TOKEN_URL": "https://issuer", "USERNAME": "id", "PASSWORD": "secret"}, "KAFKA_OAUTH_TOKEN_URL and KAFKA_OAUTH_SCOPE are for"},
	} {
		env := config.From(func(name string) string {
			switch name {
			case "KAFKA_BROKERS":
				return "a:1"
			case "KAFKA_TLS":
				return "true"
			}
			return tt.settings[strings.TrimPrefix(name, "KAFKA_")]
		})
		KafkaFrom(env)
		if said := fmt.Sprint(env.Err()); tt.problem == "" && env.Err() != nil || !strings.Contains(said, tt.problem) {
			t.Errorf("%v: %s, want %q", tt.settings, said, tt.problem)
		}
	}
}

// What the tests against Apache Kafka don't meet is explained too, once, and what
// nobody knows stays as it is.
func TestExplain(t *testing.T) {
	k := Kafka{Brokers: []string{"kafka:9092"}, Mechanism: saslScram512, Username: "tally"}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&net.OpError{Op: "dial", Err: &net.DNSError{Name: "kafka", Err: "no such host", IsNotFound: true}}, `the host "kafka" isn't known: KAFKA_BROKERS is kafka:9092: correct it`},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, "nobody listens there: KAFKA_BROKERS is kafka:9092: correct it, or start the brokers"},
		{fmt.Errorf("read: %w", os.ErrDeadlineExceeded), "no broker answers in time: KAFKA_BROKERS is kafka:9092"},
		{context.DeadlineExceeded, "no broker answers in time"},
		{x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"other"}}, Host: "kafka"}, "the broker's certificate is for another host: x509: certificate is valid for other, not kafka: KAFKA_BROKERS"},
		{fmt.Errorf("commit: %w", kerr.ClusterAuthorizationFailed), `Kafka forbids an operation on the cluster to the user "tally"`},
		{kerr.SaslAuthenticationFailed, `Kafka refuses the user "tally" or its password: KAFKA_USERNAME`},
	} {
		err := k.Explain(tt.err)
		if !strings.HasPrefix(err.Error(), tt.want) || !errors.Is(err, tt.err) && !errors.As(err, new(x509.HostnameError)) {
			t.Errorf("%v is explained as %q, want %q", tt.err, err, tt.want)
		}
		if again := k.Explain(fmt.Errorf("again: %w", err)); again.Error() != "again: "+err.Error() {
			t.Errorf("explained twice: %q", again)
		}
	}
	for _, err := range []error{nil, errors.New("who knows"), kgo.ErrClientClosed} {
		if got := k.Explain(err); got != err {
			t.Errorf("%v is explained as %v", err, got)
		}
	}
}
