-- Deletes the totals, which the pass derives from hours and minutes again.
DELETE FROM analytics.candidate_totals;
DELETE FROM analytics.regional_turnout;
DELETE FROM analytics.demographic_analysis;
DELETE FROM analytics.books
