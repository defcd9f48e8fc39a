// Package oidc makes the identity tokens that the emulators send where Google
// Cloud sends a real one, and reads them.
package oidc

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Token returns a JWT with the claims of Google's identity tokens. Its
// signature is the word "emulator", so that no verifier takes it for a real
// one; a program that reads the claims can be tried.
func Token(email, audience string, now time.Time) string {
	header := part(map[string]any{"alg": "RS256", "kid": "emulator", "typ": "JWT"})
	claims := part(map[string]any{
		"aud":            audience,
		"azp":            "emulator",
		"email":          email,
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

// Claims are what a token says that matters to who takes it.
type Claims struct {
	Email    string `json:"email"`
	Audience string `json:"aud"`
	Expires  int64  `json:"exp"` // in seconds of Unix time
}

// Parse reads a token, whoever made it: its signature isn't looked at. One that has
// expired, or names nobody, is an error.
func Parse(token string, now time.Time) (Claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Claims{}, errors.New("it is no JWT")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return Claims{}, fmt.Errorf("it is no JWT: %w", err)
	}
	var c Claims
	if err := json.Unmarshal(payload, &c); err != nil {
		return Claims{}, fmt.Errorf("its claims are no JSON: %w", err)
	}
	if c.Email == "" {
		return Claims{}, errors.New("it has no email")
	}
	if expires := time.Unix(c.Expires, 0); !now.Before(expires) {
		return Claims{}, fmt.Errorf("it has expired at %s", expires.UTC().Format(time.RFC3339))
	}
	return c, nil
}
