-- What each test in tests must see, and same_rows of each model that has it.
UPDATE analytics.candidate_totals SET votes = votes + 1;                                     -- sums_agree
UPDATE analytics.regional_turnout SET leader = 'nobody';                                     -- leader_has_most_votes
UPDATE core.voters SET state = 'elsewhere';                                                  -- waiting_ballots_have_no_voter
DELETE FROM core.ballots WHERE voter_key = (SELECT min(voter_key) FROM core.ballots);        -- earliest_vote_counts
UPDATE core.ballots SET voted_at = voted_at + interval '1 second';                           -- ballots_are_as_read
UPDATE core.progress SET records = records + 1;                                              -- every_settled_record_is_in_the_books
UPDATE analytics.books SET rejected = rejected + 1;                                          -- holds_fct_books
CREATE OR REPLACE VIEW staging.stg_votes AS SELECT * FROM raw.votes WHERE kafka_offset > 0;
CREATE OR REPLACE VIEW staging.stg_voters AS SELECT * FROM raw.voters WHERE kafka_offset > 0;
CREATE OR REPLACE VIEW marts.vote_statistics AS
  SELECT hour AS hour_voted, candidate, state, age_group, gender, votes + 1 AS vote_count FROM core.vote_hours;
