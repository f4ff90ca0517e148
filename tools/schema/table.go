package main

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// Types whose JSON form is not that of their Go struct: kind and protobuf form.
var special = map[string][2]string{
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":                                             {"kTime", "kPlain"},
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":                                        {"kMicroTime", "kPlain"},
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":                                         {"kDuration", "kPlain"},
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":                                         {"kAny", "kRaw"},
	"k8s.io/apimachinery/pkg/api/resource.Quantity":                                         {"kQuantity", "kPlain"},
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString":                                       {"kIntOrString", "kPlain"},
	"k8s.io/apimachinery/pkg/runtime.RawExtension":                                          {"kAny", "kRaw"},
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON":                         {"kAny", "kRaw"},
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrArray":       {"kAny", "kSchemaOrArray"},
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrBool":        {"kAny", "kSchemaOrBool"},
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrStringArray": {"kAny", "kSchemaOrStrings"},
}

var predeclared = map[string][2]string{
	"string": {"kString", "string"}, "bool": {"kBool", "bool"}, "int": {"kInt64", "int"}, "int32": {"kInt32", "int32"},
	"int64": {"kInt64", "int64"}, "float64": {"kFloat64", "float64"},
}

// One generated .cc file: an API group's types.
type unit struct {
	world   world
	docs    *documents
	enums   map[*goType][]string
	local   strings.Builder // unnamed types, enum values, field arrays
	named   strings.Builder // exported types
	known   map[string]string
	counter int
}

func (t *goType) openAPIName() string {
	parts := strings.Split(t.pkg.path, "/")
	host := strings.Split(parts[0], ".")
	for i, j := 0, len(host)-1; i < j; i, j = i+1, j-1 {
		host[i], host[j] = host[j], host[i]
	}
	return strings.Join(append(host, parts[1:]...), ".") + "." + t.name
}

// "kCoreV1Pod" for k8s.io/api/core/v1.Pod.
func (t *goType) constantName() string {
	parts := strings.Split(t.pkg.path, "/")
	tail := parts[len(parts)-1:]
	if len(parts) > 2 && strings.HasPrefix(tail[0], "v") && len(tail[0]) > 1 && tail[0][1] >= '0' && tail[0][1] <= '9' {
		tail = parts[len(parts)-2:]
	}
	name := "k"
	for _, part := range tail {
		name += strings.ToUpper(part[:1]) + part[1:]
	}
	return name + t.name
}

func (w world) key(t *goType) string { return t.pkg.path + "." + t.name }

// What reflect's Type.String prints, which Go's decoding errors quote.
func (w world) goTypeText(owner *goType, expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return "*" + w.goTypeText(owner, e.X)
	case *ast.ArrayType:
		return "[]" + w.goTypeText(owner, e.Elt)
	case *ast.MapType:
		return "map[" + w.goTypeText(owner, e.Key) + "]" + w.goTypeText(owner, e.Value)
	case *ast.InterfaceType:
		return "interface {}"
	}
	if named := w.resolve(owner, expr); named != nil {
		return named.pkg.name + "." + named.name
	}
	if name := expr.(*ast.Ident).Name; name == "byte" {
		return "uint8"
	} else {
		return name
	}
}

func quote(text string) string { return strconv.Quote(text) }

