package ingest_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/functions/ingest/appendertest"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/election/pseudonym"
	"github.com/tallystream/tallystream/shared/election/rejection"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// accepted is what a vote's row must hold: the voter's id, the candidate, what
// was kept of how it was written, the time, and the object that the record is or
// wraps.
type accepted struct {
	Voter, Candidate, Text, Image string
	At                            time.Time
	Object                        string
}

// form is one way in which a producer writes a vote, and what becomes of it.
type form struct {
	name, value string
	want        accepted
	reason      string // of a reject
}

const formVote = `{"vote_id":"b","voter_id":"7001","candidate":"Inés Vásquez","timestamp":"2026-11-03T09:30:00Z"}`

func asText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// with is the vote with one field written otherwise.
func with(field, value string) string {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(formVote), &fields); err != nil {
		panic(err)
	}
	var b strings.Builder
	for _, name := range []string{"vote_id", "voter_id", "candidate", "candidate_image", "timestamp"} {
		v := string(fields[name])
		if name == field {
			v = value
		}
		if v != "" {
			fmt.Fprintf(&b, `,%q:%s`, name, v)
		}
	}
	return "{" + b.String()[1:] + "}"
}

// acceptedForms are encodings, envelopes, ids, names, times and images of one vote.
func acceptedForms() []form {
	plain := accepted{Voter: "7001", Candidate: "vasquez", At: recorded.Add(-5 * time.Second), Object: formVote}
	var list []form
	add := func(name, value string, change func(*accepted)) {
		f := form{name: name, value: value, want: plain}
		f.want.Object = value
		if change != nil {
			change(&f.want)
		}
		list = append(list, f)
	}
	wrapped := func(name, value string) { add(name, value, func(a *accepted) { a.Object = formVote }) }

	add("plain", formVote, nil)
	wrapped("byte order mark", "\ufeff"+formVote)
	wrapped("wire format with JSON", "\x00\x00\x00\x00\x07"+formVote)
	wrapped("Connect", `{"schema":{"type":"struct"},"payload":`+formVote+`}`)
	wrapped("Debezium", `{"before":null,"after":`+formVote+`,"op":"c"}`)
	wrapped("Debezium in Connect", `{"schema":{},"payload":{"before":null,"after":`+formVote+`,"op":"r"}}`)
	wrapped("CloudEvent", `{"specversion":"1.0","id":"1","source":"/s","type":"vote","data":`+formVote+`}`)
	wrapped("CloudEvent in base64", `{"specversion":"1.0","data_base64":"`+base64.StdEncoding.EncodeToString([]byte(formVote))+`"}`)
	wrapped("encoded twice", asText(formVote))
	utf16 := "\xff\xfe"
	for _, r := range formVote {
		utf16 += string([]byte{byte(r), byte(r >> 8)})
	}
	wrapped("UTF-16", utf16)

	for _, id := range []string{`7001`, `7001.0`, `7.001e3`, `"7001.0"`, `" 7001\u0000"`, `"７００１"`} {
		add("voter "+id, with("voter_id", id), nil)
	}
	for _, text := range []string{"Ine\u0301s Va\u0301squez", "\ufeffInés Vásquez", "Inés Vásquez\u200b", "Inés\u00a0Vásquez", "INÉS  VÁSQUEZ", "Ｉnés Vásquez", "vasquez", "VASQUEZ"} {
		add("candidate "+asText(text), with("candidate", asText(text)), func(a *accepted) {
			if text != "vasquez" {
				a.Text = text
			}
		})
	}
	for _, t := range []string{
		`"2026-11-03T09:30"`, `"2026-11-03T09:30Z"`, `"2026-11-03T09:30Z[UTC]"`, `"2026-11-03T10:30+01:00[Europe/Paris]"`,
		`"2026-11-03T09:30:00.0000000Z"`, `"2026-11-03 09:30:00+00"`, `"2026-11-03 09:30:00 +00:00"`, `"2026-11-03 09:30:00 UTC"`,
		`"2026-11-03 09:30:00 +0000 UTC m=+1.5"`, `"2026-11-03T09:30:00,0Z"`, `"Tue, 03 Nov 2026 09:30:00 GMT"`,
		`"Tue Nov 03 2026 10:30:00 GMT+0100 (Central European Standard Time)"`, `"Tue Nov  3 09:30:00 2026"`, `"\/Date(1793698200000)\/"`,
		`1793698200`, `1793698200.0`, `1793698200000`, `1793698200000000`, `1793698200000000000`, `"1793698200"`, `1.7936982E9`, `[2026,11,3,9,30]`, `[2026,11,3,9,30,0,0]`,
	} {
		add("time "+t, with("timestamp", t), nil)
	}
	add("an image of a host on the list", with("candidate_image", `"https://img.example.org/i.jpg"`), func(a *accepted) { a.Image = "https://img.example.org/i.jpg" })
	add("an image of another host", with("candidate_image", `"https://elsewhere.example/i.jpg"`), nil)
	add("an image that isn't one", with("candidate_image", `{"url":1}`), nil)
	return list
}

