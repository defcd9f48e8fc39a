// Package oidc makes the identity tokens that the emulators send where Google
// Cloud sends a real one.
package oidc

import (
	"encoding/base64"
	"encoding/json"
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
