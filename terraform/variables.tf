# Every input. A small election needs the first two; the others have defaults.

variable "project_id" {
  description = "Id of the Google Cloud project. It must exist and have a billing account."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be a project's id (6 to 30 lower-case letters, digits and dashes), not its name or number: gcloud projects list shows it."
  }

  # A user is named tallystream-aggregate@PROJECT.iam, and a name of PostgreSQL has 63 bytes at most
  # (https://www.postgresql.org/docs/17/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS).
  validation {
    condition     = var.warehouse != "postgres" || var.name_prefix == "" || length(var.project_id) + length(var.name_prefix) <= 36
    error_message = "name_prefix and project_id have more than 36 characters together: PostgreSQL's name of a function's account would be too long. Shorten name_prefix."
  }

  # A destroy is checked too. Where the root is called as a module, the state is the caller's.
  validation {
    condition = path.module != path.root || var.own_state || terraform.workspace == join(".", compact([var.project_id, var.name_prefix]))
    error_message = join("", [
      "The state of workspace ${terraform.workspace} isn't that of ${var.name_prefix == "" ? "" : "prefix ${var.name_prefix} in "}project ${var.project_id}: nothing is planned. ",
      "make deploy PROJECT=${var.project_id}${var.name_prefix == "" ? "" : " PREFIX=${var.name_prefix}"} selects the right one, and moves there what an older version kept in the workspace default; ",
      "by hand: terraform workspace select -or-create ${join(".", compact([var.project_id, var.name_prefix]))}",
    ])
  }
}

variable "name_prefix" {
  description = "Stands before the name of everything that is made, so that several elections live in one project: with spring the functions are spring-bridge and so on, the datasets spring_raw and so on. Empty is none. It can't be changed later: that would be another deployment."
  type        = string
  default     = ""
  nullable    = false

  # The id of a service account has 30 characters at most, of which tallystream-scheduler takes 21.
  validation {
    condition     = can(regex("^([a-z][a-z0-9]{0,7})?$", var.name_prefix))
    error_message = "name_prefix must have up to 8 lower-case letters and digits, a letter first."
  }
}

variable "brokers" {
  description = "Addresses of the Kafka brokers, each host:port. Empty only together with managed_kafka."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for b in var.brokers : can(regex("^([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:]+\\]):[0-9]{1,5}$", b))])
    error_message = "Each of brokers must be host:port, such as kafka.example.org:9092; the port is not optional."
  }

  validation {
    condition     = (length(var.brokers) > 0) != (var.managed_kafka != null)
    error_message = "Set either brokers (a Kafka of yours, such as [\"kafka.example.org:9092\"]) or managed_kafka (one that Google runs, such as {}), not both and not neither."
  }
}

variable "region" {
  description = "Region of the functions, the schedules and, unless bigquery_location says otherwise, the tables. It needs Cloud Run functions, Cloud Scheduler and (for managed_kafka) Managed Service for Apache Kafka: see docs/deploy.md."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a region such as us-central1 or europe-west1, not a zone and not a multi-region: gcloud run regions list shows them."
  }
}

variable "scheduler_region" {
  description = "Region of the schedules, where Cloud Scheduler isn't in var.region. Null is var.region."
  type        = string
  default     = null

  validation {
    condition     = var.scheduler_region == null || can(regex("^[a-z]+-[a-z]+[0-9]+$", var.scheduler_region))
    error_message = "scheduler_region must be a region such as us-central1: gcloud scheduler locations list shows them."
  }
}

variable "warehouse" {
  description = "Where the tables are: bigquery, or postgres for a database of Cloud SQL. It can't be changed later without losing the tables."
  type        = string
  default     = "bigquery"

  validation {
    condition     = contains(["bigquery", "postgres"], var.warehouse)
    error_message = "warehouse must be bigquery or postgres."
  }
}

