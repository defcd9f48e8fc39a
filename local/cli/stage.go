package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/pflag"

	"github.com/tallystream/tallystream/local/operate/replay"
	"github.com/tallystream/tallystream/local/settings"
	"github.com/tallystream/tallystream/shared/drain"
)

// stage is how a command calls a stage.
type stage struct {
	function                replay.Function
	project, region, prefix string
	seconds                 float64
}

// stageFlags define where a stage answers, and how long a call may take.
func stageFlags(h *Host, flags *pflag.FlagSet, name string, seconds float64) *stage {
	s := &stage{function: replay.Function{Name: name, Token: h.Getenv("IDENTITY_TOKEN")}}
	flags.StringVar(&s.project, "project", "", "call the "+name+" of a deployment, in the `PROJECT`, through Cloud Scheduler; with --region")
	flags.StringVar(&s.region, "region", "", "`REGION` of the deployment's schedules")
	flags.StringVar(&s.prefix, "prefix", "", "`PREFIX` of the deployment's names (name_prefix), where several are in the project")
	flags.StringVar(&s.function.URL, "url", "http://"+settings.FixedAddresses().Functions+"/"+name,
		"`URL` of the function "+name+", where it can be reached; with $IDENTITY_TOKEN for one that lets only some in")
	flags.Float64Var(&s.seconds, "seconds", seconds, "most `SECONDS` of a call: less than the function's own time-out, 900 of a deployment's. There are as many calls as it takes")
	return s
}

// caller returns who calls the stage, and what all calls of the command have.
func (s *stage) caller(ctx context.Context, flags *pflag.FlagSet) (replay.Caller, drain.Request, error) {
	request := drain.Request{Seconds: s.seconds}
	switch {
	case s.project == "" && s.prefix != "":
		return nil, request, Mistake(errors.New("--prefix is of a deployment: name its --project and --region too"))
	case s.project == "" && s.region == "":
		return s.function, request, nil
	case s.project == "" || s.region == "":
		return nil, request, Mistake(errors.New("a deployment is called with both --project and --region"))
	case flags.Changed("url"):
		return nil, request, Mistake(errors.New("--url is of a function that can be reached, --project of one that can't: give one of them"))
	}
	request.Operation = replay.NewOperation(time.Now())
	d, err := replay.NewDeployment(ctx, s.project, s.region, s.prefix)
	return d, request, err
}
