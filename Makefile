# Tallystream. `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Packages that link GoogleSQL's analyzer. Its compilation takes minutes and
# gigabytes, so the race detector and the linters that read whole programs
# leave these alone; their logic is reached by the end-to-end tests.
ANALYZER := github.com/goccy/go-googlesql
HEAVY = $(eval HEAVY := $(shell go list -test -f '{{if .ForTest}}{{.ForTest}}{{else}}{{.ImportPath}}{{end}} {{join .Deps " "}}' ./... | grep -F $(ANALYZER) | cut -d' ' -f1 | sed 's/\.test$$//; s/_test$$//' | sort -u))$(HEAVY)
LIGHT = $(eval LIGHT := $(shell go list ./... | grep -vxF "$$(printf '%s\n' $(HEAVY))"))$(LIGHT)

# Packages whose memory is measured without the race detector.
MEASURED = ./functions/bridge

# Packages with goroutines or locks, of the stages, of what they share and of the brokers: the race detector
# watches them in make test. It compiles all that they link a second time, and makes their tests up to ten times
# slower, so make race alone has the others. A sync.Once or sync.Pool is no lock here: where nothing else is, no
# two goroutines meet in the package's own tests, and those of its callers watch it.
MODULE = github.com/tallystream/tallystream
RACED = $(addprefix $(MODULE)/,$(sort $(shell grep -rlE --include='*.go' \
  '^[[:space:]]+go [A-Za-z]|\.Go[^A-Za-z](func|[a-z])|\bsync\.(Mutex|RWMutex|WaitGroup|Cond|Map)\b|\batomic\.|\.Parallel\b' \
  functions shared emulator/kafka emulator/pubsub | xargs -n1 dirname)))

# A browser, pictures and schemathesis take up to ten times as long under the race detector. Other tests run the same code,
# and that of TestBomb, which is run alone.
UNRACED = ^(TestPageInABrowser|TestCharts|TestSchemathesis)$$

# How long the tests of a package may take: long enough for a machine with other
# work to do, short enough for one that hangs to be noticed.
PATIENCE = 60m

.PHONY: help
help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

# The page's scripts in one file; without it browsers load them one by one. npm gets what their tests need.
WEB = functions/dashboard/web
BUNDLE = $(WEB)/dist/app.js
MODULES = $(WEB)/node_modules/.package-lock.json

$(MODULES): $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-fund --no-audit --loglevel=error
	@touch $@

