-- A ballot counts if, and only if, its voter is registered, and in the voter's region.
select b.voter_key, b.state, v.state as registered_in
from {{ ref('fct_ballots') }} as b
left join {{ ref('dim_voters') }} as v on v.voter_key = b.voter_key
where coalesce(b.state, '') <> coalesce(v.state, '')
