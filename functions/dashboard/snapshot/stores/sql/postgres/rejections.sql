SELECT kafka_topic, reason, sum(rejected)::bigint AS records
FROM analytics.rejections
GROUP BY kafka_topic, reason
ORDER BY kafka_topic, reason