$(BUNDLE): $(wildcard $(WEB)/src/*.js)
	go tool esbuild $(WEB)/src/main.js --bundle --minify --format=esm --target=es2022 --log-level=warning --outfile=$@

.PHONY: assets
assets: $(BUNDLE) ## bundle the page's scripts, and get what their tests in a browser need, where Node.js is installed
	@if command -v npm >/dev/null && ! $(MAKE) --no-print-directory -s $(MODULES); then \
	  echo "npm can't get what the tests of the page need, so they are skipped: see the messages above" >&2; fi

# Programs in Python have a virtual environment each, beside the file that names what they need. uv installs it in a tenth
# of pip's time.
UV = bin/uv/bin/uv

$(UV):
	@python3 -m venv bin/uv
	@bin/uv/bin/pip install -q --disable-pip-version-check uv==0.13.9

%/.venv/.installed: %/requirements.txt | $(UV)
	@rm -rf $(@D)
	@$(UV) venv -q $(@D)
	@$(UV) pip install -q --python $(@D)/bin/python -r $<
	@touch $@

# The packages that make the types of the TypeScript client.
CLIENT = functions/dashboard/client

$(CLIENT)/node_modules/.package-lock.json: $(CLIENT)/package.json $(CLIENT)/package-lock.json
	cd $(CLIENT) && npm ci --no-fund --no-audit --loglevel=error
	@touch $@

.PHONY: client
client: $(CLIENT)/node_modules/.package-lock.json ## make the types of the TypeScript client of the API's description; needs Node.js
	go test ./$(CLIENT) -run TestTypesAreTheDescription -update

# Schemathesis, for the test of the API that skips without it: 30 s to install, 10 s to run.
SCHEMATHESIS = functions/dashboard/openapi

# make test has the same, where it is installed.
.PHONY: ci-schemathesis
ci-schemathesis: $(SCHEMATHESIS)/.venv/.installed

.PHONY: schemathesis
schemathesis: ci-schemathesis ## hold the API's answers to its description with schemathesis; needs Python 3.10 or later
	go test -count=1 -v -run '^TestSchemathesis$$' ./functions/dashboard

# Lighthouse, for the test of the page that skips without it.
LIGHTHOUSE = $(WEB)/lighthouse

$(LIGHTHOUSE)/node_modules/.package-lock.json: $(LIGHTHOUSE)/package.json $(LIGHTHOUSE)/package-lock.json
	cd $(LIGHTHOUSE) && npm ci --no-fund --no-audit --loglevel=error
	@touch $@

.PHONY: lighthouse
lighthouse: assets $(LIGHTHOUSE)/node_modules/.package-lock.json ## look at the page on a phone with Lighthouse, on a machine with nothing else to do; needs Node.js and Chromium
	LIGHTHOUSE=$(abspath $(LIGHTHOUSE))/node_modules/.bin/lighthouse CHROME_PATH=$$(command -v chromium || command -v google-chrome) \
	  go test -count=1 -v -run '^TestLighthouse$$' ./functions/dashboard

# The analyzer is compiled once, before what links it, so that the wait is explained.
.PHONY: analyzer
analyzer:
	@left() { go list -f '{{if .Stale}}{{.ImportPath}}{{end}}' github.com/goccy/googlesqlwasm2go/... $(ANALYZER) | grep -c . || true; }; \
	  all=$$(left); if [ "$$all" = 0 ]; then exit 0; fi; \
	  echo "Compiling Google's SQL analyzer, once: it takes some 5 minutes on 2 cores, and up to 7 GB of memory." >&2; \
	  go build $(ANALYZER) & compiling=$$!; trap 'kill $$compiling 2>/dev/null' INT TERM; SECONDS=0; \
	  while sleep 10 && kill -0 $$compiling 2>/dev/null; do echo "  $$SECONDS s: $$(( all - $$(left) )) of $$all parts are compiled" >&2; done; \
	  wait $$compiling

.PHONY: demo
demo: assets analyzer ## run a whole election on this machine and show it in the browser
	go run ./local demo

.PHONY: up
up: assets analyzer ## run the emulators and all four functions, and wait for records
	go run ./local up

# Packages whose tests take minutes by the clock, the longest first. They wait for servers much of the time: begun
# first, and more of them at once than there are cores, they leave nothing to wait for at the end.
LONG = $(addprefix $(MODULE)/,local/test/bigquery local/cli/emulated local/stress/torture/bigquery local/test/postgres \
  local/test/apachekafka local/stress/torture/postgres emulator/cloud emulator/bigquery local/cli)
AT_ONCE = $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 2)))

# The C compiler links DuckDB into a quarter of the programs of tests. A program of DuckDB takes 1.0 s of a
# processor with mold, 1.7 s with gold and 2.2 s with binutils' other linker, which links where neither is there.
LINKER = $(firstword $(foreach l,mold gold,$(if $(shell gcc -fuse-ld=$l -Wl,--version 2>/dev/null),$l)))
LINK = $(if $(LINKER),-ldflags=-extldflags=-fuse-ld=$(LINKER))

.PHONY: test
test: assets ## run every check: lint, unit, conformance and end-to-end tests
	@# Beside one another, because both wait much of the time, and because the analyzer compiles on
	@# one core. The go command shows the output of a package at once, so that the two don't mix.
	@$(MAKE) --no-print-directory -j2 test-unraced test-linted
	@# Alone, since it measures memory.
	go test -vet=off -timeout $(PATIENCE) -run='^TestBomb$$' $(MEASURED)

# What waits much, for servers and for a browser, begins. Lint never waits, and comes last; vet, in it, sees everything,
# and compiles the analyzer where that isn't compiled. A program with the race detector waits a second at its end for
# reports, if nothing else is said, and each package is a program.
.PHONY: test-raced test-unraced test-in-a-browser test-linted
test-raced:
	@GORACE=atexit_sleep_ms=50 go test -vet=off -race -timeout $(PATIENCE) -skip '$(UNRACED)|^TestBomb$$' $(RACED)
test-unraced: analyzer
	@go test -vet=off $(LINK) -p $(AT_ONCE) -timeout $(PATIENCE) $(LONG) $(filter-out $(LONG),$(HEAVY)) $(filter-out $(LONG) $(RACED),$(LIGHT))
test-in-a-browser:
	@go test -vet=off -timeout $(PATIENCE) -run '$(UNRACED)' ./functions/dashboard
test-linted:
	@$(MAKE) --no-print-directory test-in-a-browser
	@$(MAKE) --no-print-directory test-raced
	@$(MAKE) --no-print-directory lint

TIMES ?= 10
REPEATED = dist/repeat
# The load that the suite runs beside. On a machine that is busy already: BESIDE=
BESIDE = bin/busy

.PHONY: repeat
repeat: assets ## run the suite TIMES=10 times beside a load of every core, to find tests of luck
	@mkdir -p bin $(REPEATED) && rm -f $(REPEATED)/*.txt && go build -o bin/busy ./local/stress/busy
	@failed=0; for n in $$(seq $(TIMES)); do out=$(REPEATED)/$$n.txt; ok=yes; \
	  $(BESIDE) go test -count=1 -timeout $(PATIENCE) -race $(LIGHT) >$$out 2>&1 || ok=no; \
	  $(BESIDE) go test -count=1 -timeout $(PATIENCE) $(HEAVY) >>$$out 2>&1 || ok=no; \
	  if [ $$ok = yes ]; then echo "run $$n of $(TIMES): passed"; continue; fi; \
	  failed=$$((failed + 1)); echo "run $$n of $(TIMES): failed, see $$out"; \
	  grep -E '^ *--- FAIL|^FAIL|^panic:|DATA RACE' $$out || tail -n 20 $$out; \
	done; echo "$$failed of $(TIMES) runs failed"; [ $$failed = 0 ]

# Apache Kafka, for the tests in local/test/apachekafka, which skip without it.
KAFKA = local/test/apachekafka

$(KAFKA)/jars/.fetched: $(KAFKA)/pom.xml
	@rm -rf $(KAFKA)/jars
	@mvn -B -q -f $(KAFKA)/pom.xml dependency:copy-dependencies
	@touch $@

.PHONY: kafka
kafka: ## fetch Apache Kafka for the tests against it; needs Maven, and they need Java 17
	@command -v mvn >/dev/null || { echo "Maven is missing: install it (on Debian, apt install maven default-jre-headless)" >&2; exit 1; }
	@$(MAKE) --no-print-directory $(KAFKA)/jars/.fetched

# PostgreSQL servers of the supported versions, each in a folder of its own, 60 MB each. They
# stand where another account gets to, since a server doesn't run as root.
SERVERS = /var/tmp/tallystream-$(shell id -un)/postgres
PLATFORM = $(subst Linux-x86_64,linux-amd64,$(subst Linux-aarch64,linux-arm64v8,$(subst Darwin-arm64,darwin-arm64v8,$(subst Darwin-x86_64,darwin-amd64,$(shell uname -sm | tr ' ' -)))))
VERSIONS ?= 15 16 17 18
# What a server takes part in, but for packages that link the analyzer.
ON_POSTGRES = ./local/postgres ./local/test/postgres ./local/test/cloudsql ./local/stress/torture/postgres

$(SERVERS)/.fetched: local/test/postgres/pom.xml
	@command -v mvn >/dev/null || { echo "Maven is missing: install it (on Debian, apt install maven default-jre-headless)" >&2; exit 1; }
	@rm -rf $(SERVERS)
	@mvn -B -q -f $< dependency:unpack -Dplatform=$(PLATFORM) -Dto=$(SERVERS)
	@for archive in $(SERVERS)/*/*.txz; do tar -xJf $$archive -C $$(dirname $$archive) && rm $$archive; done
	@touch $@

.PHONY: postgres-versions
postgres-versions: $(SERVERS)/.fetched ## test on PostgreSQL 15 to 18, VERSIONS="17 18" on some; fetches them by Maven
	@for version in $(VERSIONS); do echo "PostgreSQL $$version"; \
	  POSTGRES_BIN=$(SERVERS)/$$version/bin go test -count=1 -timeout $(PATIENCE) $(ON_POSTGRES); done

# PySpark, for the comparison with it.
PYSPARK = local/stress/bench/pyspark

$(PYSPARK)/jars/.fetched: $(PYSPARK)/pom.xml
	@rm -rf $(PYSPARK)/jars
	@mvn -B -q -f $< dependency:copy-dependencies
	@touch $@

.PHONY: compare-pyspark
compare-pyspark: kafka $(PYSPARK)/.venv/.installed $(PYSPARK)/jars/.fetched ## count the same topics with PySpark; needs Python 3.10 or later, Java 17 and Maven
	go run ./local bench --pyspark

# dbt, for the project in local/dbt.
DBT = local/dbt

.PHONY: dbt
dbt: $(DBT)/.venv/.installed ## install dbt, count an election on both warehouses and build the dbt project on each; needs Python 3.10 or later and PostgreSQL
	@go build -o bin/tallystream ./local
	@$(DBT)/build.sh bin/tallystream

# BigQuery's clients for other languages, for the programs in emulator/bigquery/clients.
CLIENTS = emulator/bigquery/clients

$(CLIENTS)/node/node_modules/.package-lock.json: $(CLIENTS)/node/package.json $(CLIENTS)/node/package-lock.json
	cd $(CLIENTS)/node && npm ci --no-fund --no-audit --loglevel=error
	@touch $@

$(CLIENTS)/java/jars/.fetched: $(CLIENTS)/java/pom.xml
	@rm -rf $(CLIENTS)/java/jars
	@mvn -B -q -f $< dependency:copy-dependencies
	@touch $@

# make test runs those that are installed.
.PHONY: install-clients
install-clients: $(patsubst %,$(CLIENTS)/%/.venv/.installed,python frameworks dlt dbt)
	@for tool in npm:node/node_modules/.package-lock.json mvn:java/jars/.fetched; do \
	  if command -v $${tool%%:*} >/dev/null; then $(MAKE) --no-print-directory $(CLIENTS)/$${tool#*:}; \
	  else echo "$${tool%%:*} is missing, so its clients aren't tried" >&2; fi; done

.PHONY: clients
clients: analyzer install-clients ## run programs with BigQuery's clients for Python, dbt and dlt, and for Node and Java where npm and mvn are there, against the emulator; installs them, 2 GB
	go test -count=1 -v -timeout $(PATIENCE) -run '^TestClients$$' ./emulator/bigquery

.PHONY: screenshots
screenshots: assets ## picture the page, of five elections in four languages, into docs/images
	SCREENSHOTS=$(CURDIR)/docs/images go test ./functions/dashboard -count=1 -run TestScreenshots

.PHONY: every-screenshot
every-screenshot: assets ## picture three elections at five widths, in both themes and two languages, into bin/screenshots, and their tops into docs/images/sheets; PICTURES=regexp for others
	@mkdir -p bin/screenshots
	EVERY_SCREENSHOT=$(CURDIR)/bin/screenshots $(if $(PICTURES),,SHEETS=$(CURDIR)/docs/images/sheets) go test ./functions/dashboard -count=1 -run TestScreenshots

.PHONY: race
race: ## run every test under the race detector; the first compile takes long
	go test -race -timeout $(PATIENCE) $(LIGHT)
	go test -race -p 1 -timeout $(PATIENCE) $(HEAVY)

.PHONY: lint
lint: vulncheck analyzer ## check formatting, modules, vet, staticcheck (staticcheck.conf) and known vulnerabilities
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	  if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	go mod tidy -diff
	@# vet is a short process a package, and staticcheck one that ends before its garbage fills 3 GiB. The compiler
	@# would take too much memory so for the analyzer, which is therefore compiled before.
	GOGC=400 go vet ./...
	GOGC=off GOMEMLIMIT=3GiB go tool staticcheck $(LIGHT)

# Known vulnerabilities of every package that is linked. What is called of each isn't
# looked at: that reads the analyzer's source whole, which takes gigabytes. The
# database is in the network: without it this says so and goes on, unless
# VULNCHECK=required.
VULNDB ?= https://vuln.go.dev

.PHONY: vulncheck
vulncheck: ## look for known vulnerabilities; VULNCHECK=required fails where the database can't be reached
	@status=0; told=$$(go tool govulncheck -db $(VULNDB) -scan=package ./... 2>&1) || status=$$?; \
	  case "$$status $(VULNCHECK) $$told" in \
	  0*) ;; \
	  "1  "*"fetching vulnerabilities"*) echo "Vulnerabilities weren't checked: $(VULNDB) can't be reached." >&2 ;; \
	  *) echo "$$told" >&2; exit $$status ;; \
	  esac

