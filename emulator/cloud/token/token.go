// Package token has the accounts of a cloud prove who they are: access tokens, identity
// tokens and the endpoints that give them. Nothing is secret here: a token says whose it
// is, and whoever knows an account's address can have one.
package token

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// prefix marks the tokens of this cloud.
const prefix = "local-cloud."

// Access is an access token of an account, and serves as its refresh token too.
func Access(email string) string {
	return prefix + base64.RawURLEncoding.EncodeToString([]byte(email))
}

// Email is the account that a token is of: one of Access, or an identity token, whose
// signature isn't checked.
func Email(token string) (string, bool) {
	if encoded, ok := strings.CutPrefix(token, prefix); ok {
		email, err := base64.RawURLEncoding.DecodeString(encoded)
		return string(email), err == nil && len(email) > 0
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", false
	}
	var claims struct {
		Email string `json:"email"`
	}
	err = json.Unmarshal(payload, &claims)
	return claims.Email, err == nil && claims.Email != ""
}

// Member is an account as policies name it.
func Member(email string) string {
	switch {
	case email == "":
		return ""
	case strings.HasSuffix(email, ".gserviceaccount.com"):
		return "serviceAccount:" + email
	}
	return "user:" + email
}

// of is the key of the account in the context of a request that WithAccount made.
type of struct{}

// WithAccount returns a request as one that an account sends, whatever its token is: it
// came by an address that is the account's alone.
func WithAccount(r *http.Request, email string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), of{}, email))
}

// Caller is the member that sends a request: "" without a token, UNAUTHENTICATED with one
// that this cloud didn't give.
func Caller(r *http.Request) (string, error) {
	if email, ok := r.Context().Value(of{}).(string); ok {
		return Member(email), nil
	}
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", nil
	}
	bearer, ok := strings.CutPrefix(header, "Bearer ")
	email, known := Email(strings.TrimSpace(bearer))
	if !ok || !known {
		return "", status.Error(codes.Unauthenticated, "Request had invalid authentication credentials: the token isn't of the local cloud. go run ./local cloud env has some.")
	}
	return Member(email), nil
}