variable "bigquery_location" {
  description = "Where the tables are: a region, or the multi-region US or EU. Null is var.region. It can't be changed later without losing the tables."
  type        = string
  default     = null

  validation {
    condition     = var.bigquery_location == null || can(regex("^(US|EU|[a-z]+-[a-z]+[0-9]+)$", var.bigquery_location))
    error_message = "bigquery_location must be US, EU or a region such as europe-west1."
  }

  validation {
    condition     = var.bigquery_location == null || var.warehouse == "bigquery"
    error_message = "bigquery_location is set, and warehouse is postgres: leave it out. The database is in region."
  }
}

variable "archive" {
  description = "Path of the functions' source, as go run ./local package writes it. Null is dist/tallystream.zip of this repository."
  type        = string
  default     = null
}

variable "source_bucket" {
  description = "Name of the bucket that the source is uploaded to. Null is PROJECT-tallystream-source, with name_prefix PROJECT-PREFIX-tallystream-source. Bucket names are the world's: choose another where it is taken."
  type        = string
  default     = null

  validation {
    condition     = var.source_bucket == null || can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.source_bucket))
    error_message = "source_bucket must have 3 to 63 lower-case letters, digits, dashes and underscores."
  }
}

variable "settle_seconds" {
  description = "How long the first apply waits for its grants to hold before it builds the functions."
  type        = number
  default     = 90

  validation {
    condition     = var.settle_seconds >= 0 && var.settle_seconds <= 600
    error_message = "settle_seconds must be from 0 to 600."
  }
}

variable "election_file" {
  description = "Path of the election file (JSON or YAML, see docs/records.md). Null is an open ballot: a candidate exists once a vote names them."
  type        = string
  default     = null

  validation {
    condition     = var.election_file == null ? true : fileexists(var.election_file)
    error_message = "election_file names a file that doesn't exist. A relative path counts from the directory that terraform runs in: give an absolute one."
  }

  validation {
    condition     = var.election_file == null ? true : can(yamldecode(file(var.election_file)))
    error_message = "election_file doesn't parse as YAML or JSON. go run ./local up --election FILE names the line."
  }

  validation {
    condition = var.election_file == null ? true : can(regex(
      "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", yamldecode(file(var.election_file)).id
    )) && try(yamldecode(file(var.election_file)).name, "") != ""
    error_message = "election_file needs an id (1 to 64 letters, digits, dots, dashes or underscores) and a name: docs/records.md has an example."
  }

  validation {
    condition = var.election_file == null ? true : length(setsubtract(
      try(keys(yamldecode(file(var.election_file))), []),
      ["id", "name", "date", "opens", "closes", "small_cell", "portraits", "candidates", "areas", "regions", "map", "seats", "referendum", "last"]
    )) == 0
    error_message = "election_file has a field that no election has: the fields are id, name, date, opens, closes, small_cell, portraits, candidates, areas, regions, map, seats, referendum and last."
  }

  validation {
    condition = var.election_file == null ? true : alltrue([
      for c in try(concat(yamldecode(file(var.election_file)).candidates, []), []) : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", c.id))
    ])
    error_message = "Each candidate of election_file needs an id of 1 to 64 letters, digits, dots, dashes or underscores."
  }

  validation {
    condition = var.election_file == null ? true : (
      can(yamldecode(file(var.election_file)).opens)
      ? try(timecmp(yamldecode(file(var.election_file)).opens, yamldecode(file(var.election_file)).closes) < 0, false)
      : !can(yamldecode(file(var.election_file)).closes)
    )
    error_message = "election_file needs both opens and closes or neither, each a time with its zone such as 2026-11-03T06:00:00-05:00, and opens before closes."
  }

  validation {
    condition = var.election_file == null ? true : (
      try(yamldecode(file(var.election_file)).map.outlines.file, null) == null
      ? true : !strcontains(yamldecode(file(var.election_file)).map.outlines.file, "/")
      && fileexists("${dirname(var.election_file)}/${yamldecode(file(var.election_file)).map.outlines.file}")
    )
    error_message = "election_file names a file of outlines that doesn't lie beside it: give its name without a folder."
  }

  # A function reads no more of either: see shared/election/load.go.
  validation {
    condition = var.election_file == null ? true : alltrue([
      for path in compact([
        var.election_file,
        try("${dirname(var.election_file)}/${yamldecode(file(var.election_file)).map.outlines.file}", null),
      ]) : length(try(filebase64(path), "")) * 3 / 4 <= 4194304
    ])
    error_message = "election_file, or the file of outlines beside it, is larger than 4 MiB: simplify the outlines, shorten biographies and portraits."
  }
}

