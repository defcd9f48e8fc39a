package postgres

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
)

// capDACOverride lets a process pass folders that its account may not (capabilities(7)).
const capDACOverride = 1

// account is the account that the server runs as: nil for that of this process. A server
// refuses to run as root. Where this process does, in a container say, it is the account
// of PostgreSQL's package, or else the system's nobody.
var account = sync.OnceValues(func() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("PostgreSQL doesn't run as root, and there is no account to run it as: %w", err)
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
})

// asServer has a command run as the account of the server. It may pass the folders of
// root that its data lies in.
func asServer(cmd *exec.Cmd) {
	credential, err := account()
	if err != nil || credential == nil {
		return
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Credential = credential
	cmd.SysProcAttr.AmbientCaps = []uintptr{capDACOverride}
}

// ours gives a folder to the account of the server.
func ours(dir string) error {
	credential, err := account()
	if err != nil || credential == nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(credential.Uid), int(credential.Gid))
	})
}
