package stages_test

import (
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/tallystream/tallystream/shared/warehouse"
)

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestZZ(t *testing.T) {
	b := startBigQuery(t).client(t, "zz")
	if err := warehouse.Ensure(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	src, _ := os.ReadFile("dashboard_test.go")
	i := strings.Index(string(src), "execute(b, client, fillAnalytics+`")
	rest := string(src)[i+len("execute(b, client, fillAnalytics+`"):]
	execute(t, b, fillAnalytics+rest[:strings.Index(rest, "`")])
	sql, _ := os.ReadFile("../../functions/dashboard/snapshot.sql")
	parts := regexp.MustCompile(`(?s)  ARRAY\(.*?\n  \) AS \w+`).FindAllString(string(sql), -1)
	parts = append(parts, strings.Join(parts, ",\n"))
	for _, p := range parts {
		run := func() {
			q := b.Query("SELECT " + p)
			if strings.Contains(p, "@minutes_from") {
				q.Parameters = []bigquery.QueryParameter{{Name: "minutes_from", Value: time.Unix(1793700000+3600*24+60*45, 0)}}
			}
			it, err := q.Read(t.Context())
			if err != nil {
				t.Fatal(p, err)
			}
			var row []bigquery.Value
			if err := it.Next(&row); err != nil {
				t.Fatal(err)
			}
		}
		run()
		c := cpu()
		for range 10 {
			run()
		}
		t.Log(p[strings.LastIndex(p, " ")+1:], (cpu()-c)/10)
	}
}
