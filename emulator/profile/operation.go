package profile

// An Operation is something that takes time on Google Cloud. cloud.json says what each
// stands for.
type Operation string

// Operations that cloud.json has a time for.
const (
	BigQueryRequest          Operation = "bigquery.request"
	BigQueryQuery            Operation = "bigquery.query"
	BigQueryCached           Operation = "bigquery.cached"
	BigQueryDML              Operation = "bigquery.dml"
	BigQueryDDL              Operation = "bigquery.ddl"
	BigQueryScript           Operation = "bigquery.script"
	BigQueryScriptQuery      Operation = "bigquery.script.query"
	BigQueryScriptExpression Operation = "bigquery.script.expression"
	BigQueryScriptDML        Operation = "bigquery.script.dml"
	BigQueryScriptTemporary  Operation = "bigquery.script.temporary"
	BigQueryScriptDDL        Operation = "bigquery.script.ddl"
	BigQueryBegin            Operation = "bigquery.begin"
	BigQueryCommit           Operation = "bigquery.commit"
	BigQueryOpen             Operation = "bigquery.open"
	BigQueryAppend           Operation = "bigquery.append"
	BigQueryInsertAll        Operation = "bigquery.insertall"
	PubSubRequest            Operation = "pubsub.request"
	PubSubPublish            Operation = "pubsub.publish"
	PubSubPush               Operation = "pubsub.push"
	SchedulerDispatch        Operation = "scheduler.dispatch"
	RunRequest               Operation = "run.request"
	RunStart                 Operation = "run.start"
	RunStartAggregate        Operation = "run.start.aggregate"
	RunStartBridge           Operation = "run.start.bridge"
)

// A Scan is what a statement reads, which makes it take longer. cloud.json says by how much.
type Scan string

// Scans that cloud.json has a speed for.
const (
	BigQueryRead   Scan = "bigquery.read"
	BigQueryChange Scan = "bigquery.change"
)

// A Rate is a bound on how often, how many at a time, or how long. cloud.json says
// what each bounds.
type Rate string

// Rates that cloud.json has a bound for.
const (
	BigQueryDatasetUpdates Rate = "bigquery.dataset.updates"
	BigQueryDMLRunning     Rate = "bigquery.dml.running"
	BigQueryDMLQueued      Rate = "bigquery.dml.queued"
	BigQueryTableUpdates   Rate = "bigquery.table.updates"
	RunPending             Rate = "run.pending"
	RunIdle                Rate = "run.idle"
)