SEEDS ?= 1000

.PHONY: torture
torture: analyzer ## try to break the count with random faults, SEEDS=1000 of them; WAREHOUSE=postgres on PostgreSQL
	go run ./local torture --seeds $(SEEDS) $(if $(WAREHOUSE),--warehouse $(WAREHOUSE))

# Fuzzing compiles a package and all that it links anew, which takes minutes for
# packages that link the analyzer: those run their examples only, in make test.
FUZZED ?= shared functions emulator/pubsub emulator/bigquery/rest emulator/bigquery/storagewrite
FUZZTIME ?= 30s

.PHONY: fuzz
fuzz: ## fuzz the decoders of what comes from outside, FUZZTIME=30s each
	@grep -rHo --include='*_test.go' '^func Fuzz[A-Za-z]*' $(FUZZED) | sed 's|/[^/]*:func | |' | while read -r folder name; do \
	  go test -run='^$$' -fuzz="^$$name$$" -fuzztime=$(FUZZTIME) ./$$folder; done

.PHONY: bench
bench: analyzer ## measure throughput, latency and memory on this machine with both warehouses, and latency as in the cloud
	go run ./local bench --warehouse bigquery,postgres --like cloud --national
	go test ./functions/dashboard -run '^$$' -bench 'Viewers|Requests' -benchtime 20x

