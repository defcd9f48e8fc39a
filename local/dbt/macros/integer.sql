{#- A sum or a count as a 64-bit integer: PostgreSQL's sum of bigint is numeric. -#}
{% macro integer(expression) %}cast({{ expression }} as {{ dbt.type_bigint() }}){% endmacro %}
