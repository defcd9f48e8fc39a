// Package clients runs programs in other languages, each with the right answer in it, with the clients that people use:
// those of Google for Python, Node and Java, and what stands on them, dbt and dlt among it. make clients installs the clients.
package clients
