// The values of named string types.
package main

import (
	"go/ast"
)

// The enum values of named string types, from any property that shows them.
func findEnums(w world, docs *documents) map[*goType][]string {
	enums := map[*goType][]string{}
	for _, path := range sortedKeys(w) {
		pkg := w[path]
		for _, name := range pkg.order {
			t := pkg.types[name]
			doc := docs.schemas[t.openAPIName()]
			if structure, _ := w.structOf(t); structure == nil || doc == nil {
				continue
			}
			collectEnums(w, t, doc, enums)
		}
	}
	return enums
}

func collectEnums(w world, t *goType, doc *schema, enums map[*goType][]string) {
	for _, f := range w.fieldsOf(t) {
		if f.inline {
			collectEnums(w, w.resolve(f.owner, f.expr), doc, enums)
			continue
		}
		expr, property := f.expr, doc.Properties[f.jsonName]
		for property != nil {
			switch e := expr.(type) {
			case *ast.StarExpr:
				expr = e.X
				continue
			case *ast.ArrayType:
				expr, property = e.Elt, property.Items
				continue
			case *ast.MapType:
				expr, property = e.Value, property.AdditionalProperties
				continue
			}
			break
		}
		if property != nil && len(property.Enum) > 0 {
			if named := w.resolve(f.owner, expr); named != nil {
				enums[named] = property.Enum
			}
		}
	}
}
