# Tallystream. `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Packages that link GoogleSQL's analyzer. Its compilation takes minutes and
# gigabytes, so the race detector and the linters that read whole programs
# leave these alone; their logic is reached by the end-to-end tests.
ANALYZER := github.com/goccy/go-googlesql
HEAVY = $(shell go list -test -f '{{if .ForTest}}{{.ForTest}}{{else}}{{.ImportPath}}{{end}} {{join .Deps " "}}' ./... | grep -F $(ANALYZER) | cut -d' ' -f1 | sed 's/\.test$$//; s/_test$$//' | sort -u)
LIGHT = $(shell go list ./... | grep -vxF "$$(printf '%s\n' $(HEAVY))")

.PHONY: help
help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## run a whole election on this machine and show it in the browser
	go run ./local demo

.PHONY: up
up: ## run the emulators and all four functions, and wait for records
	go run ./local up

.PHONY: test
test: lint ## run every check: lint, unit, conformance and end-to-end tests
	go test -race $(LIGHT)
	go test $(HEAVY)

.PHONY: lint
lint: ## check formatting, go vet and staticcheck
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	  if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck $(LIGHT)

.PHONY: bench
bench: ## measure throughput, latency and memory on this machine
	go run ./local bench
