import com.google.cloud.NoCredentials;
import com.google.cloud.bigquery.*;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** google-cloud-bigquery: queries with parameters, an update of a table, inserted rows, a load, pages, an error. */
public class Client {
  public static void main(String[] args) throws Exception {
    BigQuery bigquery = BigQueryOptions.newBuilder().setProjectId("demo").setHost(System.getenv("BIGQUERY_EMULATOR_HOST"))
        .setCredentials(NoCredentials.getInstance()).build().getService();
    bigquery.create(DatasetInfo.of("java_client"));
    bigquery.query(QueryJobConfiguration.of("CREATE TABLE java_client.counts AS SELECT 'Rivera' AS candidate, 3 AS votes, NUMERIC '0.6' AS share UNION ALL SELECT 'Osei', 2, NUMERIC '0.4'"));

    QueryJobConfiguration query = QueryJobConfiguration
        .newBuilder("SELECT candidate, votes, share FROM java_client.counts WHERE votes >= @least AND share > @share")
        .addNamedParameter("least", QueryParameterValue.int64(2))
        .addNamedParameter("share", QueryParameterValue.numeric(new BigDecimal("0.4"))).build();
    List<String> got = new ArrayList<>();
    for (FieldValueList row : bigquery.query(query).iterateAll()) {
      got.add(row.get("candidate").getStringValue() + " " + row.get("votes").getLongValue() + " " + row.get("share").getNumericValue());
    }
    same(got, List.of("Rivera 3 0.6"));

    Table table = bigquery.create(TableInfo.of(TableId.of("java_client", "rows"),
        StandardTableDefinition.of(Schema.of(Field.of("id", StandardSQLTypeName.INT64), Field.of("name", StandardSQLTypeName.STRING)))));
    same(table.insert(List.of(InsertAllRequest.RowToInsert.of(Map.of("id", 1, "name", "Ann")))).hasErrors(), false);
    same(table.toBuilder().setDescription("people").build().update().getDescription(), "people");

    TableDataWriteChannel writer = bigquery.writer(WriteChannelConfiguration.newBuilder(TableId.of("java_client", "rows"))
        .setFormatOptions(FormatOptions.json()).build());
    writer.write(ByteBuffer.wrap("{\"id\": 2, \"name\": \"Bo\"}\n".getBytes(StandardCharsets.UTF_8)));
    writer.close();
    same(writer.getJob().waitFor().getStatus().getError(), null);
    List<Long> ids = new ArrayList<>();
    for (FieldValueList row : bigquery.listTableData(TableId.of("java_client", "rows"), BigQuery.TableDataListOption.pageSize(1)).iterateAll()) {
      ids.add(row.get(0).getLongValue());
    }
    same(ids, List.of(1L, 2L));

    try {
      bigquery.query(QueryJobConfiguration.of("SELECT nope FROM java_client.counts"));
      throw new AssertionError("a wrong name was taken");
    } catch (BigQueryException e) {
      same(e.getMessage().contains("Unrecognized name: nope"), true);
    }
  }

  private static void same(Object got, Object want) {
    if (got == null ? want != null : !got.equals(want)) {
      throw new AssertionError("got " + got + ", want " + want);
    }
  }
}
