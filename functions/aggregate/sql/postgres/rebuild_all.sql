-- Deletes what is derived from raw, in the order in which a pass replaces it.
-- analytics.amendments stays: raw doesn't tell what was shown when. So does
-- analytics.shown_hours, which continues from what readers have seen.
DELETE FROM core.voters;
DELETE FROM core.ballots;
DELETE FROM core.duplicates;
DELETE FROM core.electorate_windows;
DELETE FROM core.vote_windows;
DELETE FROM core.book_windows;
DELETE FROM core.vote_hours;
DELETE FROM analytics.hourly_trends;
DELETE FROM analytics.candidate_totals;
DELETE FROM analytics.regional_turnout;
DELETE FROM analytics.demographic_analysis;
DELETE FROM core.progress;
DELETE FROM analytics.rejections;
DELETE FROM analytics.books
