package pyspark

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
)

// Folder is where "make compare-pyspark" installs PySpark, and KafkaJars where "make kafka"
// puts Apache Kafka, both from the repository's root.
const (
	Folder    = "local/stress/bench/pyspark"
	KafkaJars = "local/test/apachekafka/jars"
)

// Installation is what a comparison runs.
type Installation struct {
	Folder    string // of job.py, with the virtual environment .venv and Spark's Kafka source in jars
	KafkaJars string // of Apache Kafka's server
}

// Check says what is missing, and how to get it.
func (in Installation) Check() error {
	var errs []error
	if _, err := exec.LookPath("java"); err != nil {
		errs = append(errs, errors.New("there is no java on the PATH: install a JRE of version 17 or 21"))
	}
	for _, part := range []struct{ what, pattern, remedy string }{
		{"PySpark", in.python(), "make compare-pyspark installs it, by pip"},
		{"the job", filepath.Join(in.Folder, "job.py"), "run from the root of the repository"},
		{"Spark's Kafka source", filepath.Join(in.jars(), "spark-sql-kafka-*.jar"), "make compare-pyspark fetches it, by Maven"},
		{"Apache Kafka", filepath.Join(in.KafkaJars, "kafka_*.jar"), "make kafka fetches it, by Maven"},
	} {
		if found, err := filepath.Glob(part.pattern); err != nil || len(found) == 0 {
			errs = append(errs, fmt.Errorf("%s isn't here (%s): %s", part.what, part.pattern, part.remedy))
		}
	}
	return errors.Join(errs...)
}

func (in Installation) python() string { return filepath.Join(in.Folder, ".venv", "bin", "python") }
func (in Installation) jars() string   { return filepath.Join(in.Folder, "jars") }
