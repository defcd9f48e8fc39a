select
  age_group,
  gender,
  {{ integer('sum(registered)') }} as registered,
  {{ integer('sum(voted)') }} as voted,
  cast(sum(voted) as {{ dbt.type_float() }}) / nullif(sum(registered), 0) as turnout
from {{ source('analytics', 'demographic_analysis') }}
group by age_group, gender
