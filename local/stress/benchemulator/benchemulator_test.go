//go:build cgo

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/pubsub"
)

func TestParseFlags(t *testing.T) {
	c, err := parseFlags([]string{"-bigquery", "ours=bin/emulator -bigquery={rest}", "-bigquery=other=http://127.0.0.1:9050", "-pubsub", "google=127.0.0.1:8085"})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := c.BigQuery[0], c.BigQuery[1]; a.name != "ours" || strings.Join(a.command, " ") != "bin/emulator -bigquery={rest}" || b.command != nil || b.address != "127.0.0.1:9050" {
		t.Errorf("subjects of BigQuery: %+v", c.BigQuery)
	}
	if s := c.PubSub; len(s) != 1 || s[0].address != "127.0.0.1:8085" {
		t.Errorf("subjects of Pub/Sub: %+v", s)
	}
	for _, test := range []struct{ args, want string }{
		{"", "-bigquery or -pubsub"}, {"-bigquery=x", "NAME=COMMAND"}, {"-pubsub=a=b -scale=0", "-scale"}, {"-pubsub=a=b c", `"c"`},
	} {
		if _, err := parseFlags(strings.Fields(test.args)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want an error that says %s", test.args, err, test.want)
		}
	}
}

// The data has the size that TPC-H has at its scale, and the queries find some of it.
func TestTPCH(t *testing.T) {
	d, err := makeTPCH(t.Context(), t.TempDir(), 0.01)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	for table, want := range map[string]float64{"customer": 1500, "orders": 15000, "lineitem": 60000} {
		got, err := d.sum(t.Context(), "SELECT count(*) FROM tpch."+table)
		if err != nil || got < 0.99*want || got > 1.01*want {
			t.Errorf("%s has %v rows, %v; want some %v", table, got, err, want)
		}
	}
	if len(d.want) != 22 {
		t.Errorf("%d queries", len(d.want))
	}
	for name, sum := range d.want {
		if sum <= 1 { // nothing, or a NULL
			t.Errorf("%s: numbers and rows add up to %v", name, sum)
		}
	}
}

// All messages of a real emulator come back.
func TestMeasurePubSub(t *testing.T) {
	server, err := pubsub.Start(t.Context(), pubsub.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	var out table
	if err := measurePubSub(t.Context(), config{Messages: 1050}, subject{name: "ours", address: server.Addr()}, &out); err != nil {
		t.Fatal(err)
	}
	if md := out.markdown(); !strings.Contains(md, "| | ours |") || !strings.Contains(md, "messages/s") {
		t.Errorf("table:\n%s", md)
	}
}

func TestFigures(t *testing.T) {
	var d []time.Duration
	for i := range 100 {
		d = append(d, time.Duration(100-i)*time.Millisecond)
	}
	for got, want := range map[string]string{
		ms(percentile(d, 50)): "51 ms", ms(percentile(d, 99)): "100 ms", ms(percentile(nil, 50)): "0 ms",
		count(1234567): "1,234,567", count(999): "999", count(3.14): "3.1", mb(0): "–", mb(2_500_000): "2 MB",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
