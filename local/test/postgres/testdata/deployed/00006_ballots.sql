-- +goose Up
-- By it a pass finds the ballots of a minute that may take the place of its earliest portrait
-- or of its greatest event time, without a look at the others. It is made before the other
-- one goes, so that readers don't wait.
CREATE INDEX ballots_minute ON core.ballots (voted_at, kafka_partition, state, candidate);
DROP INDEX core.ballots_voted_at;
