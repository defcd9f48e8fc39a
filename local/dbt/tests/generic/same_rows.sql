{% test same_rows(model, to) %}
{{ config(description="The model has the same rows as another relation, in all columns of that.") }}
{%- set columns = [] %}
{%- for column in adapter.get_columns_in_relation(to) if execute %}
  {%- do columns.append(adapter.quote(column.name)) %}
{%- endfor %}
{%- set list = columns | join(', ') or '*' %}
with missing as (
  select {{ list }} from {{ to }}
  {{ dbt.except() }}
  select {{ list }} from {{ model }}
),
extra as (
  select {{ list }} from {{ model }}
  {{ dbt.except() }}
  select {{ list }} from {{ to }}
)
select 'missing' as difference, missing.* from missing
union all
select 'extra', extra.* from extra
union all
-- As many rows, since a set has none twice.
select 'as many', one.*
from (select {{ list }} from {{ to }} limit 1) as one
where (select count(*) from {{ to }}) <> (select count(*) from {{ model }})
{% endtest %}
