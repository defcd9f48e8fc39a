package recordbatch

// Names and values of a message's attributes.
const (
	AttrContentType = "content_type"
	AttrVersion     = "version"
	AttrEncoding    = "encoding"
	AttrTopic       = "topic"
	AttrTopicID     = "topic_id"
	AttrPartition   = "partition"
	AttrFirstOffset = "first_offset"
	AttrLastOffset  = "last_offset"
	AttrCount       = "count"

	ContentType = "application/vnd.tallystream.recordbatch+protobuf"
	Version     = "1"
	Encoding    = "zstd"
)
