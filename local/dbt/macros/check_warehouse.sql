{#- Stops before the first model where the warehouse isn't one of the two, or lacks a
    table or a column of the sources, and says what to do. -#}
{% macro check_warehouse() %}
  {% if target.type not in ('postgres', 'bigquery') %}
    {% do exceptions.raise_compiler_error("The target " ~ target.name ~ " is a " ~ target.type ~ ": Tallystream's tables are in postgres or bigquery. Name one of these targets, see profiles.yml.") %}
  {% endif %}
  {% if target.type == 'postgres' and env_var('DATASET_PREFIX', '') %}
    {% do exceptions.raise_compiler_error("DATASET_PREFIX is set, and the target " ~ target.name ~ " is PostgreSQL: leave it out. There an election has a database of its own, PGDATABASE.") %}
  {% endif %}
  {% if var('marts', 'view') not in ('view', 'table') %}
    {% do exceptions.raise_compiler_error("The variable marts is " ~ var('marts', 'view') ~ ": use view or table.") %}
  {% endif %}
  {% if execute and flags.WHICH in ('build', 'run', 'test') %}
    {% set missing = missing_columns() %}
    {% if missing %}
      {% do exceptions.raise_compiler_error(target.name ~ " lacks, or doesn't let its user read: " ~ missing | join(', ') ~ ". " ~ remedy()) %}
    {% endif %}
  {% endif %}
{% endmacro %}

{#- The tables and columns of the sources that can't be read: "core.ballots",
    "raw.votes.candidate_text". -#}
{% macro missing_columns() %}
  {% set missing, by_schema = [], {} %}
  {% for s in graph.sources.values() if s.package_name == 'tallystream' %}
    {% do by_schema.setdefault(s.schema, []).append(s) %}
  {% endfor %}
  {% for schema, tables in by_schema.items() %}
    {% set found = {} %}
    {% if adapter.check_schema_exists(target.database, schema) %}
      {% for row in run_query(columns_of_schema(schema)).rows %}
        {% do found.setdefault(row[0], []).append(row[1]) %}
      {% endfor %}
    {% endif %}
    {% for s in tables %}
      {% if s.identifier not in found %}
        {% do missing.append(schema ~ '.' ~ s.identifier) %}
      {% else %}
        {% for column in s.columns if column not in found[s.identifier] %}
          {% do missing.append(schema ~ '.' ~ s.identifier ~ '.' ~ column) %}
        {% endfor %}
      {% endif %}
    {% endfor %}
  {% endfor %}
  {{ return(missing) }}
{% endmacro %}

{% macro columns_of_schema(schema) %}{{ return(adapter.dispatch('columns_of_schema', 'tallystream')(schema)) }}{% endmacro %}

{% macro postgres__columns_of_schema(schema) %}
  select table_name, column_name from information_schema.columns where table_schema = '{{ schema }}'
{% endmacro %}

{% macro bigquery__columns_of_schema(schema) %}
  select table_name, column_name from `{{ target.database }}`.`{{ schema }}`.INFORMATION_SCHEMA.COLUMNS
{% endmacro %}

{% macro remedy() %}{{ return(adapter.dispatch('remedy', 'tallystream')()) }}{% endmacro %}

{% macro postgres__remedy() %}
  {{ return("Create them with `go run ./local migrate`, or name the database that has them: PGHOST, PGPORT, PGDATABASE. Give the user " ~ target.user ~ " the role tallystream_operate.") }}
{% endmacro %}

{% macro bigquery__remedy() %}
  {{ return("Deploy them (docs/deploy.md), or name the project that has them, and what its datasets begin with: GOOGLE_CLOUD_PROJECT, DATASET_PREFIX. The account needs roles/bigquery.dataViewer on the datasets.") }}
{% endmacro %}
