package endpoint

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"cloud.google.com/go/compute/metadata"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

// googleTokens makes OAUTHBEARER tokens for Google's Managed Service for Apache Kafka
// from the application's default credentials. It finds the credentials at the first
// login. They renew the access token when it expires.
type googleTokens struct {
	mu     sync.Mutex
	source oauth2.TokenSource
	email  string
}

const cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"

func (g *googleTokens) auth(ctx context.Context) (oauth.Auth, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.source == nil {
		// The source outlives this authentication.
		creds, err := google.FindDefaultCredentials(context.WithoutCancel(ctx), cloudPlatform)
		if err != nil {
			return oauth.Auth{}, fmt.Errorf("credentials for the managed Kafka: %w", err)
		}
		email, err := accountEmail(ctx, creds)
		if err != nil {
			return oauth.Auth{}, fmt.Errorf("credentials for the managed Kafka: %w", err)
		}
		g.source, g.email = creds.TokenSource, email
	}
	token, err := g.source.Token()
	if err != nil {
		return oauth.Auth{}, fmt.Errorf("access token for the managed Kafka: %w", err)
	}
	return oauth.Auth{Token: googleBearer(token.AccessToken, g.email, time.Now(), token.Expiry)}, nil
}

// accountEmail returns the service account of creds: the one that the key file names,
// or else the one that the metadata server of Cloud Run knows.
func accountEmail(ctx context.Context, creds *google.Credentials) (string, error) {
	var file struct {
		Email string `json:"client_email"`
	}
	if len(creds.JSON) > 0 {
		if err := json.Unmarshal(creds.JSON, &file); err == nil && file.Email != "" {
			return file.Email, nil
		}
	}
	email, err := metadata.EmailWithContext(ctx, "default")
	if err != nil {
		return "", fmt.Errorf("email of the service account: %w", err)
	}
	return email, nil
}

// googleBearer returns a token in the form that the managed service takes: an unsigned
// JWT with the access token in place of the signature.
func googleBearer(accessToken, email string, now, expiry time.Time) string {
	b64 := base64.RawURLEncoding.EncodeToString
	claims, _ := json.Marshal(map[string]any{ // strings and numbers can't fail
		"exp": expiry.Unix(),
		"iat": now.Unix(),
		"iss": "Google",
		"sub": email,
	})
	return b64([]byte(`{"typ":"JWT","alg":"GOOG_OAUTH2_TOKEN"}`)) + "." + b64(claims) + "." + b64([]byte(accessToken))
}
