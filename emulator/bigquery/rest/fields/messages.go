package fields

// messages are the types of requests, as the client library names them: a type without a name in the
// discovery document has that of the one around it before its own. Types that nothing but refused or
// dropped fields lead to aren't here.
var messages = map[string]message{
	// Datasets.
	"Dataset": {
		honoured: "access datasetReference defaultCollation defaultPartitionExpirationMs defaultRoundingMode defaultTableExpirationMs description friendlyName " +
			"labels location maxTimeTravelHours resourceTags",
		idle: "defaultEncryptionConfiguration storageBillingModel",
		output: "catalogSource creationTime etag id kind lastModifiedTime linkedDatasetMetadata restrictions satisfiesPzi satisfiesPzs selfLink " +
			"tags type",
		refused: "externalCatalogDatasetOptions externalDatasetReference isCaseInsensitive linkedDatasetSource",
	},
	"DatasetAccess": {
		honoured: "dataset domain groupByEmail iamMember role routine specialGroup userByEmail view",
		refused:  "condition",
	},
	"DatasetAccessEntry":      {honoured: "dataset targetTypes"},
	"DatasetReference":        {honoured: "datasetId projectId"},
	"EncryptionConfiguration": {idle: "kmsKeyName"},

	// Tables.
	"Table": {
		honoured: "clustering defaultCollation defaultRoundingMode description expirationTime externalDataConfiguration friendlyName labels materializedView rangePartitioning " +
			"requirePartitionFilter resourceTags schema tableConstraints tableReference timePartitioning view",
		idle: "encryptionConfiguration maxStaleness",
		output: "cloneDefinition creationTime etag id kind lastModifiedTime location materializedViewStatus numActiveLogicalBytes " +
			"numActivePhysicalBytes numBytes numCurrentPhysicalBytes numLongTermBytes numLongTermLogicalBytes numLongTermPhysicalBytes " +
			"numPartitions numPhysicalBytes numRows numTimeTravelPhysicalBytes numTotalLogicalBytes numTotalPhysicalBytes replicas " +
			"restrictions selfLink snapshotDefinition streamingBuffer type",
		refused: "biglakeConfiguration externalCatalogTableOptions managedTableType=NATIVE model " +
			"partitionDefinition tableReplicationInfo",
	},
	"TableReference": {honoured: "datasetId projectId tableId"},
	"TableSchema":    {honoured: "fields", refused: "foreignTypeInfo"},
	"TableFieldSchema": {
		honoured: "collation dataPolicies defaultValueExpression description fields maxLength mode name policyTags precision rangeElementType roundingMode scale type",
		refused: "categories dataGovernanceTagsInfo dataPolicyList foreignTypeDefinition generatedColumn " +
			"timestampPrecision=6",
	},
	"TableFieldSchemaPolicyTags":       {honoured: "names"},
	"DataPolicyOption":                 {honoured: "name"},
	"TableFieldSchemaRangeElementType": {honoured: "type"},
	"Clustering":                       {honoured: "fields"},
	"TimePartitioning":                 {honoured: "expirationMs field requirePartitionFilter type"},
	"RangePartitioning":                {honoured: "field range"},
	"RangePartitioningRange":           {honoured: "end interval start"},
	"TableConstraints":                 {honoured: "primaryKey", refused: "foreignKeys"},
	"TableConstraintsPrimaryKey":       {honoured: "columns"},
	"ViewDefinition": {
		honoured: "query useLegacySql",
		refused:  "foreignDefinitions privacyPolicy useExplicitColumnNames userDefinedFunctionResources",
	},
	"ExternalDataConfiguration": {
		honoured: "autodetect avroOptions compression csvOptions decimalTargetTypes hivePartitioningOptions ignoreUnknownValues maxBadRecords parquetOptions " +
			"schema sourceFormat sourceUris",
		refused: "bigtableOptions connectionId dateFormat datetimeFormat fileSetSpecType googleSheetsOptions jsonExtension jsonOptions metadataCacheMode " +
			"objectMetadata referenceFileSchemaUri timeFormat timeZone timestampFormat timestampTargetPrecision",
	},
	"AvroOptions": {honoured: "useAvroLogicalTypes"},
	"CsvOptions": {
		honoured: "allowJaggedRows allowQuotedNewlines encoding fieldDelimiter nullMarker nullMarkers preserveAsciiControlCharacters quote " +
			"skipLeadingRows sourceColumnMatch",
	},
	"HivePartitioningOptions": {honoured: "mode sourceUriPrefix", output: "fields", refused: "requirePartitionFilter"},
	"MaterializedViewDefinition": {
		honoured: "query",
		idle:     "allowNonIncrementalDefinition enableRefresh maxStaleness refreshIntervalMs", // its rows are always those of its query
		output:   "lastRefreshTime",
	},

	// Rows.
	"TableDataInsertAllRequest":     {honoured: "ignoreUnknownValues rows skipInvalidRows templateSuffix", idle: "kind traceId"},
	"TableDataInsertAllRequestRows": {honoured: "insertId json"},

	// Jobs.
	"Job": {
		honoured: "configuration jobReference",
		output:   "etag id jobCreationReason kind principal_subject selfLink statistics status user_email",
	},
	"JobReference": {honoured: "jobId location projectId"},
	"JobConfiguration": {
		honoured: "copy dryRun extract jobTimeoutMs labels load query",
		output:   "jobType",
		refused:  "maxSlots reservation",
	},
	"JobConfigurationQuery": {
		honoured: "clustering connectionProperties createDisposition createSession defaultDataset destinationTable maximumBytesBilled parameterMode " +
			"query queryParameters rangePartitioning schemaUpdateOptions timePartitioning useLegacySql useQueryCache writeDisposition",
		// Those for legacy SQL, hints to the scheduler and keys say nothing of a query in GoogleSQL.
		idle: "allowLargeResults destinationEncryptionConfiguration flattenResults maximumBillingTier preserveNulls priority " +
			"writeIncrementalResults",
		output:  "systemVariables",
		refused: "continuous scriptOptions secureContext tableDefinitions userDefinedFunctionResources",
	},
	"ConnectionProperty":            {honoured: "key value"},
	"QueryParameter":                {honoured: "name parameterType parameterValue"},
	"QueryParameterType":            {honoured: "arrayType rangeElementType structTypes type", refused: "timestampPrecision=6"},
	"QueryParameterTypeStructTypes": {honoured: "name type", idle: "description"},
	"QueryParameterValue":           {honoured: "arrayValues rangeValue structValues value"},
	"RangeValue":                    {honoured: "end start"},
	"JobConfigurationLoad": {
		honoured: "allowJaggedRows allowQuotedNewlines autodetect clustering createDisposition decimalTargetTypes destinationTable " +
			"destinationTableProperties encoding fieldDelimiter ignoreUnknownValues maxBadRecords nullMarker nullMarkers parquetOptions " +
			"preserveAsciiControlCharacters quote rangePartitioning schema schemaUpdateOptions skipLeadingRows sourceColumnMatch sourceFormat sourceUris timePartitioning " +
			"useAvroLogicalTypes writeDisposition",
		idle: "destinationEncryptionConfiguration",
		refused: "columnNameCharacterMap connectionProperties copyFilesOnly createSession dateFormat datetimeFormat fileSetSpecType " +
			"hivePartitioningOptions jsonExtension projectionFields referenceFileSchemaUri schemaInline " +
			"schemaInlineFormat timeFormat timeZone timestampFormat timestampTargetPrecision",
	},
	"DestinationTableProperties": {honoured: "description friendlyName labels", refused: "expirationTime"},
	"ParquetOptions":             {honoured: "enableListInference enumAsString mapTargetType"},
	"JobConfigurationExtract": {
		honoured: "compression destinationFormat destinationUri destinationUris fieldDelimiter printHeader sourceTable useAvroLogicalTypes",
		refused:  "modelExtractOptions nativeGeographyExportEnabled secureContext sourceModel",
	},
	"JobConfigurationTableCopy": {
		honoured: "createDisposition destinationTable operationType sourceTable sourceTables writeDisposition",
		idle:     "destinationEncryptionConfiguration",
		refused:  "destinationExpirationTime",
	},
	"QueryRequest": {
		honoured: "connectionProperties createSession defaultDataset dryRun formatOptions jobCreationMode jobTimeoutMs labels location maxResults " +
			"maximumBytesBilled parameterMode query queryParameters queryResultsFormat requestId timeoutMs useLegacySql useQueryCache",
		idle:    "destinationEncryptionConfiguration kind preserveNulls writeIncrementalResults",
		refused: "arrowSerializationOptions continuous maxSlots reservation secureContext",
	},
	"DataFormatOptions": {honoured: "timestampOutputFormat useInt64Timestamp"},

	// Routines.
	"Routine": {
		honoured: "arguments dataGovernanceType definitionBody description determinismLevel language returnTableType returnType routineReference routineType",
		output:   "buildStatus creationTime etag lastModifiedTime",
		refused: "externalRuntimeOptions importedLibraries pythonOptions remoteFunctionOptions securityMode sparkOptions " +
			"strictMode",
	},
	"RoutineReference":      {honoured: "datasetId projectId routineId"},
	"Argument":              {honoured: "argumentKind dataType mode name", refused: "isAggregate tableType"},
	"StandardSqlDataType":   {honoured: "arrayElementType rangeElementType structType typeKind"},
	"StandardSqlStructType": {honoured: "fields"},
	"StandardSqlField":      {honoured: "name type"},
	"StandardSqlTableType":  {honoured: "columns"},

	// Row access policies, and policies of IAM.
	"RowAccessPolicy": {
		honoured: "filterPredicate grantees rowAccessPolicyReference",
		output:   "creationTime etag lastModifiedTime",
	},
	"RowAccessPolicyReference":            {honoured: "datasetId policyId projectId tableId"},
	"BatchDeleteRowAccessPoliciesRequest": {honoured: "force policyIds"},
	"GetIamPolicyRequest":                 {honoured: "options"},
	"GetPolicyOptions":                    {idle: "requestedPolicyVersion"}, // policies have no conditions
	"TestIamPermissionsRequest":           {honoured: "permissions"},
}

// values are those that fields may have which are enumerations, in any case, beside those that aren't specified.
var values = map[string]string{
	"Dataset.storageBillingModel":         "LOGICAL PHYSICAL",
	"TableFieldSchema.mode":               "NULLABLE REQUIRED REPEATED",
	"JobConfigurationQuery.priority":      "INTERACTIVE BATCH",
	"JobConfigurationQuery.parameterMode": "NAMED POSITIONAL",
	"QueryRequest.parameterMode":          "NAMED POSITIONAL",
	"QueryRequest.jobCreationMode":        "JOB_CREATION_REQUIRED JOB_CREATION_OPTIONAL",
}