variable "kafka" {
  description = <<-EOT
    How the bridge is let into a Kafka of yours.
      tls:              whether to speak TLS; needed by the mechanism plain
      sasl_mechanism:   none, plain, scram-sha-256, scram-sha-512 or oauthbearer
      ca:               PEM text of the CA that signs the brokers' certificates; the system's without it
      client_certificate: PEM text of the certificate that the bridge shows, where the brokers want
                        one; its key is kafka_client_key
      client_key_version: raise it by one to have a changed kafka_client_key stored
      username:         for plain and scram; the password is kafka_password. With oauth_token_url the
                        client's id, whose secret is kafka_password
      oauth_token_url, oauth_scope: where oauthbearer gets its tokens; without it they are Google's
      password_version: raise it by one to have a changed kafka_password stored
      group:            consumer group that offsets are committed to; nobody else may use it. By default
                        tallystream, with name_prefix PREFIX-tallystream
      voters_topic, votes_topic: the topics of registrations and votes
  EOT
  type = object({
    tls                = optional(bool, false)
    sasl_mechanism     = optional(string, "none")
    ca                 = optional(string)
    client_certificate = optional(string)
    client_key_version = optional(number, 1)
    oauth_token_url    = optional(string)
    oauth_scope        = optional(string)
    username           = optional(string)
    password_version   = optional(number, 1)
    group              = optional(string)
    voters_topic       = optional(string, "voters")
    votes_topic        = optional(string, "votes")
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["none", "plain", "scram-sha-256", "scram-sha-512", "oauthbearer"], var.kafka.sasl_mechanism)
    error_message = "kafka.sasl_mechanism must be none, plain, scram-sha-256, scram-sha-512 or oauthbearer."
  }

  validation {
    condition     = var.managed_kafka == null || var.kafka.sasl_mechanism == "none"
    error_message = "managed_kafka lets the bridge in by its own account: leave kafka.sasl_mechanism out."
  }

  validation {
    condition     = !contains(["plain", "oauthbearer"], var.kafka.sasl_mechanism) || var.kafka.tls
    error_message = "kafka.sasl_mechanism plain and oauthbearer send the secret itself: set kafka.tls to true."
  }

  validation {
    condition     = !(contains(["plain", "scram-sha-256", "scram-sha-512"], var.kafka.sasl_mechanism) || var.kafka.oauth_token_url != null) || try(length(var.kafka.username) > 0, false)
    error_message = "kafka.sasl_mechanism plain and scram, and kafka.oauth_token_url, need kafka.username."
  }

  validation {
    condition     = contains(["plain", "scram-sha-256", "scram-sha-512"], var.kafka.sasl_mechanism) || var.kafka.oauth_token_url != null || var.kafka.username == null
    error_message = "kafka.username is set, but kafka.sasl_mechanism doesn't use one: name the mechanism (plain, scram-sha-256 or scram-sha-512), or kafka.oauth_token_url."
  }

  validation {
    condition     = (var.kafka.oauth_token_url == null && var.kafka.oauth_scope == null) || (var.kafka.sasl_mechanism == "oauthbearer" && can(regex("^https?://[^/]+", var.kafka.oauth_token_url)))
    error_message = "kafka.oauth_token_url and kafka.oauth_scope go with kafka.sasl_mechanism oauthbearer: write the address as https://host/path."
  }

  validation {
    condition     = alltrue([for pem in [var.kafka.ca, var.kafka.client_certificate] : pem == null || (var.kafka.tls && strcontains(coalesce(pem, "-"), "-----BEGIN CERTIFICATE-----"))])
    error_message = "kafka.ca and kafka.client_certificate are PEM text (-----BEGIN CERTIFICATE-----) and go with kafka.tls = true."
  }

  validation {
    condition     = var.kafka.voters_topic != var.kafka.votes_topic
    error_message = "kafka.voters_topic and kafka.votes_topic are the same: voters and votes need a topic each."
  }

  validation {
    condition     = alltrue([for t in [var.kafka.voters_topic, var.kafka.votes_topic] : can(regex("^[A-Za-z0-9._-]{1,249}$", t))])
    error_message = "A Kafka topic's name has 1 to 249 letters, digits, dots, dashes and underscores."
  }
}

