package proxy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"
)

// lifetime is how long certificates are good for: longer than any process runs. The key
// never leaves the process.
const lifetime = 365 * 24 * time.Hour

// CA is a certificate authority of this process's own.
type CA struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte

	mu   sync.Mutex
	made map[string]*tls.Certificate // by host
}

// newCA makes a certificate authority.
func newCA() (*CA, error) {
	ca := &CA{made: map[string]*tls.Certificate{}}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Tallystream's local cloud", Organization: []string{"only on this machine"}},
		IsCA:    true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, key, err := ca.sign(template)
	if err != nil {
		return nil, fmt.Errorf("make a certificate authority: %w", err)
	}
	if ca.certificate, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("make a certificate authority: %w", err)
	}
	ca.key = key
	ca.pem = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return ca, nil
}

// PEM is the authority's certificate.
func (ca *CA) PEM() []byte { return ca.pem }

// Certificate is one of the host that a client wants to talk to.
func (ca *CA) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	host := hello.ServerName
	if host == "" {
		return nil, errors.New("the client doesn't say which host it means (SNI)")
	}
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if made := ca.made[host]; made != nil {
		return made, nil
	}
	der, key, err := ca.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return nil, fmt.Errorf("make a certificate of %s: %w", host, err)
	}
	ca.made[host] = &tls.Certificate{Certificate: [][]byte{der, ca.certificate.Raw}, PrivateKey: key}
	return ca.made[host], nil
}

// sign makes a key, and a certificate of it: by the authority, or by itself where it is
// the authority's.
func (ca *CA) sign(template *x509.Certificate) ([]byte, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return nil, nil, err
	}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(lifetime)
	parent, signer := template, key
	if !template.IsCA {
		parent, signer = ca.certificate, ca.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	return der, key, err
}
