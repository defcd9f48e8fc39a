package endpoint

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// RefusedError says in a sentence why a client couldn't log in to Kafka or got no answer:
// the cause, the setting that it depends on, and the remedy.
type RefusedError struct {
	Sentence string
	Err      error // the client's
}

func (e *RefusedError) Error() string { return e.Sentence + " (" + e.Err.Error() + ")" }
func (e *RefusedError) Unwrap() error { return e.Err }

// Explain returns an error of a client as a [RefusedError] if its cause is known, or else
// unchanged.
func (k Kafka) Explain(err error) error {
	if err == nil {
		return nil
	}
	var known *RefusedError
	if errors.As(err, &known) {
		return err
	}
	for _, explain := range []func(error) string{k.explainLogin, k.explainTLS, k.explainACL, k.explainNetwork} {
		if sentence := explain(err); sentence != "" {
			return &RefusedError{Sentence: sentence, Err: err}
		}
	}
	return err
}

// explainLogin explains errors of the login. Like the other explainers it returns an
// empty text if the error is none of these.
func (k Kafka) explainLogin(err error) string {
	var refused *refusedTokenError
	var missing *tokenError
	var closed *kgo.ErrFirstReadEOF
	name := strings.ToUpper(k.Mechanism)
	switch {
	case errors.As(err, &refused):
		return fmt.Sprintf("Kafka refuses the token of %s: KAFKA_SASL_MECHANISM is oauthbearer: see that the token's issuer and the account are those that the brokers let in", k.account())
	case errors.As(err, &missing):
		return fmt.Sprintf("there is no token to show to Kafka: KAFKA_SASL_MECHANISM is oauthbearer, which needs one for %s: %s", k.account(), k.tokenRemedy())
	case errors.Is(err, kerr.SaslAuthenticationFailed) && k.Mechanism == saslOAuthBearer:
		return fmt.Sprintf("Kafka refuses the token of %s: KAFKA_SASL_MECHANISM is oauthbearer: see that the token's issuer and the account are those that the brokers let in", k.account())
	case errors.Is(err, kerr.SaslAuthenticationFailed):
		return fmt.Sprintf("Kafka refuses %s or its password: KAFKA_USERNAME or KAFKA_PASSWORD is wrong, or the account isn't made for %s: correct them, or make the account", k.account(), name)
	case errors.Is(err, kerr.UnsupportedSaslMechanism):
		return fmt.Sprintf("Kafka's listener doesn't take %s: KAFKA_SASL_MECHANISM is %s: set it to one that the listener has (sasl.enabled.mechanisms)", name, k.Mechanism)
	case errors.Is(err, kerr.IllegalSaslState) && k.Mechanism != "":
		return fmt.Sprintf("Kafka's listener takes no login: KAFKA_SASL_MECHANISM is %s: leave it and KAFKA_USERNAME empty, or name the port of a listener that takes one in KAFKA_BROKERS", k.Mechanism)
	case errors.As(err, &closed) && !k.TLS && k.Mechanism == "":
		return "Kafka closes the connection: its listener wants a login or TLS, and neither KAFKA_SASL_MECHANISM nor KAFKA_TLS is set: set what it wants, or name the port of a listener without in KAFKA_BROKERS"
	}
	return ""
}

