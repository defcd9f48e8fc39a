package postgrestest

import (
	"context"
	"errors"
	"os"
	"sync"

	server "github.com/tallystream/tallystream/local/postgres"
)

// seed is the data of a server that has been stopped, with the template. All servers of a
// binary whose TestMain is Main begin with a copy of it: making the data anew takes about a
// second of a core. Main removes it.
var seed struct {
	kept bool
	once sync.Once
	dir  string
	err  error
}

// sow copies the seed into an empty folder. Without one the server fills the folder.
func sow(ctx context.Context, dir string) error {
	if !seed.kept {
		return nil
	}
	seed.once.Do(func() { seed.dir, seed.err = makeSeed(ctx) })
	if seed.err != nil {
		return seed.err
	}
	return os.CopyFS(dir, os.DirFS(seed.dir))
}

func makeSeed(ctx context.Context) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "tallystream-pgdata-"); err != nil {
		return "", err
	}
	s, err := server.Start(ctx, server.Options{Dir: dir, Settings: settings(nil)})
	if err != nil {
		return dir, err
	}
	return dir, errors.Join(s.CreateMigrated(ctx, template), s.Close())
}
