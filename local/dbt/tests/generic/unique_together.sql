{% test unique_together(model, columns) %}
{{ config(description="No two rows are alike in the columns.") }}
select {{ columns | join(', ') }}, count(*) as times
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
