-- Deletes what was decided about the affected voters.
DELETE FROM core.voters WHERE voter_key IN (SELECT voter_key FROM affected);
DELETE FROM core.ballots WHERE voter_key IN (SELECT voter_key FROM affected);
DELETE FROM core.duplicates WHERE voter_key IN (SELECT voter_key FROM affected)
