package transform

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

func newCompression(c *pubsubpb.Compression) (step, error) {
	if c.CompressionAlgorithm != pubsubpb.Compression_ZLIB {
		return nil, fmt.Errorf("compression_algorithm is %v: want ZLIB", c.CompressionAlgorithm)
	}
	switch c.CompressionMode {
	case pubsubpb.Compression_COMPRESS:
		return compress, nil
	case pubsubpb.Compression_DECOMPRESS:
		return decompress, nil
	}
	return nil, fmt.Errorf("compression_mode is %v: want COMPRESS or DECOMPRESS", c.CompressionMode)
}

func compress(m *pubsubpb.PubsubMessage) (bool, error) {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(m.Data); err != nil {
		return false, err
	}
	if err := w.Close(); err != nil {
		return false, err
	}
	m.Data = b.Bytes()
	return true, nil
}

func decompress(m *pubsubpb.PubsubMessage) (bool, error) {
	r, err := zlib.NewReader(bytes.NewReader(m.Data))
	if err != nil {
		return false, fmt.Errorf("the data isn't ZLIB's: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(r, maxData+1))
	if err != nil {
		return false, fmt.Errorf("the data isn't ZLIB's: %w", err)
	}
	m.Data = data
	return true, nil
}