# Emulators beside one another: ours, and those that PEERS names as local/stress/benchemulator has it, such as
# PEERS="-bigquery 'goccy=bigquery-emulator --project=bench --host=127.0.0.1 --port={rest-port} --grpc-port={grpc-port}'".
.PHONY: bench-emulator
bench-emulator: analyzer ## measure the emulators of BigQuery and Pub/Sub, beside the PEERS that are named: see emulator/README.md
	@mkdir -p bin
	go build -o bin/emulator ./emulator
	go run ./local/stress/benchemulator -bigquery 'Tallystream=bin/emulator -memory=2GiB -kafka=off -pubsub=off -bigquery={rest} -bigquery-storage={grpc}' \
	  -pubsub 'Tallystream=bin/emulator -kafka=off -bigquery=off -pubsub={pubsub}' $(PEERS)

# Programs of the emulators alone. goreleaser has hundreds of modules, so it is no tool of go.mod.
GORELEASER = go run github.com/goreleaser/goreleaser/v2@v2.16.0

.PHONY: package-emulator
package-emulator: analyzer ## build the program of the emulators for this platform, as a release has it, into dist
	$(GORELEASER) check
	$(GORELEASER) build --snapshot --clean --single-target

.PHONY: release-emulator
release-emulator: analyzer
	$(GORELEASER) release --clean

