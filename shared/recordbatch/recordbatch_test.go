package recordbatch_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

func batch() *recordbatch.Batch {
	return &recordbatch.Batch{
		TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a", Partition: 3}, Follows: 41,
		Records: []recordbatch.Record{
			{Offset: 42, Timestamp: 1_700_000_000_123, Key: []byte("k"), Value: []byte(`{"a":1}`), Size: 7},
			{Offset: 43, Timestamp: -1, Value: []byte{}},                   // empty value, no key
			{Offset: 50, Timestamp: 0, Key: []byte{}},                      // tombstone with an empty key, after a gap
			{Offset: 51, Timestamp: 5, Value: []byte("\x00\xff"), Size: 2}, // no text
		},
	}
}

func encode(t testing.TB, b *recordbatch.Batch) ([]byte, map[string]string) {
	t.Helper()
	data, attributes, err := recordbatch.Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	return data, attributes
}

func TestRoundTrip(t *testing.T) {
	first := batch()
	first.Follows, first.TopicID, first.Partition = -1, "", 0
	first.Records[0].Offset = 0
	for _, want := range []*recordbatch.Batch{batch(), first} {
		got, err := recordbatch.Decode(encode(t, want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("batch (-want +got):\n%s", diff)
		}
	}
}

func TestAttributes(t *testing.T) {
	_, got := encode(t, batch())
	want := map[string]string{
		"content_type": "application/vnd.tallystream.recordbatch+protobuf", "version": "1", "encoding": "zstd",
		"topic": "votes", "topic_id": "5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a", "partition": "3",
		"first_offset": "42", "last_offset": "51", "count": "4",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

func TestLargeRecords(t *testing.T) {
	in := &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes"}, Follows: -1, Records: []recordbatch.Record{
		{Offset: 0, Value: bytes.Repeat([]byte("x"), recordbatch.MaxValue)},
		{Offset: 1, Value: bytes.Repeat([]byte("y"), recordbatch.MaxValue+1), Key: bytes.Repeat([]byte("k"), recordbatch.MaxKey+1)},
	}}
	got, err := recordbatch.Decode(encode(t, in))
	if err != nil {
		t.Fatal(err)
	}
	whole, cut := got.Records[0], got.Records[1]
	if whole.Truncated() || !bytes.Equal(whole.Value, in.Records[0].Value) {
		t.Errorf("a value of MaxValue came as %d of %d bytes", len(whole.Value), whole.Size)
	}
	if !cut.Truncated() || cut.Size != recordbatch.MaxValue+1 || !bytes.Equal(cut.Value, in.Records[1].Value[:recordbatch.TruncatedValue]) {
		t.Errorf("a larger value came as %d of %d bytes", len(cut.Value), cut.Size)
	}
	if len(cut.Key) != recordbatch.MaxKey {
		t.Errorf("its key came with %d bytes", len(cut.Key))
	}
	again, err := recordbatch.Decode(encode(t, got))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("encoded again (-want +got):\n%s", diff)
	}
}

// A batch filled to the limit with what can't be compressed fits a message.
func TestIncompressible(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	b := recordbatch.NewBuilder(kafka.TopicPartition{Topic: "votes"}, -1)
	for i := int64(0); ; i++ {
		r := recordbatch.Record{Offset: i, Value: make([]byte, 100_000)}
		_, _ = random.Read(r.Value)
		if b.Size()+recordbatch.SizeOf(&r) > recordbatch.MaxBuilt {
			break
		}
		before := b.Size()
		b.Add(r)
		if grew := b.Size() - before; grew > recordbatch.SizeOf(&r) {
			t.Fatalf("a record took %d bytes, SizeOf said %d", grew, recordbatch.SizeOf(&r))
		}
	}
	data, _, err := b.Message()
	if err != nil {
		t.Fatal(err)
	}
	const pubSubLimit, room = 10_000_000, 100_000
	if len(data) > pubSubLimit-room {
		t.Errorf("message of %d bytes", len(data))
	}
}

