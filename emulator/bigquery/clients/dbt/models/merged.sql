{{ config(materialized='incremental', unique_key='count_id') }}
select * from {{ ref('counted') }} {% if is_incremental() %} where day >= (select max(day) from {{ this }}) {% endif %}