// explainTLS explains errors of TLS and certificates.
func (k Kafka) explainTLS(err error) string {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var alert tls.AlertError
	var header tls.RecordHeaderError
	var closed *kgo.ErrFirstReadEOF
	switch {
	case errors.As(err, &unknown):
		issuer, set := "a CA", "isn't set, so that only the system's are trusted"
		if unknown.Cert != nil {
			issuer = fmt.Sprintf("the CA %q", unknown.Cert.Issuer)
		}
		if k.CA != nil {
			set = "is set to another"
		}
		return fmt.Sprintf("the broker's certificate is signed by %s, which isn't trusted: KAFKA_TLS_CA %s: set it to that CA's certificate", issuer, set)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		return fmt.Sprintf("the broker shows a certificate that isn't valid now: %v: no setting helps: renew it on the broker, or correct the clock of this machine (%s)",
			inForce(invalid.Cert, time.Now()), time.Now().UTC().Format(time.RFC3339))
	case errors.As(err, &host):
		return fmt.Sprintf("the broker's certificate is for another host: %v: KAFKA_BROKERS, or the broker's advertised.listeners, has a name that it isn't made for: use its name there, or make a certificate for this one", host)
	case errors.As(err, &alert) || strings.Contains(err.Error(), "remote error: tls:"):
		if k.Cert == nil {
			return "Kafka wants a client's certificate: KAFKA_TLS_CERT and KAFKA_TLS_KEY aren't set: set them to one that a CA signed that the brokers trust"
		}
		return fmt.Sprintf("Kafka refuses the client's certificate of %q, signed by %q: KAFKA_TLS_CERT holds it: set it and KAFKA_TLS_KEY to one that is in force and that a CA signed that the brokers trust (ssl.truststore)",
			k.Cert.Leaf.Subject, k.Cert.Leaf.Issuer)
	case k.TLS && (errors.As(err, &header) || errors.As(err, &closed)):
		return "Kafka's listener doesn't speak TLS: KAFKA_TLS is true: set it to false, or name the port of a listener with TLS in KAFKA_BROKERS"
	case !k.TLS && strings.Contains(err.Error(), "plaintext connection speaking to a tls endpoint"):
		return "Kafka's listener speaks TLS: KAFKA_TLS is false: set it to true, or name the port of a listener without TLS in KAFKA_BROKERS"
	}
	return ""
}

// explainACL explains errors of missing permissions.
func (k Kafka) explainACL(err error) string {
	for _, forbidden := range []struct {
		err                    error
		what, setting, allowed string
	}{
		{kerr.TopicAuthorizationFailed, "the topic", "KAFKA_TOPICS names it", "Describe and Read of it (kafka-acls.sh --add --topic)"},
		{kerr.GroupAuthorizationFailed, "the group", "KAFKA_GROUP names it", "Describe and Read of it (kafka-acls.sh --add --group)"},
		{kerr.ClusterAuthorizationFailed, "an operation on the cluster", "no setting names it", "it (kafka-acls.sh --add --cluster)"},
	} {
		if errors.Is(err, forbidden.err) {
			return fmt.Sprintf("Kafka forbids %s to %s: %s: give the account %s", forbidden.what, k.account(), forbidden.setting, forbidden.allowed)
		}
	}
	return ""
}

// explainNetwork explains why no broker was reached or answered.
func (k Kafka) explainNetwork(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	at := strings.Join(k.Brokers, ", ")
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("the host %q isn't known: KAFKA_BROKERS is %s: correct it, or see that this machine can look the name up", dns.Name, at)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nobody listens there: KAFKA_BROKERS is %s: correct it, or start the brokers", at)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("no broker answers in time: KAFKA_BROKERS is %s: see that the brokers run (one that hangs takes connections and says nothing), that the port is right, and that no firewall is in between", at)
	}
	return ""
}

// account names the principal that the client is for Kafka.
func (k Kafka) account() string {
	switch {
	case k.Mechanism == saslOAuthBearer && k.TokenURL != "":
		return fmt.Sprintf("the client %q", k.Username)
	case k.Mechanism == saslOAuthBearer:
		return "the application's default credentials"
	case k.Mechanism != "":
		return fmt.Sprintf("the user %q", k.Username)
	case k.Cert != nil:
		return fmt.Sprintf("the certificate's %q", k.Cert.Leaf.Subject)
	}
	return "a client without login"
}

// tokenRemedy says what to do if there is no token.
func (k Kafka) tokenRemedy() string {
	if k.TokenURL != "" {
		return fmt.Sprintf("see that KAFKA_OAUTH_TOKEN_URL (%s) answers, and that KAFKA_USERNAME and KAFKA_PASSWORD are the client's id and secret", k.TokenURL)
	}
	return "run where Google's are (gcloud auth application-default login on a machine of your own), or name the issuer in KAFKA_OAUTH_TOKEN_URL"
}
