-- The last word of a person on the result.
SELECT AS STRUCT certified, certified_by, certified_at, IFNULL(remark, '') AS remark, result
FROM analytics.certifications
WHERE election = @election
ORDER BY certified_at DESC
LIMIT 1
