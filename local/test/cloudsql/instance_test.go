package cloudsql_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	project, region, name = "springfield-votes", "us-central1", "tallystream"
	// loginOf and the name of an account are the token that the account logs in with.
	loginOf = "login of "
	// private and public are the addresses that the instance says it has.
	private, public = "10.93.4.5", "203.0.113.7"
)

// instance is what is between the connector and PostgreSQL on Cloud SQL: the part of the
// Admin API that a connection needs, and the server's end of the encrypted connection. It
// lets an account in as the user of its name and as nobody else.
type instance struct {
	t        *testing.T
	postgres *pgconn.Config // where the server is
	ca       *x509.Certificate
	key      *ecdsa.PrivateKey
	admin    *httptest.Server
	listener net.Listener

	mu     sync.Mutex
	dialed []string // addresses that the connector asked for
	closed []error  // why connections ended, but for those that closed
}

func newInstance(t *testing.T, url string) *instance {
	t.Helper()
	config, err := pgconn.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	i := &instance{t: t, postgres: config}
	i.key = newKey(t)
	i.ca = i.sign(&x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, &i.key.PublicKey)
	i.admin = httptest.NewServer(http.HandlerFunc(i.serveAdmin))
	t.Cleanup(i.admin.Close)

	key, clients := newKey(t), x509.NewCertPool()
	clients.AddCert(i.ca)
	// Instances have had names of this form from the beginning.
	cert := i.sign(&x509.Certificate{Subject: pkix.Name{CommonName: project + ":" + name}}, &key.PublicKey)
	i.listener, err = tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: clients, MinVersion: tls.VersionTLS13,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = i.listener.Close()
		i.logClosed()
	})
	go i.accept()
	return i
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign issues a certificate for an hour. The first one signs itself.
func (i *instance) sign(c *x509.Certificate, public any) *x509.Certificate {
	c.SerialNumber, c.NotBefore, c.NotAfter = big.NewInt(time.Now().UnixNano()), time.Now().Add(-time.Minute), time.Now().Add(time.Hour)
	parent := i.ca
	if parent == nil {
		parent = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, public, i.key)
	if err != nil {
		i.t.Error(err)
		return c
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		i.t.Error(err)
	}
	return signed
}

func pemOf(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}

// serveAdmin answers as the Admin API does (v1beta4: connect.get and
// connect.generateEphemeralCert).
func (i *instance) serveAdmin(w http.ResponseWriter, r *http.Request) {
	at := "/sql/v1beta4/projects/" + project + "/instances/" + name
	answer := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	switch {
	case r.Method == http.MethodGet && r.URL.Path == at+"/connectSettings":
		answer(map[string]any{
			"backendType": "SECOND_GEN", "databaseVersion": "POSTGRES_17", "region": region,
			"serverCaCert": map[string]any{"cert": pemOf(i.ca)},
			"ipAddresses":  []any{map[string]any{"type": "PRIVATE", "ipAddress": private}, map[string]any{"type": "PRIMARY", "ipAddress": public}},
		})
	case r.Method == http.MethodPost && r.URL.Path == at+":generateEphemeralCert":
		var request struct {
			PublicKey   string `json:"public_key"`
			AccessToken string `json:"access_token"`
		}
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			i.t.Error(err)
		}
		block, _ := pem.Decode([]byte(request.PublicKey))
		account, ok := strings.CutPrefix(request.AccessToken, loginOf)
		if block == nil || !ok {
			http.Error(w, `{"error": {"code": 401}}`, http.StatusUnauthorized)
			return
		}
		public, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			i.t.Error(err)
		}
		answer(map[string]any{"ephemeralCert": map[string]any{"cert": pemOf(i.sign(&x509.Certificate{Subject: pkix.Name{CommonName: account}}, public))}})
	default:
		http.Error(w, fmt.Sprintf(`{"error": {"code": 404, "message": "no %s"}}`, r.URL.Path), http.StatusNotFound)
	}
}

// dial leads the connector, who knows the addresses that the instance says it has, here.
func (i *instance) dial(ctx context.Context, network, address string) (net.Conn, error) {
	i.mu.Lock()
	i.dialed = append(i.dialed, address)
	i.mu.Unlock()
	return new(net.Dialer).DialContext(ctx, network, i.listener.Addr().String())
}

func (i *instance) accept() {
	for {
		conn, err := i.listener.Accept()
		if err != nil {
			return // closed
		}
		go func() {
			defer conn.Close()
			if err := i.forward(conn.(*tls.Conn)); err != nil && !errors.Is(err, net.ErrClosed) {
				i.mu.Lock()
				i.closed = append(i.closed, err)
				i.mu.Unlock()
			}
		}()
	}
}

// logClosed logs why connections have ended so far. A connection may outlive the test, which
// is why it doesn't log itself.
func (i *instance) logClosed() {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, err := range i.closed {
		i.t.Logf("the instance closed a connection: %v", err)
	}
}

// forward connects an account to the server, as the user of its name.
func (i *instance) forward(conn *tls.Conn) error {
	if err := conn.Handshake(); err != nil {
		return err
	}
	account := conn.ConnectionState().PeerCertificates[0].Subject.CommonName
	startup, err := readStartup(conn)
	if err != nil {
		return err
	}
	user := ""
	if parts := strings.Split(string(startup[8:]), "\x00"); len(parts) > 1 {
		for at := 0; at+1 < len(parts); at += 2 {
			if parts[at] == "user" {
				user = parts[at+1]
			}
		}
	}
	// A request to cancel has no user; it has the secret of a connection.
	if binary.BigEndian.Uint32(startup[4:]) == 3<<16 && user != account {
		return fmt.Errorf("%s may not log in as %q", account, user)
	}
	network, address := pgconn.NetworkAddress(i.postgres.Host, i.postgres.Port)
	server, err := net.Dial(network, address)
	if err != nil {
		return err
	}
	defer server.Close()
	if _, err := server.Write(startup); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(server, conn)
		_ = server.Close()
	}()
	_, err = io.Copy(conn, server)
	return err
}

// readStartup reads the first message of a connection: its length, the version, and names and
// values that end with a zero byte (PostgreSQL's manual, Message Formats).
func readStartup(r io.Reader) ([]byte, error) {
	length := make([]byte, 4)
	if _, err := io.ReadFull(r, length); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(length)
	if n < 8 || n > 10_000 {
		return nil, fmt.Errorf("a first message of %d bytes", n)
	}
	message := append(length, make([]byte, n-4)...)
	_, err := io.ReadFull(r, message[4:])
	return message, err
}
