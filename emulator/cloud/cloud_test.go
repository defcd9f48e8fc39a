package cloud_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cloud.google.com/go/pubsub/v2"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud"
	"github.com/tallystream/tallystream/emulator/cloud/token"
	ps "github.com/tallystream/tallystream/emulator/pubsub"
)

const (
	owner  = "developer@example.com"
	bridge = "bridge@votes.iam.gserviceaccount.com"
	topic  = "projects/votes/topics/records"
)

// start starts a cloud with Pub/Sub, and says how it is reached.
func start(t *testing.T) (*cloud.Cloud, cloud.Access) {
	t.Helper()
	return startWith(t, nil)
}

// startWith is start with buckets for BigQuery's emulator.
func startWith(t *testing.T, buckets *cloud.Buckets) (*cloud.Cloud, cloud.Access) {
	t.Helper()
	emulator, err := ps.Start(t.Context(), ps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := cloud.Start(t.Context(), cloud.Options{
		Projects: []string{"votes"}, Region: "us-central1", Owner: owner, PubSub: emulator.Addr(), Enforce: true, Buckets: buckets,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := emulator.Close(); err != nil {
			t.Error(err)
		}
	})
	a, err := c.Save(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return c, a
}

// request asks for something with an account's token, by the proxy or at the cloud's own
// address, and returns the status and the body.
func request(t *testing.T, a cloud.Access, account, method, target, body string) (int, string) {
	t.Helper()
	authorities, err := os.ReadFile(filepath.Join(a.Dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authorities)
	transport := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: a.Addr}), TLSClientConfig: &tls.Config{RootCAs: roots}}
	if !strings.HasPrefix(target, "https:") {
		transport.Proxy = nil
		target = "http://" + a.Addr + target
	}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if account != "" {
		r.Header.Set("Authorization", "Bearer "+token.Access(account))
	}
	response, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, b.String()
}

// The same services answer at Google's hosts and below the cloud's own address.
func TestBothWays(t *testing.T) {
	_, a := start(t)
	for _, test := range []struct {
		target string
		code   int
		want   string
	}{
		{"https://cloudresourcemanager.googleapis.com/v1/projects/votes", 200, `"projectId":"votes"`},
		{"/cloudresourcemanager/v1/projects/votes", 200, `"projectId":"votes"`},
		{"https://pubsub.googleapis.com/v1/projects/votes/topics", 200, "{"},
		{"https://us-central1-pubsub.googleapis.com/v1/projects/votes/topics", 200, "{"},
		{"/pubsub/v1/projects/votes/topics", 200, "{"},
		{"https://openidconnect.googleapis.com/v1/userinfo", 200, owner},
		{"/artifactregistry/v1beta2/projects/votes/locations", 200, "us-central1"},
		{"https://sqladmin.googleapis.com/v1/projects/votes/instances", 400, `doesn't emulate \"sqladmin.googleapis.com\"`},
		{"/sqladmin/v1/projects/votes/instances", 400, `doesn't emulate \"sqladmin.googleapis.com\"`},
		{"https://console.cloud.google.com/", 400, `\"console.cloud.google.com\"`},
		{"https://iam.googleapis.com/v1/organizations/1/roles", 400, "GET /v1/organizations/1/roles"},
	} {
		if code, body := request(t, a, owner, "GET", test.target, ""); code != test.code || !strings.Contains(body, test.want) {
			t.Errorf("%s: %d %s, want %d and %s", test.target, code, body, test.code, test.want)
		}
	}
}

