package storage

import (
	"encoding/base64"
	"net/http"
	"strconv"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// maxPage is how many objects or buckets a page has at most
// (https://cloud.google.com/storage/docs/json_api/v1/objects/list).
const maxPage = 1000

// errCondition is the answer to a precondition that doesn't hold.
var errCondition = status.Error(codes.FailedPrecondition, "At least one of the pre-conditions you specified did not hold.")

func etag(generation, metageneration string) string {
	return base64.StdEncoding.EncodeToString([]byte(generation + "/" + metageneration))
}

// number is a parameter of a request, and whether it is there.
func number(r *http.Request, name string) (n int64, given bool, err error) {
	s := r.URL.Query().Get(name)
	if s == "" {
		return 0, false, nil
	}
	n, err = strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, false, status.Errorf(codes.InvalidArgument, "Invalid value for the parameter %s: %q is not a number of at least 0.", name, s)
	}
	return n, true, nil
}

// conditions are the parameters that checkGeneration and checkMetageneration read.
var conditions = []string{"ifGenerationMatch", "ifGenerationNotMatch", "ifMetagenerationMatch", "ifMetagenerationNotMatch"}

// check holds a request to the preconditions that it names, of which 0 stands for none.
func check(r *http.Request, prefix, is string) error {
	now, _ := strconv.ParseInt(is, 10, 64) // empty where there is none
	match, given, err := number(r, prefix+"Match")
	if err != nil {
		return err
	}
	if given && match != now {
		return errCondition
	}
	not, given, err := number(r, prefix+"NotMatch")
	if err != nil {
		return err
	}
	if given && not == now {
		return errCondition
	}
	return nil
}

func checkMetageneration(r *http.Request, is string) error {
	return check(r, "ifMetageneration", is)
}

// checkObject holds a request to its preconditions of an object, which is nil where
// there is none.
func checkObject(r *http.Request, o *object) error {
	var none object
	if o == nil {
		o = &none
	}
	if err := check(r, "ifGeneration", o.Generation); err != nil {
		return err
	}
	return checkMetageneration(r, o.Metageneration)
}

// maxResults is how many items a request wants on a page.
func maxResults(r *http.Request) (int, error) {
	n, given, err := number(r, "maxResults")
	if !given || n == 0 || n > maxPage {
		n = maxPage
	}
	return int(n), err
}
