package recordbatch

// Limits of a batch.
const (
	// MaxValue is the largest value in bytes that is carried whole. A vote has some 300
	// bytes. Pub/Sub takes 10 MB a message.
	MaxValue = 1 << 20
	// TruncatedValue is how many bytes of a larger value are carried, so that a person
	// can see what it was.
	TruncatedValue = 64 << 10
	// MaxKey is how many bytes of a record's key are carried.
	MaxKey = 64 << 10
	// MaxRecords is how many records a batch may have. It bounds the memory that a
	// decoded message takes.
	MaxRecords = 100_000
	// MaxBuilt is the size in bytes, before compression, up to which a builder should be
	// filled. Pub/Sub takes 10,000,000 bytes a message. Incompressible bytes grow a
	// little, and attributes need room.
	MaxBuilt = 9_000_000
	// MaxDecoded bounds what a message may decompress to.
	MaxDecoded = 16 << 20
)
