package run

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/errortest"
)

func TestAllTakenAddressesAreTold(t *testing.T) {
	var taken []string
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		taken = append(taken, l.Addr().String())
	}
	_, err := Start(t.Context(), Options{Addresses: settings.Addresses{Kafka: taken[0], Dashboard: taken[1]}})
	want := fmt.Sprintf("in use already: %s (Kafka), %s (dashboard);", taken[0], taken[1])
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error that says %q", err, want)
	}
}

func TestAllMistakesOfTheConfigurationAreTold(t *testing.T) {
	_, err := Start(t.Context(), Options{
		Getenv: config.FromMap(map[string]string{
			"PASS_INTERVAL": "soon", "LINGER_MS": "-3", "HMAC_KEY": "short", "ELECTION_FILE": "no/such/file", "LOG_LEVEL": "nonsense",
		}),
	})
	errortest.Says(t, err, "PASS_INTERVAL", "LINGER_MS", "HMAC_KEY", "ELECTION_FILE", "LOG_LEVEL")
}

func TestProgramThatCannotServe(t *testing.T) {
	_, err := Start(t.Context(), Options{Executable: []string{"/bin/sh", "-c", "exit 3"}, Output: &buffer.Buffer{}})
	if err == nil || !strings.Contains(err.Error(), "ended before it answered") {
		t.Errorf("got %v", err)
	}
	_, err = Start(t.Context(), Options{Executable: []string{"/no/such/program"}, Output: &buffer.Buffer{}})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestUnknownWarehouse(t *testing.T) {
	_, err := Start(t.Context(), Options{Getenv: config.FromMap(map[string]string{"WAREHOUSE": "oracle"})})
	if want := `WAREHOUSE is "oracle": set it to bigquery or postgres`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
