package types

// Searchable reports whether values of a type have STRINGs that SEARCH looks at, or JSON.
func (t *Type) Searchable() bool {
	switch t.Kind {
	case String, JSON:
		return true
	case Array:
		return t.Elem.Searchable()
	case Struct:
		for _, f := range t.Fields {
			if f.Type.Searchable() {
				return true
			}
		}
	}
	return false
}
