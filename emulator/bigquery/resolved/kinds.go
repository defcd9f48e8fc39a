package resolved

// Kinds are the kinds of statements that the emulator runs, as BigQuery names them in
// statementType.
var Kinds = []string{
	"SELECT",
	"INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE_TABLE",
	"CREATE_TABLE", "CREATE_TABLE_AS_SELECT", "DROP_TABLE", "ALTER_TABLE",
	"CREATE_VIEW", "CREATE_MATERIALIZED_VIEW", "DROP_VIEW", "ALTER_VIEW",
	"CREATE_SCHEMA", "DROP_SCHEMA", "ALTER_SCHEMA",
	"CREATE_FUNCTION",
	"BEGIN_TRANSACTION", "COMMIT_TRANSACTION", "ROLLBACK_TRANSACTION",
	"ASSERT",
	"SCRIPT",
}
