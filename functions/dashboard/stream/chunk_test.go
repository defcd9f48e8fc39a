package stream

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestChunksMakeAMember has streams take up the same chunks in different orders.
func TestChunksMakeAMember(t *testing.T) {
	a, b, empty := newChunk([]byte(strings.Repeat("votes counted, ", 500))), newChunk([]byte("votes counted, votes shown")), newChunk(nil)
	for _, list := range [][]*chunk{{}, {a}, {a, b, a}, {b, empty, b, b, a}} {
		var stream, want bytes.Buffer
		var m member
		stream.Write(gzipHeader.body())
		for _, c := range list {
			stream.Write(c.blocks().body())
			m.add(c.text.body())
			want.Write(c.text.body())
		}
		stream.Write(m.trailer())
		r, err := gzip.NewReader(&stream)
		if err != nil {
			t.Fatal(err)
		}
		r.Multistream(false)
		got, err := io.ReadAll(r) // it compares the sum and the size
		if err != nil || !bytes.Equal(got, want.Bytes()) || stream.Len() > 0 {
			t.Errorf("%d chunks: %d bytes, %v, %d bytes too many; want %d bytes", len(list), len(got), err, stream.Len(), want.Len())
		}
	}
}

// TestStreamsAreCompressed asks for a stream as it comes over the wire.
func TestStreamsAreCompressed(t *testing.T) {
	s := newStreamed(t, nil)
	for accepts, wanted := range map[string]string{"gzip, br": "gzip", "identity": "", "br": ""} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", accepts)
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if got := resp.Header.Get("Content-Encoding"); got != wanted {
			t.Errorf("who accepts %s gets a stream in %q, want %q", accepts, got, wanted)
		}
		var text io.Reader = resp.Body
		if wanted == "gzip" {
			if text, err = gzip.NewReader(resp.Body); err != nil {
				t.Fatal(err)
			}
		}
		lines := bufio.NewScanner(text)
		lines.Buffer(nil, 10<<20)
		r := &reader{t: t, lines: lines}
		if kinds := s.follow(t, r, ""); kinds[0] != "results" {
			t.Errorf("%s: events %v, want the whole document first", accepts, kinds)
		}
	}
}

// TestPatchesHaveNothingThatStays reads a patch for what never changes.
func TestPatchesHaveNothingThatStays(t *testing.T) {
	s := newStreamed(t, nil)
	r := s.connect(t, "", "")
	s.follow(t, r, "")
	s.advance()
	e, ok := r.next()
	if !ok || e.kind != "patch" || !strings.Contains(e.data, `"candidates"`) {
		t.Fatalf("event %+v, want a patch of the candidates", e)
	}
	for _, c := range s.rules.Election.Candidates {
		for _, fixed := range []string{c.Name, c.Party, c.Biography} {
			if fixed != "" && strings.Contains(strings.ReplaceAll(e.data, `"headline":"`+c.Name, ""), `"`+fixed) {
				t.Errorf("a patch repeats %q", fixed)
			}
		}
	}
}
