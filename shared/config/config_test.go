package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/config"
)

func TestValues(t *testing.T) {
	env := config.From(config.FromMap(map[string]string{
		"TEXT": "  some text ", "YES": "true", "N": "7", "SECONDS": "1.5", "PAUSE": "250ms",
		"LIST": "a, ,b,", "KIND": "Plain", "HOSTS": "one:9092, [::1]:9093", "API": "http://127.0.0.1:9050/",
		"KEY": " 0123456789abcdef ",
	}))
	got := []any{
		env.String("TEXT", "x"), env.String("UNSET", "x"), env.Required("TEXT", "set it"),
		env.Bool("YES", false), env.Bool("UNSET", true),
		env.Int("N", 1, 0, 10), env.Int("UNSET", 1, 0, 10),
		env.Duration("SECONDS", 0, time.Second, 0, time.Minute),
		env.Duration("PAUSE", 0, time.Second, 0, time.Minute),
		env.Duration("UNSET", time.Hour, time.Second, 0, time.Minute),
		env.List("LIST"), env.List("UNSET", "c"),
		env.OneOf("KIND", "", "plain", "scram"), env.OneOf("UNSET", "none", "plain"),
		env.Addresses("HOSTS"), env.Address("API"), env.Address("UNSET"),
		string(env.Secret("KEY", 16, "set it")),
	}
	want := []any{
		"some text", "x", "some text",
		true, true,
		7, 1,
		1500 * time.Millisecond, 250 * time.Millisecond, time.Hour,
		[]string{"a", "b"}, []string{"c"},
		"plain", "none",
		[]string{"one:9092", "[::1]:9093"}, "127.0.0.1:9050", "",
		" 0123456789abcdef ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if err := env.Err(); err != nil {
		t.Errorf("Err() = %v, want none", err)
	}
}

func TestEveryProblemIsNamed(t *testing.T) {
	env := config.From(config.FromMap(map[string]string{
		"YES": "maybe", "N": "11", "M": "many", "PAUSE": "soon", "LONG": "2h", "KIND": "magic",
		"HOSTS": "localhost,ok:1", "API": "https://x/y", "PORT": "h:70000", "KEY": "hunter2",
	}))
	env.Required("NAME", "name the thing")
	env.Bool("YES", false)
	env.Int("N", 1, 0, 10)
	env.Int("M", 1, 0, 10)
	env.Duration("PAUSE", 0, time.Second, 0, time.Minute)
	env.Duration("LONG", 0, time.Second, 0, time.Minute)
	env.OneOf("KIND", "", "plain", "scram")
	env.Addresses("HOSTS")
	env.Address("API")
	env.Address("PORT")
	env.Secret("KEY", 16, "make one with openssl rand -hex 32")
	env.Secret("OTHER_KEY", 16, "make one")

	err := env.Err()
	var all *config.Error
	if !errors.As(err, &all) {
		t.Fatalf("Err() = %v, want a *config.Error", err)
	}
	var names []string
	for _, p := range all.Problems {
		names = append(names, p.Variable)
	}
	want := []string{"NAME", "YES", "N", "M", "PAUSE", "LONG", "KIND", "HOSTS", "API", "PORT", "KEY", "OTHER_KEY"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("variables with problems (-want +got):\n%s", diff)
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the message shows a secret: %v", err)
	}
	if want := `N is "11": set it to a whole number from 0 to 10`; !strings.Contains(err.Error(), want) {
		t.Errorf("message %q lacks %q", err, want)
	}
}
