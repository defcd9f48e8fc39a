package rest

// A route is a method of the API. The same table makes the multiplexer and the
// discovery document, so that clients built from the latter can call whatever
// is served. Those that other methods of the API would crash find them described too:
// refused.go has them.
type route struct {
	id     string // in the discovery document; "" leaves it out
	method string
	path   string
	query  []string // parameters in the query string
	media  bool     // takes an upload
	verb   string   // behind a colon; the route of the resource serves it
	serve  serveFunc
}

const (
	projectPath  = "projects/{projectId}"
	datasetPath  = projectPath + "/datasets/{datasetId}"
	tablePath    = datasetPath + "/tables/{tableId}"
	routinePath  = datasetPath + "/routines/{routineId}"
	policiesPath = tablePath + "/rowAccessPolicies"
	policyPath   = policiesPath + "/{policyId}"
	jobPath      = projectPath + "/jobs/{jobId}"
	uploadPath   = "upload/bigquery/v2/" + projectPath + "/jobs"
)

var (
	paging      = []string{"maxResults", "pageToken"}
	rowFormat   = []string{"formatOptions.useInt64Timestamp", "formatOptions.timestampOutputFormat"}
	resultQuery = append([]string{"maxResults", "pageToken", "startIndex", "timeoutMs", "location"}, rowFormat...)
	dataQuery   = append([]string{"maxResults", "pageToken", "startIndex", "selectedFields"}, rowFormat...)
	jobQuery    = []string{"location", "projection"} // Python's client asks for a projection, which the service takes and doesn't document
	jobsQuery   = []string{
		"maxResults", "pageToken", "allUsers", "projection", "stateFilter", "parentJobId", "minCreationTime", "maxCreationTime",
	}
)

var routes []route

// init breaks the cycle between the routes and the document made of them.
func init() {
	routes = []route{
		{id: "projects.list", method: "GET", path: "projects", query: paging, serve: listProjects},
		{id: "projects.getServiceAccount", method: "GET", path: projectPath + "/serviceAccount", serve: getServiceAccount},

		{id: "datasets.list", method: "GET", path: projectPath + "/datasets", query: append([]string{"all", "filter"}, paging...), serve: listDatasets},
		{id: "datasets.insert", method: "POST", path: projectPath + "/datasets", query: []string{"accessPolicyVersion"}, serve: insertDataset},
		{id: "datasets.get", method: "GET", path: datasetPath, query: []string{"accessPolicyVersion", "datasetView"}, serve: getDataset},
		{id: "datasets.patch", method: "PATCH", path: datasetPath, query: []string{"accessPolicyVersion", "updateMode"}, serve: patchDataset},
		{id: "datasets.update", method: "PUT", path: datasetPath, query: []string{"accessPolicyVersion", "updateMode"}, serve: updateDataset},
		{id: "datasets.delete", method: "DELETE", path: datasetPath, query: []string{"deleteContents"}, serve: deleteDataset},

		{id: "tables.list", method: "GET", path: datasetPath + "/tables", query: paging, serve: listTables},
		{id: "tables.insert", method: "POST", path: datasetPath + "/tables", serve: insertTable},
		{id: "tables.get", method: "GET", path: tablePath, query: []string{"selectedFields", "view"}, serve: getTable},
		{id: "tables.patch", method: "PATCH", path: tablePath, query: []string{"autodetect_schema"}, serve: patchTable},
		{id: "tables.update", method: "PUT", path: tablePath, query: []string{"autodetect_schema"}, serve: updateTable},
		{id: "tables.delete", method: "DELETE", path: tablePath, serve: deleteTable},
		{method: "POST", path: tablePath, serve: tableAction},

		{id: "rowAccessPolicies.list", method: "GET", path: policiesPath, query: []string{"pageSize", "pageToken"}, serve: listRowPolicies},
		{id: "rowAccessPolicies.insert", method: "POST", path: policiesPath, serve: insertRowPolicy},
		{id: "rowAccessPolicies.get", method: "GET", path: policyPath, serve: getRowPolicy},
		{id: "rowAccessPolicies.update", method: "PUT", path: policyPath, serve: updateRowPolicy},
		{id: "rowAccessPolicies.delete", method: "DELETE", path: policyPath, query: []string{"force"}, serve: deleteRowPolicy},
		{id: "rowAccessPolicies.batchDelete", method: "POST", path: policiesPath + ":batchDelete", serve: deleteRowPolicies},
		{method: "POST", path: policyPath, serve: rowPolicyAction},

		{id: "routines.list", method: "GET", path: datasetPath + "/routines", query: append([]string{"filter", "readMask"}, paging...), serve: listRoutines},
		{id: "routines.insert", method: "POST", path: datasetPath + "/routines", serve: insertRoutine},
		{id: "routines.get", method: "GET", path: routinePath, query: []string{"readMask"}, serve: getRoutine},
		{id: "routines.update", method: "PUT", path: routinePath, serve: updateRoutine},
		{id: "routines.delete", method: "DELETE", path: routinePath, serve: deleteRoutine},
		{method: "POST", path: routinePath, serve: routineAction},

		{id: "models.list", method: "GET", path: datasetPath + "/models", query: paging, serve: listModels},

		{id: "tabledata.list", method: "GET", path: tablePath + "/data", query: dataQuery, serve: listTableData},
		{id: "tabledata.insertAll", method: "POST", path: tablePath + "/insertAll", serve: insertAll},

		{id: "jobs.query", method: "POST", path: projectPath + "/queries", serve: postQuery},
		{id: "jobs.getQueryResults", method: "GET", path: projectPath + "/queries/{jobId}", query: resultQuery, serve: getQueryResults},
		{id: "jobs.list", method: "GET", path: projectPath + "/jobs", query: jobsQuery, serve: listJobs},
		{id: "jobs.insert", method: "POST", path: projectPath + "/jobs", media: true, serve: insertJob},
		{id: "jobs.get", method: "GET", path: jobPath, query: jobQuery, serve: getJob},
		{id: "jobs.cancel", method: "POST", path: jobPath + "/cancel", query: jobQuery, serve: cancelJob},
		{id: "jobs.delete", method: "DELETE", path: jobPath + "/delete", query: []string{"location"}, serve: deleteJob},

		{method: "POST", path: uploadPath, query: []string{"upload_id"}, serve: uploadJob},
		{method: "PUT", path: uploadPath, query: []string{"upload_id"}, serve: uploadJob},
		{method: "DELETE", path: uploadPath, query: []string{"upload_id"}, serve: uploadJob},
		{method: "POST", path: "resumable/" + uploadPath, query: []string{"upload_id"}, serve: uploadJob},
		{method: "PUT", path: "resumable/" + uploadPath, query: []string{"upload_id"}, serve: uploadJob},
		{method: "DELETE", path: "resumable/" + uploadPath, query: []string{"upload_id"}, serve: uploadJob},

		{method: "GET", path: "$discovery/rest", query: []string{"version", "labels"}, serve: discovery},
		{method: "GET", path: "discovery/v1/apis/bigquery/v2/rest", query: []string{"version", "labels"}, serve: discovery},
	}
}
