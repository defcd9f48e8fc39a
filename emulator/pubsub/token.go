package pubsub

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// oidcToken returns a token of the shape that the service sends: a JWT with
// Google's claims. Its signature is the word "emulator", so that no verifier
// takes it for a real one; a program that reads the claims can be tried.
func oidcToken(c *pubsubpb.PushConfig, now time.Time) string {
	oidc := c.GetOidcToken()
	audience := oidc.GetAudience()
	if audience == "" {
		audience = c.GetPushEndpoint()
	}
	header := part(map[string]any{"alg": "RS256", "kid": "emulator", "typ": "JWT"})
	claims := part(map[string]any{
		"aud":            audience,
		"azp":            "emulator",
		"email":          oidc.GetServiceAccountEmail(),
		"email_verified": true,
		"exp":            now.Add(time.Hour).Unix(),
		"iat":            now.Unix(),
		"iss":            "https://accounts.google.com",
		"sub":            "emulator",
	})
	return header + "." + claims + "." + base64.RawURLEncoding.EncodeToString([]byte("emulator"))
}

// part encodes one part of a JWT; such maps always encode.
func part(v map[string]any) string {
	b, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(b)
}