variable "kafka_password" {
  description = "Password for kafka.username. It goes to Secret Manager and not into Terraform's state: set TF_VAR_kafka_password for every plan and apply. A change is stored once kafka.password_version is raised."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = !(contains(["plain", "scram-sha-256", "scram-sha-512"], var.kafka.sasl_mechanism) || var.kafka.oauth_token_url != null) || try(length(var.kafka_password) > 0, false)
    error_message = "kafka.sasl_mechanism needs a password: export TF_VAR_kafka_password."
  }
}

variable "kafka_client_key" {
  description = "Private key of kafka.client_certificate, PEM text without a passphrase. It goes to Secret Manager and not into Terraform's state: set TF_VAR_kafka_client_key for every plan and apply. A change is stored once kafka.client_key_version is raised."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = (var.kafka.client_certificate != null) == try(strcontains(var.kafka_client_key, "PRIVATE KEY-----"), false)
    error_message = "kafka.client_certificate and kafka_client_key go together, the key as PEM text: export TF_VAR_kafka_client_key."
  }
}

variable "hmac_key" {
  description = "Key of the voters' pseudonyms, 16 bytes or more. Null makes one that nobody sees. It goes to Secret Manager and not into Terraform's state. A change is stored once hmac_key_version is raised, and makes all voters strangers: never during an election."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = var.hmac_key == null ? true : length(var.hmac_key) >= 16
    error_message = "hmac_key must have 16 bytes or more: make one with openssl rand -base64 32."
  }
}

variable "hmac_key_version" {
  description = "Raise it by one to have a new key stored: hmac_key, or a new one that nobody sees. All voters become strangers: for a new election only, and with deletion_protection off."
  type        = number
  default     = 1

  validation {
    condition     = var.hmac_key_version >= 1 && floor(var.hmac_key_version) == var.hmac_key_version
    error_message = "hmac_key_version must be a whole number from 1."
  }
}

variable "keep_names" {
  description = "Whether voters' names are stored in the warehouse. By default they stay on Kafka."
  type        = bool
  default     = false
}

variable "managed_kafka" {
  description = <<-EOT
    Makes a Kafka cluster with Google's Managed Service and its topics, and a
    network through which the bridge reaches it. {} is a cluster with defaults,
    null none. Sizes can grow later, partitions too.
      vcpus:       at least 3
      memory_gib:  from 1 to 8 times vcpus
      partitions:  of each topic
      subnet_cidr: addresses for the brokers and the bridge
  EOT
  type = object({
    vcpus       = optional(number, 3)
    memory_gib  = optional(number, 12)
    partitions  = optional(number, 4)
    subnet_cidr = optional(string, "10.92.0.0/22")
  })
  default = null

  validation {
    condition     = var.managed_kafka == null ? true : var.managed_kafka.vcpus >= 3 && var.managed_kafka.memory_gib >= var.managed_kafka.vcpus && var.managed_kafka.memory_gib <= 8 * var.managed_kafka.vcpus
    error_message = "managed_kafka needs 3 vcpus or more, and 1 to 8 GiB of memory for each."
  }

  validation {
    condition     = var.managed_kafka == null ? true : can(cidrnetmask(var.managed_kafka.subnet_cidr))
    error_message = "managed_kafka.subnet_cidr must be a range such as 10.92.0.0/22."
  }

  validation {
    condition     = var.managed_kafka == null ? true : var.managed_kafka.partitions >= 1
    error_message = "managed_kafka.partitions must be 1 or more."
  }
}

