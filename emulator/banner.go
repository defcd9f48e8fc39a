package main

import (
	"fmt"
	"io"
)

// writeBanner says what runs where, what to export, and what to try.
func writeBanner(w io.Writer, o options, running []*emulator) {
	for _, e := range running {
		fmt.Fprintf(w, "%-9s %s\n", e.Name, e.Addresses)
	}
	if o.Dir == "" {
		fmt.Fprintf(w, "%-9s in memory, gone at the end (-dir keeps it)\n", "data")
	} else {
		fmt.Fprintf(w, "%-9s %s\n", "data", o.Dir)
	}
	if o.Profile != nil {
		fmt.Fprintf(w, "%-9s %s: docs/cloud-profile.md\n", "like", o.Profile)
	}
	fmt.Fprint(w, "\n# for the programs that shall use them:\n")
	value := map[string]string{}
	for _, e := range running {
		for _, v := range e.Variables {
			value[v.Name] = v.Value
			fmt.Fprintf(w, "export %s=%s\n", v.Name, v.Value)
		}
	}
	fmt.Fprintf(w, "export GOOGLE_CLOUD_PROJECT=%s\n", o.Project)
	if broker, ok := value["KAFKA_BROKERS"]; ok {
		fmt.Fprintf(w, "\n# try Kafka:\necho hello | kcat -b %s -t greetings -P && kcat -b %[1]s -t greetings -C -e\n", broker)
	}
	if host, ok := value["PUBSUB_EMULATOR_HOST"]; ok {
		fmt.Fprintf(w, "\n# try Pub/Sub:\ncurl -X PUT http://%s/v1/projects/%s/topics/greetings\n", host, o.Project)
	}
	if host, ok := value["BIGQUERY_EMULATOR_HOST"]; ok {
		fmt.Fprintf(w, "\n# try BigQuery:\nbq --api %s --project_id %s --oauth_access_token=none --nouse_google_auth \\\n", host, o.Project)
		fmt.Fprint(w, "  query --nouse_legacy_sql 'SELECT 1 + 1 AS two'\n")
	}
	fmt.Fprint(w, "\nCtrl-C ends.\n")
}
