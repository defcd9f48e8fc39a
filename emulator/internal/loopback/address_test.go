package loopback_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/tallystream/tallystream/emulator/internal/loopback"
)

func TestAddress(t *testing.T) {
	for addr, want := range map[string]string{
		"": "127.0.0.1:0", ":0": "127.0.0.1:0", "localhost:8085": "127.0.0.1:8085", "127.0.0.1:9092": "127.0.0.1:9092",
	} {
		if got, err := loopback.Address(addr); err != nil || got != want {
			t.Errorf("Address(%q) = %q, %v; want %q", addr, got, err, want)
		}
	}
	for addr, want := range map[string]string{
		"0.0.0.0:0": "127.0.0.1 only", "[::1]:0": "127.0.0.1 only", "example.org:80": "127.0.0.1 only", "127.0.0.1": "host:port", "8085": "host:port",
	} {
		if got, err := loopback.Address(addr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Address(%q) = %q, %v; want an error that says %q", addr, got, err, want)
		}
	}
}

func TestAnywhere(t *testing.T) {
	for addr, want := range map[string]string{"": "127.0.0.1:0", "0.0.0.0:8085": "0.0.0.0:8085", ":0": ":0"} {
		if got, err := loopback.Anywhere(addr); err != nil || got != want {
			t.Errorf("Anywhere(%q) = %q, %v; want %q", addr, got, err, want)
		}
	}
	if got, err := loopback.Anywhere("8085"); err == nil || !strings.Contains(err.Error(), "host:port") {
		t.Errorf("Anywhere of a port: %q, %v", got, err)
	}
}

func TestListenError(t *testing.T) {
	err := loopback.ListenError("kafka", "127.0.0.1:9092", fmt.Errorf("listen: %w", syscall.EADDRINUSE))
	if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), "kafka: address 127.0.0.1:9092 is already in use") {
		t.Errorf("of a port in use: %v", err)
	}
	if err := loopback.ListenError("kafka", "127.0.0.1:9092", syscall.EACCES); err != nil {
		t.Errorf("of a port without permission: %v", err)
	}
}