variable "network" {
  description = "Network and subnetwork (names or self links) through which the bridge reaches brokers on private addresses. Null is the internet."
  type = object({
    network    = string
    subnetwork = string
  })
  default = null

  validation {
    condition     = var.network == null || var.managed_kafka == null
    error_message = "managed_kafka brings its own network: leave network out."
  }
}

variable "flow_logs" {
  description = "Whether flows are logged of the subnetworks that are made here: for managed_kafka, and for the database. They cost by the volume that is logged."
  type        = bool
  default     = false
}

variable "public_dashboard" {
  description = "Whether everybody may look at the dashboard. Otherwise only the project's owners and dashboard_viewers."
  type        = bool
  default     = false
}

variable "page" {
  description = <<-EOT
    Puts a public dashboard behind a load balancer, at a domain of yours, and closes its own
    address (run.app). Null doesn't. docs/deploy.md says what it costs and what to do at the
    domain's registrar.
      domain:              such as votes.example.org
      cdn:                 whether Cloud CDN answers what it has: nearly everything
      requests_per_minute: what one address may ask of the dashboard; what the CDN answers
                           isn't counted. Many people may share an address
      log_sample:          share of the requests that are logged, from 0 to 1
  EOT
  type = object({
    domain              = string
    cdn                 = optional(bool, true)
    requests_per_minute = optional(number, 600)
    log_sample          = optional(number, 0.01)
  })
  default = null

  validation {
    condition     = var.page == null ? true : can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,}$", var.page.domain)) && length(var.page.domain) <= 63
    error_message = "page.domain must be a domain of at most 63 lower-case characters such as votes.example.org, without https:// and without a path."
  }

  validation {
    condition     = var.page == null || var.public_dashboard
    error_message = "page is for everybody: set public_dashboard to true as well, or leave page out."
  }

  validation {
    condition     = var.page == null ? true : var.page.requests_per_minute >= 60 && var.page.requests_per_minute <= 10000 && floor(var.page.requests_per_minute) == var.page.requests_per_minute
    error_message = "page.requests_per_minute must be a whole number from 60 (the page asks once a second at most) to 10000 (the most that Cloud Armor takes)."
  }

  validation {
    condition     = var.page == null ? true : var.page.log_sample >= 0 && var.page.log_sample <= 1
    error_message = "page.log_sample must be from 0 to 1."
  }
}

variable "dashboard_viewers" {
  description = "Who else may look at a dashboard that isn't public, as IAM members: user:…, group:…, domain:… or serviceAccount:…."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for m in var.dashboard_viewers : can(regex("^(user|group|domain|serviceAccount):[^ ]+$", m))])
    error_message = "Each of dashboard_viewers must be an IAM member such as group:press@example.org; for everybody set public_dashboard."
  }
}

variable "operators" {
  description = "Who runs the count, as IAM members (user:…, group:…, serviceAccount:…): they read logs, metrics and alerts, take dead letters and publish them again, and run the schedules. They read no table, and change nothing that Terraform made but a schedule's body."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for m in var.operators : can(regex("^(user|group|domain|serviceAccount):[^ ]+$", m))])
    error_message = "Each of operators must be an IAM member such as group:night@example.org."
  }
}

variable "readers" {
  description = "Who may query the results, as IAM members: the tables of analytics and the views of marts."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for m in var.readers : can(regex("^(user|group|domain|serviceAccount):[^ ]+$", m))])
    error_message = "Each of readers must be an IAM member such as group:analysts@example.org."
  }

  validation {
    condition     = length(var.readers) == 0 || var.warehouse == "bigquery"
    error_message = "readers is set, and warehouse is postgres: its readers are postgres.operators."
  }
}

