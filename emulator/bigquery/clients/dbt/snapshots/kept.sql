{% snapshot kept %}{{ config(target_schema='dbt_clients', unique_key='count_id', strategy='check', check_cols=['candidate']) }}
select * from {{ ref('raw_counts') }}
{% endsnapshot %}
