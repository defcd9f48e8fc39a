package bqerror

// thrown carries an error out of the depth of a tree walk.
type thrown struct{ err error }

// Throw ends a walk of a tree with an error. It panics: the function that began the walk
// must have deferred Catch.
func Throw(err error) { panic(thrown{err}) }

// Refuse throws Unsupported.
func Refuse(format string, args ...any) { Throw(Unsupported(format, args...)) }

// Catch is deferred by whoever begins a walk. It turns what was thrown into *err
// and lets other panics pass.
func Catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case thrown:
		*err = r.err
	default:
		panic(r)
	}
}
