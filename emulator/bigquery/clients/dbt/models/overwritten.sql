{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by={'field': 'day', 'data_type': 'date'}) }}
select * from {{ ref('counted') }} {% if is_incremental() %} where day >= _dbt_max_partition {% endif %}