// A C++ string literal of JSON text.
func rawText(text string) string {
	if text == "" {
		return `""`
	}
	if !strings.ContainsAny(text, `"\`) {
		return `"` + text + `"`
	}
	return `R"(` + text + `)"`
}

func (u *unit) shared(prefix, kind, body string) string {
	if name, ok := u.known[kind+body]; ok {
		return name
	}
	u.counter++
	name := fmt.Sprintf("k%s%d", prefix, u.counter)
	u.known[kind+body] = name
	fmt.Fprintf(&u.local, "constexpr %s %s%s;\n", kind, name, body)
	return name
}

func (u *unit) strings(prefix string, values []string) string {
	if len(values) == 0 {
		return ""
	}
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = quote(value)
	}
	body := "[] = {" + strings.Join(quoted, ", ") + "}"
	return u.shared(prefix, "std::string_view", body)
}

// Markers a field puts on its list, map or struct type.
type fieldMarks struct {
	listType, mapType, structType, patchStrategy, patchMergeKey string
	listMapKeys                                                 []string
}

func (m fieldMarks) patch() string {
	if m.patchStrategy == "" {
		return ""
	}
	name := map[string]string{"merge": "kMerge", "replace": "kReplace", "retainKeys": "kRetainKeys",
		"merge,retainKeys": "kMergeRetainKeys"}[m.patchStrategy]
	text := ", .patch_strategy = PatchStrategy::" + name
	if m.patchMergeKey != "" {
		text += ", .patch_merge_key = " + quote(m.patchMergeKey)
	}
	return text
}

// The C++ expression for the type of `expr` as used in a field, its schema document if known.
func (u *unit) typeOf(owner *goType, expr ast.Expr, marks fieldMarks, doc *schema) string {
	w := u.world
	switch e := expr.(type) {
	case *ast.StarExpr:
		return u.typeOf(owner, e.X, marks, doc)
	case *ast.InterfaceType:
		return "&" + u.shared("Type", "Type", `{.kind = TypeKind::kAny, .go_type = "interface {}"}`)
	case *ast.ArrayType:
		return u.listOf(owner, e, w.goTypeText(owner, e), "", marks, doc)
	case *ast.MapType:
		return u.mapOf(owner, e, w.goTypeText(owner, e), "", marks, doc)
	}
	named := w.resolve(owner, expr)
	if named == nil {
		kind := predeclared[expr.(*ast.Ident).Name]
		return "&" + u.shared("Type", "Type", fmt.Sprintf(`{.kind = TypeKind::%s, .go_name = "%s", .go_type = "%s"}`, kind[0], kind[1], kind[1]))
	}
	if _, ok := special[w.key(named)]; ok {
		return "&" + named.constantName()
	}
	if structure, _ := w.structOf(named); structure != nil {
		if marks.patchStrategy == "" {
			return "&" + named.constantName()
		}
		return "&" + u.shared("Type", "Type", u.structBody(named, marks.patch()))
	}
	text := named.pkg.name + "." + named.name
	switch e := named.expr.(type) {
	case *ast.ArrayType:
		return u.listOf(named, e, text, named.name, marks, doc)
	case *ast.MapType:
		return u.mapOf(named, e, text, named.name, marks, doc)
	}
	return "&" + u.leafOf(named)
}

// A named string, bool or number.
func (u *unit) leafOf(named *goType) string {
	w := u.world
	base := named
	for {
		next := w.resolve(base, base.expr)
		if next == nil {
			break
		}
		base = next
	}
	kind := predeclared[base.expr.(*ast.Ident).Name][0]
	body := fmt.Sprintf(`{.kind = TypeKind::%s, .go_name = "%s", .go_type = "%s.%s"`, kind, named.name, named.pkg.name, named.name)
	if values := u.enums[named]; len(values) > 0 {
		body += ", .enum_values = " + u.strings("Enum", values)
	}
	return u.shared("Type", "Type", body+"}")
}

func (u *unit) listOf(owner *goType, e *ast.ArrayType, text, name string, marks fieldMarks, doc *schema) string {
	if ident, ok := e.Elt.(*ast.Ident); ok && ident.Name == "byte" {
		body := `{.kind = TypeKind::kBytes, .go_name = "[]uint8", .go_type = "[]uint8"`
		if marks.listType != "" {
			body += ", .declares_list_type = true"
		}
		return "&" + u.shared("Type", "Type", body+"}")
	}
	var items *schema
	if doc != nil {
		items = doc.Items
	}
	_, pointer := e.Elt.(*ast.StarExpr)
	element := u.typeOf(owner, e.Elt, fieldMarks{}, items)
	body := fmt.Sprintf(`{.kind = TypeKind::kList, .go_name = "%s", .go_type = "%s", .element = %s`, text, text, element)
	if pointer {
		body += ", .element_is_pointer = true"
	}
	if marks.listType != "" {
		listType := map[string]string{"atomic": "kAtomic", "set": "kSet", "map": "kMap"}[marks.listType]
		body += ", .list_type = ListType::" + listType
	}
	if keys := u.strings("Keys", marks.listMapKeys); keys != "" {
		body += ", .list_map_keys = " + keys
	}
	body += marks.patch()
	if marks.listType != "" {
		body += ", .declares_list_type = true"
	}
	if name != "" && owner.pkg.messages[name] {
		body += ", .proto_form = ProtoForm::kItems"
	}
	return "&" + u.shared("Type", "Type", body+"}")
}

func (u *unit) mapOf(owner *goType, e *ast.MapType, text, name string, marks fieldMarks, doc *schema) string {
	var values *schema
	if doc != nil {
		values = doc.AdditionalProperties
	}
	element := u.typeOf(owner, e.Value, fieldMarks{}, values)
	body := fmt.Sprintf(`{.kind = TypeKind::kMap, .go_name = "%s", .go_type = "%s", .element = %s`, text, text, element)
	return "&" + u.shared("Type", "Type", body+marks.patch()+"}")
}

// The braces of a struct's Type; `extra` is added by fields that declare a patch strategy.
func (u *unit) structBody(t *goType, extra string) string {
	doc := u.docs.schemas[t.openAPIName()]
	body := fmt.Sprintf("{.kind = TypeKind::kStruct, .name = \"%s\", .go_name = \"%s\", .go_type = \"%s.%s\"", t.openAPIName(), t.name, t.pkg.name, t.name)
	fields, protos := u.countFields(t)
	constant := strings.TrimPrefix(t.constantName(), "k")
	if fields > 0 {
		body += fmt.Sprintf(", .fields = {kFields%s, %d}", constant, fields)
	}
	if protos > 0 {
		body += fmt.Sprintf(", .proto = {kProto%s, %d}", constant, protos)
	}
	body += extra
	if hasMarker(t.markers, "structType", "atomic") || (doc != nil && doc.MapType == "atomic") {
		body += ", .is_atomic = true"
	}
	if doc != nil && len(doc.Unions) > 0 {
		body += ", .unions_json = " + rawText(compact(doc.Unions))
	}
	return body + "}"
}

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
	u.flatten(t, doc, &rows, protoName)
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

func (u *unit) flatten(t *goType, doc *schema, rows *[]string, protoName string) {
	var protos []protoRow
	for index, f := range u.world.fieldsOf(t) {
		first := len(*rows)
		if f.inline {
			inner := u.world.resolve(f.owner, f.expr)
			innerName := fmt.Sprintf("%sEmbedded%d", protoName, index)
			u.flatten(inner, doc, rows, innerName)
			if f.proto > 0 && !isTypeMeta(f) {
				protos = append(protos, protoRow{f.proto, fmt.Sprintf("{.number = %d, .is_embedded = true, .embedded = %s}", f.proto, innerName)})
			}
			continue
		}
		*rows = append(*rows, u.fieldRow(t, f, doc))
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

const generatedNote = "// Generated by tools/schema; not edited by hand.\n// clang-format off\n"

func unitName(pkg *goPackage) string {
	parts := strings.Split(pkg.path, "/")
	if strings.HasPrefix(pkg.path, "k8s.io/api/") {
		return parts[2]
	}
	name := parts[len(parts)-1]
	if strings.HasPrefix(name, "v1") {
		name = parts[len(parts)-2]
	}
	if name == "apiextensions" || name == "apiregistration" {
		return name
	}
	return "meta"
}

func writeTable(w world, docs *documents, out string) {
	enums := findEnums(w, docs)
	units := map[string][]*goPackage{}
	for _, path := range sortedKeys(w) {
		units[unitName(w[path])] = append(units[unitName(w[path])], w[path])
	}
	var declarations strings.Builder
	for _, name := range sortedKeys(units) {
		u := &unit{world: w, docs: docs, enums: enums, known: map[string]string{}}
		for _, pkg := range units[name] {
			for _, typeName := range pkg.order {
				u.writeNamed(pkg.types[typeName], &declarations)
			}
		}
		text := generatedNote + "#include \"apiserver/schema/table/types.h\"\n\nnamespace apiserver {\nnamespace {\n\n" + u.local.String() +
			"\n}  // namespace\n\n" + u.named.String() + "\n}  // namespace apiserver\n"
		check(os.WriteFile(filepath.Join(out, name+".cc"), []byte(text), 0o644))
	}
	header := generatedNote + "//\n// The built-in types by name; most users want builtin.h's look-ups.\n#pragma once\n\n#include \"apiserver/schema/type.h\"\n\nnamespace apiserver {\n\n" +
		declarations.String() + "\n}  // namespace apiserver\n"
	check(os.WriteFile(filepath.Join(out, "types.h"), []byte(header), 0o644))
	writeKinds(w, out)
}

func (u *unit) writeNamed(t *goType, declarations *strings.Builder) {
	w := u.world
	if form, ok := special[w.key(t)]; ok {
		fmt.Fprintf(declarations, "extern const Type %s;\n", t.constantName())
		body := fmt.Sprintf("{.kind = TypeKind::%s, .name = \"%s\", .go_name = \"%s\", .go_type = \"%s.%s\"", form[0], t.openAPIName(), t.name, t.pkg.name, t.name)
		if strings.HasPrefix(form[1], "kSchema") {
			body += ", .element = &kApiextensionsV1JSONSchemaProps"
		}
		fmt.Fprintf(&u.named, "constinit const Type %s%s, .proto_form = ProtoForm::%s};\n", t.constantName(), body, form[1])
		return
	}
	if structure, _ := w.structOf(t); structure == nil || !u.wanted(t) {
		return
	}
	u.writeStruct(t)
	fields, protos := u.countFields(t)
	short := strings.TrimPrefix(t.constantName(), "k")
	if fields > 0 {
		fmt.Fprintf(declarations, "extern const Field kFields%s[%d];\n", short, fields)
	}
	if protos > 0 {
		fmt.Fprintf(declarations, "extern const ProtoMember kProto%s[%d];\n", short, protos)
	}
	fmt.Fprintf(declarations, "extern const Type %s;\n", t.constantName())
}

// API structs: those of API packages with JSON fields, and version.Info.
func (u *unit) wanted(t *goType) bool {
	switch t.pkg.path {
	case "k8s.io/apimachinery/pkg/version":
		return t.name == "Info"
	case "k8s.io/apimachinery/pkg/runtime", "k8s.io/apimachinery/pkg/types", "k8s.io/apimachinery/pkg/api/resource", "k8s.io/apimachinery/pkg/util/intstr":
		return false
	case "k8s.io/apimachinery/pkg/apis/meta/v1":
		if t.name == "InternalEvent" || t.name == "Timestamp" || t.name == "TypeMeta" {
			return false
		}
	}
	if ast.IsExported(t.name) {
		fields, _ := u.countFields(t)
		_, alias := t.expr.(*ast.StructType)
		return fields > 0 || alias
	}
	return false
}

func (w world) isKind(t *goType) bool {
	structure, _ := w.structOf(t)
	if structure == nil || !ast.IsExported(t.name) {
		return false
	}
	for _, f := range w.fieldsOf(t) {
		if isTypeMeta(f) {
			return true
		}
	}
	return t.name == "WatchEvent" && strings.HasSuffix(t.pkg.path, "meta/v1")
}

func writeKinds(w world, out string) {
	type row struct{ group, version, kind, constant string }
	var rows []row
	for _, path := range sortedKeys(w) {
		pkg := w[path]
		if strings.HasSuffix(pkg.path, "/runtime") {
			continue
		}
		for _, name := range pkg.order {
			t := pkg.types[name]
			if !w.isKind(t) {
				continue
			}
			group := pkg.group
			if group == "meta.k8s.io" {
				rows = append(rows, row{group, pkg.name, name, t.constantName()})
				if name == "List" {
					continue // core v1 has its own.
				}
				group = ""
			}
			rows = append(rows, row{group, pkg.name, name, t.constantName()})
		}
	}
	sort.Slice(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		return a.group+"\x00"+a.version+"\x00"+a.kind < b.group+"\x00"+b.version+"\x00"+b.kind
	})
	var text strings.Builder
	text.WriteString(generatedNote + "#include \"apiserver/schema/table/kinds.h\"\n\n#include \"apiserver/schema/table/types.h\"\n\nnamespace apiserver {\nnamespace {\n\nconstexpr KindRow kKindRows[] = {\n")
	for _, r := range rows {
		fmt.Fprintf(&text, "    {%s, %s, %s, &%s},\n", quote(r.group), quote(r.version), quote(r.kind), r.constant)
	}
	text.WriteString("};\n\n}  // namespace\n\nstd::span<const KindRow> KindRows() { return kKindRows; }\n\n}  // namespace apiserver\n")
	check(os.WriteFile(filepath.Join(out, "kinds.cc"), []byte(text.String()), 0o644))
}