func TestDecodeFaults(t *testing.T) {
	data, attributes := encode(t, batch())
	with := func(name, value string) map[string]string {
		m := maps.Clone(attributes)
		m[name] = value
		return m
	}
	body := func(change func(*recordbatch.Batch)) func() ([]byte, map[string]string) {
		return func() ([]byte, map[string]string) {
			b := batch()
			change(b)
			return encode(t, b)
		}
	}
	is := func(data []byte, attributes map[string]string) func() ([]byte, map[string]string) {
		return func() ([]byte, map[string]string) { return data, attributes }
	}
	tests := []struct {
		name    string
		message func() ([]byte, map[string]string)
		want    error
		text    string
	}{
		{"no attributes", is(data, nil), recordbatch.ErrUnknownFormat, `content_type is ""`},
		{"next version", is(data, with("version", "2")), recordbatch.ErrUnknownFormat, `version is "2", this program reads "1"`},
		{"other encoding", is(data, with("encoding", "gzip")), recordbatch.ErrUnknownFormat, `encoding is "gzip"`},
		{"no data", is(nil, attributes), recordbatch.ErrCorrupt, "it holds no records"},
		{"not zstd", is([]byte("hello, world"), attributes), recordbatch.ErrCorrupt, "decompress 12 bytes"},
		{"cut off", is(data[:len(data)-9], attributes), recordbatch.ErrCorrupt, "decompress"},
		{"other topic", is(data, with("topic", "voters")), recordbatch.ErrCorrupt, `topic is "voters", the body says "votes"`},
		{"other partition", is(data, with("partition", "4")), recordbatch.ErrCorrupt, "partition"},
		{"other offsets", is(data, with("last_offset", "52")), recordbatch.ErrCorrupt, "last_offset"},
		{"other count", is(data, with("count", "5")), recordbatch.ErrCorrupt, "count"},
		{"absurd count", is(data, with("count", "4000000000")), recordbatch.ErrCorrupt, "count"},
		{"offsets fall", body(func(b *recordbatch.Batch) { b.Records[1].Offset = 42 }), recordbatch.ErrCorrupt, "offset 42 stands behind 42"},
		{"follows ahead", body(func(b *recordbatch.Batch) { b.Follows = 42 }), recordbatch.ErrCorrupt, "offset 42 stands behind 42"},
		{"follows absurd", body(func(b *recordbatch.Batch) { b.Follows = -2 }), recordbatch.ErrCorrupt, "follows is -2"},
		{"negative partition", body(func(b *recordbatch.Batch) { b.Partition = -1 }), recordbatch.ErrCorrupt, "partition is -1"},
		{"no topic", body(func(b *recordbatch.Batch) { b.Topic = "" }), recordbatch.ErrCorrupt, "isn't a name"},
		{"too many records", body(func(b *recordbatch.Batch) {
			for i := range int64(recordbatch.MaxRecords) {
				b.Records = append(b.Records, recordbatch.Record{Offset: 52 + i})
			}
		}), recordbatch.ErrCorrupt, `count is "100004"`},
		{"bomb", is(compress(t, make([]byte, recordbatch.MaxDecoded+1)), attributes), recordbatch.ErrCorrupt, "decompress"},
		{"bad protobuf", is(compress(t, []byte("\x0a\xff\xff\xff\xff\x0f")), attributes), recordbatch.ErrCorrupt, "field 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := recordbatch.Decode(tt.message())
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("Decode = %v, %v; want %q with %q", b, err, tt.want, tt.text)
			}
		})
	}
	if _, _, err := recordbatch.Encode(&recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes"}}); err == nil {
		t.Error("an empty batch was encoded")
	}
}

func compress(t testing.TB, body []byte) []byte {
	t.Helper()
	e, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return e.EncodeAll(body, nil)
}

// FuzzDecode feeds bodies under attributes that let them pass as far as
// possible. What is accepted must survive another round.
func FuzzDecode(f *testing.F) {
	whole := recordbatch.NewBuilder(kafka.TopicPartition{Topic: "votes"}, -1)
	whole.Add(recordbatch.Record{Offset: 0, Timestamp: 1, Value: []byte("v")})
	data, _, err := whole.Message()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, false, "votes", 0, int64(0), int64(0), 1)
	f.Add([]byte("\x0a\x05votes\x18\x00\x20\x01\x2a\x05\x08\x00\x10\x02\x22"), true, "votes", 0, int64(0), int64(0), 1)
	f.Add([]byte("\x0a\x05votes\x18\x00\x20\x01\x2a\x07\x08\x07\x10\x02\x22\x01v"), true, "votes", 0, int64(7), int64(7), 1)
	f.Fuzz(func(t *testing.T, data []byte, raw bool, topic string, partition int, first, last int64, count int) {
		if raw {
			data = compress(t, data)
		}
		b, err := recordbatch.Decode(data, map[string]string{
			"content_type": recordbatch.ContentType, "version": recordbatch.Version, "encoding": recordbatch.Encoding,
			"topic": topic, "topic_id": "", "partition": fmt.Sprint(partition),
			"first_offset": fmt.Sprint(first), "last_offset": fmt.Sprint(last), "count": fmt.Sprint(count),
		})
		if err != nil {
			if !errors.Is(err, recordbatch.ErrCorrupt) {
				t.Errorf("error %v is of no kind", err)
			}
			return
		}
		again, err := recordbatch.Decode(encode(t, b))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b, again); diff != "" {
			t.Errorf("encoded again (-want +got):\n%s", diff)
		}
	})
}

func votes(n int) *recordbatch.Batch {
	b := &recordbatch.Batch{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a"}, Follows: -1}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		value := fmt.Appendf(nil, `{"vote_id":"%016x%016x","voter_id":"%016x%016x","candidate":"Candidate %c","candidate_image":"https://randomuser.me/api/portraits/men/%d.jpg","timestamp":"2026-11-03T09:%02d:%02d.%06d","polling_station":"Station-%d"}`,
			r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64(), 'A'+r.IntN(4), r.IntN(99), r.IntN(60), r.IntN(60), r.IntN(1_000_000), r.IntN(20))
		b.Records = append(b.Records, recordbatch.Record{Offset: int64(i), Timestamp: 1_793_700_000_000 + int64(i), Value: value})
	}
	return b
}

func BenchmarkEncode(b *testing.B) {
	const n = 1000
	batch := votes(n)
	b.ReportAllocs()
	var size int
	for b.Loop() {
		data, _ := encode(b, batch)
		size = len(data)
	}
	b.ReportMetric(float64(size)/n, "bytes/record")
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkBuild(b *testing.B) {
	const n = 1000
	batch := votes(n)
	b.ReportAllocs()
	for b.Loop() {
		builder := recordbatch.NewBuilder(batch.TopicPartition, -1)
		for _, r := range batch.Records {
			builder.Add(r)
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkDecode(b *testing.B) {
	const n = 1000
	data, attributes := encode(b, votes(n))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := recordbatch.Decode(data, attributes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "records/s")
}