// refusedForms are those that are rejected, each with its reason.
func refusedForms() []form {
	return []form{
		{name: "Avro", value: "\x00\x00\x00\x00\x07\x06b-1\x02p", reason: rejection.UnsupportedFormat},
		{name: "Protobuf", value: "\x00\x00\x00\x00\x07\x00\x0a\x03b-1", reason: rejection.UnsupportedFormat},
		{name: "a deletion", value: `{"before":` + formVote + `,"after":null,"op":"d"}`, reason: rejection.Deletion},
		{name: "several votes", value: formVote + "\n" + formVote, reason: rejection.MalformedJSON},
		{name: "a list of votes", value: "[" + formVote + "]", reason: rejection.MalformedJSON},
		{name: "Latin-1", value: strings.ReplaceAll(formVote, "é", "\xe9"), reason: rejection.MalformedJSON},
		{name: "Python's repr", value: strings.ReplaceAll(formVote, `"`, `'`), reason: rejection.MalformedJSON},
		{name: "NaN", value: with("voter_id", "NaN"), reason: rejection.MalformedJSON},
		{name: "camel case", value: strings.ReplaceAll(formVote, "voter_id", "voterId"), reason: rejection.MissingVoterID},
		{name: "half a voter", value: with("voter_id", "7001.5"), reason: rejection.InvalidID},
		{name: "a candidate without accents", value: with("candidate", `"Ines Vasquez"`), reason: rejection.UnknownCandidate},
		{name: "day and month", value: with("timestamp", `"02/03/2026 09:30:00"`), reason: rejection.InvalidTimestamp},
		{name: "a zone by letters", value: with("timestamp", `"2026-11-03 09:30:00 CST"`), reason: rejection.InvalidTimestamp},
		{name: "the day after tomorrow", value: with("timestamp", `"2026-11-05T09:30:00Z"`), reason: rejection.TimestampInFuture},
	}
}

// Every form that a producer may write goes through the handler, and becomes the
// row or the reject that it should.
func TestEveryForm(t *testing.T) {
	c := testConfig()
	c.Election.Candidates = []election.Candidate{{ID: "vasquez", Name: "Inés Vásquez"}}
	c.Election.Portraits = &election.Portraits{FromVotes: true, Hosts: []string{"img.example.org"}}
	all := slices.Concat(acceptedForms(), refusedForms())
	batch := &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes"}, Follows: -1}
	for i, f := range all {
		batch.Records = append(batch.Records, record(int64(i), f.value))
	}
	store := &appendertest.Memory{}
	if w := post(ingest.NewWith(c, store), push(t, batch)); w.Code != http.StatusNoContent {
		t.Fatalf("answer = %d %s", w.Code, w.Body)
	}
	rows, err := store.Rows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := len(rows.Votes) + len(rows.Rejects); got != len(all) {
		t.Errorf("%d rows of %d records", got, len(all))
	}
	key := pseudonym.NewKeyer(secret, c.Election.ID)
	for _, v := range rows.Votes {
		f := all[v.Offset]
		want := f.want
		want.Voter = key.VoterKey(want.Voter)
		got := accepted{v.VoterKey, v.Candidate, v.CandidateText, v.CandidateImage, v.VotedAt, string(v.Record)}
		if diff := cmp.Diff(want, got); diff != "" || f.reason != "" {
			t.Errorf("%s: accepted; want reason %q, or (-want +got):\n%s", f.name, f.reason, diff)
		}
	}
	for _, r := range rows.Rejects {
		if f := all[r.Offset]; r.Reason != f.reason || r.Detail == "" || string(r.Value) != f.value {
			t.Errorf("%s: rejected as %s (%s), want %q", f.name, r.Reason, r.Detail, f.reason)
		}
	}
}
