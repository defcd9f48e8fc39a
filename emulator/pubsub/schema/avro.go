package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/hamba/avro/v2"
)

// avroConfig bounds what a message may claim to hold: no more than a message has bytes.
var avroConfig = avro.Config{MaxByteSliceSize: 10_000_000, MaxSliceAllocSize: 10_000_000, DisableCaching: true}.Freeze()

type avroSchema struct{ avro.Schema }

func parseAvro(definition string) (Schema, error) {
	s, err := avro.ParseBytesWithCache([]byte(definition), "", &avro.SchemaCache{})
	if err != nil {
		return nil, err
	}
	return avroSchema{s}, nil
}

// Follows asks that each revision can read what was written with the other one.
func (s avroSchema) Follows(before Schema) error {
	old := before.(avroSchema).Schema // of its type
	for _, pair := range [][2]avro.Schema{{s.Schema, old}, {old, s.Schema}} {
		if err := avro.NewSchemaCompatibility().Compatible(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

func (s avroSchema) Validate(data []byte, encoding pubsubpb.Encoding) error {
	if encoding == pubsubpb.Encoding_BINARY {
		return s.validateBinary(data)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return fmt.Errorf("it isn't JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	return checkJSON(s.Schema, v, "the message")
}

func (s avroSchema) validateBinary(data []byte) error {
	r := avro.NewReader(bytes.NewReader(data), max(len(data), 16), avro.WithReaderConfig(avroConfig))
	r.ReadNext(s.Schema)
	if r.Error != nil {
		return r.Error
	}
	if r.Peek(); r.Error == nil {
		return errors.New("something follows the value")
	}
	return nil
}
