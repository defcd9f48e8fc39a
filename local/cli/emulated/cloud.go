package emulated

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/tallystream/tallystream/emulator/cloud"
	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/settings"
)

// cloudDir is where a local cloud says how it is reached, and keeps its files.
const cloudDir = "dist/cloud"

// cloudAddress is where it listens.
const cloudAddress = "127.0.0.1:8600"

// cloudOptions are the flags of cloud up.
type cloudOptions struct {
	project, region, owner, dir, addr string
	addresses                         settings.Addresses
	enforce                           bool
}

// localCloud is a cloud that runs, with its emulators.
type localCloud struct {
	*cloud.Cloud
	kafka   string // host:port
	closing []io.Closer
}

// Close ends everything, in the reverse order of its start.
func (c *localCloud) Close() error {
	var errs []error
	for _, one := range slices.Backward(c.closing) {
		errs = append(errs, one.Close())
	}
	return errors.Join(errs...)
}

func cloudCommand(h *cli.Host) *cobra.Command {
	c := cli.Declared("cloud")
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(cloudUpCommand(h), cloudEnvCommand(h))
	return c
}

func cloudUpCommand(h *cli.Host) *cobra.Command {
	c := &cobra.Command{Use: "up", Short: "run the cloud, with Kafka beside it, until Ctrl-C: what it has is gone then"}
	flags := c.Flags()
	var o cloudOptions
	flags.StringVar(&o.project, "project", "tallystream-local", "`ID` of the project")
	flags.StringVar(&o.region, "region", "us-central1", "`REGION` of gcloud and Terraform, where they name none")
	flags.StringVar(&o.owner, "owner", "owner@example.com", "`ADDRESS` of the account that owns the project")
	flags.StringVar(&o.dir, "dir", cloudDir, "`DIRECTORY` for its files, which cloud env reads")
	flags.StringVar(&o.addr, "address", cloudAddress, "`HOST:PORT` to listen on, of this machine; the emulators have their usual ports")
	flags.BoolVar(&o.enforce, "enforce", true, "refuse callers who lack the permission")
	addresses := addressFlag(flags)
	c.RunE = func(c *cobra.Command, _ []string) error {
		o.addresses = addresses()
		if o.addresses == settings.FreeAddresses() && !flags.Changed("address") {
			o.addr = ""
		}
		if err := o.check(); err != nil {
			return cli.Mistake(err)
		}
		return runCloud(c.Context(), h, o)
	}
	return c
}

var (
	projectID = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	region    = regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]+$`)
	address   = regexp.MustCompile(`^[^@ ]+@[^@ ]+\.[^@ ]+$`)
)

func (o cloudOptions) check() error {
	switch {
	case !projectID.MatchString(o.project):
		return fmt.Errorf("--project is %q: want 6 to 30 lower-case letters, digits and dashes, a letter first", o.project)
	case !region.MatchString(o.region):
		return fmt.Errorf("--region is %q: want a region such as us-central1", o.region)
	case !address.MatchString(o.owner):
		return fmt.Errorf("--owner is %q: want an address such as owner@example.com", o.owner)
	}
	return nil
}

// runCloud runs a cloud until ctx ends.
func runCloud(ctx context.Context, h *cli.Host, o cloudOptions) error {
	if a, err := cloud.LoadAccess(o.dir); err == nil && answers(ctx, a) == nil {
		return fmt.Errorf("a local cloud runs already, at %s with the directory %s: stop it, or choose another --dir and --free-ports", a.Addr, a.Dir)
	}
	begun := time.Now()
	c, err := startCloud(ctx, h, o)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w, or say --free-ports", err)
	}
	if err != nil {
		return err
	}
	access, err := c.Save(o.dir)
	if err != nil {
		return errors.Join(err, c.Close())
	}
	env := "go run ./local cloud env"
	if o.dir != cloudDir {
		env += " --dir " + o.dir
	}
	h.Console.Printf("The project %s is at %s, Kafka at %s. To lead terraform, gcloud and bq there:\n\n  eval \"$(%s)\"\n\nReady after %s. Ctrl-C stops it.",
		o.project, c.Addr(), c.kafka, env, time.Since(begun).Round(time.Millisecond))
	<-ctx.Done()
	if err := errors.Join(access.Remove(), c.Close()); err != nil {
		return fmt.Errorf("not everything stopped as it should: %w", err)
	}
	h.Console.Printf("Stopped.")
	return nil
}

// answers is the error of a cloud that doesn't run any more.
func answers(ctx context.Context, a cloud.Access) error {
	connection, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", a.Addr)
	if err != nil {
		return err
	}
	return connection.Close()
}

func cloudEnvCommand(h *cli.Host) *cobra.Command {
	c := &cobra.Command{Use: "env", Short: "print what leads a shell's terraform, gcloud and bq to the cloud that runs: eval \"$(go run ./local cloud env)\""}
	dir := c.Flags().String("dir", cloudDir, "`DIRECTORY` of cloud up")
	endpoints := c.Flags().Bool("endpoints", false, "by an address for each service, where a proxy or its authority can't be used")
	c.RunE = func(c *cobra.Command, _ []string) error {
		a, err := cloud.LoadAccess(*dir)
		switch {
		case errors.Is(err, cloud.ErrNoCloud):
			return fmt.Errorf("%w: start one with go run ./local cloud up", err)
		case err != nil:
			return err
		}
		if err := answers(c.Context(), a); err != nil {
			return fmt.Errorf("the local cloud of the directory %s doesn't run any more (%w): start it with go run ./local cloud up", a.Dir, err)
		}
		variables := a.Proxy()
		if *endpoints {
			variables = a.Endpoints()
		}
		for _, v := range variables {
			fmt.Fprintf(h.Stdout, "export %s='%s'\n", v.Name, strings.ReplaceAll(v.Value, "'", `'\''`))
		}
		return nil
	}
	return c
}
