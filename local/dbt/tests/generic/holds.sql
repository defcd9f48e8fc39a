{% test holds(model, expression, column_name=none) %}
{{ config(description="The expression is true of every row.") }}
select *
from {{ model }}
where not ({{ expression }}) or ({{ expression }}) is null
{% endtest %}
