-- The leader of a region has the most votes there; of equals the first by id.
with by_region as (
  select state, candidate, sum(vote_count) as votes
  from {{ ref('vote_statistics') }}
  group by state, candidate
),
ranked as (
  select state, candidate, votes, row_number() over (partition by state order by votes desc, candidate) as place
  from by_region
)
select t.state, t.leader, t.leader_votes, r.candidate, r.votes
from {{ ref('turnout_by_region') }} as t
left join ranked as r on r.state = t.state and r.place = 1
where coalesce(t.leader, '') <> coalesce(r.candidate, '')
  or t.leader_votes <> coalesce(r.votes, 0)
