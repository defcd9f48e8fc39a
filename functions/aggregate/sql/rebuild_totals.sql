-- Deletes the totals, which the pass derives from hours and minutes again.
DELETE FROM analytics.candidate_totals WHERE TRUE;
DELETE FROM analytics.regional_turnout WHERE TRUE;
DELETE FROM analytics.demographic_analysis WHERE TRUE;
DELETE FROM analytics.books WHERE TRUE
