package field

// honoured are fields that do what the API says. A message of them that isn't here is
// refused whole.
var honoured = set(`
	Topic.name Topic.labels Topic.message_retention_duration Topic.schema_settings Topic.message_transforms
	SchemaSettings.schema SchemaSettings.encoding SchemaSettings.first_revision_id SchemaSettings.last_revision_id

	MessageTransform.javascript_udf MessageTransform.compression MessageTransform.enabled MessageTransform.disabled
	JavaScriptUDF.function_name JavaScriptUDF.code
	Compression.compression_algorithm Compression.compression_mode

	PubsubMessage.data PubsubMessage.attributes PubsubMessage.ordering_key

	Subscription.name Subscription.topic Subscription.push_config Subscription.ack_deadline_seconds
	Subscription.retain_acked_messages Subscription.message_retention_duration Subscription.labels
	Subscription.enable_message_ordering Subscription.expiration_policy Subscription.filter
	Subscription.dead_letter_policy Subscription.retry_policy Subscription.enable_exactly_once_delivery
	Subscription.message_transforms
	PushConfig.push_endpoint PushConfig.attributes PushConfig.oidc_token PushConfig.pubsub_wrapper PushConfig.no_wrapper
	PushConfig.OidcToken.service_account_email PushConfig.OidcToken.audience PushConfig.NoWrapper.write_metadata
	ExpirationPolicy.ttl
	DeadLetterPolicy.dead_letter_topic DeadLetterPolicy.max_delivery_attempts
	RetryPolicy.minimum_backoff RetryPolicy.maximum_backoff

	Snapshot.name Snapshot.labels Snapshot.expire_time

	Schema.name Schema.type Schema.definition Schema.compiled_proto_schema
	CompiledProtoSchema.root_message CompiledProtoSchema.compiled_bytes

`)

// requests are the fields of requests.
var requests = set(`
	UpdateTopicRequest.topic UpdateTopicRequest.update_mask
	PublishRequest.topic PublishRequest.messages
	GetTopicRequest.topic
	ListTopicsRequest.project ListTopicsRequest.page_size ListTopicsRequest.page_token
	ListTopicSubscriptionsRequest.topic ListTopicSubscriptionsRequest.page_size
	ListTopicSubscriptionsRequest.page_token
	ListTopicSnapshotsRequest.topic ListTopicSnapshotsRequest.page_size ListTopicSnapshotsRequest.page_token
	DeleteTopicRequest.topic
	DetachSubscriptionRequest.subscription
	GetSubscriptionRequest.subscription
	UpdateSubscriptionRequest.subscription UpdateSubscriptionRequest.update_mask
	ListSubscriptionsRequest.project ListSubscriptionsRequest.page_size ListSubscriptionsRequest.page_token
	DeleteSubscriptionRequest.subscription
	ModifyAckDeadlineRequest.subscription ModifyAckDeadlineRequest.ack_ids
	ModifyAckDeadlineRequest.ack_deadline_seconds
	AcknowledgeRequest.subscription AcknowledgeRequest.ack_ids
	PullRequest.subscription PullRequest.return_immediately PullRequest.max_messages
	StreamingPullRequest.subscription StreamingPullRequest.ack_ids StreamingPullRequest.modify_deadline_seconds
	StreamingPullRequest.modify_deadline_ack_ids StreamingPullRequest.stream_ack_deadline_seconds
	StreamingPullRequest.client_id StreamingPullRequest.max_outstanding_messages
	StreamingPullRequest.max_outstanding_bytes StreamingPullRequest.protocol_version
	ModifyPushConfigRequest.subscription ModifyPushConfigRequest.push_config
	GetSnapshotRequest.snapshot
	ListSnapshotsRequest.project ListSnapshotsRequest.page_size ListSnapshotsRequest.page_token
	CreateSnapshotRequest.name CreateSnapshotRequest.subscription CreateSnapshotRequest.labels
	UpdateSnapshotRequest.snapshot UpdateSnapshotRequest.update_mask
	DeleteSnapshotRequest.snapshot
	SeekRequest.subscription SeekRequest.time SeekRequest.snapshot

	CreateSchemaRequest.parent CreateSchemaRequest.schema CreateSchemaRequest.schema_id
	GetSchemaRequest.name GetSchemaRequest.view
	ListSchemasRequest.parent ListSchemasRequest.view ListSchemasRequest.page_size ListSchemasRequest.page_token
	ListSchemaRevisionsRequest.name ListSchemaRevisionsRequest.view ListSchemaRevisionsRequest.page_size
	ListSchemaRevisionsRequest.page_token
	CommitSchemaRequest.name CommitSchemaRequest.schema
	RollbackSchemaRequest.name RollbackSchemaRequest.revision_id
	DeleteSchemaRevisionRequest.name DeleteSchemaRevisionRequest.revision_id
	DeleteSchemaRequest.name
	ValidateSchemaRequest.parent ValidateSchemaRequest.schema
	ValidateMessageRequest.parent ValidateMessageRequest.name ValidateMessageRequest.schema
	ValidateMessageRequest.message ValidateMessageRequest.encoding
`)

// kept are fields that say where and how messages are stored, which one machine doesn't
// tell apart: a resource has them, and they do nothing.
var kept = set(`
	Topic.kms_key_name Topic.message_storage_policy
	MessageStoragePolicy.allowed_persistence_regions MessageStoragePolicy.enforce_in_transit
`)

// output are fields that the service sets, and ignores in requests.
var output = set(`
	Topic.satisfies_pzs Topic.state
	PubsubMessage.message_id PubsubMessage.publish_time
	Subscription.detached Subscription.topic_message_retention_duration Subscription.state
	Subscription.analytics_hub_subscription_info
	Subscription.AnalyticsHubSubscriptionInfo.listing Subscription.AnalyticsHubSubscriptionInfo.subscription
	Snapshot.topic
	Schema.revision_id Schema.revision_create_time
`)
