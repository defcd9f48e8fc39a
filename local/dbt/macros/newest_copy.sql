{#- The rows of a table of raw without the copies that a repeated delivery left, with all
    the columns that it has now. Of copies the newest: one that was read again after a
    column was added has it. -#}
{% macro newest_copy(relation) %}
select
  {%- for column in adapter.get_columns_in_relation(relation) %}
  {{ adapter.quote(column.name) }}{{ "," if not loop.last }}
  {%- endfor %}
from (
  select
    *,
    row_number() over (
      partition by kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
      order by ingested_at desc
    ) as copy
  from {{ relation }}
) as copies
where copy = 1
{% endmacro %}
