package oidc_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tallystream/tallystream/emulator/internal/oidc"
)

func TestToken(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	parts := strings.Split(oidc.Token("a@example.org", "https://example.org/f", now), ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts, want the 3 of a JWT", len(parts))
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(payload, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"aud": "https://example.org/f", "azp": "emulator", "email": "a@example.org", "email_verified": true,
		"exp": 1_800_003_600.0, "iat": 1_800_000_000.0, "iss": "https://accounts.google.com", "sub": "emulator",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestParse(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	token := oidc.Token("a@example.org", "https://example.org/f", now)
	got, err := oidc.Parse(token, now.Add(59*time.Minute))
	want := oidc.Claims{Email: "a@example.org", Audience: "https://example.org/f", Expires: 1_800_003_600}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, claims (-want +got):\n%s", err, diff)
	}
	for token, want := range map[string]string{
		"None": "no JWT", "a.!.c": "no JWT", "a.bm8.c": "no JSON", "a.e30.c": "no email", token: "expired at 2027-01-15T09:00:00Z",
	} {
		if _, err := oidc.Parse(token, now.Add(time.Hour)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: error %v, want %q", token, err, want)
		}
	}
}