# A deployment. Inputs beyond these are Terraform's: see terraform/variables.tf,
# and give them in terraform/terraform.tfvars or as TF_VAR_name. Each project has a
# state of its own, and so has each prefix in it, on this machine or in the bucket that
# STATE names once.
comma := ,
TERRAFORM = terraform -chdir=terraform
INPUTS = -var=project_id=$(PROJECT) $(if $(PREFIX),-var=name_prefix=$(PREFIX)) \
  $(if $(BROKERS),-var='brokers=["$(subst $(comma),"$(comma)",$(BROKERS))"]') \
  $(if $(ELECTION_FILE),-var=election_file=$(abspath $(ELECTION_FILE))) \
  $(if $(ARCHIVE),-var=archive=$(abspath $(ARCHIVE)))
APPROVE = $(if $(filter yes,$(YES)),-auto-approve)

.PHONY: prepare
prepare: assets
	@if [ -z "$(PROJECT)" ]; then \
	  echo "Name the project, and where Kafka is: PROJECT=my-project BROKERS=host:port" >&2; exit 1; fi
	@command -v terraform >/dev/null || { \
	  echo "terraform is missing: https://developer.hashicorp.com/terraform/install (1.11 or later)" >&2; exit 1; }
	CGO_ENABLED=0 go run ./local state --project '$(PROJECT)' $(if $(PREFIX),--prefix '$(PREFIX)') $(if $(STATE),--state '$(STATE)') $(EXISTING)
	$(if $(ARCHIVE),,CGO_ENABLED=0 go run ./local package --out dist/tallystream.zip)

.PHONY: deploy
deploy: prepare ## provision and deploy, PROJECT=id BROKERS=host:port [PREFIX=name] [ELECTION_FILE=path] [STATE=gs://bucket] [YES=yes]
	$(TERRAFORM) apply $(INPUTS) $(APPROVE)

.PHONY: deploy-local
deploy-local: assets analyzer ## deploy to a Google Cloud on this machine, count an election there and destroy it; needs terraform, gcloud and a C compiler
	go test -count=1 -v -timeout $(PATIENCE) -run '^TestDeployed$$' ./terraform

.PHONY: destroy
destroy: ## delete a deployment and its data, PROJECT=id BROKERS=host:port [PREFIX=name] DELETE_DATA=yes
	@if [ "$(DELETE_DATA)" != yes ]; then \
	  echo "This deletes every table, dead letter and key. Say DELETE_DATA=yes to mean it." >&2; \
	  echo "To keep the data and stop what costs: TF_VAR_paused=true make deploy PROJECT=… BROKERS=…" >&2; exit 1; fi
	@$(MAKE) --no-print-directory prepare EXISTING=--existing
	$(TERRAFORM) apply $(INPUTS) -var=deletion_protection=false $(APPROVE)
	$(TERRAFORM) destroy $(INPUTS) -var=deletion_protection=false $(APPROVE)
