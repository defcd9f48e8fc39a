-- The rows of core.progress are locked before settle.sql, which fails where another
-- transaction has changed one since the snapshot: MERGE alone doesn't notice in minor releases
-- such as 15.15, 16.11, 17.7 and 18.1, and leaves both versions of the row to this transaction.
SELECT FROM core.progress FOR UPDATE
