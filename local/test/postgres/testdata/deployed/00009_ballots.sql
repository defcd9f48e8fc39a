-- +goose Up
-- By it a pass finds the ballots of a minute and region that may take the place of its
-- earliest portrait, and those of a minute that may take the place of its greatest event
-- time. Ballots that come together are of few minutes, so that they are added to few places
-- of it, and their entries lie in few pages. It is made before the other one goes, so that
-- readers don't wait.
CREATE INDEX IF NOT EXISTS ballots_of_minute ON core.ballots (date_bin('1 minute', voted_at, '0001-01-01 00:00:00+00'), state);
DROP INDEX IF EXISTS core.ballots_minute;
