package resolved

import "reflect"

// Correlated reports whether an expression refers to columns that nothing in it
// makes: those of a query around it.
func Correlated(e Expr) bool {
	w := walk{made: map[int32]bool{}, used: map[int32]bool{}}
	w.visit(reflect.ValueOf(e))
	for id := range w.used {
		if !w.made[id] {
			return true
		}
	}
	return false
}

// walk notes the columns in a tree.
type walk struct{ made, used map[int32]bool }

func (w *walk) visit(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Pointer && w.known(v.Interface()) {
			return
		}
		w.visit(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			w.visit(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			w.visit(v.Index(i))
		}
	}
}

// known notes a column, and reports whether there is nothing else to see in a node.
func (w *walk) known(node any) bool {
	switch n := node.(type) {
	case *ColumnRef:
		w.used[n.Column.ID] = true
	case *Column:
		w.made[n.ID] = true
	case *Literal, *Source, *Routine:
	default:
		return false
	}
	return true
}