// Pub/Sub's resources have policies, and callers need what they grant.
func TestPubSubPolicies(t *testing.T) {
	c, a := start(t)
	const host = "https://pubsub.googleapis.com/v1/"
	try := func(account, method, target, body string, code int, want string) {
		t.Helper()
		if got, text := request(t, a, account, method, target, body); got != code || !strings.Contains(text, want) {
			t.Errorf("%s, %s %s: %d %s, want %d and %s", account, method, target, got, text, code, want)
		}
	}
	try(owner, "PUT", host+topic, "{}", 200, topic)
	const message = `{"messages":[{"data":"aGVsbG8="}]}`
	try(bridge, "POST", host+topic+":publish", message, 403, "pubsub.topics.publish")
	try("", "POST", host+topic+":publish", message, 401, "UNAUTHENTICATED")
	try(owner, "GET", host+topic+":getIamPolicy", "", 200, `"version":1`)
	try(owner, "GET", host+"projects/votes/topics/none:getIamPolicy", "", 404, "topics/none")
	try(bridge, "GET", host+topic+":getIamPolicy", "", 403, "pubsub.topics.getIamPolicy")
	try(owner, "POST", host+topic+":setIamPolicy", `{"policy":{"bindings":[{"role":"roles/pubsub.publisher","members":["serviceAccount:`+bridge+`"]}]}}`, 200, bridge)
	try(bridge, "POST", host+topic+":publish", message, 200, "messageIds")
	try(bridge, "POST", host+topic+":testIamPermissions", `{"permissions":["pubsub.topics.publish","pubsub.topics.delete"]}`, 200, `{"permissions":["pubsub.topics.publish"]}`)

	// The same over gRPC, at the address that is the account's alone.
	publish := func(account string) error { return publishAs(t.Context(), c, account) }
	if err := publish(bridge); err != nil {
		t.Errorf("with the role: %v", err)
	}
	if err := publish("ingest@votes.iam.gserviceaccount.com"); status.Code(err) != codes.PermissionDenied || !strings.Contains(err.Error(), "pubsub.topics.publish") {
		t.Errorf("without the role: %v, want PERMISSION_DENIED", err)
	}
	try(owner, "DELETE", host+topic, "", 200, "{}")
	try(owner, "PUT", host+topic, "{}", 200, topic)
	if err := publish(bridge); status.Code(err) != codes.PermissionDenied {
		t.Errorf("on a new topic of the old name: %v, want PERMISSION_DENIED", err)
	}
}

// publishAs publishes by Google's client, as a function does.
func publishAs(ctx context.Context, c *cloud.Cloud, account string) error {
	variables, err := c.Emulators(account)
	if err != nil {
		return err
	}
	addr := strings.TrimPrefix(variables[0], "PUBSUB_EMULATOR_HOST=")
	client, err := pubsub.NewClient(ctx, "votes", option.WithEndpoint(addr), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())))
	if err != nil {
		return err
	}
	defer client.Close() //nolint:errcheck // a client of one call
	answer, err := client.TopicAdminClient.GetTopic(ctx, &pubsubpb.GetTopicRequest{Topic: topic})
	if err == nil {
		return fmt.Errorf("got %v, which a publisher may not", answer)
	}
	publisher := client.Publisher(topic)
	defer publisher.Stop()
	_, err = publisher.Publish(ctx, &pubsub.Message{Data: []byte("hello")}).Get(ctx)
	return err
}

func TestAccess(t *testing.T) {
	c, a := start(t)
	got, err := cloud.LoadAccess(a.Dir)
	if err != nil || got != a || got.Addr != c.Addr() {
		t.Errorf("loaded %+v, %v; want %+v", got, err, a)
	}
	if err := a.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := cloud.LoadAccess(a.Dir); err == nil || !strings.Contains(err.Error(), a.Dir) {
		t.Errorf("loaded after it was removed: %v", err)
	}
	for _, o := range []cloud.Options{
		{Region: "r", Owner: owner},
		{Projects: []string{"p"}, Region: "r"},
		{Projects: []string{"p"}, Owner: owner},
		{Projects: []string{"p"}, Region: "r", Owner: owner, Addr: c.Addr()},
	} {
		if _, err := cloud.Start(t.Context(), o); err == nil {
			t.Errorf("%+v started", o)
		}
	}
}
