{{ config(materialized='table', partition_by={'field': 'day', 'data_type': 'date'}, cluster_by=['candidate'], labels={'a': 'b'}) }}
select day, candidate, count(*) as n, sum(weight) as weight from {{ ref('counted') }} group by 1, 2
