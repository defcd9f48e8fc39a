package endpoint

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tallystream/tallystream/shared/config"
)

// readCertificates reads KAFKA_TLS_CA, KAFKA_TLS_CERT and KAFKA_TLS_KEY. Each is
// PEM text, as a secret gives it, or the path of a file that holds it.
func (k *Kafka) readCertificates(env *config.Env) {
	ca, cert, key := readPEM(env, "KAFKA_TLS_CA"), readPEM(env, "KAFKA_TLS_CERT"), readPEM(env, "KAFKA_TLS_KEY")
	if !k.TLS && len(ca)+len(cert)+len(key) > 0 {
		env.Fail("KAFKA_TLS", "is false although certificates are set (KAFKA_TLS_CA, KAFKA_TLS_CERT, KAFKA_TLS_KEY): set it to true")
	}
	if len(ca) > 0 {
		k.CA = x509.NewCertPool()
		if !k.CA.AppendCertsFromPEM(ca) {
			env.Fail("KAFKA_TLS_CA", "holds no certificate: set it to the PEM text of the CA that signs the brokers' certificates, or to the path of a file with it")
		}
	}
	switch {
	case (len(cert) > 0) != (len(key) > 0):
		env.Fail("KAFKA_TLS_CERT", "and KAFKA_TLS_KEY go together, the client's certificate and its private key: set both or neither")
	case len(cert) > 0:
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			env.Fail("KAFKA_TLS_CERT", "and KAFKA_TLS_KEY aren't a certificate and its private key (%v): set both to PEM text of one pair, or to the paths of files with it; a key with a passphrase can't be read", err)
			return
		}
		if err := inForce(pair.Leaf, time.Now()); err != nil {
			env.Fail("KAFKA_TLS_CERT", "is of no use: %v: set it to one that is in force, with its key in KAFKA_TLS_KEY", err)
		}
		k.Cert = &pair
	}
}

// readPEM returns the PEM text that a variable holds, or that is in the file which the
// variable names; nil if the variable is empty. No problem shows the text: a key is a
// secret.
func readPEM(env *config.Env, name string) []byte {
	v := env.Raw(name)
	switch {
	case v == "":
		return nil
	case strings.Contains(v, "-----BEGIN"):
		// Some consoles write line ends as \n.
		return []byte(strings.ReplaceAll(v, `\n`, "\n"))
	case strings.ContainsAny(v, "\n\r") || len(v) > 4096:
		env.Fail(name, "is neither PEM text, which begins with -----BEGIN, nor a file's path: set it to one of them")
		return nil
	}
	text, err := os.ReadFile(v)
	if err != nil {
		env.Fail(name, "is read as a file's path, since it isn't PEM text: %v: set it to the path of a file with PEM text, or to the text itself", err)
	}
	return text
}

// inForce returns an error if a certificate isn't valid at a time.
func inForce(c *x509.Certificate, now time.Time) error {
	switch {
	case c == nil:
		return nil
	case now.After(c.NotAfter):
		return fmt.Errorf("the certificate of %q has expired on %s", c.Subject, c.NotAfter.Format(time.RFC3339))
	case now.Before(c.NotBefore):
		return fmt.Errorf("the certificate of %q begins to be valid on %s", c.Subject, c.NotBefore.Format(time.RFC3339))
	}
	return nil
}
