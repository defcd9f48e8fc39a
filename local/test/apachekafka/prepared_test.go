package apachekafka

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
)

// prepared is the folder of a node that has run once and ended: an empty log, and an archive
// of the classes that a node loads (Java's class data sharing). Other nodes begin with both,
// which halves what a start takes: four seconds of a core. TestMain removes it.
var prepared struct {
	once sync.Once
	dir  string // empty where it couldn't be made
}

func TestMain(m *testing.M) {
	status := m.Run()
	if err := os.RemoveAll(prepared.dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = max(status, 1)
	}
	os.Exit(status)
}

func archive(dir string) string { return filepath.Join(dir, "classes.jsa") }

// prepare makes what is prepared, unless another test has.
func prepare(t testing.TB) {
	t.Helper()
	prepared.once.Do(func() {
		dir, err := os.MkdirTemp("", "tallystream-kafka-")
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if prepared.dir == "" {
				_ = os.RemoveAll(dir)
			}
		}()
		first := newNode(t, dir, nil)
		c := &cluster{t: t, nodes: []*node{first}}
		c.configure(nil, nil)
		format := java("kafka.tools.StorageTool", "format", "--cluster-id", clusterID, "--config", first.properties())
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if out, err := exec.CommandContext(ctx, format[0], format[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("format %s: %v: %s", dir, errors.Join(err, ctx.Err()), out)
		}
		if err := os.CopyFS(filepath.Join(dir, "empty"), os.DirFS(filepath.Join(dir, "log"))); err != nil {
			t.Fatal(err)
		}
		first.classes = "ArchiveClassesAtExit=" + archive(dir)
		first.start(t)
		client := c.client()
		defer client.Close()
		c.admin = kadm.NewClient(client)
		c.await(1)
		first.signal(t, syscall.SIGTERM)
		select {
		case <-first.process.Ended():
		case <-ctx.Done():
			t.Fatalf("the node in %s doesn't end on SIGTERM", dir)
		}
		prepared.dir = dir
	})
	if prepared.dir == "" {
		t.Fatal("no node of Apache Kafka could be prepared: see the test that tried it")
	}
}

var ofItsNode = regexp.MustCompile(`(?m)^(node\.id|directory\.id)=.*\n`)

// format gives a node the empty log, as the node of a number. It names its directory itself.
func (n *node) format(id int) error {
	log := filepath.Join(n.dir, "log")
	if err := os.CopyFS(log, os.DirFS(filepath.Join(prepared.dir, "empty"))); err != nil {
		return err
	}
	file := filepath.Join(log, "meta.properties")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, fmt.Appendf(ofItsNode.ReplaceAll(text, nil), "node.id=%d\n", id), 0o600)
}