variable "paused" {
  description = "Stops the schedules and the alerts, and keeps everything else: between elections it costs next to nothing. Kafka and Pub/Sub keep what arrives, for as long as their retention says."
  type        = bool
  default     = false
}

variable "idle_seconds" {
  description = "After how long without a record the bridge and the aggregation end their calls at once, until the next minute: a deployment that waits for an election costs cents a day then. The first record after such a silence waits for a minute or two. From an hour before an election's opens to an hour after its closes they don't. 0 is never."
  type        = number
  default     = 900

  validation {
    condition     = var.idle_seconds == 0 || var.idle_seconds >= 60 && var.idle_seconds <= 86400
    error_message = "idle_seconds must be from 60 to 86400, or 0."
  }
}

variable "deletion_protection" {
  description = "Whether terraform refuses to delete what holds data: tables, the database, Kafka, messages that aren't stored yet, dead letters and the key of the pseudonyms. Set it to false and apply before a destroy."
  type        = bool
  default     = true
}

variable "alert_emails" {
  description = "Who is told when an alert fires. With none, alerts show in the console only."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for e in var.alert_emails : can(regex("^[^@ ]+@[^@ ]+[.][^@ ]+$", e))])
    error_message = "Each of alert_emails must be an e-mail address."
  }
}

variable "alert_channels" {
  description = "Notification channels that exist and are told as well, of any kind (PagerDuty, Slack, a web hook, SMS): projects/P/notificationChannels/ID, as gcloud beta monitoring channels list shows them."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for c in var.alert_channels : can(regex("^projects/[^/ ]+/notificationChannels/[^/ ]+$", c))])
    error_message = "Each of alert_channels must be projects/PROJECT/notificationChannels/ID: gcloud beta monitoring channels list --format 'value(name)' shows them. For an e-mail address use alert_emails."
  }
}

variable "alerts" {
  description = <<-EOT
    From where on alerts fire.
      stalled_minutes: since bridge or aggregate last ended well, or since the oldest message waits for ingest
      lag_records:     records that a drain leaves on Kafka
      rejected_share:  of the records of ten minutes, from 0 to 1
      errors:          error lines of a function within ten minutes
      page_errors:     errors of the dashboard's own (5xx) of the answers of ten minutes, from 0 to 1
      availability:    the objective: share of the page's answers that are no such errors, over 28 days
  EOT
  type = object({
    stalled_minutes = optional(number, 5)
    lag_records     = optional(number, 100000)
    rejected_share  = optional(number, 0.01)
    errors          = optional(number, 5)
    page_errors     = optional(number, 0.05)
    availability    = optional(number, 0.999)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.alerts.stalled_minutes >= 3 && var.alerts.stalled_minutes <= 60
    error_message = "alerts.stalled_minutes must be from 3 (schedules run every minute, and logs take one to arrive) to 60."
  }

  validation {
    condition     = var.alerts.rejected_share > 0 && var.alerts.rejected_share < 1
    error_message = "alerts.rejected_share must lie between 0 and 1, such as 0.01 for one record in a hundred."
  }

  validation {
    condition     = var.alerts.page_errors > 0 && var.alerts.page_errors < 1
    error_message = "alerts.page_errors must lie between 0 and 1, such as 0.05 for one answer in twenty."
  }

  validation {
    condition     = var.alerts.availability > 0 && var.alerts.availability <= 0.9999
    error_message = "alerts.availability must be more than 0 and at most 0.9999, the highest objective that Cloud Monitoring takes."
  }
}

variable "log_retention_days" {
  description = "For how long the functions' log lines are kept. Beyond 30 days they are kept in a log bucket of their own, which costs by volume and month."
  type        = number
  default     = 30

  validation {
    condition     = var.log_retention_days >= 30 && var.log_retention_days <= 3650 && floor(var.log_retention_days) == var.log_retention_days
    error_message = "log_retention_days must be a whole number from 30 to 3650."
  }
}

variable "audit_days" {
  description = "For how long the project's audit logs (who changed what, who read which table) are kept as files in a bucket where nobody can delete them before. 0 makes no such bucket."
  type        = number
  default     = 0

  validation {
    condition     = var.audit_days >= 0 && var.audit_days <= 3650 && floor(var.audit_days) == var.audit_days
    error_message = "audit_days must be a whole number from 0 to 3650."
  }
}

variable "budget" {
  description = <<-EOT
    Tells of the project's bill at 50, 90 and 100 % of an amount a month, and when it will be
    exceeded. It stops nothing. Null doesn't.
      billing_account: its id, as gcloud billing accounts list shows it; who applies needs
                       roles/billing.costsManager there
      amount:          a month, in whole units of currency
      currency:        the billing account's own
  EOT
  type = object({
    billing_account = string
    amount          = number
    currency        = optional(string, "USD")
  })
  default = null

  validation {
    condition     = var.budget == null ? true : can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.budget.billing_account))
    error_message = "budget.billing_account must be an id such as 012345-6789AB-CDEF01: gcloud billing accounts list shows them."
  }

  validation {
    condition     = var.budget == null ? true : var.budget.amount >= 1 && floor(var.budget.amount) == var.budget.amount && can(regex("^[A-Z]{3}$", var.budget.currency))
    error_message = "budget.amount must be a whole number from 1, and budget.currency a currency of three letters such as USD."
  }
}

