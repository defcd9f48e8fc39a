{{ config(materialized='incremental', unique_key='count_id', on_schema_change='append_new_columns') }}
select count_id, candidate {% if is_incremental() %}, weight {% endif %} from {{ ref('counted') }}
