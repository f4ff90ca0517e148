// The rows of a struct: its fields, flattened, with what the documents say of them.
package main

import (
	"fmt"
	"go/ast"
	"sort"
	"strings"
)

func (u *unit) countFields(t *goType) (fields, protos int) {
	for _, f := range u.world.fieldsOf(t) {
		if f.inline {
			inner, _ := u.countFields(u.world.resolve(f.owner, f.expr))
			fields += inner
		} else {
			fields++
		}
		if f.proto > 0 && !isTypeMeta(f) {
			protos++
		}
	}
	return fields, protos
}

func isTypeMeta(f goField) bool {
	switch e := f.expr.(type) {
	case *ast.Ident:
		return f.inline && e.Name == "TypeMeta"
	case *ast.SelectorExpr:
		return f.inline && e.Sel.Name == "TypeMeta"
	}
	return false
}

func hasMarker(markers map[string][]string, name, value string) bool {
	for _, v := range markers[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Writes the field and protobuf arrays of a struct, with embedded structs flattened.
func (u *unit) writeStruct(t *goType) {
	doc := u.docs.schemas[t.openAPIName()]
	var rows []string
	protoName := "kProto" + strings.TrimPrefix(t.constantName(), "k")
	u.flatten(t, doc, &rows, protoName, "")
	if len(rows) > 0 {
		fmt.Fprintf(&u.local, "}  // namespace\nconstinit const Field kFields%s[] = {\n    %s,\n};\nnamespace {\n",
			strings.TrimPrefix(t.constantName(), "k"), strings.Join(rows, ",\n    "))
	}
	fmt.Fprintf(&u.named, "constinit const Type %s%s;\n", t.constantName(), u.structBody(t, ""))
}

type protoRow struct {
	number int
	text   string
}

// `embedded` names the structs within which the fields of `t` lie, "A.B".
func (u *unit) flatten(t *goType, doc *schema, rows *[]string, protoName, embedded string) {
	var protos []protoRow
	for index, f := range u.world.fieldsOf(t) {
		first := len(*rows)
		if f.inline {
			inner := u.world.resolve(f.owner, f.expr)
			innerName := fmt.Sprintf("%sEmbedded%d", protoName, index)
			u.flatten(inner, doc, rows, innerName, strings.TrimPrefix(embedded+"."+inner.name, "."))
			if f.proto > 0 && !isTypeMeta(f) {
				protos = append(protos, protoRow{f.proto, fmt.Sprintf("{.number = %d, .is_embedded = true, .embedded = %s}", f.proto, innerName)})
			}
			continue
		}
		row := u.fieldRow(t, f, doc)
		if embedded != "" {
			row = strings.TrimSuffix(row, "}") + fmt.Sprintf(", .embedded_in = %s}", quote(embedded))
		}
		*rows = append(*rows, row)
		if f.proto > 0 {
			protos = append(protos, protoRow{f.proto, fmt.Sprintf("{.number = %d, .field = %d}", f.proto, first)})
		}
	}
	if len(protos) == 0 {
		return
	}
	sort.Slice(protos, func(i, j int) bool { return protos[i].number < protos[j].number })
	texts := make([]string, len(protos))
	for i, p := range protos {
		texts[i] = p.text
	}
	body := fmt.Sprintf("%s[] = {\n    %s,\n};\n", protoName, strings.Join(texts, ",\n    "))
	if strings.Contains(protoName, "Embedded") {
		fmt.Fprintf(&u.local, "constexpr ProtoMember %s", body)
	} else {
		fmt.Fprintf(&u.local, "}  // namespace\nconstinit const ProtoMember %snamespace {\n", body)
	}
}

// Whether the zero value is left out: `omitempty` never leaves out a struct.
func (u *unit) omits(f goField) bool {
	if f.omitZero {
		return true
	}
	if !f.omitEmpty {
		return false
	}
	if named := u.world.resolve(f.owner, f.expr); named != nil {
		structure, _ := u.world.structOf(named)
		return structure == nil
	}
	return true
}

func compact(raw []byte) string {
	return string(compactJSON(raw))
}

func (u *unit) fieldRow(t *goType, f goField, doc *schema) string {
	marks := fieldMarks{patchStrategy: f.patchStrategy, patchMergeKey: f.patchMergeKey}
	if values := f.markers["listType"]; len(values) > 0 {
		marks.listType = values[0]
	}
	marks.listMapKeys = f.markers["listMapKey"]
	if values := append(f.markers["mapType"], f.markers["structType"]...); len(values) > 0 {
		marks.mapType = values[0]
	}
	var property *schema
	if doc != nil {
		property = doc.Properties[f.jsonName]
	}
	if property != nil {
		marks.listType, marks.listMapKeys, marks.mapType = property.ListType, property.ListMapKeys, property.MapType
	}
	_, pointer := f.expr.(*ast.StarExpr)
	row := fmt.Sprintf("{.json_name = %s, .type = %s", quote(f.jsonName), u.typeOf(f.owner, f.expr, marks, property))
	if f.proto > 0 {
		row += fmt.Sprintf(", .proto_number = %d", f.proto)
	}
	required := !f.omitEmpty && len(f.markers["optional"]) == 0
	if doc != nil {
		required = false
		for _, name := range doc.Required {
			required = required || name == f.jsonName
		}
	}
	if required {
		row += ", .is_required = true"
	}
	if u.omits(f) {
		row += ", .omit_empty = true"
	}
	if pointer {
		row += ", .is_pointer = true"
	}
	if marks.mapType == "atomic" {
		row += ", .is_atomic = true"
	}
	if marks.mapType == "granular" {
		row += ", .declares_granular = true"
	}
	if property != nil && property.Ref != "" {
		row += ", .is_bare_reference = true"
	}
	if property != nil && len(property.Default) > 0 {
		row += ", .default_json = " + rawText(compact(property.Default))
	}
	if property != nil && len(property.Enum) > 0 {
		row += ", .enum_values = " + u.strings("Enum", property.Enum)
	}
	return row + "}"
}