variable "log_level" {
  description = "Least level that functions log: debug, info, warn or error. Alerts and the operations dashboard are made from lines of level info."
  type        = string
  default     = "info"

  validation {
    condition     = contains(["debug", "info", "warn", "error"], var.log_level)
    error_message = "log_level must be debug, info, warn or error."
  }
}

variable "playbooks_url" {
  description = "Where alerts find their playbooks: the address of docs/playbooks."
  type        = string
  default     = "https://github.com/tallystream/tallystream/blob/main/docs/playbooks"

  validation {
    condition     = can(regex("^https?://[^ ]+[^/ ]$", var.playbooks_url))
    error_message = "playbooks_url must be an address without a slash at its end."
  }
}

variable "runtime" {
  description = "Go runtime that builds and runs the functions. It must be as new as the go line of go.mod."
  type        = string
  default     = "go126"

  validation {
    condition     = can(regex("^go1[0-9]{2}$", var.runtime))
    error_message = "runtime must be a Go runtime such as go126: gcloud functions runtimes list shows them."
  }
}

variable "labels" {
  description = "Labels of everything that can have them, beside app = tallystream: for bills and searches."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for k, v in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", k)) && can(regex("^[a-z0-9_-]{0,63}$", v))])
    error_message = "Each of labels must have a key of 1 to 63 and a value of up to 63 lower-case letters, digits, dashes and underscores, and the key begins with a letter."
  }

  validation {
    condition     = !contains(keys(var.labels), "app")
    error_message = "labels.app is Tallystream's own: choose another key."
  }
}

variable "kms_key" {
  description = "Key of Cloud KMS that encrypts tables, messages, secrets, source, images, the managed Kafka and the database: projects/P/locations/L/keyRings/R/cryptoKeys/K, in var.region. Null is Google's own keys. It can't be changed later without losing what it encrypts; docs/deploy.md says who must be granted its use first."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key == null || can(regex("^projects/[^/]+/locations/${var.region}/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key))
    error_message = "kms_key must be projects/PROJECT/locations/${var.region}/keyRings/RING/cryptoKeys/KEY, a key in the functions' region: gcloud kms keys list shows them."
  }

  validation {
    condition     = var.kms_key == null || coalesce(var.bigquery_location, var.region) == var.region
    error_message = "kms_key is a key of region, and bigquery_location is another: leave bigquery_location out."
  }
}

variable "own_state" {
  description = "Whether the state is the deployment's own although its workspace isn't named for it: in a bucket or a directory for each project, say."
  type        = bool
  default     = false
}
