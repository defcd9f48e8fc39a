package endpoint

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// clientTokens gets tokens from the issuer at Kafka.TokenURL (OAuth 2.0 client
// credentials). It keeps a token until that expires.
type clientTokens struct {
	config clientcredentials.Config

	mu     sync.Mutex
	source oauth2.TokenSource
}

// tokenTimeout bounds a request for a token.
const tokenTimeout = 5 * time.Second

func newClientTokens(k Kafka) *clientTokens {
	c := &clientTokens{config: clientcredentials.Config{ClientID: k.Username, ClientSecret: k.Password, TokenURL: k.TokenURL}}
	if k.Scope != "" {
		c.config.Scopes = []string{k.Scope}
	}
	return c
}

func (c *clientTokens) auth(ctx context.Context) (oauth.Auth, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.source == nil {
		// The source outlives this authentication.
		ctx = context.WithValue(context.WithoutCancel(ctx), oauth2.HTTPClient, &http.Client{Timeout: tokenTimeout})
		c.source = c.config.TokenSource(ctx)
	}
	token, err := c.source.Token()
	if err != nil {
		return oauth.Auth{}, err
	}
	return oauth.Auth{Token: token.AccessToken}, nil
}
