package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseFlags(t *testing.T) {
	got, err := parseFlags([]string{"-kafka", "127.0.0.1:0", "-pubsub=off", "-topics", "votes=8,voters", "-topics=more=1", "-retention", "1h", "-memory", "2GiB", "-v"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want := options{
		Kafka: "127.0.0.1:0", PubSub: off, BigQuery: "127.0.0.1:9050", Storage: "127.0.0.1:9060",
		Project: "tallystream-local", Topics: map[string]int32{"votes": 8, "voters": 0, "more": 1},
		Partitions: 4, Retention: time.Hour, Memory: 2 << 30, Seed: 1, Verbose: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
}

func TestParseFlagsErrors(t *testing.T) {
	for _, test := range []struct {
		args string
		want []string
	}{
		{"-nonsense", []string{"-nonsense", "-help"}},
		{"extra", []string{`"extra"`, "-help"}},
		{"-topics votes=none", []string{"votes", `"none"`}},
		{"-topics votes,,voters", []string{"separated by commas"}},
		{"-kafka off -pubsub off -bigquery off -partitions 0", []string{"nothing to run", "-partitions 0"}},
		{"-seed 3", []string{"-seed", "-like"}},
		{"-like aws", []string{"-like", `"aws"`, `"cloud"`}},
		{"-like cloud/0", []string{"-like", "cloud/0", "1 to 100"}},
		{"-anywhere", []string{"-anywhere", "-kafka=off"}},
		{"-memory 2", []string{"-memory", "2GiB"}},
		{"-memory 1MiB", []string{"-memory", "64MiB"}},
		{"-retention -1s -project=", []string{"-retention", "-project"}},
	} {
		_, err := parseFlags(strings.Fields(test.args), io.Discard)
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v doesn't say %q", test.args, err, want)
			}
		}
	}
}

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	if _, err := parseFlags([]string{"-help"}, &out); !errors.Is(err, flag.ErrHelp) {
		t.Fatalf("error %v, want ErrHelp", err)
	}
	for _, want := range []string{"usage: go run ./emulator", "-kafka address", "-dir directory"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("help doesn't say %q:\n%s", want, &out)
		}
	}
}
