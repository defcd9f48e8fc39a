-- The totals of the whole election follow anew from the hours and minutes.
DELETE FROM analytics.candidate_totals WHERE TRUE;
DELETE FROM analytics.regional_turnout WHERE TRUE;
DELETE FROM analytics.demographic_analysis WHERE TRUE;
DELETE FROM analytics.books WHERE TRUE
