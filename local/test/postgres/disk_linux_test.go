package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/local/test/postgrestest"
)

// A disk that holds a server with an election of some hundred votes, and one with room for
// all of it.
const smallDisk, largeDisk = 192 << 20, 512 << 20

// The disk of the database is full while votes are counted. Appends and passes say so, and
// go on by themselves once there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	server, disk := postgrestest.OnDisk(t, smallDisk, nil)
	c := startChain(t, server.Database(t))
	c.awaitRows(200)
	c.withoutPasses(func() {
		c.awaitMore(100) // which the next pass has to find room for
		disk.Fill(t)
	})
	c.awaitSaid(func() { disk.Fill(t) }, "append to raw: PostgreSQL's disk is full: give it more", "pass: PostgreSQL's disk is full: give it more")
	disk.Grow(t, largeDisk)
	c.end()
	c.clean()
}

// The log of changes finds no room: the server stops itself. It is started again on a
// larger disk, and the count goes on.
func TestFullDiskStopsTheServer(t *testing.T) {
	t.Parallel()
	server, disk := postgrestest.OnDisk(t, smallDisk, nil)
	c := startChain(t, server.Database(t))
	c.awaitRows(200)
	disk.Fill(t)
	late := time.After(patience)
	for ended := false; !ended; {
		select {
		case <-server.Ended():
			ended = true
		case <-late:
			t.Fatalf("the server goes on for %v without room for its log", patience)
		default:
			_, _ = c.pool.Exec(t.Context(), "SELECT pg_logical_emit_message(false, 'ballast', repeat('x', 1000000))") // fails in the end
		}
	}
	c.awaitSaid(nil, "PostgreSQL can't be reached")
	disk.Grow(t, largeDisk)
	must(t, server.Resume(t.Context()))
	c.end()
	c.clean()
}

// awaitSaid waits until stages have logged all of some texts, and does something meanwhile.
func (c *runningChain) awaitSaid(meanwhile func(), texts ...string) {
	c.t.Helper()
	for deadline := time.Now().Add(patience); len(texts) > 0; {
		if strings.Contains(c.said.String(), texts[0]) {
			texts = texts[1:]
			continue
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("no stage said %q within %v", texts[0], patience)
		}
		if meanwhile != nil {
			meanwhile()
		}
		time.Sleep(time.Millisecond)
	}
}
