package transform

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/dop251/goja"
)

var (
	errNoKind = errors.New("it has neither javascript_udf nor compression")
	errEmpty  = errors.New("the message has neither data nor attributes afterwards")
	errLarge  = fmt.Errorf("the message has more than %d bytes afterwards", maxData)
)

const (
	maxTime  = 500 * time.Millisecond // of one call
	maxStack = 1000                   // calls within calls
)

// function is a function in JavaScript.
type function struct {
	name    string
	program *goja.Program
}

func newFunction(f *pubsubpb.JavaScriptUDF) (step, error) {
	if n := len(f.Code); n > maxCode {
		return nil, fmt.Errorf("the code has %d bytes: the limit is %d", n, maxCode)
	}
	program, err := goja.Compile(f.FunctionName, f.Code, false)
	if err != nil {
		return nil, err
	}
	made := function{f.FunctionName, program}
	vm, stop := newVM()
	defer stop()
	if _, err := made.load(vm); err != nil {
		return nil, err
	}
	return made.apply, nil
}

// newVM returns a machine that runs for as long as a call may. It is stopped with stop.
func newVM() (vm *goja.Runtime, stop func()) {
	vm = goja.New()
	vm.SetMaxCallStackSize(maxStack)
	timer := time.AfterFunc(maxTime, func() { vm.Interrupt(fmt.Sprintf("it takes longer than %v", maxTime)) })
	return vm, func() { timer.Stop() }
}

func (f function) load(vm *goja.Runtime) (goja.Callable, error) {
	if _, err := vm.RunProgram(f.program); err != nil {
		return nil, err
	}
	call, ok := goja.AssertFunction(vm.Get(f.name))
	if !ok {
		return nil, fmt.Errorf("the code has no function %q", f.name)
	}
	return call, nil
}

// apply calls the function with a message, in a machine of its own: nothing is left for the
// next one.
func (f function) apply(m *pubsubpb.PubsubMessage) (bool, error) {
	if !utf8.Valid(m.Data) {
		return false, fmt.Errorf("%s: the message's data isn't UTF-8", f.name)
	}
	vm, stop := newVM()
	defer stop()
	call, err := f.load(vm)
	if err != nil {
		return false, err
	}
	result, err := call(goja.Undefined(), message(vm, m), metadata(vm, m))
	if deep := (*goja.StackOverflowError)(nil); errors.As(err, &deep) {
		return false, fmt.Errorf("%s: a stack of more than %d calls", f.name, maxStack)
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", f.name, err)
	}
	if goja.IsNull(result) {
		return false, nil
	}
	if err := take(m, result); err != nil {
		return false, fmt.Errorf("%s: %w", f.name, err)
	}
	return true, nil
}

// message is a message as a function gets it.
func message(vm *goja.Runtime, m *pubsubpb.PubsubMessage) goja.Value {
	attributes := vm.NewObject()
	for k, v := range m.Attributes {
		_ = attributes.Set(k, v) // of a plain object
	}
	o := vm.NewObject()
	_ = o.Set("data", string(m.Data))
	_ = o.Set("attributes", attributes)
	return o
}

// metadata is what else a function is told of a message. One that isn't published yet has
// neither id nor time.
func metadata(vm *goja.Runtime, m *pubsubpb.PubsubMessage) goja.Value {
	o := vm.NewObject()
	if m.MessageId != "" {
		_ = o.Set("message_id", m.MessageId)
		_ = o.Set("publish_time", m.PublishTime.AsTime().Format(time.RFC3339))
	}
	if m.OrderingKey != "" {
		_ = o.Set("ordering_key", m.OrderingKey)
	}
	return o
}

// take puts what a function returned into a message. Attributes that it leaves out stay.
func take(m *pubsubpb.PubsubMessage, result goja.Value) error {
	o, ok := result.(*goja.Object)
	if !ok {
		return fmt.Errorf("it returned %v: want null or an object with data", result)
	}
	data, ok := text(o.Get("data"))
	if !ok {
		return errors.New("it returned no text as data")
	}
	m.Data = []byte(data)
	list := o.Get("attributes")
	if list == nil || goja.IsUndefined(list) {
		return nil
	}
	of, ok := list.(*goja.Object)
	if !ok {
		return errors.New("it returned attributes that are no object")
	}
	m.Attributes = map[string]string{}
	for _, k := range of.Keys() {
		v, ok := text(of.Get(k))
		if !ok {
			return fmt.Errorf("it returned the attribute %q, which is no text", k)
		}
		m.Attributes[k] = v
	}
	return nil
}

func text(v goja.Value) (string, bool) {
	if v == nil {
		return "", false
	}
	s, ok := v.Export().(string)
	return s, ok
}
