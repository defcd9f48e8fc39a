-- The last word of a person on the result.
SELECT certified, certified_by, certified_at, COALESCE(remark, ''), result
FROM analytics.certifications
WHERE election = @election
ORDER BY certified_at DESC
LIMIT 1
