-- Every table sums to the ballots that count, and the books to what the tables hold.
with sums as (
  select
    (select count(*) from {{ ref('fct_ballots') }} where is_counted) as counted,
    (select count(*) from {{ ref('fct_ballots') }} where not is_counted) as waiting,
    (select count(*) from {{ ref('dim_voters') }}) as voters,
    (select count(*) from {{ source('core', 'duplicates') }}) as duplicates,
    (select coalesce(sum(votes), 0) from {{ ref('election_results') }}) as by_candidate,
    (select coalesce(sum(voted), 0) from {{ ref('turnout_by_region') }}) as by_region,
    (select coalesce(sum(registered), 0) from {{ ref('turnout_by_region') }}) as registered_by_region,
    (select coalesce(sum(voted), 0) from {{ ref('turnout_by_group') }}) as by_group,
    (select coalesce(sum(registered), 0) from {{ ref('turnout_by_group') }}) as registered_by_group,
    (select coalesce(sum(votes), 0) from {{ ref('fct_hourly_votes') }}) as by_hour,
    (select coalesce(sum(votes), 0) from {{ source('analytics', 'minute_trends') }}) as by_minute,
    (select coalesce(sum(vote_count), 0) from {{ ref('vote_statistics') }}) as in_statistics,
    (select coalesce(sum(accepted), 0) from {{ ref('fct_books') }}) as accepted,
    (select coalesce(sum(pending), 0) from {{ ref('fct_books') }}) as pending,
    (select coalesce(sum(duplicate), 0) from {{ ref('fct_books') }}) as duplicate
)
select *
from sums
where by_candidate <> counted
  or by_region <> counted
  or by_group <> counted
  or by_hour <> counted
  or by_minute <> counted
  or in_statistics <> counted
  or registered_by_region <> voters
  or registered_by_group <> voters
  or accepted <> counted + voters
  or pending <> waiting
  or duplicate <> duplicates
